"""`kiosk pin`: the city's 暗証番号, registered, changed and unlocked by staff at the counter after an identity check."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import click

from cardauth import (
    CredentialKey,
    NotCanonical,
    UserCertificate,
    UserId,
    UserIdKey,
    credential_index,
    hash_pin,
)
from civil.errors import KioskError
from issuance_db.credentials import CredentialNotRegistered, find_registered
from issuance_db.pins import HashedPin, change_pin, register_pin, unlock
from issuance_db.staff_acts import Actor, record_act
from keys.provider import KeyProvider
from kiosk_server.cli.counter import acting, actor, as_staff, certificate_key, certificate_options
from kiosk_server.cli.database import one_city
from kiosk_server.cli.key_place import keys_of
from kiosk_server.cli.reading_pin import read_pin

Told = Mapping[str, Any]


class NoCredential(KioskError):
    """--serial と --issuer-key-id、または --user-id を指定してください。 / Give --serial with --issuer-key-id, or --user-id."""


class PinOrUserIdMiswritten(KioskError):
    """利用者IDは英数字と - _ 、暗証番号は数字4桁です。 / A user id is of letters, digits, - and _, and a PIN four digits."""


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
    hashed = _hashed(told, keys, key, digits)
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


def _key(told: Told) -> CredentialKey:
    if told["user_id"] is not None and told["serial"] is None:
        return UserIdKey(told["user_id"])
    if told["serial"] is not None and told["issuer_key_id"] is not None and told["user_id"] is None:
        return certificate_key(told["issuer_key_id"], told["serial"])
    raise NoCredential


def _hashed(told: Told, keys: KeyProvider, key: CredentialKey, digits: str) -> HashedPin:
    city = one_city(told["municipality_code"], told["settings_file"])
    try:
        if isinstance(key, UserIdKey):
            return hash_pin(keys, city, UserId(key.user_id, digits))
        return hash_pin(keys, city, UserCertificate(key.issuer_key_id, key.serial, digits))
    except NotCanonical:
        raise PinOrUserIdMiswritten from None


async def _register(told: Told, key: CredentialKey, hashed: HashedPin, who: Actor, *, change: bool) -> None:
    async with as_staff(told) as (connection, city):
        person_number = await _holder(connection, key)
        await (change_pin if change else register_pin)(connection, hashed)
        act = "pin_changed" if change else "pin_registered"
        await record_act(connection, city, act, who, person_number=person_number)


async def _unlock(told: Told, key: CredentialKey, keys: KeyProvider, who: Actor) -> bool:
    async with as_staff(told) as (connection, city):
        person_number = await _holder(connection, key)
        was_locked = await unlock(connection, credential_index(keys, city, key))
        await record_act(connection, city, "pin_unlocked", who, person_number=person_number)
    return was_locked


async def _holder(connection: asyncpg.Connection, key: CredentialKey) -> str:
    holder = await find_registered(connection, key)
    if holder is None:
        raise CredentialNotRegistered
    return holder.person_number
