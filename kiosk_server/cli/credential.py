"""`kiosk credential`: user certificates of residents, as the registry learns of them: renewed at the counter, or stopped."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import click

from cardauth import UserCertificateKey
from civil.clock import utc_now
from issuance_db.credential_acts import renew_certificate, stop_credential
from issuance_db.credentials import NewCredential
from issuance_db.staff_acts import Actor
from kiosk_server.cli.counter import acting, actor, as_staff, at, certificate_options
from kiosk_server.typed_credentials import certificate_key, earlier_key, tomorrow

Told = Mapping[str, Any]
_STOPPED: Final = (
    "止めました。元には戻せません。新しい電子証明書が発行されたら kiosk credential renew で登録します。 / "
    "Stopped, for good. Once a new certificate is issued, register it with kiosk credential renew."
)


def _certificate(command: Callable[..., Any]) -> Callable[..., Any]:
    return acting(certificate_options(command, required=True))


@click.group()
def credential() -> None:
    """User certificates of residents. --reason says how the city learned of it, without personal data.

    住民の電子証明書。--reason に知った経緯を書く(個人情報は書かない)。
    """


@credential.command("renew")
@_certificate
@click.option("--person-number", required=True, help="宛名番号 / of the person it was given to")
@click.option(
    "--earlier-serial",
    help="この人の前の電子証明書のシリアル番号。一つもない人だけ省く / serial of an earlier certificate of this person",
)
@click.option("--earlier-issuer-key-id", help="その発行者の鍵識別子(16進) / key id of its issuer")
@click.option("--bearer", type=click.Choice(["card", "android", "iphone"]), default="card", show_default=True)
@click.option(
    "--from-tomorrow", is_flag=True, help="翌日0時(日本時間)から / usable from midnight in Japan, not at once"
)
def renew_(*, person_number: str, bearer: Any, from_tomorrow: bool, by: str, reason: str, **told: Any) -> None:
    """Register a renewed certificate; the earlier ones of the same bearer stop at once.

    Name the one that is replaced, or another certificate of this person: it must be registered to the person number.
    Only for somebody who never had one it is left out.

    更新された電子証明書を登録する。同じ媒体の前のものは直ちに止まる。前のもの(または本人の別の電子証明書)を示し、
    宛名番号と一致しなければ何も変えない。一つも登録のない人だけ省く。
    """
    who, key, now = actor(by, reason), _key(told), utc_now()
    new = NewCredential(key.issuer_key_id, key.serial, person_number, bearer, tomorrow(now) if from_tomorrow else now)
    earlier = earlier_key(told["earlier_issuer_key_id"], told["earlier_serial"])
    stopped = asyncio.run(_renew(told, new, earlier, who, now))
    click.echo(
        f"登録しました。{at(new.usable_from)} から使えます。止めた証明書: {stopped} / Registered; stopped: {stopped}"
    )


@credential.command("stop")
@_certificate
def stop(*, by: str, reason: str, **told: Any) -> None:
    """Stop a certificate at once, such as one that was lost. It cannot be used again: a new one is issued and registered.

    紛失などで直ちに止める。元には戻せず、新しい電子証明書の発行と登録が要る。
    """
    asyncio.run(_stop(told, _key(told), actor(by, reason)))
    click.echo(_STOPPED)


def _key(told: Told) -> UserCertificateKey:
    return certificate_key(told["issuer_key_id"], told["serial"])


async def _renew(told: Told, new: NewCredential, earlier: UserCertificateKey | None, who: Actor, now: datetime) -> int:
    async with as_staff(told) as (connection, city):
        return await renew_certificate(connection, city, new, earlier, now, who)


async def _stop(told: Told, key: UserCertificateKey, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        await stop_credential(connection, city, key, utc_now(), who)
