"""`kiosk keys rotate`, `renew-seal` and `add-token-key`: the next version of a key, beside those before it."""

import secrets
from datetime import datetime
from typing import Any, get_args

import click

from civil.calendar import JST
from keys.ending_keys import end_key_version
from keys.errors import TokenNotSet
from keys.file_provider import add_key_version
from keys.making_keys import DocumentAlgorithm, add_document_key, add_token_key
from keys.purpose import SECRET_PURPOSES, STATEMENT_PURPOSES, Purpose
from keys.tokens.making_on_token import key_on_token
from keys.tokens.place import KeyAddress
from kiosk_server.checks.purposes import purpose_title
from kiosk_server.cli.key_place import KeyPlace, with_place

ROTATED = [purpose.value for purpose in (Purpose.DOCUMENT_SIGNATURE, *SECRET_PURPOSES)]


_first_day = click.option(
    "--from",
    "first_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="使い始める日(日本時間)。省くと今 / the first day of use (JST); else now",
)


class _Hexadecimal(click.ParamType[bytes]):
    name = "HEX"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        try:
            return value if isinstance(value, bytes) else bytes.fromhex(value)
        except ValueError:
            self.fail("16進数で。 / in hexadecimal", param, ctx)


@click.command("renew-seal")
@with_place
@_first_day
def renew_seal(place: KeyPlace, first_day: datetime | None) -> None:
    """Add the next keys of the visible seal and its status list, five years from the first day.

    Older ones stay, for what they signed. Publish before the first day, so that those who verify know the new key before
    it signs (kiosk seal publish).

    券面確認コードの新しい鍵を作る。古い鍵は残る。公開し直すこと。
    """
    for purpose in STATEMENT_PURPOSES:
        version = add_key_version(place.directory, place.passphrase(), purpose, not_before=_midnight(first_day))
        say_made(purpose, version)


@click.command()
@with_place
@click.argument("purpose", type=click.Choice(ROTATED))
@click.option("--algorithm", type=click.Choice(get_args(DocumentAlgorithm)), default="p256", help="文書署名鍵の種類 / of a document key")  # fmt: skip
@_first_day
def rotate(place: KeyPlace, purpose: str, algorithm: DocumentAlgorithm, first_day: datetime | None) -> None:
    """Add the next version of the key of PURPOSE; older ones stay, for what they made (docs/keys.md).

    The next document key signs once its certificate is installed: kiosk keys request, kiosk keys install.

    用途ごとに次の版の鍵を作る。古い版は、作ったものを読むために残る。
    """
    wanted, not_before = Purpose(purpose), _midnight(first_day)
    if wanted is Purpose.DOCUMENT_SIGNATURE:
        version = add_document_key(place.directory, place.passphrase(), algorithm, not_before=not_before)
    else:
        version = add_key_version(place.directory, place.passphrase(), wanted, not_before=not_before)
    say_made(wanted, version)


@click.command()
@with_place
@click.argument("purpose", type=click.Choice(ROTATED))
@click.argument("version", type=click.IntRange(1))
def end(place: KeyPlace, purpose: str, version: int) -> None:
    """End a VERSION of the key of PURPOSE now: it makes nothing new, and still reads what it made.

    Refused for the only version that can make anything. Ended versions stay in the file.

    版を終わらせる。新しいものは作らず、作ったものは読める。
    """
    end_key_version(place.directory, place.passphrase(), Purpose(purpose), version)
    say_made(Purpose(purpose), version)


@click.command("add-token-key")
@with_place
@click.option("--token", "token_label", required=True, help="トークンのラベル / label of the token")
@click.option("--key-label", default="kiosk document signature", show_default=True, help="鍵のラベル / CKA_LABEL")
@click.option("--key-id", type=_Hexadecimal(), help="鍵の ID、16進数。省くと乱数 / CKA_ID in hexadecimal; else random")
@click.option("--make", type=click.Choice(get_args(DocumentAlgorithm)), help="トークン上に作る。省くと既にある鍵を使う / make it on the token; else it is there")  # fmt: skip
@_first_day
def add_token_key_command(
    place: KeyPlace,
    token_label: str,
    key_label: str,
    key_id: bytes | None,
    make: DocumentAlgorithm | None,
    first_day: datetime | None,
) -> None:
    """Take up a document key on a token (PKCS#11) as the next version, or make it there; it never leaves the token.

    Needs KIOSK_TOKEN_MODULE and KIOSK_TOKEN_PIN_FILE. It signs once its certificate is installed.

    文書署名鍵をトークン上に作り(または既存の鍵を)次の版として登録する。鍵はトークンから出ない。
    """
    if place.token is None:
        raise TokenNotSet
    if key_id is None and make is None:
        raise click.UsageError("--key-id か --make が必要です。 / Give --key-id or --make.")
    address = KeyAddress(token_label, key_label, key_id or secrets.token_bytes(8))
    found = key_on_token(address, place.token, make)
    version = add_token_key(place.directory, place.passphrase(), found, not_before=_midnight(first_day))
    say_made(Purpose.DOCUMENT_SIGNATURE, version)
    click.echo(f"  {token_label}: {key_label} ({address.key_id.hex()})")


def _midnight(first_day: datetime | None) -> datetime | None:
    return None if first_day is None else first_day.replace(tzinfo=JST)


def say_made(purpose: Purpose, version: int) -> None:
    """Tell which version of which key there is now."""
    japanese, english = purpose_title(purpose)
    click.echo(f"  {japanese} / {english}: 版 / version {version}")
