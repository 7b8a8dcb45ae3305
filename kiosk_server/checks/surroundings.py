"""What checks look at: settings, one connection, keys, certificates and fonts, each opened once and only if asked for."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final, Self

import asyncpg
from cryptography import x509

from civil.clock import Clock, utc_now
from keys.key_file import KeyFile, read_key_file
from keys.live_keys import LiveKeys
from keys.token_keys import TokenKeys
from kiosk_server.processes.starting import certificates_in, connect
from kiosk_server.settings import Settings

_SESSION: Final = {"application_name": "kiosk checks", "idle_in_transaction_session_timeout": "5000"}
"""A process that is stopped in the middle of a transaction gives back what it holds after 5 s (milliseconds)."""


class Surroundings:
    """Use as an async context manager, which closes the connection. `process` is the name of the process, or "doctor"."""

    def __init__(self, settings: Settings, process: str, role: str, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.process = process
        self.role = role
        self.clock = clock
        self._connection: asyncpg.Connection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.drop_connection()
        if "tokens" in vars(self):
            self.tokens.close()

    async def database(self) -> asyncpg.Connection:
        """The one connection of the checks, made anew when it is gone. Raises DatabaseUnreachable or LoginRefused."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self.settings.dsn(self.role), settings=_SESSION)
        return self._connection

    def drop_connection(self) -> None:
        """End the connection; the next look makes another."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    @property
    def key_file(self) -> KeyFile:
        """What the key file says in the clear, as it is held where keys are held, else as it lies there now.

        Raises SettingsInvalid, KeyFileUnreadable.
        """
        if "keys" in vars(self):
            return self.keys.content
        return read_key_file(self.settings.path("keys_directory"))

    @cached_property
    def tokens(self) -> TokenKeys:
        """The keys on the token; their sessions are this process's own. Raises SettingsInvalid."""
        return TokenKeys(self.settings.token_access())

    @cached_property
    def keys(self) -> LiveKeys:
        """The keys, renewed by their check. Raises what FileKeyProvider raises, SettingsInvalid."""
        directory = self.settings.path("keys_directory")
        return LiveKeys(directory, self.settings.passphrase, clock=self.clock, tokens=self.tokens)

    @cached_property
    def tls_certificates(self) -> Mapping[str, tuple[x509.Certificate, ...]]:
        """By setting: the certificates that a server started now would use. Raises SettingsInvalid."""
        return {
            name: tuple(x509.load_der_x509_certificate(der) for der in certificates_in(self.settings.path(name)))
            for name in ("tls_certificate", "tls_client_ca")
        }
