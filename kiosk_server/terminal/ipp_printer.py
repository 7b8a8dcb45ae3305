"""A real printer over IPP (RFC 8011): one job for one certificate, followed to its end, and never left to come out later."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import aiohttp

from kiosk_server.terminal.ipp_messages import (
    Answer,
    Attribute,
    IppMalformed,
    Operation,
    Tag,
    Value,
    read_answer,
    request,
)
from kiosk_server.terminal.printer import PrintEnd

_USER: Final = "kiosk"
_MOST_ANSWER: Final = 262_144
_IDLE: Final = 3
_STOPPED: Final = 5
"""Printer states, RFC 8011 5.4.11."""
_JOB_STOPPED: Final = 6
_CANCELED, _ABORTED, _COMPLETED = 7, 8, 9
"""Job states, RFC 8011 5.3.7; from 7 on they are final."""
_NO_PAPER: Final = ("media-empty", "media-needed")
_JAM: Final = ("media-jam",)
_NOT_WELL: Final = (
    *_NO_PAPER,
    *_JAM,
    "cover-open",
    "door-open",
    "marker-supply-empty",
    "toner-empty",
    "output-area-full",
)
_SCHEMES: Final = {"ipp": ("http", 631), "ipps": ("https", 631)}


class PrinterUrlWrong(ValueError):
    """Not an address such as ipp://printer/ipp/print."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: between two looks, for a stopped printer to be put right, for a job to be taken out, for a whole job, for one call."""

    look: float = 0.5
    stopped: float = 20.0
    take_out: float = 20.0
    job: float = 180.0
    call: float = 10.0


class IppPrinter:
    """`printer.Printer` over HTTP or HTTPS. Use as an async context manager."""

    is_simulated = False

    def __init__(
        self, uri: str, patience: Patience | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the printer's URI. Raises PrinterUrlWrong."""
        self._uri = uri
        self._url = http_url(uri)
        self._patience = patience or Patience()
        self._monotonic = monotonic
        self._numbers = itertools.count(1)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self._patience.call)
        self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def is_ready(self) -> bool:
        """Idle, accepting, well, and with nobody's job in it."""
        wanted = ["printer-state", "printer-state-reasons", "printer-is-accepting-jobs"]
        try:
            printer = await self._ask(Operation.GET_PRINTER_ATTRIBUTES, [(Tag.KEYWORD, "requested-attributes", wanted)])
            jobs = await self._ask(Operation.GET_JOBS, [(Tag.KEYWORD, "which-jobs", "not-completed")])
        except _Silent:
            return False
        found = printer.first
        is_well = _number(found, "printer-state") == _IDLE and not _is_any(_reasons(found, "printer"), _NOT_WELL)
        is_empty = jobs.is_successful and not jobs.groups
        return is_well and found.get("printer-is-accepting-jobs") == (True,) and is_empty

    async def print(self, document: bytes, title: str) -> PrintEnd:
        """Send the document once, and follow the job. Only what the printer itself says is believed."""
        told: list[Attribute] = [
            (Tag.NAME, "job-name", title),
            (Tag.MIME_TYPE, "document-format", "application/pdf"),
        ]
        try:
            answer = await self._ask(Operation.PRINT_JOB, told, document)
        except _NotReached:
            return PrintEnd.REFUSED
        except _Silent:
            return PrintEnd.UNKNOWN
        job = _number(answer.first, "job-id")
        if not answer.is_successful:
            return PrintEnd.REFUSED
        return PrintEnd.UNKNOWN if job is None else await self._follow(job)

    async def _follow(self, job: int) -> PrintEnd:
        """Until it is over, or until it is taken out because the printer stopped or the time is up."""
        began = stopped_since = self._monotonic()
        trouble, seen = PrintEnd.UNKNOWN, _Seen(None, None)
        while self._monotonic() - began < self._patience.job:
            seen = await self._look(job)
            if seen.end is not None:
                return _because(seen.end, trouble)
            if seen.trouble is None:
                stopped_since = self._monotonic()
            else:
                trouble = seen.trouble
                if self._monotonic() - stopped_since >= self._patience.stopped:
                    break
            await asyncio.sleep(self._patience.look)
        # Where the printer is at work to the last, pages may be out, whatever had kept it before.
        return await self._take_out(job, seen.trouble or PrintEnd.UNKNOWN)

    async def _take_out(self, job: int, trouble: PrintEnd) -> PrintEnd:
        """Cancel, and believe it when the printer says that the job is over; it must not come out before the next person.

        That it is canceled then is our own doing and says nothing about the pages: only `trouble` does.
        """
        began = self._monotonic()
        while self._monotonic() - began < self._patience.take_out:
            try:
                await self._ask(Operation.CANCEL_JOB, [(Tag.INTEGER, "job-id", job)])
            except _Silent:
                await asyncio.sleep(self._patience.look)
                continue
            seen = await self._look(job)
            if seen.end is not None:
                return trouble if seen.end is PrintEnd.REFUSED else seen.end
            await asyncio.sleep(self._patience.look)
        return PrintEnd.UNKNOWN

    async def _look(self, job: int) -> "_Seen":
        named: Attribute = (Tag.INTEGER, "job-id", job)
        try:
            answer = await self._ask(Operation.GET_JOB_ATTRIBUTES, [named])
            printer = await self._ask(Operation.GET_PRINTER_ATTRIBUTES, [])
        except _Silent:
            return _Seen(None, PrintEnd.UNKNOWN)
        reasons = {*_reasons(answer.first, "job"), *_reasons(printer.first, "printer")}
        return _seen(_number(answer.first, "job-state"), _number(printer.first, "printer-state"), reasons)

    async def _ask(self, operation: Operation, attributes: Sequence[Attribute], document: bytes = b"") -> Answer:
        """Raises _NotReached when nothing was sent, _Silent when it is not known what became of it."""
        if self._session is None:
            raise _NotReached
        head: list[Attribute] = [(Tag.URI, "printer-uri", self._uri)]
        ids = [one for one in attributes if one[1] == "job-id"]
        rest = [one for one in attributes if one[1] != "job-id"]
        named: list[Attribute] = [*head, *ids, (Tag.NAME, "requesting-user-name", _USER), *rest]
        body = request(operation, next(self._numbers), named) + document
        headers = {"Content-Type": "application/ipp"}
        try:
            async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer:
                if answer.status != HTTPStatus.OK:
                    raise _Silent
                return read_answer(await _whole(answer))
        except aiohttp.ClientConnectorError:
            raise _NotReached from None
        except (aiohttp.ClientError, TimeoutError, OSError, IppMalformed):
            raise _Silent from None


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """The body, as long as an answer may be. Raises IppMalformed."""
    body = b""
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _MOST_ANSWER:
            raise IppMalformed
    return body


