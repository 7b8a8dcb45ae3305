"""What starts and looks have in common: the rooms with migrations, a connection beside the pool, certificates of a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncpg
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from civil.errors import KioskError
from issuance_db.database import DatabaseUnreachable
from kiosk_server.settings import SettingsInvalid

SCHEMA_PACKAGES: Final = ("issuance_db", "registry.residents")
"""The rooms that bring migrations."""

_CONNECT_SECONDS: Final = 10
_NOT_REACHED: Final = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)


class LoginRefused(KioskError):
    """データベースにログインできません。KIOSK_ROLE_PASSWORDS とデータベース名を確かめてください。 /
    The database refuses the login. Look at KIOSK_ROLE_PASSWORDS and the name of the database."""


async def connect(dsn: str, *, settings: Mapping[str, str] | None = None) -> asyncpg.Connection:
    """A connection beside the pool, with these settings of the server. Raises DatabaseUnreachable or LoginRefused."""
    try:
        return await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, server_settings=dict(settings or {}))
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError):
        raise LoginRefused from None
    except asyncpg.InsufficientPrivilegeError:
        raise LoginRefused from None
    except _NOT_REACHED:
        raise DatabaseUnreachable from None


def certificates_in(file: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file, as DER. Raises SettingsInvalid."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        raise SettingsInvalid(f"{file}: 証明書を読めません。 / {file}: no certificate can be read.") from None
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)
