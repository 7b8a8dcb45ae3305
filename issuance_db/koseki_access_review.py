"""Applications for koseki access as staff review them: what the applicant says beside what the koseki says, and the decision.

The rules are pure; the statements hold what two people, or a feed, could change in between.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.koseki_access import State
from issuance_db.sources import SourceAge, age_in
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "koseki_access_review.sql")
MOST: Final = 500
MOST_CANDIDATES: Final = 50
_KANA: Final = re.compile(r"[\d\s-]*[ぁ-ヿ][ぁ-ヿ\d\s-]*")
"""What the keys of a terminal can write."""


class ApplicationDecidedAlready(KioskError):
    """この申請は、ほかの人が先に処理したか、取り下げられました。何も変えていません。一覧を開き直してください。 /
    Somebody else has decided this application, or it was withdrawn. Nothing was changed. Open the list again."""


class KosekiMovedMeanwhile(KioskError):
    """確認している間に戸籍が変わりました。何も変えていません。申請を開き直して、もう一度確かめてください。 /
    The koseki changed while you looked. Nothing was changed. Open the application again and compare once more."""


class SomethingStandsAgainst(KioskError):
    """この人の申請は、いま承認できません。画面の「承認できない理由」を見てください。何も変えていません。 /
    This cannot be accepted now: see what stands against it on the page. Nothing was changed."""


class Obstacle(StrEnum):
    """What stands against accepting somebody, whatever the applicant says."""

    SUPPRESSED = "suppressed"
    PENDING = "pending"
    RESIDENT = "resident"
    SOURCE_OLD = "source_old"
    IN_DOUBT = "in_doubt"


class Agreement(IntEnum):
    """How what the applicant says stands to the koseki; kana beside other characters is for people to compare."""

    DIFFERS = 0
    KANA = 1
    SAME = 2


class RefusedFor(StrEnum):
    """What a notice of refusal may say. It never tells of a protective measure: that one is ``at_counter``."""

    NOT_FOUND = "not_found"
    FACTS_DIFFER = "facts_differ"
    CARD_UNCONFIRMED = "card_unconfirmed"
    AT_COUNTER = "at_counter"


class EndCause(StrEnum):
    """Why staff end one: the person asked for it, or it is in doubt."""

    ASKED = "asked"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Application:
    """One application as it stands. Of an accepted one the koseki's own words are kept beside the applicant's."""

    registration_number: int
    state: State
    submitted_at: datetime
    due_on: date
    name: str
    birth_on: date
    domicile: str
    first_registrant: str
    issuer_key_id: str
    serial: str
    decided_at: datetime | None
    decided_by: str | None
    refused_for: str | None
    koseki_number: str | None
    koseki_person_number: str | None
    accepted_name: str | None
    accepted_domicile: str | None
    accepted_first_registrant: str | None
    ended_at: datetime | None
    end_cause: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of that birth date in a koseki of the city. ``address`` is the last one of the 附票, where there is one."""

    koseki_number: str
    koseki_person_number: str
    name: str
    furigana: str | None
    domicile: str
    first_registrant: str
    pending: bool
    sequence: int
    age: SourceAge | None
    is_resident: bool
    in_doubt: bool
    suppressed: bool
    address: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many applications wait, and how many of them are past their last day."""

    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a notice goes. Without an address where the 附票 has none, or where somebody is protected: staff deliver it otherwise."""

    name: str
    address: str | None


def obstacles(candidate: Candidate, now: datetime) -> tuple[Obstacle, ...]:
    """What stands against accepting this person at ``now`` (UTC); nothing of it is for the applicant to read."""
    found: Mapping[Obstacle, bool] = {
        Obstacle.SUPPRESSED: candidate.suppressed,
        Obstacle.PENDING: candidate.pending,
        Obstacle.RESIDENT: candidate.is_resident,
        Obstacle.IN_DOUBT: candidate.in_doubt,
        Obstacle.SOURCE_OLD: candidate.age is None or not candidate.age.is_young(now),
    }
    return tuple(obstacle for obstacle, stands in found.items() if stands)


def agreeing(application: Application, candidate: Candidate) -> tuple[Agreement, Agreement, Agreement]:
    """How name, domicile and first registrant stand to the koseki, spaces aside; the birth date is always the same."""
    return (
        _agreement(application.name, candidate.name),
        _agreement(application.domicile, candidate.domicile),
        _agreement(application.first_registrant, candidate.first_registrant),
    )


