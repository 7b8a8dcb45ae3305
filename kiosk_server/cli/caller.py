"""`kiosk caller`: whose client certificate may ask for what, in which city."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from civil.errors import KioskError
from civil.text import require_printable
from issuance_db.callers import RegisteredCaller, add_caller, callers, remove_caller
from issuance_db.installation import marker_of
from keys.development_ca import is_demo_certificate
from keys.errors import DemoKeyInProduction
from kiosk_server.cli.database import in_city, one_city, settings_option, writing_url
from kiosk_server.issuing.request import Kind
from kiosk_server.processes.starting import certificates_in

_LONGEST_ID = 64


class CallerIdWrong(KioskError):
    """--caller-id は空にできません。 / --caller-id cannot be empty."""


def _where(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        settings_option,
        click.option("--database-url", help="データベースの URL。省くと設定のもの / else that of the settings"),
        click.option(
            "--municipality-code", help="市区町村コード6桁。省くと設定のもの / the city; else that of the settings"
        ),
    ):
        command = option(command)
    return command


@click.group()
def caller() -> None:
    """Register who may ask: centres and terminals, by their client certificates.

    請求できる相手(交付センター・端末)をクライアント証明書で登録する。
    """


@caller.command()
@_where
@click.option("--caller-id", required=True, help="相手の ID。履歴に残る / a name for the history")
@click.option(
    "--channel", required=True, type=click.Choice(["centre", "terminal"]), help="交付センターか端末か / which door"
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    required=True,
    type=click.Choice([kind.value for kind in Kind]),
    help="請求できる種類、何度でも / what it may ask for; repeat",
)
@click.option(
    "--certificate",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="クライアント証明書(PEM)。鍵は不要 / its certificate, without the key",
)
def add(
    *, caller_id: str, channel: Literal["centre", "terminal"], kinds: tuple[str, ...], certificate: Path, **where: Any
) -> None:
    """Let the holder of a client certificate ask in this city, from now on.

    相手を登録する。
    """
    if not require_printable("--caller-id", caller_id, _LONGEST_ID).strip():
        raise CallerIdWrong
    der = certificates_in(certificate)[0]
    asked = RegisteredCaller(caller_id, hashlib.sha256(der).digest(), channel, tuple(sorted(set(kinds))))
    added = asyncio.run(_add(where, asked, is_demo=is_demo_certificate(der)))
    click.echo(_line(asked))
    click.echo("登録しました。 / Registered." if added else "登録済みです。 / It was registered so already.")


@caller.command("list")
@_where
def list_(**where: Any) -> None:
    """Everybody who may ask in this city: id, channel, kinds, SHA-256 of the certificate.

    登録の一覧。
    """
    for row in asyncio.run(_list(where)):
        click.echo(_line(row))


@caller.command()
@_where
@click.option("--caller-id", required=True)
def remove(caller_id: str, **where: Any) -> None:
    """Take a caller out; its next request is refused. Done as role migrator, or as an administrator by --database-url.

    相手を外す。次の請求から断る。
    """
    asyncio.run(_remove(where, caller_id))
    click.echo("外しました。 / Removed.")


def _in_city(role: str, where: dict[str, Any], *, readonly: bool = False) -> Any:
    url = writing_url(role, where["database_url"], where["settings_file"])
    return in_city(url, one_city(where["municipality_code"], where["settings_file"]), readonly=readonly)


async def _add(where: dict[str, Any], asked: RegisteredCaller, *, is_demo: bool) -> bool:
    async with _in_city("staff", where) as (connection, code):
        if is_demo and await marker_of(connection) == "production":
            raise DemoKeyInProduction
        return await add_caller(connection, code, asked)


async def _list(where: dict[str, Any]) -> Sequence[RegisteredCaller]:
    async with _in_city("staff", where, readonly=True) as (connection, code):
        return await callers(connection, code)


async def _remove(where: dict[str, Any], caller_id: str) -> None:
    async with _in_city("migrator", where) as (connection, code):
        await remove_caller(connection, code, caller_id)


def _line(row: RegisteredCaller) -> str:
    return f"{row.caller_id}  {row.channel}  {','.join(row.kinds)}  {row.certificate_sha256.hex()}"
