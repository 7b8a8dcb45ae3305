"""Files that staff send: read bit by bit, never to a disk, and refused before they are read where they cannot be right."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Final

from aiohttp import BodyPartReader, hdrs
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.multipart import MultipartReader

from civil.errors import KioskError
from kiosk_server.staff.guard import FORM_TOKEN, NotOurForm
from kiosk_server.staff.visit import Visit

_MOST_FIELDS: Final = 20
_MOST_FIELD_BYTES: Final = 4096
_AROUND: Final = 64 * 1024
"""What fields and boundaries add to a file."""
_SECONDS: Final = 120
"""One upload waits for another: whoever sends nothing must not hold the door."""
_AT_ONCE: Final = 64 * 1024


class UploadTooLarge(KioskError):
    """ファイルが大きすぎるため、読まずに断りました。期間を分けるか、不要な列を除いてください。 /
    The file is too large and was refused unread. Split the period, or leave out columns that are not needed."""


class UploadTooSlow(KioskError):
    """ファイルが時間内に届きませんでした。何も取り込んでいません。回線を確かめて、もう一度送ってください。 /
    The file did not arrive in time, and nothing was taken in. Check the line and send it again."""


class NoFile(KioskError):
    """ファイルが選ばれていないか、空です。ファイルを選んで、もう一度送ってください。 /
    No file was chosen, or it is empty. Choose one and send it again."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A visit with the fields of its form, and the one file that came with them."""

    visit: Visit
    content: bytes = field(repr=False)


async def read_upload(visit: Visit, most_bytes: int) -> Upload:
    """Read a form of ``multipart/form-data``: the form's token first, other fields, and one file at the end.

    At most ``most_bytes`` are ever held; what says that it is longer is refused before any of it is read. Raises NotOurForm,
    UploadTooLarge, UploadTooSlow, NoFile.
    """
    request = visit.request
    if request.content_type != "multipart/form-data":
        raise NoFile
    if request.content_length is not None and request.content_length > most_bytes + _AROUND:
        raise UploadTooLarge
    try:
        async with asyncio.timeout(_SECONDS):
            return await _read_parts(visit, await request.multipart(), most_bytes)
    except TimeoutError:
        raise UploadTooSlow from None
    except (ValueError, AssertionError, BadHttpMessage):
        # Whatever the parts are, they are none that a browser makes of our form.
        raise NotOurForm from None


async def _read_parts(visit: Visit, reader: MultipartReader, most_bytes: int) -> Upload:
    await _require_token(visit, reader)
    fields: dict[str, str] = {}
    while isinstance(part := await reader.next(), BodyPartReader):
        if part.filename is not None:
            return Upload(replace(visit, form=fields), await _content(part, most_bytes))
        if part.name is None or part.name in fields or len(fields) == _MOST_FIELDS:
            raise NotOurForm
        fields[part.name] = await _text(part)
    raise NoFile


async def _require_token(visit: Visit, reader: MultipartReader) -> None:
    # A file of another site is not even begun.
    part = await reader.next()
    if not isinstance(part, BodyPartReader) or part.name != FORM_TOKEN or part.filename is not None:
        raise NotOurForm
    if not visit.token.has_form_token(await _text(part)):
        raise NotOurForm


async def _text(part: BodyPartReader) -> str:
    text = (await _read(part, _MOST_FIELD_BYTES)).decode()
    if "\0" in text:
        raise NotOurForm
    return text


async def _content(part: BodyPartReader, most: int) -> bytes:
    if part.headers.get(hdrs.CONTENT_TRANSFER_ENCODING) or part.headers.get(hdrs.CONTENT_ENCODING):
        raise NotOurForm
    content = await _read(part, most)
    if not content:
        raise NoFile
    return content


async def _read(part: BodyPartReader, most: int) -> bytes:
    read = bytearray()
    while chunk := await part.read_chunk(_AT_ONCE):
        read += chunk
        if len(read) > most:
            raise UploadTooLarge
    return bytes(read)
