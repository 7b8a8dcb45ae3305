"""A test issue is a paper that says 見本, and nothing else of it remains than who made it."""

import asyncio
from io import BytesIO

import pikepdf
import pytest
from aiohttp import ClientResponse

from kiosk_server.issuing.request import Kind
from kiosk_server.staff.specimen import NUMBER
from tests.issuing.city import City
from tests.issuing.fed import Fed, InKoseki
from tests.issuing.read_pdf import pages_of
from tests.staff.counter import AtCounter, acts, at_counter
from tests.staff.office import Office
from tests.sync.registry_rows import CITY

_BOOKS = ("issuance.intent", "issuance.request", "history.issuance", "history.transition", "issuance.seal_place")


async def made(counter: AtCounter, kind: str, reason: str = "市長交代の確認") -> tuple[int, bytes]:
    await counter.page()
    clerk = counter.clerk
    fields = {"form_token": clerk.token, "kind": kind, "reason": reason}
    headers = {"Origin": clerk.office.origin, "Sec-Fetch-Site": "same-origin"}
    answer: ClientResponse
    async with clerk.session.post(clerk.office.url(f"{counter.path}/specimen"), data=fields, headers=headers) as answer:
        return answer.status, await answer.read()


async def in_the_books(city: City) -> list[int]:
    return [len(await city.rows(f"SELECT 1 FROM {table}")) for table in _BOOKS]


async def everything(fed: Fed) -> None:
    await fed.domiciled("101")
    await fed.koseki("K1", (InKoseki("KP101", "101", "101"),))
    await fed.register_seal("101", "足利")
    await fed.tax_record("101")


@pytest.mark.parametrize("kind", [Kind.RESIDENT_RECORD, Kind.RESIDENT_STATEMENT, Kind.SEAL_REGISTRATION, Kind.KOSEKI_FULL, Kind.TAX_INCOME])  # fmt: skip
async def test_a_specimen_is_marked_on_every_page_and_in_no_books(fed: Fed, office: Office, kind: Kind) -> None:
    admin = await office.city.database.connect()
    await admin.execute("UPDATE shared.installation SET marker = 'production'")
    await admin.execute(
        "INSERT INTO issuance.fee (municipality_code, kind, channel, effective_from, yen) VALUES ($1, 'resident_statement', 'centre', '2020-01-01', 200)",
        CITY,
    )
    await everything(fed)
    counter = await at_counter(office, "101")
    before = await in_the_books(office.city)
    status, content = await made(counter, kind)
    assert (status, content[:5]) == (200, b"%PDF-"), content[:2000].decode()
    assert all("見本" in page and NUMBER in page for page in pages_of(content))
    assert await in_the_books(office.city) == before
    assert await acts(office) == [("specimen_made", "101", "職員 sato")]
    with pikepdf.open(BytesIO(content)) as file:
        signature = file.Root.AcroForm.Fields[0].V
        assert set(bytes(signature.Contents)) == {0}


async def test_what_cannot_be_printed_is_told_by_its_item_and_holds_nobody_back(office: Office) -> None:
    await office.city.registry.person("101", name="足" * 4000)
    await office.city.project()
    status, content = await made(await at_counter(office, "101"), "resident_record")
    assert (status, "「世帯主」の欄に収まりません" in content.decode()) == (409, True)
    assert await office.city.rows("SELECT item FROM issuance.person_held_back") == []
    assert await acts(office) == []


@pytest.mark.parametrize(
    ("kind", "reason", "said"),
    [("passport", "確認", "種別を選んで"), ("seal_registration", "確認", "この市では扱わない"), ("resident_record", "", "空です")],
)  # fmt: skip
async def test_a_specimen_that_cannot_be_is_refused_in_words(office: Office, kind: str, reason: str, said: str) -> None:
    status, content = await made(await at_counter(office, "101"), kind, reason)
    assert (status in {409, 422}, said in content.decode()) == (True, True), content.decode()


async def test_somebody_protected_has_no_specimen(office: Office) -> None:
    counter = await at_counter(office, "101")
    await counter.act("/protect", ground="申出")
    status, content = await made(counter, "resident_record")
    assert (status, "支援措置" in content.decode()) == (409, True)


async def test_two_at_once_are_two_papers(office: Office) -> None:
    counter = await at_counter(office, "101")
    assert [status for status, _ in await asyncio.gather(*(made(counter, "resident_record") for _ in range(2)))] == [200, 200]  # fmt: skip
