"""How an attempt ends without an answer: void, or quarantined with its kind stopped on every node."""

import asyncio
from typing import Final, NoReturn

import pdf
from issuance_db import history, intents
from issuance_db.intents import Intent
from issuance_db.koseki_access import is_registration
from issuance_db.requests import Lease
from issuance_db.seal_places import StatusListFull
from keys.purpose import Purpose
from keys.sealing import seal
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.findings import RecordContradictsItself
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.refusal import Refusal, RefusalCode

QUARANTINE_RETRY_SECONDS: Final = 3600
_UNDER_WAY: Final[set[asyncio.Future[None]]] = set()


async def void(environment: Environment, intent: Intent, cause: str) -> None:
    """End the attempt as void; its number is never used again."""
    now = environment.clock()
    async with environment.database.city(intent.lease.key.municipality_code) as connection:
        if await intents.end(connection, intent, "void", cause, now):
            await history.add_step(
                connection, intent.lease.key, "void", now, code=cause, issuance_number=intent.issuance_number
            )


async def cannot_be_printed(
    environment: Environment, intent: Intent, refused: pdf.GlyphMissing | pdf.TextOverflow
) -> Refusal:
    """List the person whose item cannot be printed, stop issuing about them, and return the refusal.

    What belongs to no resident, such as the mayor's name, holds nobody back; nor is there a list for who lives elsewhere.
    """
    if intent.registration is not None:
        return Refusal(RefusalCode.NOT_AVAILABLE, "cannot_be_printed", person_number=intent.registration)
    listed = KINDS[intent.kind].to_list(intent, refused.field)
    if listed is None:
        return Refusal(RefusalCode.NOT_AVAILABLE, "city_setting_cannot_be_printed")
    person_number, item = listed
    cause = "overflow" if isinstance(refused, pdf.TextOverflow) else "character"
    async with environment.database.city(intent.lease.key.municipality_code) as connection:
        await intents.hold_back(connection, intent.lease.key.municipality_code, person_number, cause, item)
    return Refusal(RefusalCode.NOT_AVAILABLE, "cannot_be_printed", person_number=person_number)


async def contradicts_itself(environment: Environment, lease: Lease, fault: RecordContradictsItself) -> Refusal:
    """List a person whose record contradicts itself, stop issuing about them, and return the refusal."""
    city, person_number = lease.key.municipality_code, fault.person_number
    if is_registration(person_number):
        return Refusal(RefusalCode.NOT_AVAILABLE, "koseki_not_as_accepted", person_number=person_number)
    async with environment.database.city(city) as connection:
        await intents.hold_back(connection, city, person_number, "data", fault.item)
    return Refusal(RefusalCode.NOT_AVAILABLE, "record_contradicts_itself", person_number=person_number)


async def status_list_full(environment: Environment, lease: Lease) -> Refusal:
    """Nothing more can be issued this month that could be checked: open an alert, one a day, and return the refusal."""
    city = lease.key.municipality_code
    async with environment.database.city(city) as connection:
        await history.open_daily_alert(connection, city, "status_list_full", StatusListFull.__doc__ or "")
    return Refusal(RefusalCode.CLOSED, "status_list_full", retry_after=QUARANTINE_RETRY_SECONDS)


async def quarantine(environment: Environment, intent: Intent, cause: str, content: bytes) -> NoReturn:
    """Seal the document away, stop its kind until two persons restart it, open an alert, and refuse.

    A proven mismatch is never lost to a deadline: the work goes on when the waiting task is cancelled.
    """
    work = asyncio.ensure_future(_quarantine(environment, intent, cause, content))
    _UNDER_WAY.add(work)
    work.add_done_callback(_UNDER_WAY.discard)
    await asyncio.shield(work)
    raise Refusal(RefusalCode.CLOSED, "quarantined", retry_after=QUARANTINE_RETRY_SECONDS)


async def finish_quarantines() -> None:
    """Wait for what `quarantine` has begun, so that a process that stops leaves no mismatch behind without its stop."""
    while _UNDER_WAY:
        await asyncio.wait(tuple(_UNDER_WAY))


async def _quarantine(environment: Environment, intent: Intent, cause: str, content: bytes) -> None:
    """The stop and the alert first, by themselves: nothing that goes wrong with the rest may undo them."""
    city, number = intent.lease.key.municipality_code, intent.issuance_number
    now = environment.clock()
    async with environment.database.city(city) as connection:
        await intents.stop_kind(connection, city, intent.kind, now, cause)
        await history.open_alert(connection, city, "mismatch", cause, issuance_number=number)
    key = environment.keys.secret(Purpose.QUARANTINE)
    sealed = seal(key, content, quarantine_binding(city, number))
    async with environment.database.city(city) as connection:
        await intents.quarantine(connection, intent, cause, sealed, key.version, now + environment.limits.quarantine)
        if await intents.end(connection, intent, "quarantined", cause, now):
            await history.add_step(connection, intent.lease.key, "quarantined", now, code=cause, issuance_number=number)


def quarantine_binding(municipality_code: str, issuance_number: str) -> bytes:
    """What a quarantined document is sealed to, so that it cannot be opened as another one."""
    return f"{municipality_code}/{issuance_number}".encode()
