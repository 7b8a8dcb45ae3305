"""The point of no return: one transaction that keeps the answer and enters it into the books, or nothing."""

import hashlib

from issuance_db import recording, requests
from issuance_db.intents import KeptAnswer
from issuance_db.recording import Finished
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
    file_digest = hashlib.sha256(prepared.content).digest()
    kept = KeptAnswer(sealed, key.version, intent.pages, intent.fee_yen)
    async with environment.database.city(city_code, timeout=patience) as connection:
        if not await requests.finish(connection, intent.lease, "answered", "issued", intent.issuance_number):
            raise Refusal(RefusalCode.TIMED_OUT, "lease_lost")
        # Only now is the row ours: the time spent waiting for it counts.
        now = environment.clock()
        if now >= intent.lease.deadline_at:
            raise Refusal(RefusalCode.TIMED_OUT, "deadline_passed")
        finished = Finished(
            prepared.asked_by,
            prepared.document_digest,
            file_digest,
            len(prepared.content),
            kept,
            now + environment.limits.kept_answer,
            prepared.level,
        )
        if not await recording.record(connection, intent, finished, now):
            raise Refusal(RefusalCode.TIMED_OUT, "intent_ended")
    return Certificate(intent.issuance_number, prepared.content, intent.pages, intent.fee_yen)


def answer_binding(municipality_code: str, issuance_number: str) -> bytes:
    """What a kept answer is sealed to, so that it cannot be opened as another issuance's."""
    return f"{municipality_code}/{issuance_number}".encode()
