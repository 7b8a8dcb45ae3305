"""`kiosk db passwords`: a password for every login role, in a file of its name."""

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import click

from civil.errors import KioskError
from issuance_db.role_passwords import roles_with_password, set_role_passwords
from issuance_db.roles import ROLES
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.embedded.secret_file import write_secret
from kiosk_server.processes.starting import LoginRefused, connect
from kiosk_server.settings import read_secret

_OPTION = "--role-passwords"


class PasswordsElsewhere(KioskError):
    """パスワードが設定済みのロールのファイルが、このディレクトリにありません。 /
    Roles have a password already, and this directory has no file for them."""


@click.command()
@click.option("--database-url", required=True, help="管理者の URL / as an administrator")
@click.option(
    _OPTION,
    "directory",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="ロールごとのファイルを置くディレクトリ / directory with one file per role (KIOSK_ROLE_PASSWORDS)",
)
@click.option("--renew", is_flag=True, help="すべて新しくする / make them all anew")
def passwords(database_url: str, directory: Path, *, renew: bool) -> int:
    """Give every login role that has no file in the directory a random password, and write it there (mode 0600).

    What is there already stays. An administrator's own password belongs in PGPASSFILE, not on the command line.
    Exit code 1 if the password of a file that was there does not work.

    ログインロールごとに無作為なパスワードを作り、設定し、ファイルに書く。既にあるものは変えない。
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = [role for role in ROLES if (directory / role).exists() and not renew]
    made = [role for role in ROLES if role not in there]
    refused = asyncio.run(_passwords(database_url, directory, made, there, renew=renew))
    _show("作成 / made", made)
    _show("そのまま / kept", [role for role in there if role not in refused])
    _show(
        "ファイルのパスワードでログインできない。--renew で作り直せます / login refused; --renew makes new ones",
        refused,
    )
    return ANSWER_IS_NO if refused else 0


async def _passwords(
    url: str, directory: Path, made: Sequence[str], there: Sequence[str], *, renew: bool
) -> tuple[str, ...]:
    connection = await connect(url)
    try:
        if not renew:
            await _require_none_elsewhere(connection, made, directory)
        await _make(connection, made, directory)
    finally:
        await connection.close()
    return tuple([role for role in there if not await _works(url, role, directory)])


async def _make(connection: asyncpg.Connection, roles: Sequence[str], directory: Path) -> None:
    passwords_by_role = {role: secrets.token_urlsafe(32) for role in roles}
    async with connection.transaction():
        await set_role_passwords(connection, passwords_by_role)
        # Before the commit: a directory that cannot be written leaves the roles as they were.
        for role, password in passwords_by_role.items():
            write_secret(directory / role, password)


async def _require_none_elsewhere(connection: asyncpg.Connection, roles: Sequence[str], directory: Path) -> None:
    found = await roles_with_password(connection, roles)
    if found:
        names = ", ".join(found)
        raise PasswordsElsewhere(
            f"{names} のパスワードは設定済みですが、{directory} にファイルがありません。場所を確かめるか、--renew ですべて作り直してください。 / "
            f"{names} have a password, but {directory} has no file for them. Look whether it is the right place, or make all anew with --renew."
        )


async def _works(url: str, role: str, directory: Path) -> bool:
    password = read_secret(directory / role, _OPTION)
    parts = urlsplit(url)
    login = f"{role}:{quote(password, safe='')}@{parts.netloc.rpartition('@')[2]}"
    try:
        await (await connect(urlunsplit(parts._replace(netloc=login)))).close()
    except LoginRefused:
        return False
    return True


def _show(label: str, roles: Sequence[str]) -> None:
    if roles:
        click.echo(f"{label}: {', '.join(roles)}")
