"""The requests of SFTP, each answered from the tree of a sender: none reaches a path of the disk by its name."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, TypeVar

import asyncssh
import structlog
from asyncssh import SFTPAttrs, SFTPName

from civil.errors import KioskError
from kiosk_server.feed_sftp.attributes import file_attributes, receipt_attributes
from kiosk_server.feed_sftp.drop import Denied, Drop, NotThere, Upload
from kiosk_server.feed_sftp.own_files import Seen
from kiosk_server.feed_sftp.paths import NoSuchPath, place_of
from kiosk_server.feed_sftp.refusing import RefusingServer
from kiosk_server.feed_sftp.tree import Tree
from kiosk_server.web.logging import log_fault

_T = TypeVar("_T")
_NOT_STORED: Final = "保存できませんでした。後で送り直してください。 / It could not be stored: send it again later."


class DropServer(RefusingServer):
    """One session."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], drop: Drop) -> None:
        """Take the channel and what is done on the disk."""
        super().__init__(channel)
        self._drop = drop
        self._tree = Tree(drop)
        self._one = threading.Lock()

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> Upload | bytes:
        """A receipt to read, or a file to write."""
        del attrs
        return await self._do(self._tree.open, path, pflags)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """A part of a receipt."""
        if isinstance(file_obj, bytes):
            return file_obj[offset : offset + size]
        raise asyncssh.SFTPPermissionDenied(str(Denied()))

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """The next bytes of a file."""
        await self._do(self._drop.write, _upload(file_obj), offset, data)
        return len(data)

    async def close(self, file_obj: object) -> None:
        """All of a file was sent; of a receipt nothing is to do."""
        if isinstance(file_obj, Upload):
            self._tell(await self._do(self._drop.close, file_obj))

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Give a file its name."""
        self._tell(await self._do(lambda: self._tree.rename(oldpath, newpath, over=False)))

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """The same; another unfinished file of the new name goes, but nothing that was sent."""
        self._tell(await self._do(lambda: self._tree.rename(oldpath, newpath, over=True)))

    async def remove(self, path: bytes) -> None:
        """Give up a file."""
        await self._do(self._tree.remove, path)

    async def realpath(self, path: bytes) -> bytes:
        """The one way to write a path, whether anything is there or not."""
        return (await self._do(place_of, path)).path

    async def stat(self, path: bytes) -> SFTPAttrs:
        """What is there."""
        return await self._do(self._tree.stat, path)

    lstat = stat

    async def fstat(self, file_obj: object) -> SFTPAttrs:
        """How much there is."""
        if isinstance(file_obj, bytes):
            return receipt_attributes(Seen(len(file_obj), 0))
        incoming = _upload(file_obj).incoming
        return file_attributes(Seen(0 if incoming is None else incoming.received, 0))

    async def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Times and modes are taken and have no effect: clients set them unasked. A length is refused."""
        _require_no_length(attrs)
        await self.stat(path)

    lsetstat = setstat

    async def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """The same; the length that the file has is taken: `scp` sets it."""
        if attrs.size != (await self.fstat(file_obj)).size:
            _require_no_length(attrs)

    async def fsync(self, file_obj: object) -> None:
        """Taken, and has no effect: a file is on the disk for good before its end is answered."""
        _upload(file_obj)

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """What a sender may know of."""
        for name, attributes in await self._do(self._tree.listed, path):
            yield SFTPName(name.encode("ascii"), attrs=attributes)

    async def exit(self) -> None:
        """The session is over."""
        await self.end()

    async def end(self) -> None:
        """The same, whichever way it came; once more does nothing."""
        self._drop.is_over = True
        await asyncio.to_thread(self._locked, self._drop.end)

    async def _do(self, function: Callable[..., _T], *args: object) -> _T:
        """Off the loop, one after the other, with what is wrong in words for the sender."""
        try:
            return await asyncio.to_thread(self._locked, function, *args)
        except (NoSuchPath, NotThere) as error:
            raise asyncssh.SFTPNoSuchFile(str(error)) from None
        except Denied as error:
            raise asyncssh.SFTPPermissionDenied(str(error)) from None
        except KioskError as error:
            raise asyncssh.SFTPFailure(str(error)) from None
        except OSError as error:
            log_fault("feed_sftp", error)
            raise asyncssh.SFTPFailure(_NOT_STORED) from None

    def _locked(self, function: Callable[..., _T], *args: Any) -> _T:
        with self._one:
            return function(*args)

    def _tell(self, size: int | None) -> None:
        if size is not None:
            sender = self._drop.sender
            structlog.get_logger().info(
                "sent_by_sftp", municipality_code=sender.municipality_code, sender=sender.name, count=size
            )


def _upload(file_obj: object) -> Upload:
    if isinstance(file_obj, Upload):
        return file_obj
    raise asyncssh.SFTPPermissionDenied(str(Denied()))


def _require_no_length(attrs: SFTPAttrs) -> None:
    if attrs.size is not None:
        raise asyncssh.SFTPPermissionDenied(str(Denied()))
