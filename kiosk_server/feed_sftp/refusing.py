"""An SFTP server that does nothing: the library's own would work on the disk by the names that clients give."""

from typing import Any, Never

import asyncssh

from kiosk_server.feed_sftp.drop import Denied


async def _refuse(*_: object) -> Never:
    raise asyncssh.SFTPPermissionDenied(str(Denied()))


_REFUSE: Any = _refuse


class RefusingServer(asyncssh.SFTPServer):
    """What a sender may do is said by who inherits; a test looks that nothing of the library's own is left."""

    open = open56 = read = write = close = rename = posix_rename = remove = _REFUSE
    stat = lstat = fstat = setstat = lsetstat = fsetstat = fsync = realpath = scandir = exit = _REFUSE
    mkdir = rmdir = readlink = symlink = link = lock = unlock = statvfs = fstatvfs = _REFUSE

    def format_user(self, uid: int | None) -> str:
        """Nobody of this machine."""
        del uid
        return "-"

    def format_group(self, gid: int | None) -> str:
        """Nobody of this machine."""
        del gid
        return "-"

    def map_path(self, path: bytes) -> Never:
        """No path is one of the disk."""
        del path
        raise asyncssh.SFTPPermissionDenied(str(Denied()))

    reverse_map_path = map_path
