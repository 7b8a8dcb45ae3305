"""`kiosk staff`: who may sign in at the staff console. The first administrator is made here; so may be all others."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import click

from civil.clock import utc_now
from civil.errors import KioskError
from issuance_db.staff_accounts import list_accounts
from issuance_db.staff_acts import Actor
from kiosk_server.cli.counter import acting, actor, as_staff, where
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.staff_accounts import KEPT
from kiosk_server.staff.accounts import (
    change_duties,
    close_account,
    open_account,
    passkey_called,
    release_a_passkey,
    reset_account,
)
from kiosk_server.staff.accounts import (
    release as release_account,
)
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.passwords import Passwords, initial_password
from kiosk_server.staff.second_factor import code_at

Told = Mapping[str, Any]
_duties: Final = click.option(
    "--duty", "duties", multiple=True, required=True, type=click.Choice([duty.value for duty in Duty]),
    help="担当(複数可) / what the person does; may be repeated",
)  # fmt: skip
_last_day: Final = click.option(
    "--valid-until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="使える最後の日(委託先は必須) / the last day; contractors need one",
)


class NotOfTheDemo(KioskError):
    """デモの利用者ではありません。kiosk up --demo の案内にある名前を指定してください。 /
    This is no account of a demo. Name one that kiosk up --demo shows."""


@click.group()
def staff() -> None:
    """Accounts of the staff console: one for each person.

    職員画面の利用者。一人に一つ。
    """


@staff.command()
@acting
@click.argument("account_id")
@click.option("--name", required=True, help="氏名。履歴に残る / the person's name, kept in history")
@_duties
@_last_day
def create(
    *,
    account_id: str,
    name: str,
    duties: tuple[str, ...],
    valid_until: datetime | None,
    by: str,
    reason: str,
    **told: Any,
) -> None:
    """Make an account, and print its first password once. It is changed at the first sign-in.

    利用者を作る。最初のパスワードは一度だけ表示する。最初の利用者管理のほかは、別の人の承認(release)が要る。
    """
    password = asyncio.run(_create(told, account_id, name, duties, _day_of(valid_until), actor(by, reason)))
    _tell(account_id, password)


@staff.command("list")
@where
def list_(**told: Any) -> None:
    """List the accounts.

    利用者の一覧。
    """
    rows = asyncio.run(_list(told))
    for row in rows:
        state = _state(row)
        factor = "" if row["has_second_factor"] else "確認手段が未登録 / no second factor yet"
        until = "" if row["valid_until"] is None else f"〜{row['valid_until']:%Y-%m-%d}"
        click.echo(
            "  ".join(filter(None, (row["account_id"], row["name"], ",".join(row["duties"]), until, factor, state)))
        )
    click.echo(f"{len(rows)}件 / found")


@staff.command()
@acting
@click.argument("account_id")
@click.option(
    "--codes-too",
    is_flag=True,
    help="確認コードとパスキーも登録し直す(機器の紛失) / codes and passkeys too, for a lost device",
)
def reset(*, account_id: str, codes_too: bool, by: str, reason: str, **told: Any) -> None:
    """Set a new first password, and lift a lock; every session of the account ends.

    パスワードを作り直す。停止も解ける。
    """
    _tell(account_id, asyncio.run(_reset(told, account_id, actor(by, reason), codes_too=codes_too)))


@staff.command()
@acting
@click.argument("account_id")
@_duties
@_last_day
def duties(
    *,
    account_id: str,
    duties: tuple[str, ...],
    valid_until: datetime | None,
    by: str,
    reason: str,
    **told: Any,
) -> None:
    """Give an account these duties in place of those it has. Wider ones wait for a release.

    担当を変える。広げたときは、別の人の承認(release)が要る。
    """
    asyncio.run(_change(told, account_id, duties, _day_of(valid_until), actor(by, reason)))
    click.echo("担当を変えました。 / The duties were changed.")


@staff.command()
@acting
@click.argument("account_id")
@click.option("--passkey", help="利用者ではなく、この名前のパスキーを / not the account, but its passkey of this name")
def release(*, account_id: str, passkey: str | None, by: str, reason: str, **told: Any) -> None:
    """Let an account or a passkey be used, as another than who prepared it.

    用意された利用者やパスキーを承認する。用意した人と本人は承認できない。
    """
    asyncio.run(_release(told, account_id, passkey, actor(by, reason)))
    click.echo("承認しました。もう使えます。 / Released. It can be used now.")


@staff.command()
@acting
@click.argument("account_id")
def end(*, account_id: str, by: str, reason: str, **told: Any) -> None:
    """End an account for good, at once.

    利用を終える。
    """
    asyncio.run(_end(told, account_id, actor(by, reason)))
    click.echo("終了しました。 / Ended.")


@staff.command()
@data_dir_option
@click.argument("account_id")
def code(*, account_id: str, data_dir: Any) -> None:
    """Print the six digits of an account of the demo, as an authenticator would show them.

    デモの利用者の確認コードを表示する。
    """
    accounts = (DemoDirectory(data_dir.absolute()).read(KEPT) or {}).get("accounts", ())
    secret = next((one["secret"] for one in accounts if one["account_id"] == account_id), None)
    if secret is None:
        raise NotOfTheDemo
    click.echo(code_at(bytes.fromhex(secret), utc_now()))


def _state(row: Mapping[str, Any]) -> str:
    if row["ended_at"]:
        return "終了 / ended"
    if row["waits_since"]:
        return f"承認待ち / waits for a release (用意 / prepared by {row['prepared_by']})"
    return "停止中 / locked" if row["locked_until"] else ""


def _day_of(typed: datetime | None) -> date | None:
    return None if typed is None else typed.date()


def _tell(account_id: str, password: str) -> None:
    click.echo(f"利用者ID / account: {account_id}")
    click.echo(f"最初のパスワード(本人だけに渡す) / first password, for the person alone: {password}")


async def _create(
    told: Told, account_id: str, name: str, duties: Sequence[str], valid_until: date | None, who: Actor
) -> str:
    password = initial_password()
    hashed = await Passwords().hash(password)
    async with as_staff(told) as (connection, city):
        await open_account(connection, city, account_id, name, duties, valid_until, hashed, who)
    return password


async def _list(told: Told) -> Sequence[Mapping[str, Any]]:
    async with as_staff(told, readonly=True) as (connection, city):
        return await list_accounts(connection, city)


async def _reset(told: Told, account_id: str, who: Actor, *, codes_too: bool) -> str:
    password = initial_password()
    hashed = await Passwords().hash(password)
    async with as_staff(told) as (connection, city):
        await reset_account(connection, city, account_id, hashed, who, codes_too=codes_too)
    return password


async def _change(told: Told, account_id: str, duties: Sequence[str], valid_until: date | None, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await change_duties(connection, city, account_id, duties, valid_until, who)


async def _release(told: Told, account_id: str, passkey: str | None, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        if passkey is not None:
            passkey_id = await passkey_called(connection, city, account_id, passkey)
            await release_a_passkey(connection, city, passkey_id, who)
        else:
            await release_account(connection, city, account_id, who)


async def _end(told: Told, account_id: str, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await close_account(connection, city, account_id, utc_now(), who)
