"""Renewing the archive time-stamp of a file that somebody kept, before it runs out."""

from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from pdf.levels.errors import LevelUnreached, UpdateMismatch
from pdf.levels.level import SignatureLevel
from pdf.levels.raising import Authorities, renew
from pdf.levels.reading import read_updates

_BROKEN: Final = (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError)


class NoArchive(LevelUnreached):
    """長期保管の形式(B-LTA)ではありません。あとから長期保管にすることはできません。 /
    The file is not at level B-LTA, and cannot be raised to it afterwards."""


async def renewed(content: bytes, authorities: Authorities) -> bytes:
    """The file with the validation data of its newest time-stamp and a new time-stamp over everything.

    Whether the file is good is asked before, with `verify`. Raises NoArchive, UpdateMismatch, or why an authority did not help.
    """
    try:
        (signature,) = PdfFileReader(BytesIO(content)).embedded_regular_signatures
        _, _, second, rest = map(int, signature.byte_range)
    except _BROKEN as broken:
        raise UpdateMismatch from broken
    found = read_updates(content, second + rest)
    if found.level != SignatureLevel.B_LTA:
        raise NoArchive
    return await renew(found, authorities)
