"""What the kinds that only the holder may ask for have in common: the holder alive, resident and fresh in the issuance record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from civil.calendar import jst_date
from issuance_db import residents
from issuance_db.intents import Subject
from issuance_db.residents import DerivedMember, HouseholdMember
from issuance_db.sources import SourceAge
from kiosk_server.issuing.authorise import holder_in, require_city_ready, require_nothing_against, require_of_age
from kiosk_server.issuing.findings import RecordMoved
from kiosk_server.issuing.kinds.kind import Moment
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


def require_nothing_against_holder(household: Sequence[DerivedMember]) -> DerivedMember:
    """The last look at the asking person alone. Raises ``Refusal``."""
    holder = next(member for member in household if member.asks)
    if holder.suppressed or holder.held_back:
        reason = "suppressed" if holder.suppressed else "held_back"
        raise Refusal(RefusalCode.NOT_AVAILABLE, reason, person_number=holder.person_number)
    return holder
