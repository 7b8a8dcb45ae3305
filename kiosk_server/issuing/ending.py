"""How an attempt ends without an answer: void, or quarantined with its kind stopped on every node."""

import re
from typing import Final, NoReturn

import pdf
from issuance_db import history, intents
from issuance_db.intents import Intent
from keys.purpose import Purpose
from keys.sealing import seal
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.refusal import Refusal, RefusalCode

QUARANTINE_RETRY_SECONDS: Final = 3600
_PERSON_FIELD: Final = re.compile(r"^person(?P<order>[0-9]+)\.")


async def void(environment: Environment, intent: Intent, cause: str) -> None:
    """End the attempt as void; its number is never used again."""
    now = environment.clock()
    async with environment.database.city(intent.lease.key.municipality_code) as connection:
        if await intents.end(connection, intent, "void", cause, now):
            await history.add_step(
                connection, intent.lease.key, "void", now, code=cause, issuance_number=intent.issuance_number
            )


async def hold_back(environment: Environment, intent: Intent, refused: pdf.GlyphMissing | pdf.TextOverflow) -> str:
    """List the person whose item cannot be printed, stop issuing about them, and return their number."""
    cause = "overflow" if isinstance(refused, pdf.TextOverflow) else "character"
    person_number = _person_of(intent, refused.field)
    async with environment.database.city(intent.lease.key.municipality_code) as connection:
        await intents.hold_back(connection, intent.lease.key.municipality_code, person_number, cause, refused.field)
    return person_number


def _person_of(intent: Intent, field: str) -> str:
    """Fields of the person tables carry the person's place on the certificate; what stands above them is the household's."""
    match = _PERSON_FIELD.match(field)
    position = int(match["order"]) - 1 if match else 0
    return intent.subjects[position].person_number


async def quarantine(environment: Environment, intent: Intent, cause: str, content: bytes) -> NoReturn:
    """Seal the document away, stop its kind until two persons restart it, open an alert, and refuse."""
    key = environment.keys.secret(Purpose.QUARANTINE)
    city = intent.lease.key.municipality_code
    sealed = seal(key, content, f"{city}/{intent.issuance_number}".encode())
    now = environment.clock()
    async with environment.database.city(city) as connection:
        await intents.quarantine(connection, intent, cause, sealed, key.version, now + environment.limits.quarantine)
        await intents.end(connection, intent, "quarantined", cause, now)
        await intents.stop_kind(connection, city, intent.kind, now, cause)
        await history.add_step(
            connection, intent.lease.key, "quarantined", now, code=cause, issuance_number=intent.issuance_number
        )
        await history.open_alert(connection, city, "mismatch", cause, issuance_number=intent.issuance_number)
    raise Refusal(RefusalCode.CLOSED, "quarantined", retry_after=QUARANTINE_RETRY_SECONDS)
