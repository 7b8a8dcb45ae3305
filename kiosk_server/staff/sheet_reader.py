"""Reading a file that somebody brought, in a process of its own: it holds no key and no connection, and ends with the file.

As a program: the file on standard input, what was read as JSON on standard output.
"""

import json
import resource
import sys
from dataclasses import asdict
from typing import Final

from civil.errors import KioskError
from kiosk_server.staff.own_process import told_of
from pdf.visible_seal.checking import is_picture
from pdf.visible_seal.judging import ReadPage, ReadSheets
from pdf.visible_seal.scanning import read_pdf, read_picture

_MODULE: Final = "kiosk_server.staff.sheet_reader"
_SECONDS: Final = 30
_MOST_MEMORY: Final = 3 << 30


class SheetUnreadable(KioskError):
    """ファイルを読み取れません。PDF、PNG、JPEG のどれかで、壊れていないものを選んでください。 /
    The file cannot be read. Choose a PDF, PNG or JPEG that is not damaged."""


async def read_sheet(content: bytes) -> ReadSheets:
    """Read a PDF, PNG or JPEG. Raises SheetUnreadable, also for one that takes too long."""
    try:
        return _parsed(await told_of(_MODULE, content, _SECONDS))
    except TimeoutError:
        raise SheetUnreadable from None


def _parsed(told: bytes) -> ReadSheets:
    if not told:
        raise SheetUnreadable
    found = json.loads(told)
    pages = tuple(ReadPage(tuple(page["codes"]), page["text"]) for page in found["pages"])
    return ReadSheets(pages, None if found["salt"] is None else bytes.fromhex(found["salt"]))


def _read(content: bytes) -> None:
    sheets = read_picture(content) if is_picture(content) else read_pdf(content)
    if sheets is None:
        return
    told = {
        "pages": [asdict(page) for page in sheets.pages],
        "salt": None if sheets.salt is None else sheets.salt.hex(),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    _read(sys.stdin.buffer.read())
