"""What every process looks at before it serves: the schema, the marker of the database, keys and certificates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncpg
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from civil.errors import KioskError
from issuance_db.database import DatabaseUnreachable
from issuance_db.installation import marker_of
from issuance_db.migrate import read_migrations, schema_status
from keys.development_ca import is_demo_certificate
from keys.errors import DemoKeyInProduction
from keys.key_file import read_key_file
from kiosk_server.settings import Settings, SettingsInvalid

SCHEMA_PACKAGES: Final = ("issuance_db", "registry.residents")
"""The rooms that bring migrations."""

_CONNECT_SECONDS: Final = 10
_NOT_REACHED: Final = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)


class NotInstalled(KioskError):
    """データベースの用途(demo / production)が未設定です。kiosk db migrate を実行してください。 /
    The database does not say whether it is for demo or production. Run: kiosk db migrate."""


class ProductionKeysInDemo(KioskError):
    """デモのデータベースに本番用の鍵は使えません。 / Production keys cannot be used with a demo database."""


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


async def require_fit(settings: Settings, role: str) -> str:
    """Refuse a schema this program does not know, and keys made for another use than the database; return the marker.

    Raises SchemaUnknown, SchemaChanged, SchemaOutdated, NotInstalled, DemoKeyInProduction, ProductionKeysInDemo.
    """
    connection = await connect(settings.dsn(role))
    try:
        (await schema_status(connection, read_migrations(SCHEMA_PACKAGES))).require_current()
        marker = await marker_of(connection)
    finally:
        await connection.close()
    if marker is None:
        raise NotInstalled
    require_same_use(str(marker), read_key_file(settings.path("keys_directory")).marker)
    return str(marker)


def require_same_use(database_marker: str, keys_marker: str) -> None:
    """Raise DemoKeyInProduction or ProductionKeysInDemo unless both are for the same use."""
    if database_marker == "production" and keys_marker != "production":
        raise DemoKeyInProduction
    if database_marker == "demo" and keys_marker != "demo":
        raise ProductionKeysInDemo


def require_production_tls(settings: Settings) -> None:
    """Raise DemoKeyInProduction if a TLS certificate or the client CA came from a development CA."""
    for name in ("tls_certificate", "tls_client_ca"):
        if any(is_demo_certificate(der) for der in certificates_in(settings.path(name))):
            raise DemoKeyInProduction


def certificates_in(file: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file, as DER. Raises SettingsInvalid."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        raise SettingsInvalid(f"{file}: 証明書を読めません。 / {file}: no certificate can be read.") from None
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)
