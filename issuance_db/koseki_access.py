"""本籍地利用登録 (koseki access registration): the application of somebody who lives in another city, and what an accepted one stands for.

Whoever asks by a registration has no 宛名番号 here. ``asks_as`` (``registration/12``) stands in its place: it is nobody's number.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

import asyncpg

from civil.business_days import business_day_after
from civil.calendar import jst_date
from civil.recorded_date import RecordedDate
from civil.sql import load
from issuance_db.credentials import CredentialKey, Holder, UserCertificateKey
from issuance_db.requests import Terminal
from issuance_db.staff_acts import Actor, record_act

_SQL: Final = load("issuance_db", "koseki_access.sql")
_PREFIX: Final = "registration/"
BUSINESS_DAYS: Final = 5
"""How long staff have, the day of the application not counted (Obihiro answers within about five)."""
_ALERT_AT: Final = 4
MOST_TRIES: Final = 3
TRIES_WITHIN: Final = timedelta(days=30)
State = Literal["submitted", "accepted", "refused", "withdrawn", "expired"]


@dataclass(frozen=True, slots=True)
class Application:
    """What the applicant says, and the card it was signed with; ``certificate_until`` is UTC."""

    caller_id: str
    request_id: str
    fingerprint: bytes
    terminal: Terminal
    key: UserCertificateKey
    certificate_until: datetime
    name: str
    birth_on: date
    domicile: str
    first_registrant: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """What the applicant is told: the number, where it stands, and by which JST day it is decided; and which request made it."""

    registration_number: int
    state: State
    submitted_at: datetime
    due_on: date
    fingerprint: bytes
    caller_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who asks by an accepted registration, as the koseki had them when it was accepted. ``person_number`` is its ``asks_as``."""

    person_number: str
    name: str
    birth: RecordedDate
    domicile: str
    first_registrant: str


class TooManyApplications(Exception):
    """The card has been used for as many applications as are looked at within a month."""


def is_registration(asking: str) -> bool:
    """Whether this stands for a registration and not for a person of the register."""
    return asking.startswith(_PREFIX)


def days_of(submitted_on: date, closed: frozenset[date]) -> tuple[date, date]:
    """The day on which staff are reminded, and the last one of the five business days."""
    return business_day_after(submitted_on, _ALERT_AT, closed), business_day_after(submitted_on, BUSINESS_DAYS, closed)


async def submit(connection: asyncpg.Connection, application: Application, now: datetime) -> Submitted:
    """Keep the application, or return the one of this card that is open or good. Raises TooManyApplications. ``now`` is UTC."""
    key = application.key.issuer_key_id, application.key.serial
    if (known := _submitted(await connection.fetchrow(_SQL["of_card"], *key))) is not None:
        return known
    if await connection.fetchval(_SQL["tries_since"], *key, now - TRIES_WITHIN) >= MOST_TRIES:
        raise TooManyApplications
    today = jst_date(now)
    alert_on, due_on = days_of(today, await closed_days(connection, today))
    # Of two at once with one card the second finds the first's row, once that is committed.
    await connection.execute(
        _SQL["submit"], application.caller_id, application.request_id, application.fingerprint,
        application.terminal.operator, application.terminal.store, application.terminal.terminal, *key,
        application.certificate_until, application.name, application.birth_on, application.domicile, application.first_registrant,
        now, alert_on, due_on,
    )  # fmt: skip
    submitted = _submitted(await connection.fetchrow(_SQL["of_card"], *key))
    if submitted is None:
        message = "an application that was kept or conflicted with another one is there"
        raise LookupError(message)
    return submitted


async def of_request(connection: asyncpg.Connection, caller_id: str, request_id: str) -> Submitted | None:
    """The application that this caller sent under this id, as it stands now."""
    return _submitted(await connection.fetchrow(_SQL["of_request"], caller_id, request_id))


async def waiting(connection: asyncpg.Connection, key: UserCertificateKey) -> Submitted | None:
    """The application of who presents this certificate that is not decided yet; None for residents, and for one stopped since."""
    row = await connection.fetchrow(_SQL["find_standing"], key.issuer_key_id, key.serial, "submitted")
    return None if row is None else Submitted(**{name: row[name] for name in Submitted.__dataclass_fields__})


async def is_resident(connection: asyncpg.Connection, key: UserCertificateKey, now: datetime) -> bool:
    """Whether the certificate is in use by somebody of the issuance record."""
    found: bool = await connection.fetchval(_SQL["is_resident"], key.issuer_key_id, key.serial, now)
    return found


async def closed_days(connection: asyncpg.Connection, since: date) -> frozenset[date]:
    """On which days from then on the city's offices are closed, beside weekends, holidays and the New Year."""
    return frozenset(row["day"] for row in await connection.fetch(_SQL["closed_days"], since))


async def find_accepted(connection: asyncpg.Connection, key: CredentialKey) -> Holder | None:
    """Who may ask with this certificate by a registration; None for everybody else, residents among them."""
    if not isinstance(key, UserCertificateKey):
        return None
    row = await connection.fetchrow(_SQL["find_standing"], key.issuer_key_id, key.serial, "accepted")
    return None if row is None else Holder(row["asks_as"], row["decided_at"], None)


async def accepted_as(connection: asyncpg.Connection, asking: str) -> Accepted | None:
    """Of whom a registration was accepted, None when it is not, or no longer."""
    row = await connection.fetchrow(_SQL["accepted"], asking)
    if row is None:
        return None
    birth = RecordedDate(row["accepted_birth_on"], row["accepted_birth_text"])
    return Accepted(
        row["asks_as"], row["accepted_name"], birth, row["accepted_domicile"], row["accepted_first_registrant"]
    )


async def derive_registration(
    connection: asyncpg.Connection, municipality_code: str, issuer_key_id: str, serial: str, now: datetime
) -> str | None:
    """Derive it from the certificate once more, under the permit's locks; None when it may not be used at ``now`` (UTC)."""
    found: str | None = await connection.fetchval(_SQL["derive"], municipality_code, issuer_key_id, serial, now)
    return found


async def expire(connection: asyncpg.Connection, now: datetime) -> int:
    """As role sweeper: end registrations whose koseki or certificate is not what it was; returns how many."""
    ended: int = await connection.fetchval(_SQL["expire"], now)
    return ended


async def alert_near(connection: asyncpg.Connection, today: date) -> int:
    """As role sweeper: open an alert for each application near or past its last day on this JST day; returns how many."""
    opened: int = await connection.fetchval(_SQL["alert"], today)
    return opened


def _submitted(row: asyncpg.Record | None) -> Submitted | None:
    return None if row is None else Submitted(**dict(row))


async def close_day(connection: asyncpg.Connection, municipality_code: str, day: date, who: Actor) -> None:
    """The offices are closed on that day: applications from now on do not count it."""
    if await connection.fetchval(_SQL["close_day"], day) is not None:
        await record_act(connection, municipality_code, "office_day_closed", who, concerns=day.isoformat())


async def open_day(connection: asyncpg.Connection, municipality_code: str, day: date, who: Actor) -> None:
    """They are open on that day after all."""
    if await connection.fetchval(_SQL["open_day"], day) is not None:
        await record_act(connection, municipality_code, "office_day_opened", who, concerns=day.isoformat())
