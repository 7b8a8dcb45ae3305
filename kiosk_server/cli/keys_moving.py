"""`kiosk keys move-index`: PINs and counters from older versions of the credential index to its newest, while the service runs."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import asyncpg
import click

from cardauth import CredentialKey, UserCertificateKey, UserIdKey, credential_index, entering_version
from civil.errors import KioskError
from issuance_db.database import Database
from issuance_db.index_moving import Moved, certificates_after, move, user_ids_after
from issuance_db.nodes import live_nodes
from issuance_db.staff_acts import Actor, record_act
from keys.provider import KeyProvider
from keys.purpose import Purpose
from kiosk_server.checks.keys_of_nodes import has_key
from kiosk_server.checks.nodes import GONE_AFTER
from kiosk_server.cli.counter import acting, actor
from kiosk_server.cli.database import one_city, writing_url
from kiosk_server.cli.key_place import keys_of

_INDEX: Final = Purpose.CREDENTIAL_INDEX
_BATCH: Final = 200
"""Credentials in one transaction. Who tries one of them waits for it."""

NextKeys = Callable[[asyncpg.Connection, CredentialKey | None], Awaitable[Sequence[CredentialKey]]]
"""Those after one, in the order of their keys."""


class NothingToMoveTo(KioskError):
    """次の版がないか、使い始めてから2分たっていません。kiosk keys rotate credential_index で作り、2分待ってください。 /
    There is no next version, or it has not been in force for two minutes. Make one with kiosk keys rotate credential_index, and wait two minutes."""


class NodeLacksVersion(KioskError):
    """次の版のないプロセスが動いています。全ノードに同じ鍵ファイルを置いてください。何も移していません。 /
    A process runs without the next version. Give every node the same key file. Nothing was moved."""


@click.command("move-index")
@acting
def move_index(*, by: str, reason: str, **told: Any) -> None:
    """Move PINs, counters and locks of registered credentials to the newest version of credential_index, while the service runs.

    Two minutes after its first instant (kiosk keys rotate credential_index), for each city. What was broken off is begun again.

    登録済みの証明書と利用者IDの暗証番号・間違いの回数を、索引の新しい版へ移す。サービスは止めない。
    """
    who, keys = actor(by, reason), keys_of(told["settings_file"])
    version, moved = asyncio.run(_move(told, keys, who))
    click.echo(
        f"版 {version} へ移しました。暗証番号 {moved.pins}、回数 {moved.tries} / "
        f"Moved to version {version}: PINs {moved.pins}, counters {moved.tries}"
    )


async def _move(told: Mapping[str, Any], keys: KeyProvider, who: Actor) -> tuple[int, Moved]:
    city = one_city(told["municipality_code"], told["settings_file"])
    version = _version(keys)
    async with Database.open(writing_url("staff", told["database_url"], told["settings_file"]), max_size=1) as database:
        async with database.city(city) as connection:
            if not all(has_key(node.settings, _INDEX, version) for node in await live_nodes(connection, GONE_AFTER)):
                raise NodeLacksVersion
            await record_act(connection, city, "credential_index_moved", who)
        walk = partial(_walk, database, city, keys)
        return version, await walk(_certificates) + await walk(_user_ids)


def _version(keys: KeyProvider) -> int:
    version, every = entering_version(keys), keys.versions(_INDEX)
    if len(every) == 1 or keys.versions_in_force(_INDEX)[:1] != (version,):
        raise NothingToMoveTo
    return version


async def _walk(database: Database, city: str, keys: KeyProvider, following: NextKeys) -> Moved:
    """Batch by batch, resting as long as each took."""
    last: CredentialKey | None = None
    moved = Moved()
    while True:
        began = time.monotonic()
        async with database.city(city) as connection:
            found = await following(connection, last)
            if not found:
                return moved
            moved += await move(connection, [credential_index(keys, city, key) for key in found])
        last = found[-1]
        await asyncio.sleep(time.monotonic() - began)


async def _certificates(connection: asyncpg.Connection, last: CredentialKey | None) -> Sequence[CredentialKey]:
    after = (last.issuer_key_id, last.serial) if isinstance(last, UserCertificateKey) else ("", "")
    return [UserCertificateKey(*columns) for columns in await certificates_after(connection, after, _BATCH)]


async def _user_ids(connection: asyncpg.Connection, last: CredentialKey | None) -> Sequence[CredentialKey]:
    after = last.user_id if isinstance(last, UserIdKey) else ""
    return [UserIdKey(user_id) for user_id in await user_ids_after(connection, after, _BATCH)]
