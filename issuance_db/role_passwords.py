"""Passwords of the login roles, set by an administrator. The server is told verifiers; no statement holds a password."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from issuance_db.roles import ROLES

_SQL: Final = load("issuance_db", "role_passwords.sql")
_ITERATIONS: Final = 4096
_SALT_BYTES: Final = 16


class RolesMissing(KioskError):
    """ログインロールがまだありません。先に kiosk db migrate を実行してください。 /
    The login roles are not there yet. Run kiosk db migrate first."""


class NotAdministrator(KioskError):
    """このログインにはロールのパスワードを設定する権限がありません。管理者の --database-url を指定してください。 /
    This login may not set the passwords of roles. Give the --database-url of an administrator."""


def scram_verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL stores of an ASCII password (RFC 5803, SCRAM-SHA-256); the password cannot be had back from it."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [base64.b64encode(part).decode("ascii") for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{parts[0]}${parts[1]}:{parts[2]}"


async def roles_with_password(connection: asyncpg.Connection, roles: Sequence[str]) -> tuple[str, ...]:
    """Those of the roles that have a password; none for an administrator who may not look."""
    if not await connection.fetchval(_SQL["may_look"]):
        return ()
    rows = await connection.fetch(_SQL["with_password"], list(roles))
    return tuple(row["rolname"] for row in rows)


async def set_role_passwords(connection: asyncpg.Connection, passwords: Mapping[str, str]) -> None:
    """Set the passwords (ASCII) of login roles, in the transaction of the connection.

    Raises RolesMissing or NotAdministrator.
    """
    await connection.execute(_SQL["keep_quiet"])
    for role, password in passwords.items():
        if role not in ROLES:
            raise RolesMissing
        # A utility statement takes no parameters; the name is one of ours, and a verifier is base64, $ and colons.
        verifier = scram_verifier(password, os.urandom(_SALT_BYTES))
        try:
            await connection.execute(f"ALTER ROLE {role} PASSWORD '{verifier}'")
        except asyncpg.UndefinedObjectError:
            raise RolesMissing from None
        except asyncpg.InsufficientPrivilegeError:
            raise NotAdministrator from None
