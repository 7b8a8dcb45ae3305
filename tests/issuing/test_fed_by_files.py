"""Certificates of what files of other systems brought: made from it, and never from what can no longer be read."""

import base64
import io
from collections.abc import Mapping
from datetime import timedelta

import pytest

import pdf
from civil.calendar import JST
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import Certificate, Kind
from sync.feeds import Receipt, apply_file
from tests.issuing.fed import DOMICILE, EVERY_KIND, Fed
from tests.issuing.read_pdf import text_of
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY

Row = Mapping[str, str]


class Files:
    """Another system that writes files by an example table, one after the other, all of this hour."""

    def __init__(self, fed: Fed, source: str) -> None:
        self._fed, self._table, self._number = fed, example(source), -1

    async def take(self, kind: str, *rows: Row) -> Receipt:
        self._number += 1
        now = self._fed.city.clock.now
        as_of = (now - timedelta(minutes=30)).astimezone(JST)
        head = {
            "layout": kind,
            "municipality_code": CITY,
            "file_number": str(self._number),
            "as_of": f"{as_of:%Y%m%d%H%M%S}",
        }
        return await apply_file(self._fed.sync, CITY, io.BytesIO(file(self._table, head, rows)), now, self._table)


async def issue(fed: Fed, kind: Kind) -> Certificate:
    return await fed.city.issuing.issue(EVERY_KIND, fed.request(kind, await fed.card("101")))


def seal(action: str = "1", name: str = "足利　101", text: str = "足利太郎") -> Row:
    image = base64.b64encode(pdf.draw_registered_seal(text)).decode()
    return {
        "action": action, "municipality_code": CITY, "person_number": "101", "registration_number": "S1", "registered_on": "20200401",
        "name": name, "birth_on": "19800401", "address": DOMICILE, "image": image,
    }  # fmt: skip


async def test_mis_07_no_seal_is_certified_from_a_record_that_can_no_longer_be_read(fed: Fed) -> None:
    files = Files(fed, "seal")
    await files.take("1", seal())
    assert "足利　101" in text_of((await issue(fed, Kind.SEAL_REGISTRATION)).content)
    assert (await files.take("2", seal("2", name="足利　〓"))).aside == 1
    with pytest.raises(Refusal):
        await issue(fed, Kind.SEAL_REGISTRATION)
    assert (await files.take("2", seal("2"))).aside == 0
    assert (await issue(fed, Kind.SEAL_REGISTRATION)).pages == 1


def member(number: str) -> Row:
    return {
        "part": "M", "koseki_person_number": f"KP{number}", "person_number": number, "surname": "足利", "given_name": number,
        "birth_on": "19800401", "relationship": "長男", "removed": "0",
    }  # fmt: skip


async def test_a_koseki_of_a_file_is_certified_as_it_was_told_until_a_notification_is_pending(fed: Fed) -> None:
    await fed.domiciled("101", "102")
    files = Files(fed, "koseki")
    koseki = {"action": "1", "koseki_number": "K1", "domicile": DOMICILE, "first_registrant": "足利　101"}
    rest: tuple[Row, ...] = (
        member("101"), member("102"), {"part": "I", "heading": "戸籍編製"}, {"part": "P", "label": "編製日", "content": "平成22年11月22日"},
        {"part": "I", "member": "2", "heading": "出生"}, {"part": "P", "label": "届出人", "content": "父　一郎"},
    )  # fmt: skip
    await files.take("1", koseki, *rest)
    text = text_of((await issue(fed, Kind.KOSEKI_FULL)).content)
    for printed in (DOMICILE, "平成22年11月22日", "父　一郎"):
        assert printed in text
    await files.take("2", {**koseki, "pending_since": "20260101090000"}, *rest)
    with pytest.raises(Refusal) as refused:
        await issue(fed, Kind.KOSEKI_FULL)
    assert refused.value.reason == "koseki_pending"
