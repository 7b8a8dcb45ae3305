"""Around every call: whatever it raises becomes a problem document, and every answer is counted and logged."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from issuance_db.database import DatabaseConflict, DatabaseTimedOut, DatabaseUnreachable
from kiosk_server.issuing.refusal import Refusal, RefusalCode, spread
from kiosk_server.web.logging import log_answer, log_fault
from kiosk_server.web.malformed import MalformedBody
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.problems import EdgeCode, Problem, from_malformed, from_refusal, problem_response

RETRY_SECONDS: Final = 5
_METHODS: Final = hdrs.METH_ALL
_HEADERS: Final = {
    "Server": "kiosk",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}


def answering(metrics: Metrics, hard_seconds: float) -> Middleware:
    """The middleware of an app. After `hard_seconds` the handler is cancelled and the answer is `timed_out`."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        call = request.match_info.route.name or EdgeCode.NO_SUCH_PATH
        try:
            response, code = await _within(handler(request), hard_seconds), "ok"
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem document
            problem = problem_of(error, call)
            response, code = problem_response(problem), problem.code
        seconds = time.perf_counter() - started
        metrics.answered(call, code, seconds)
        log_answer(call, request.method if request.method in _METHODS else "other", response.status, code, seconds)
        return response

    return answer


def problem_of(error: Exception, call: str) -> Problem:
    """The problem to answer an exception with. What is not a refusal is a fault of ours and is logged."""
    match error:
        case Problem():
            return error
        case Refusal():
            return from_refusal(error)
        case MalformedBody():
            return from_malformed(error)
        case web.HTTPNotFound():
            return Problem(EdgeCode.NO_SUCH_PATH)
        case DatabaseUnreachable() | DatabaseTimedOut() | DatabaseConflict():
            code = RefusalCode.TIMED_OUT if isinstance(error, DatabaseTimedOut) else RefusalCode.BUSY
            return from_refusal(Refusal(code, "database_lost", retry_after=spread(RETRY_SECONDS)))
        case _:
            log_fault(call, error)
            return Problem(EdgeCode.FAULT)


async def secure(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Set the headers that every answer of an app carries; for its `on_response_prepare`."""
    add_security_headers(response)


def add_security_headers(response: web.StreamResponse) -> None:
    """Set the headers that every answer carries: nothing is kept, guessed, framed or told about our versions."""
    for name, value in _HEADERS.items():
        response.headers[name] = value


async def _within(answer: Awaitable[web.StreamResponse], seconds: float) -> web.StreamResponse:
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            return await answer
    except TimeoutError:
        if deadline.expired():
            raise Problem(RefusalCode.TIMED_OUT) from None
        raise
