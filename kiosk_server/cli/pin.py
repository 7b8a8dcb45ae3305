"""`kiosk pin`: the city's 暗証番号, registered, changed and unlocked by staff at the counter after an identity check."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from cardauth import CredentialKey, HashedPin, credential_index
from civil.clock import utc_now
from civil.errors import KioskError
from issuance_db.credential_acts import set_pin, take_pin_away, unlock_pin
from issuance_db.staff_acts import Actor
from keys.provider import KeyProvider
from kiosk_server.cli.counter import acting, actor, as_staff, certificate_options
from kiosk_server.cli.database import one_city
from kiosk_server.cli.key_place import keys_of
from kiosk_server.cli.reading_pin import read_pin
from kiosk_server.typed_credentials import certificate_key, hashed_pin, user_id_key

Told = Mapping[str, Any]


class NoCredential(KioskError):
    """--serial と --issuer-key-id、または --user-id を指定してください。 / Give --serial with --issuer-key-id, or --user-id."""


def _credential(command: Callable[..., Any]) -> Callable[..., Any]:
    option = click.option("--user-id", help="利用者ID(電子証明書の代わり) / user id, instead of a certificate")
    return acting(option(certificate_options(command, required=False)))


@click.group()
def pin() -> None:
    """The city's PIN. --reason says how identity was checked, such as by which kind of document; no numbers of documents.

    市の暗証番号。--reason に本人確認の方法を書く(書類の番号は書かない)。
    """


@pin.command()
@_credential
@click.option(
    "--pin-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="暗証番号のファイル。なければ標準入力 / file with the PIN; else standard input",
)
@click.option("--change", is_flag=True, help="登録済みのものを変える / replace the one that is registered")
def register(*, pin_file: Path | None, change: bool, by: str, reason: str, **told: Any) -> None:
    """Register a PIN, or change it, and clear wrong tries.

    暗証番号を登録する、変える。
    """
    who, keys = actor(by, reason), keys_of(told["settings_file"])
    key, digits = _key(told), read_pin(pin_file)
    city = one_city(told["municipality_code"], told["settings_file"])
    hashed = hashed_pin(keys, city, key, digits)
    asyncio.run(_register(told, key, hashed, who, change=change))
    click.echo("登録しました。 / Registered.")


@pin.command("unlock")
@_credential
def unlock_(*, by: str, reason: str, **told: Any) -> None:
    """Unlock a credential after three wrong tries. The PIN stays.

    間違い3回の停止を解く。
    """
    was_locked = asyncio.run(_unlock(told, _key(told), keys_of(told["settings_file"]), actor(by, reason)))
    click.echo("解除しました。 / Unlocked." if was_locked else "停止していません。 / It was not locked.")


@pin.command("stop")
@_credential
def stop(*, by: str, reason: str, **told: Any) -> None:
    """Take a PIN away: nothing is issued by it until another is registered.

    暗証番号の利用を止める。
    """
    asyncio.run(_stop(told, _key(told), keys_of(told["settings_file"]), actor(by, reason)))
    click.echo("止めました。 / Stopped.")


def _key(told: Told) -> CredentialKey:
    if told["user_id"] is not None and told["serial"] is None:
        return user_id_key(told["user_id"])
    if told["serial"] is not None and told["issuer_key_id"] is not None and told["user_id"] is None:
        return certificate_key(told["issuer_key_id"], told["serial"])
    raise NoCredential


async def _register(told: Told, key: CredentialKey, hashed: HashedPin, who: Actor, *, change: bool) -> None:
    async with as_staff(told) as (connection, city):
        await set_pin(connection, city, key, hashed, utc_now(), who, change=change)


async def _unlock(told: Told, key: CredentialKey, keys: KeyProvider, who: Actor) -> bool:
    async with as_staff(told) as (connection, city):
        return await unlock_pin(connection, city, key, credential_index(keys, city, key), who)


async def _stop(told: Told, key: CredentialKey, keys: KeyProvider, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await take_pin_away(connection, city, key, credential_index(keys, city, key), utc_now(), who)
