"""MIS-20: a field that the old system printed is gone after the change to another.

A standardised city, 2025: on a family's 住民票 from a convenience store the 届出日 of one member had become 「年月日不詳」.
The date had been migrated, but it was not in the set that the issuing server was given; a resident noticed, not the city.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from kiosk_server.cli.failures import ANSWER_IS_NO
from tests.cli.command import kiosk
from tests.feed_files import envelope
from tests.incidents.people import People
from tests.system.asking import Asking
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.reading import read
from tests.system.running import CITY, Sample

_FIELDS: Mapping[str, str] = {
    "フリガナ": "furigana", "氏名": "name", "旧氏": "former_surname", "旧氏のフリガナ": "former_surname_furigana",
    "通称": "alias", "生年月日": "birth", "性別": "sex", "住民となった日": "resident_since",
    "外国人住民となった日": "foreign_resident_since", "住所を定めた日": "address_since", "届出日": "notified_on",
    "転入前住所": "address_before_move_in", "異動前住所": "address_before_move",
}  # fmt: skip
"""The cells that are printed whatever options were chosen, by their labels on the paper."""


@pytest.fixture
def family(people: People) -> Sample:
    return people.family(3)


async def test_mis_20_the_family_whose_date_of_notification_was_lost_is_found_before_the_change(
    installation: Installation, family: Sample, clerk: Clerk, books: asyncpg.Connection, tmp_path: Path
) -> None:
    """The old system printed what the paper says today; then one member's date is dropped on its way to us."""
    members = [row.record.person_number for row in await clerk.household(await clerk.holder(family))]
    before = await _printed_now(installation, family, members)
    dated = next(number for number in members if before[number]["notified_on"] != "【空欄】")
    assert _differences(installation, tmp_path, before, "") == {}
    lost = await books.fetchval(
        "UPDATE issuance.resident_record SET address_notified_on = NULL WHERE person_number = $1 RETURNING person_number",
        dated,
    )
    try:
        assert lost == dated
        after = await _printed_now(installation, family, members)
        assert after[dated]["notified_on"] == "【空欄】"
        assert _differences(installation, tmp_path, before, "") == {(dated, "notified_on"): "失われた / lost"}
        # 年月日不詳 instead of the day, as on the family's paper, is a change too.
        unknown = before | {dated: before[dated] | {"notified_on": "年月日不詳"}}
        assert (dated, "notified_on") in _differences(installation, tmp_path, unknown, "")
        # Only a decision makes a blank a known one.
        assert _differences(installation, tmp_path, before, "市民課長決裁", of=(dated, "notified_on")) == {}
    finally:
        await books.execute(
            "UPDATE issuance.resident_record AS r SET address_notified_on = s.address_notified_on "
            "FROM registry.issuance_source AS s WHERE s.person_number = r.person_number AND r.person_number = $1",
            dated,
        )
    assert await _printed_now(installation, family, members) == before


async def _printed_now(installation: Installation, family: Sample, members: list[str]) -> dict[str, dict[str, str]]:
    """What a real certificate of the household says, read by a library that did not make it."""
    async with Asking(installation) as asking:
        delivery = await asking.issue(installation.centres[0], asking.new(family), tries=3)
    reading = read(delivery.certificate.content)
    assert len(reading.persons) == len(members)
    return {
        number: {_FIELDS[label]: text for label, text in cells.items() if label in _FIELDS}
        for number, cells in zip(members, reading.persons, strict=True)
    }


def _differences(
    installation: Installation,
    directory: Path,
    before: Mapping[str, Mapping[str, str]],
    decision: str,
    of: tuple[str, str] | None = None,
) -> dict[tuple[str, str], str]:
    """What `kiosk changeover check` lists of this family, in the fields that the paper showed."""
    records = [
        (number, field, text, decision if (number, field) == of else "")
        for number in sorted(before)
        for field, text in before[number].items()
    ]
    file = directory / "printed.csv"
    file.write_bytes(envelope(("kiosk-printed-fields", "1", CITY, datetime.now(UTC).isoformat()), records))
    done = kiosk("changeover", "check", file, "--limit", "100000", "--settings", installation.settings_file)
    assert done.returncode == ANSWER_IS_NO, done.stderr
    rows = [line.split(maxsplit=2) for line in done.stdout.splitlines() if line.startswith("  ")]
    shown = {field for fields in before.values() for field in fields}
    return {(row[0], row[1]): row[2] for row in rows if row[0] in before and row[1] in shown}
