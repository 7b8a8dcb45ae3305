"""A session of SSH that speaks SFTP and nothing else: no shell, no command, no other subsystem."""

import asyncio
from collections.abc import Callable
from typing import cast

from asyncssh import SSHReader, SSHServerChannel, SSHWriter
from asyncssh.sftp import SFTPServerHandler
from asyncssh.stream import SSHServerStreamSession

from kiosk_server.feed_sftp.drop import Drop
from kiosk_server.feed_sftp.server import DropServer
from kiosk_server.feed_sftp.touched import Touched

_VERSION = 3


class DropHandler(SFTPServerHandler):
    """Reads the requests. The library closes open files when a connection breaks as if the sender had: the drop is over before that."""

    _extensions = [(b"posix-rename@openssh.com", b"1"), (b"fsync@openssh.com", b"1"), (b"limits@openssh.com", b"1")]  # noqa: RUF012 - as the library has it

    def __init__(self, server: DropServer, reader: SSHReader[bytes], writer: SSHWriter[bytes]) -> None:
        """Take who answers, and the stream."""
        super().__init__(server, reader, writer, _VERSION)
        self._answering = server

    async def serve(self) -> None:
        """Until the session ends, in whatever way."""
        try:
            await self.run()
        finally:
            await asyncio.shield(self._answering.end())

    async def _cleanup(self, exc: Exception | None) -> None:
        await self._answering.end()
        if exc is None:
            # `scp` takes a session without a status for one that failed.
            self._answering.channel.exit(0)
        await super()._cleanup(exc)


class DropSession(SSHServerStreamSession[bytes]):
    """What a signed-in sender gets when it asks for a session."""

    def __init__(self, drop: Drop, touched: Touched, ended: Callable[[], None]) -> None:
        """Take what it works on, who wants to know that something came, and who that it is over."""
        super().__init__(None)
        self._ended = ended
        self._drop = drop
        self._touched = touched

    def shell_requested(self) -> bool:
        """Never."""
        return False

    def exec_requested(self, command: str) -> bool:
        """Never."""
        del command
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        """SFTP alone."""
        return subsystem == "sftp"

    def session_started(self) -> None:
        """Answer requests from here on."""
        channel, connection = self._chan, self._conn
        if channel is None or connection is None:
            return
        channel.set_encoding(None)
        self._encoding = None
        handler = DropHandler(
            DropServer(cast("SSHServerChannel[bytes]", channel), self._drop),
            SSHReader(self, channel),
            SSHWriter(self, channel),
        )
        connection.create_task(handler.serve(), handler.logger)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Something came."""
        self._touched.touch()
        super().data_received(data, datatype)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._ended()
        super().connection_lost(exc)

    def exception_received(self, exc: Exception) -> None:
        """Signals, breaks and sizes of a terminal mean nothing here."""
