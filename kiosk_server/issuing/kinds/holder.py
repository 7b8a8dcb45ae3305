"""What the kinds that only the holder may ask for have in common: the holder alive, resident and fresh in the issuance record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import asyncpg

from civil.calendar import jst_date
from civil.recorded_date import RecordedDate
from issuance_db import residents
from issuance_db.intents import Subject
from issuance_db.residents import DerivedMember, HouseholdMember
from issuance_db.sources import SourceAge, is_unchanged
from kiosk_server.issuing.authorise import (
    holder_in,
    refused,
    require_city_ready,
    require_nothing_against,
    require_of_age,
)
from kiosk_server.issuing.findings import RecordContradictsItself, RecordMoved
from kiosk_server.issuing.kinds.kind import LastLook, Moment
from kiosk_server.issuing.refusal import Refusal, RefusalCode

SOURCE_RETRY_SECONDS: Final = 600


async def read_holder(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, moment: Moment
) -> HouseholdMember:
    """The holder's record. Raises ``RecordMoved`` while it is behind the registry, ``Refusal`` for what stands against it."""
    if await residents.is_behind(connection, municipality_code, person_number):
        raise RecordMoved
    household = await residents.household_of(connection, municipality_code, person_number)
    holder = holder_in(household, person_number)
    require_city_ready(moment.city)
    require_of_age(holder, moment.city.minimum_age, jst_date(moment.instant))
    require_nothing_against(holder)
    return holder


async def read_staying_holder(
    connection: asyncpg.Connection, municipality_code: str, person_number: str, moment: Moment
) -> HouseholdMember:
    """The same, for kinds that a planned move (転出届) of the holder stops."""
    holder = await read_holder(connection, municipality_code, person_number, moment)
    if holder.planned_move_out_on is not None:
        raise refused("planned_move_out", person_number)
    return holder


class SaidOfHolder(Protocol):
    """What a fed source says of the holder, with whether something stands against its use."""

    @property
    def name(self) -> str:
        """As printed."""

    @property
    def birth(self) -> RecordedDate:
        """The birth date, or the text where it is not known."""

    @property
    def address(self) -> str:
        """As printed."""

    @property
    def age(self) -> SourceAge | None:
        """How old the source is."""

    @property
    def held_back(self) -> bool:
        """Whether staff or a comparison stopped this source for the holder."""


def require_usable(said: SaidOfHolder, holder: HouseholdMember, family: str, now: datetime) -> SourceAge:
    """The source is young, nothing of it is held back, and it says of the holder what the issuance record says.

    Raises ``Refusal``, and ``RecordContradictsItself`` with the item ``family/holder``, which lists the holder and stops the
    kinds of that family for them.
    """
    age = require_young(said.age, now)
    if said.held_back:
        raise refused("held_back", holder.person_number)
    if (said.name, said.birth, said.address) != (holder.name, holder.birth, holder.address):
        raise RecordContradictsItself(holder.person_number, f"{family}/holder")
    return age


async def require_same_sources(connection: asyncpg.Connection, look: LastLook) -> None:
    """Sequences first: whatever the attempt was read from is still what it was. Raises ``RecordMoved``."""
    if not await is_unchanged(connection, look.intent.lease.key.municipality_code, look.intent.sources):
        raise RecordMoved


def as_subject(holder: HouseholdMember) -> Subject:
    """The holder, printed."""
    return Subject(
        holder.person_number, holder.person_sequence, holder.household_number, holder.household_sequence, "person"
    )


def require_young(age: SourceAge | None, now: datetime) -> SourceAge:
    """Fed data past its age limit is issued by nobody's leave: the kind stops by itself, and starts with the next feed.

    Raises ``Refusal`` with ``not_fresh``.
    """
    if age is None or not age.is_young(now):
        raise Refusal(RefusalCode.NOT_FRESH, "source_past_age_limit", retry_after=SOURCE_RETRY_SECONDS)
    return age


def require_holder_stays(household: Sequence[DerivedMember], *, held_back: bool) -> None:
    """The last look at a holder whom a planned move stops, and whom the source may hold back. Raises ``Refusal``."""
    holder = require_nothing_against_holder(household)
    if holder.planned_move_out_on is not None or held_back:
        raise refused("held_back" if held_back else "planned_move_out", holder.person_number)


def require_nothing_against_holder(household: Sequence[DerivedMember]) -> DerivedMember:
    """The last look at the asking person alone. Raises ``Refusal``."""
    holder = next(member for member in household if member.asks)
    if holder.suppressed or holder.held_back:
        reason = "suppressed" if holder.suppressed else "held_back"
        raise Refusal(RefusalCode.NOT_AVAILABLE, reason, person_number=holder.person_number)
    return holder
