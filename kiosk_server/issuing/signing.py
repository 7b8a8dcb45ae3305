"""Signing: on the event loop with a key in memory, in a thread with a key on a token, which may stall or be gone."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

import pdf
from keys.errors import KeyNotFound
from kiosk_server.issuing.acceptance import RETRY_SECONDS
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.paper import InspectedPaper
from kiosk_server.issuing.refusal import Refusal, RefusalCode

_TOKEN: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="token")
"""One at a time, as the token works. Who waits here at the deadline is taken out; what is being signed then goes nowhere."""


async def sign(environment: Environment, paper: InspectedPaper, permit: pdf.SignPermit) -> bytes:
    """The signed file. Raises ``Refusal`` (busy) without a key that may sign now, and what `pdf.sign` raises."""
    try:
        key = environment.keys.document_signer()
        if not key.is_on_token:
            return pdf.sign(paper.document, permit, key)
        return await asyncio.get_running_loop().run_in_executor(_TOKEN, pdf.sign, paper.document, permit, key)
    except KeyNotFound as unusable:
        structlog.get_logger().error("not_signed", reason=type(unusable).__name__)
        raise Refusal(RefusalCode.BUSY, type(unusable).__name__, retry_after=RETRY_SECONDS) from None
