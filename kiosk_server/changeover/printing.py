"""What a certificate of today would say of one person, as text by field: from the very plan that is drawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

import pdf
from civil.calendar import jst_date
from civil.errors import KioskError
from issuance_db.city import city_on
from issuance_db.residents import HouseholdMember
from kiosk_server.changeover.export_file import LABELS
from kiosk_server.issuing.kinds.resident_record_snapshot import printed_person
from kiosk_server.issuing.request import Channel, Kind

_EVERY_OPTION: Final = pdf.ResidentOptions(
    relationship=True,
    domicile=True,
    my_number=False,
    nationality=True,
    residence_status=True,
    residence_card_number=True,
)
_NUMBER: Final = "00000000-00-00000000-0"
_OF_THE_PERSON: Final = "person1."


class CityIncomplete(KioskError):
    """今日の市長か公印がありません。kiosk city apply で登録してください。 /
    There is no mayor or official seal for today. Run kiosk city apply."""


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints one person alone, with every option but My Number. `now` is UTC."""

    municipality_code: str
    city_name: str
    mayor: pdf.Mayor
    seal: pdf.OfficialSeal
    fonts: pdf.FontChain
    now: datetime

    def printed(self, member: HouseholdMember) -> dict[str, str]:
        """The text of each field that the form has for this person. Raises PaperError for what cannot be printed."""
        snapshot = pdf.ResidentRecordSnapshot(
            issuance_number=_NUMBER,
            issued_at=self.now,
            municipality_code=self.municipality_code,
            municipality_name=self.city_name,
            form="household_list",
            whole_household=False,
            head_name=member.head_name or "",
            address=member.address,
            persons=(printed_person(member, None),),
            options=_EVERY_OPTION,
            mayor=self.mayor,
            official_seal=self.seal,
            specimen=False,
            salt=b"",
        )
        return _texts(pdf.plan(snapshot, self.fonts))


async def printer_of(
    connection: asyncpg.Connection, municipality_code: str, fonts: pdf.FontChain, now: datetime
) -> Printer:
    """The city as it certifies today (JST). Raises CityIncomplete."""
    city = await city_on(connection, municipality_code, Kind.RESIDENT_RECORD, Channel.CENTRE, jst_date(now))
    if city is None or city.mayor_title is None or city.mayor_name is None:
        raise CityIncomplete
    if city.seal_image is None or city.seal_valid_from is None:
        raise CityIncomplete
    seal = pdf.OfficialSeal(city.seal_image, city.seal_valid_from, city.seal_valid_until)
    return Printer(municipality_code, city.name, pdf.Mayor(city.mayor_title, city.mayor_name), seal, fonts, now)


def _texts(pages: tuple[pdf.PagePlan, ...]) -> dict[str, str]:
    """Joined, the lines of a field are its text again."""
    texts: dict[str, str] = {}
    for placed in (placed for page in pages for placed in page.texts):
        field = placed.field.removeprefix(_OF_THE_PERSON)
        if field in LABELS:
            texts[field] = texts.get(field, "") + placed.text
    return texts
