"""Whether mayors and seals can be printed, found out by planning and drawing a page with each. Nothing of it is kept."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

import pdf
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from issuance_db.city_settings import CityRows

_NOBODY: Final = "見本　太郎"
_NOON: Final = datetime(2026, 4, 1, 3, tzinfo=UTC)
_LONG_AGO: Final = RecordedDate(date(2000, 1, 1))


def unprintable(rows: CityRows) -> Iterator[str]:
    """A line for each mayor or seal with which no certificate can be made."""
    fonts = pdf.FontChain()
    plain = pdf.Mayor("見本市長", _NOBODY)
    drawn = pdf.draw_specimen_seal("見本市長之印")
    for number, mayor in enumerate(rows.mayors, 1):
        yield from _tried(f"mayor[{number}]", pdf.Mayor(mayor.title, mayor.name), drawn, fonts)
    for number, seal in enumerate(rows.seals, 1):
        yield from _tried(f"official_seal[{number}].image", plain, seal.image, fonts)


def _tried(place: str, mayor: pdf.Mayor, seal: bytes, fonts: pdf.FontChain) -> Iterator[str]:
    snapshot = _page_with(mayor, seal)
    try:
        pdf.compose(snapshot, pdf.plan(snapshot, fonts), fonts)
    except pdf.PaperError as error:
        yield f"{place}: 証明書に印刷できません。 / It cannot be printed on a certificate. {error}"


def _page_with(mayor: pdf.Mayor, seal: bytes) -> pdf.ResidentRecordSnapshot:
    return pdf.ResidentRecordSnapshot(
        issuance_number="0",
        issued_at=_NOON,
        municipality_code="000000",
        municipality_name="見本市",
        form="household_list",
        whole_household=True,
        head_name=_NOBODY,
        address="見本市",
        persons=(_person(),),
        options=pdf.ResidentOptions(*[False] * 6),
        mayor=mayor,
        official_seal=pdf.OfficialSeal(seal, date(2000, 1, 1), None),
        specimen=True,
        salt=b"",
    )


def _person() -> pdf.PrintedPerson:
    return pdf.PrintedPerson(
        person_number="0",
        name=_NOBODY,
        furigana=None,
        former_surname=None,
        former_surname_furigana=None,
        alias=None,
        birth=_LONG_AGO,
        sex=Sex.UNKNOWN,
        relationship=None,
        domicile=None,
        first_registrant=None,
        resident_since=_LONG_AGO,
        address_since=_LONG_AGO,
        notified_on=None,
        address_before_move_in=None,
        address_before_move=None,
        nationality=None,
        foreign_resident_since=None,
        article_30_45=None,
        my_number=None,
        is_foreign=False,
    )
