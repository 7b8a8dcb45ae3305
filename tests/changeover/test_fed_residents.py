"""MIS-20 where the residents come in files: what an item of the file no longer says is listed before the change, and nothing else is."""

from datetime import timedelta
from io import BytesIO

import pytest

import pdf
from issuance_db.residents import household_of
from kiosk_server.changeover import Finding
from kiosk_server.changeover.checking import check_export
from kiosk_server.changeover.comparing import BLANK
from kiosk_server.changeover.export_file import LABELS
from kiosk_server.changeover.printing import printer_of
from sync.feeds import apply_file
from tests.changeover.test_checking import Fields, differences, export, fonts
from tests.issuing.city import NOON, settings_of_a_city
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.resident_source import Resident, ResidentSource

__all__ = ["fonts"]
_FAMILY = {
    "former_surname": "佐野", "former_surname_furigana": "サノ", "previous_address": "栃木県佐野市高砂町１番地",
    "address_before_move": "栃木県足利市通二丁目１番地",
}  # fmt: skip
_FOREIGN = {
    "domicile": "", "first_registrant": "", "alias": "足利　花子", "alias_furigana": "アシカガ　ハナコ", "nationality": "ブラジル",
    "foreign_resident_since_on": "2012-07-09", "article_30_45_category": "中長期在留者", "residence_status": "永住者",
    "residence_period": "無期限", "residence_expires_on": "2030-01-01", "residence_card_number": "AB12345678CD",
}  # fmt: skip
JAPANESE, FOREIGN = Resident("101", "901").changed(**_FAMILY), Resident("102", "902").changed(**_FOREIGN)
LOST = {
    "101": {
        "furigana": "furigana", "former_surname": "former_surname", "former_surname_furigana": "former_surname_furigana",
        "relationship": "relationship", "head_name": "head_name", "domicile": "domicile", "first_registrant": "first_registrant",
        "resident_since_on": "resident_since", "address_since_on": "address_since", "address_notified_on": "notified_on",
        "previous_address": "address_before_move_in", "address_before_move": "address_before_move",
    },
    "102": {
        "alias": "alias", "foreign_resident_since_on": "foreign_resident_since", "residence_status": "residence_status",
        "residence_period": "residence_period", "residence_expires_on": "residence_expires_on",
        "residence_card_number": "residence_card_number",
    },
}  # fmt: skip
"""What may be empty in a file, and the field of the paper that is then blank."""
EACH = [
    *((person, item, (person, field, Finding.LOST)) for person, items in LOST.items() for item, field in items.items()),
    # Who is neither Japanese nor of a nationality cannot be printed at all.
    ("102", "nationality", ("102", "-", Finding.UNPRINTABLE)),
]


async def _take(database: Database, content: bytes) -> None:
    sync = await database.connect("sync")
    assert (await apply_file(sync, CITY, BytesIO(content), NOON + timedelta(days=1))).result == "applied"


async def _printed(database: Database, fonts: pdf.FontChain) -> dict[str, Fields]:
    fsck = await database.connect("fsck", CITY)
    async with fsck.transaction(readonly=True):
        printer = await printer_of(fsck, CITY, fonts, NOON)
        return {
            one.person_number: printer.printed(one)
            for person in ("101", "102")
            for one in await household_of(fsck, CITY, person)
        }


async def test_mis_20_every_field_of_the_paper_comes_from_the_file(database: Database, fonts: pdf.FontChain) -> None:
    await settings_of_a_city(database)
    await _take(database, ResidentSource(begins=NOON).full(JAPANESE, FOREIGN))
    said = {
        field
        for fields in (await _printed(database, fonts)).values()
        for field, text in fields.items()
        if text != BLANK
    }
    assert said == set(LABELS)


@pytest.mark.parametrize(("person", "item", "found"), EACH)
async def test_mis_20_an_item_that_a_file_loses_is_found_and_nothing_else(
    database: Database, fonts: pdf.FontChain, person: str, item: str, found: tuple[str, str, Finding]
) -> None:
    await settings_of_a_city(database)
    source = ResidentSource(begins=NOON)
    await _take(database, source.full(JAPANESE, FOREIGN))
    before = await _printed(database, fonts)
    await _take(database, source.set(source.holds[person].changed(**{item: ""})))
    fsck = await database.connect("fsck", CITY)
    async with fsck.transaction(readonly=True):
        done = await check_export(fsck, CITY, export(before), fonts, NOON)
    assert differences(done) == [found]
