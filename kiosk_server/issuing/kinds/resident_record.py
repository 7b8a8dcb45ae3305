"""住民票の写し (`resident_record`): the household's record, from the issuance record alone."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import asyncpg

import pdf
from cardauth import PersonRef, RefOwner, seal_person_ref
from civil.calendar import jst_date
from issuance_db import residents
from issuance_db.intents import Intent, Subject
from issuance_db.residents import DerivedMember, HouseholdMember
from kiosk_server.issuing.asked import Asked, Chosen
from kiosk_server.issuing.authorise import HOUSEHOLD_INCOMPLETE, Authorised, authorise
from kiosk_server.issuing.findings import RecordMoved
from kiosk_server.issuing.kinds.kind import Certifying, LastLook, Moment, Offer, Reading
from kiosk_server.issuing.kinds.resident_record_snapshot import resident_record_snapshot, subjects_of
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import MenuPerson, ResidentRecordOptions

JAPANESE_OPTIONS = ("relationship", "domicile")
FOREIGN_OPTIONS = ("nationality", "residence_status", "residence_card_number")
_HOUSEHOLD_FIELDS: Final = frozenset({"address", "head_name"})
_PERSON_FIELD: Final = re.compile(r"^person(?P<order>[0-9]+)\.")


class ResidentRecord:
    """The declaration of `resident_record`."""

    make: Callable[..., pdf.Snapshot] = staticmethod(resident_record_snapshot)
    more_options: tuple[str, ...] = ()

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """Everyone in the household in one statement; the chosen ones are printed."""
        authorised = await _authorised(connection, asked, moment)
        certifying = Certifying.of(moment)
        return Reading(
            subjects_of(authorised),
            partial(self.make, asked.request, authorised, certifying, keys=moment.keys),
            my_numbers_of=tuple(member.person_number for member in authorised.printed)
            if asked.request.options.my_number
            else (),
        )

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """The persons of the household by reference, and the options that may be chosen for them."""
        if await residents.is_behind(connection, owner.municipality_code, person_number):
            raise RecordMoved
        household = await residents.household_of(connection, owner.municipality_code, person_number)
        on = jst_date(moment.now)
        authorise(household, person_number, "self", ResidentRecordOptions(), moment.city, on)
        persons = tuple(_person(moment, owner, member) for member in household)
        options = _options(household, my_number=moment.city.my_number_allowed)
        return Offer((*options, *self.more_options), persons)

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """Everyone on it."""
        return subjects

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """A whole household must still be whole, and nothing may stand against anybody on the paper."""
        del connection
        _require_nothing_against(look.intent.subjects, look.household, look.chosen)

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """Fields of the person tables carry the person's place; address and head are the household's."""
        match = _PERSON_FIELD.match(printed_field)
        if match is not None:
            return intent.subjects[int(match["order"]) - 1].person_number, printed_field
        if printed_field in _HOUSEHOLD_FIELDS:
            # A head who is printed by name only stands last among the subjects.
            place = -1 if intent.subjects[-1].printed_as == "head_name" else 0
            return intent.subjects[place].person_number, printed_field
        return None


async def _authorised(connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Authorised:
    municipality, person_number = asked.request.municipality_code, asked.authenticated.person_number
    if await residents.is_behind(connection, municipality, person_number):
        raise RecordMoved
    household = await residents.household_of(connection, municipality, person_number)
    _require_household_of_menu(household, asked)
    on = jst_date(moment.instant)
    try:
        return authorise(household, person_number, asked.chosen, asked.request.options, moment.city, on)
    except Refusal as refusal:
        # Somebody joined or left between the two reads: that is no refusal, the next attempt sees it whole.
        if refusal.reason == HOUSEHOLD_INCOMPLETE and await residents.is_behind(
            connection, municipality, person_number
        ):
            raise RecordMoved from None
        raise


def _require_household_of_menu(household: Sequence[HouseholdMember], asked: Asked) -> None:
    now = {(member.household_number, member.household_sequence) for member in household}
    if asked.household_at_menu is not None and now != {asked.household_at_menu}:
        raise Refusal(RefusalCode.NOT_AVAILABLE, "household_changed_since_menu")


def _require_nothing_against(subjects: Sequence[Subject], household: Sequence[DerivedMember], chosen: Chosen) -> None:
    if chosen == "household" and any(
        (member.household_members or len(household)) != len(household) for member in household
    ):
        raise Refusal(RefusalCode.NOT_AVAILABLE, HOUSEHOLD_INCOMPLETE)
    on_paper = {subject.person_number for subject in subjects}
    for member in household:
        if member.planned_move_out_on is not None:
            raise Refusal(RefusalCode.NOT_AVAILABLE, "planned_move_out", person_number=member.person_number)
        if member.person_number in on_paper and (member.suppressed or member.held_back):
            reason = "suppressed" if member.suppressed else "held_back"
            raise Refusal(RefusalCode.NOT_AVAILABLE, reason, person_number=member.person_number)


def _options(household: Sequence[HouseholdMember], *, my_number: bool) -> tuple[str, ...]:
    foreign = any(member.nationality is not None for member in household)
    return (*JAPANESE_OPTIONS, *(("my_number",) if my_number else ()), *(FOREIGN_OPTIONS if foreign else ()))


def _person(moment: Moment, owner: RefOwner, member: HouseholdMember) -> MenuPerson:
    ref = PersonRef(member.person_number, member.household_number, member.household_sequence)
    return MenuPerson(seal_person_ref(moment.keys, owner, ref, moment.now), member.name, member.relationship)
