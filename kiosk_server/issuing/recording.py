"""The point of no return: one transaction that keeps the answer and enters it into the books, or nothing."""

import hashlib

from issuance_db import history, intents, requests
from issuance_db.intents import KeptAnswer
from keys.purpose import Purpose
from keys.sealing import seal
from kiosk_server.issuing.attempt import Prepared
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate


async def record(environment: Environment, prepared: Prepared) -> Certificate:
    """Record the certificate, then return it. Past the deadline, or without the lease, nothing is recorded.

    Raises ``Refusal`` with ``timed_out``; whoever ends the request voids the intent then. ``DatabaseTimedOut`` and
    ``DatabaseUnreachable`` leave open what became of it: the request, asked for again, tells.
    """
    intent = prepared.intent
    key = environment.keys.secret(Purpose.KEPT_ANSWER)
    city_code, patience = intent.lease.key.municipality_code, environment.limits.recording.total_seconds()
    sealed = seal(key, prepared.content, answer_binding(city_code, intent.issuance_number))
    kept = KeptAnswer(sealed, key.version, intent.pages, intent.fee_yen)
    async with environment.database.city(city_code, timeout=patience) as connection:
        if not await requests.finish(connection, intent.lease, "answered", "issued", intent.issuance_number):
            raise Refusal(RefusalCode.TIMED_OUT, "lease_lost")
        # Only now is the row ours: the time spent waiting for it counts.
        now = environment.clock()
        if now >= intent.lease.deadline_at:
            raise Refusal(RefusalCode.TIMED_OUT, "deadline_passed")
        if not await intents.record(connection, intent, prepared.document_digest, now):
            raise Refusal(RefusalCode.TIMED_OUT, "intent_ended")
        await intents.keep_answer(connection, intent, kept, now + environment.limits.kept_answer)
        digest = hashlib.sha256(prepared.content).digest()
        await history.add_issuance(
            connection, intent, prepared.asked_by, digest, len(prepared.content), now, prepared.level
        )
        await history.add_step(
            connection, intent.lease.key, "answered", now, code="issued", issuance_number=intent.issuance_number
        )
    return Certificate(intent.issuance_number, prepared.content, intent.pages, intent.fee_yen)


def answer_binding(municipality_code: str, issuance_number: str) -> bytes:
    """What a kept answer is sealed to, so that it cannot be opened as another issuance's."""
    return f"{municipality_code}/{issuance_number}".encode()