@dataclass(frozen=True, slots=True)
class _Seen:
    """How the job ended, or what keeps it from ending."""

    end: PrintEnd | None
    trouble: PrintEnd | None


class _Silent(Exception):
    """No answer, or none that can be read."""


class _NotReached(_Silent):
    """There is no printer at that address: nothing was sent."""


def _because(end: PrintEnd, trouble: PrintEnd) -> PrintEnd:
    """Why a job that was dropped was dropped, when the printer had said so before and now says nothing."""
    return trouble if end is PrintEnd.REFUSED and trouble is not PrintEnd.UNKNOWN else end


def _seen(job: int | None, printer: int | None, reasons: set[str]) -> _Seen:
    if job == _COMPLETED:
        is_whole = not _is_any(reasons, ("job-completed-with-errors",))
        return _Seen(PrintEnd.PRINTED if is_whole else PrintEnd.UNKNOWN, None)
    trouble = PrintEnd.OUT_OF_PAPER if _is_any(reasons, _NO_PAPER) else PrintEnd.UNKNOWN
    trouble = PrintEnd.JAMMED if _is_any(reasons, _JAM) else trouble
    if job in {_CANCELED, _ABORTED}:
        return _Seen(PrintEnd.REFUSED if trouble is PrintEnd.UNKNOWN else trouble, None)
    is_stopped = job == _JOB_STOPPED or printer == _STOPPED or trouble is not PrintEnd.UNKNOWN or job is None
    return _Seen(None, trouble if is_stopped else None)


def _reasons(attributes: Mapping[str, tuple[Value, ...]], whose: str) -> set[str]:
    return {value for value in attributes.get(f"{whose}-state-reasons", ()) if isinstance(value, str)}


def _is_any(reasons: set[str], wanted: Sequence[str]) -> bool:
    """Whether one of them stands there, whatever its severity: -report is a remark, -warning and -error are not."""
    severe = {reason.removesuffix("-error").removesuffix("-warning") for reason in reasons}
    return any(reason in severe for reason in wanted)


def _number(attributes: Mapping[str, tuple[Value, ...]], name: str) -> int | None:
    values = attributes.get(name, ())
    return values[0] if len(values) == 1 and isinstance(values[0], int) else None


def http_url(uri: str) -> str:
    """Where the printer of this URI is asked. Raises PrinterUrlWrong."""
    try:
        parts = urlsplit(uri)
        named_port = parts.port
    except ValueError:
        raise PrinterUrlWrong from None
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.username is not None:
        raise PrinterUrlWrong
    scheme, port = _SCHEMES[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{scheme}://{host}:{named_port or port}{parts.path or '/ipp/print'}"