def _agreement(said: str, known: str) -> Agreement:
    if "".join(said.split()) == "".join(known.split()):
        return Agreement.SAME
    return Agreement.KANA if _KANA.fullmatch(said) and not _KANA.fullmatch(known) else Agreement.DIFFERS


async def applications(connection: asyncpg.Connection, states: Sequence[State]) -> Sequence[Application]:
    """Those in one of these states, at most MOST: to be decided, the most urgent first; of others the newest first."""
    rows = await connection.fetch(_SQL["list"], list(states), MOST)
    return [Application(**dict(row)) for row in rows]


async def application(connection: asyncpg.Connection, registration_number: int) -> Application | None:
    """One of them."""
    row = await connection.fetchrow(_SQL["one"], registration_number)
    return None if row is None else Application(**dict(row))


async def waiting(connection: asyncpg.Connection, today: date) -> Waiting:
    """How many wait on this JST day."""
    row = await connection.fetchrow(_SQL["count_open"], today)
    return Waiting(0, 0) if row is None else Waiting(row["waiting"], row["overdue"])


async def candidates(connection: asyncpg.Connection, of: Application) -> Sequence[Candidate]:
    """Everybody in a koseki of the city who was born on that day, whom the application agrees with most first."""
    rows = await connection.fetch(_SQL["candidates"], of.birth_on, MOST_CANDIDATES)
    names = [name for name in Candidate.__dataclass_fields__ if name != "age"]
    found = [Candidate(age=age_in(row), **{name: row[name] for name in names}) for row in rows]
    return sorted(found, key=lambda one: -sum(agreeing(of, one)))


async def addressee(connection: asyncpg.Connection, koseki_person_number: str) -> Addressee | None:
    """Who that person of a koseki is and where the 附票 has them last; None for somebody who has left the koseki."""
    row = await connection.fetchrow(_SQL["addressee"], koseki_person_number)
    return None if row is None else Addressee(row["name"], None if row["suppressed"] else row["address"])


async def accept(
    connection: asyncpg.Connection,
    municipality_code: str,
    of: Application,
    candidate: Candidate,
    now: datetime,
    who: Actor,
) -> None:
    """From this moment (UTC) on the card may ask for that koseki; a card that could before stops.

    Raises SomethingStandsAgainst, ApplicationDecidedAlready, KosekiMovedMeanwhile: ``candidate`` is what was looked at.
    """
    if obstacles(candidate, now):
        raise SomethingStandsAgainst
    number = of.registration_number
    await connection.execute(_SQL["supersede"], candidate.koseki_person_number, now)
    done = await connection.fetchval(
        _SQL["accept"], number, candidate.koseki_person_number, candidate.sequence, now, who.name
    )
    if done is None:
        still = await application(connection, number)
        raise KosekiMovedMeanwhile if still is not None and still.state == "submitted" else ApplicationDecidedAlready
    await record_act(connection, municipality_code, "koseki_access_accepted", who, concerns=str(number))


async def refuse(
    connection: asyncpg.Connection,
    municipality_code: str,
    registration_number: int,
    refused_for: RefusedFor,
    now: datetime,
    who: Actor,
    addressee: str | None = None,
) -> None:
    """Decided for good; the same card may apply again. ``addressee`` is whose application it seems to be, for the notice.

    Raises ApplicationDecidedAlready.
    """
    done = await connection.fetchval(_SQL["refuse"], registration_number, refused_for, now, who.name, addressee)
    if done is None:
        raise ApplicationDecidedAlready
    await record_act(connection, municipality_code, "koseki_access_refused", who, concerns=str(registration_number))


async def withdraw(
    connection: asyncpg.Connection,
    municipality_code: str,
    registration_number: int,
    cause: EndCause,
    now: datetime,
    who: Actor,
) -> None:
    """End an application or a registration at once: no permit is given by it after this commits. Raises ApplicationDecidedAlready."""
    if await connection.fetchval(_SQL["withdraw"], registration_number, cause, now) is None:
        raise ApplicationDecidedAlready
    await record_act(connection, municipality_code, "koseki_access_withdrawn", who, concerns=str(registration_number))
