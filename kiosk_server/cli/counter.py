"""What the commands of staff share: which database and city, who acts, and why."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import asyncpg
import click

from civil.calendar import JST
from civil.errors import KioskError
from civil.text import require_printable
from issuance_db.staff_acts import Actor
from kiosk_server.cli.database import in_city, one_city, settings_option, writing_url

_ROLE: Final = "staff"
_LONGEST_NAME: Final = 64
_LONGEST_REASON: Final = 400

Where = Mapping[str, Any]


class NobodyActs(KioskError):
    """--by と --reason は空にできません。 / --by and --reason cannot be empty."""


def where(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say which city of which database."""
    for option in (
        settings_option,
        click.option("--database-url", help="データベースの URL。省くと設定のもの / else that of the settings"),
        click.option(
            "--municipality-code", help="市区町村コード6桁。省くと設定のもの / the city; else that of the settings"
        ),
    ):
        command = option(command)
    return command


by_option = click.option("--by", required=True, help="操作する人の氏名。履歴に残る / who does this; kept in history")
reason_option = click.option(
    "--reason", required=True, help="理由。個人情報は書かない / why, without personal data; kept in history"
)


def certificate_options(command: Callable[..., Any], *, required: bool) -> Callable[..., Any]:
    """--serial and --issuer-key-id, which name one user certificate."""
    for option in (
        click.option(
            "--serial", required=required, help="利用者証明用電子証明書のシリアル番号 / serial of the user certificate"
        ),
        click.option("--issuer-key-id", required=required, help="その発行者の鍵識別子(16進) / key id of its issuer"),
    ):
        command = option(command)
    return command


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say who acts in which city, and why."""
    return where(by_option(reason_option(command)))


def actor(by: str, reason: str) -> Actor:
    """Who acts and why. Raises NobodyActs, UnacceptableText."""
    named = Actor(require_printable("--by", by, _LONGEST_NAME).strip(), text("--reason", reason))
    if not named.name:
        raise NobodyActs
    return named


def text(option: str, given: str) -> str:
    """One line for history. Raises NobodyActs when it is empty, UnacceptableText."""
    said = require_printable(option, given, _LONGEST_REASON).strip()
    if not said:
        raise NobodyActs
    return said


def as_staff(where: Where, *, readonly: bool = False) -> AbstractAsyncContextManager[tuple[asyncpg.Connection, str]]:
    """A transaction as role staff in the one city told. Raises CityUnknown, CodeWrong, SettingsInvalid."""
    url = writing_url(_ROLE, where["database_url"], where["settings_file"])
    return in_city(url, one_city(where["municipality_code"], where["settings_file"]), readonly=readonly)


def at(instant: Any) -> str:
    """An instant as people of the city write it (JST), or a dash."""
    return "-" if instant is None else f"{instant.astimezone(JST):%Y-%m-%d %H:%M:%S}"
