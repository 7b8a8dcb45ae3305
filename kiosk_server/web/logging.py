"""Logs without personal data: JSON lines on stderr whose members are on a list, whatever the code hands in."""

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import PurePath
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final, TextIO, cast

import structlog

from kiosk_server.web.log_stream import LogStream

ALLOWED: Final = frozenset(
    {
        "at",
        "attempt",
        "call",
        "check",
        "code",
        "count",
        "dropped",
        "error",
        "event",
        "host",
        "kind",
        "level",
        "logger",
        "method",
        "ms",
        "municipality_code",
        "pool",
        "port",
        "route",
        "seconds",
        "sender",
        "status",
        "step",
        "timestamp",
        "version",
        "worker",
    }
)
"""The only members a line may have. PIN, serial, names, addresses, numbers and ids of requests are not among them."""

_EVENT: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_PLAIN: Final = re.compile(r"[ -~]{0,200}", re.ASCII)


def only_allowed(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the members on the list that hold a number or a short ASCII text; say how many were dropped.

    An event that is not one word of ours is a sentence, and sentences quote: it is replaced.
    """
    kept = {name: value for name, value in line.items() if name in ALLOWED and _is_plain(value)}
    dropped = len(line) - len(kept)
    if not _EVENT.fullmatch(str(line.get("event", ""))):
        kept["event"] = "unnamed_event"
    return {**kept, "dropped": dropped} if dropped else kept


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return _PLAIN.fullmatch(value) is not None
    return value is None or isinstance(value, bool | int | float)


def configure_logging(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every line of this process, those of libraries too, to `stream` (stderr) as JSON, one object a line."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", LogStream(stream or sys.stderr))),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler(max(level, logging.WARNING))]
    logging.captureWarnings(capture=True)


class _LibraryHandler(logging.Handler):
    """Passes on that a library said something and where; what it said may quote a row or a body."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        _log().log(
            record.levelno,
            "library_message",
            logger=record.name,
            at=f"{record.module}:{record.lineno}",
            error=None if error is None else type(error).__name__,
        )


def log_fault(call: str, error: BaseException) -> None:
    """Log a fault of ours: the class of the error and the places it came through, never its message."""
    _log().error("fault", call=call, error=type(error).__qualname__, at=_places(error.__traceback__))


def log_answer(call: str, method: str, status: int, code: str, seconds: float) -> None:
    """The access log: one line per answer, with neither path nor query nor body."""
    _log().info("answer", call=call, method=method, status=status, code=code, ms=round(seconds * 1000, 1))


def _places(traceback: TracebackType | None) -> str:
    frames = extract_tb(traceback)[-4:]
    return " < ".join(f"{PurePath(frame.filename).stem}:{frame.lineno}" for frame in reversed(frames))


def _log() -> Any:
    return structlog.get_logger()
