"""A request id that was there before: the same answer again, or the reason why not; never a second issuance."""

from typing import Final

import asyncpg

from issuance_db import history, intents, requests
from issuance_db.intents import KeptAnswer
from issuance_db.requests import KnownRequest
from issuance_db.shown_now import ShownNow, shown_now
from keys.purpose import Purpose
from keys.sealing import unseal
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.recording import answer_binding
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Certificate

RETRY_SECONDS: Final = 2
_SENT_BEFORE: Final = (
    "証明書はその前に送っています。紙が渡ったかを確かめてください。 / "
    "The answer was sent before that; find out whether the paper was handed over."
)


async def same_answer(environment: Environment, known: KnownRequest, asking: str) -> Certificate:
    """The kept bytes of an answered request, after the last look; ``asking`` is who was identified (宛名番号).

    Raises ``Refusal``: the final code of a refused request; ``already_answered`` when the bytes are gone; ``not_fresh``
    while the issuance record is behind; ``not_available`` when a suppression or a stop of somebody shown arrived since, or a
    shown seal was deleted or registered anew, in which case the bytes are destroyed and an alert is opened.
    """
    if known.state == "refused" and known.result_code is not None:
        raise Refusal(RefusalCode(known.result_code), "asked_again")
    number = known.issuance_number
    if number is None:
        message = "an answered request has an issuance number: the table demands it"
        raise LookupError(message)
    city = known.key.municipality_code
    async with environment.database.city(city) as connection:
        shown = await shown_now(connection, city, number, asking, environment.clock)
        if (withdrawn_for := _reason_to_withdraw(shown)) is not None:
            await _withdraw(connection, environment, known, number, withdrawn_for)
        kept = await intents.kept_answer(connection, city, number, environment.clock())
    if withdrawn_for is not None:
        raise Refusal(RefusalCode.NOT_AVAILABLE, withdrawn_for, issuance_number=number)
    if kept is None:
        raise Refusal(RefusalCode.ALREADY_ANSWERED, "answer_no_longer_kept", issuance_number=number)
    if shown.any_behind:
        raise Refusal(RefusalCode.NOT_FRESH, "record_behind_registry", retry_after=RETRY_SECONDS)
    return _opened(environment, city, number, kept)


def _reason_to_withdraw(shown: ShownNow) -> str | None:
    """A suppression, a stop, or a seal that was deleted or registered anew since: nobody gets these bytes again."""
    if shown.any_suppressed:
        return "suppressed_after_answer"
    if shown.any_stopped:
        return "stopped_after_answer"
    return "seal_changed_after_answer" if shown.seal_changed else None


async def _withdraw(
    connection: asyncpg.Connection, environment: Environment, known: KnownRequest, issuance_number: str, reason: str
) -> None:
    await intents.destroy_kept_answer(connection, issuance_number)
    if await requests.withdraw(connection, known.key):
        now = environment.clock()
        code = RefusalCode.NOT_AVAILABLE
        await history.add_step(connection, known.key, "withdrawn", now, code=code, issuance_number=issuance_number)
        await history.open_alert(
            connection,
            known.key.municipality_code,
            reason,
            _SENT_BEFORE,
            issuance_number=issuance_number,
            caller_id=known.key.caller_id,
        )


def _opened(environment: Environment, municipality_code: str, issuance_number: str, kept: KeptAnswer) -> Certificate:
    key = environment.keys.secret(Purpose.KEPT_ANSWER, kept.key_version)
    content = unseal(key, kept.sealed, answer_binding(municipality_code, issuance_number))
    return Certificate(issuance_number, content, kept.pages, kept.fee_yen)
