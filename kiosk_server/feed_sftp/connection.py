"""One connection: who it is by its key, and that it may do nothing but SFTP."""

from collections.abc import Mapping
from pathlib import Path

import asyncssh
import structlog

from kiosk_server.feed_sftp.drop import Drop
from kiosk_server.feed_sftp.guard import Guard, address_of
from kiosk_server.feed_sftp.senders import SftpSender
from kiosk_server.feed_sftp.session import DropSession
from kiosk_server.feed_sftp.touched import Touched


class DropConnection(asyncssh.SSHServer):
    """Everything that is not said here the library refuses by itself: passwords, forwarding of ports, sockets, agents, tunnels."""

    def __init__(
        self,
        senders: Mapping[str, SftpSender],
        inboxes: Mapping[str, Path],
        guard: Guard,
        live: set[asyncssh.SSHServerConnection],
    ) -> None:
        """Take the senders by name, the inboxes by city, who counts, and the set of connections that are open."""
        self._senders = senders
        self._inboxes = inboxes
        self._guard = guard
        self._live = live
        self._tries = 0
        self._sessions = 0
        self._is_counted = False
        self._has_asked = False
        self._sender: SftpSender | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody is there."""
        limits = self._guard.limits
        self._connection = conn
        # Whoever is gone already has no name.
        self._address = address_of((conn.get_extra_info("peername") or ("::",))[0])
        self._touched = Touched(limits.idle_seconds, limits.whole_seconds, conn.abort)
        self._live.add(conn)
        self._is_counted = self._guard.admit(self._address)
        if not self._is_counted:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        del exc
        self._touched.stop()
        self._live.discard(self._connection)
        if not self._is_counted:
            return
        self._guard.leave(self._address, None if self._sender is None else self._sender.name)
        if self._has_asked and self._sender is None:
            self._guard.failed(self._address)
            structlog.get_logger().warning("sftp_not_signed_in", count=self._tries)

    def begin_auth(self, username: str) -> bool:
        """Whoever it is has to show a key, and is not told whether there is a sender of that name."""
        del username
        self._has_asked = True
        return True

    def public_key_auth_supported(self) -> bool:
        """The one way."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether the sender of that name has this key, here."""
        self._has_asked = True
        self._tries += 1
        if self._tries > self._guard.limits.tries:
            self._connection.abort()
            return False
        sender = self._senders.get(username)
        return sender is not None and sender.may_use(key.public_data, self._address)

    def auth_completed(self) -> None:
        """It is who it says."""
        sender = self._senders[self._connection.get_extra_info("username")]
        if self._guard.sign_in(sender.name):
            self._sender = sender
        else:
            # It showed its key: that is no failure of its address.
            self._has_asked = False
            self._connection.disconnect(
                asyncssh.DISC_TOO_MANY_CONNECTIONS,
                "接続が多すぎます。後で送ってください。 / Too many connections: later.",
            )

    def session_requested(self) -> DropSession | bool:
        """A session for SFTP."""
        if self._sender is None or self._sessions >= self._guard.limits.sessions:
            return False
        self._sessions += 1
        inbox = self._inboxes[self._sender.municipality_code]
        return DropSession(Drop(inbox, self._sender, self._guard.limits), self._touched, self._session_ended)

    def _session_ended(self) -> None:
        self._sessions -= 1
