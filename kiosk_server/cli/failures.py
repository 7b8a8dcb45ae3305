"""What a person is told when a command fails, and the exit code that goes with it."""

import errno
import os
import re
from pathlib import PurePath
from traceback import extract_tb

import click

from civil.errors import KioskError

ANSWER_IS_NO = 1
NOT_DONE = 2
FAULT = 3
INTERRUPTED = 130


class AddressInUse(KioskError):
    """ほかのプロセスが使っているアドレスです。それを止めるか、別のもの(--port、KIOSK_…_LISTEN)を指定してください。 /
    Another process holds this address. Stop it, or give another one (--port, KIOSK_…_LISTEN)."""


class DiskFull(KioskError):
    """ディスクの空き容量がありません。空きを作ってからやり直してください。 /
    The disk is full. Make room and try again."""


def explain(error: BaseException) -> int:
    """Say on standard error what happened, and return the exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else NOT_DONE
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        error.show()
        return NOT_DONE
    message, code = _words(error)
    click.echo(f"kiosk: {message}", err=True)
    return code


def _words(error: BaseException) -> tuple[str, int]:
    if isinstance(error, KioskError):
        return str(error), NOT_DONE
    if isinstance(error, OSError):
        return _of_the_system(error), NOT_DONE
    if type(error).__module__.partition(".")[0] == "asyncpg":
        state = getattr(error, "sqlstate", None) or type(error).__name__
        return f"データベースが処理を拒否しました({state})。 / The database refused ({state}).", NOT_DONE
    # Neither message nor traceback: both may quote what must not be shown.
    place = _place(error)
    return f"内部エラーです。 / An internal error: {type(error).__name__} at {place}", FAULT


def _of_the_system(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return str(DiskFull())
    if error.errno == errno.EADDRINUSE:
        named = re.search(r"\('(.+?)', (\d+)", error.strerror or "")
        return f"{'' if named is None else ':'.join(named.groups()) + ': '}{AddressInUse()}"
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    where = "" if error.filename is None else f"{error.filename}: "
    return f"{where}{reason}"


def _place(error: BaseException) -> str:
    frames = extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{PurePath(frame.filename).stem}:{frame.lineno}" for frame in reversed(frames)) or "?"
