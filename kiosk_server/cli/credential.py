"""`kiosk credential`: user certificates of residents, as the registry learns of them: renewed at the counter, or stopped."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

import click

from cardauth import NotCanonical, UserCertificate, UserCertificateKey
from civil.calendar import JST, jst_date
from civil.clock import utc_now
from civil.errors import KioskError
from issuance_db.credentials import CredentialNotRegistered, NewCredential, find_registered, renew, revoke
from issuance_db.staff_acts import Actor, record_act
from kiosk_server.cli.counter import acting, actor, as_staff, at

Told = Mapping[str, Any]
_ANY_PIN: Final = "0000"


class CredentialMiswritten(KioskError):
    """シリアル番号は十進数、発行者は小文字の16進数です。 / A serial is decimal, an issuer lower-case hex."""


def _certificate(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--serial", required=True, help="利用者証明用電子証明書のシリアル番号 / serial of the user certificate"
        ),
        click.option("--issuer-key-id", required=True, help="その発行者の鍵識別子(16進) / key id of its issuer"),
    ):
        command = option(command)
    return acting(command)


@click.group()
def credential() -> None:
    """User certificates of residents. --reason says how the city learned of it, without personal data.

    住民の電子証明書。--reason に知った経緯を書く(個人情報は書かない)。
    """


@credential.command("renew")
@_certificate
@click.option("--person-number", required=True, help="宛名番号 / of the person it was given to")
@click.option("--bearer", type=click.Choice(["card", "android", "iphone"]), default="card", show_default=True)
@click.option(
    "--from-tomorrow", is_flag=True, help="翌日0時(日本時間)から / usable from midnight in Japan, not at once"
)
def renew_(*, person_number: str, bearer: Any, from_tomorrow: bool, by: str, reason: str, **told: Any) -> None:
    """Register a renewed certificate; the earlier ones of the same bearer stop at once.

    更新された電子証明書を登録する。同じ媒体の前のものは直ちに止まる。
    """
    who, key, now = actor(by, reason), _key(told), utc_now()
    new = NewCredential(key.issuer_key_id, key.serial, person_number, bearer, _tomorrow(now) if from_tomorrow else now)
    stopped = asyncio.run(_renew(told, new, who, now))
    click.echo(
        f"登録しました。{at(new.usable_from)} から使えます。止めた証明書: {stopped} / Registered; stopped: {stopped}"
    )


@credential.command("stop")
@_certificate
def stop(*, by: str, reason: str, **told: Any) -> None:
    """Stop a certificate at once, such as one that was lost.

    紛失などで直ちに止める。
    """
    asyncio.run(_stop(told, _key(told), actor(by, reason)))
    click.echo("止めました。 / Stopped.")


def _key(told: Told) -> UserCertificateKey:
    try:
        # Its check of the spelling is the one that the wire has.
        UserCertificate(told["issuer_key_id"], told["serial"], _ANY_PIN)
    except NotCanonical:
        raise CredentialMiswritten from None
    return UserCertificateKey(told["issuer_key_id"], told["serial"])


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(jst_date(now) + timedelta(days=1), time(), JST)


async def _renew(told: Told, new: NewCredential, who: Actor, now: datetime) -> int:
    async with as_staff(told) as (connection, city):
        stopped = await renew(connection, new, now)
        await record_act(connection, city, "credential_renewed", who, person_number=new.person_number)
    return stopped


async def _stop(told: Told, key: UserCertificateKey, who: Actor) -> None:
    async with as_staff(told) as (connection, city):
        holder = await find_registered(connection, key)
        if holder is None:
            raise CredentialNotRegistered
        await revoke(connection, key, utc_now())
        await record_act(connection, city, "credential_stopped", who, person_number=holder.person_number)
