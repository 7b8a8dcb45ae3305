"""`kiosk keys`: making the keys of a real installation, having their certificate issued, and looking at them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from cryptography import x509

from civil.calendar import JST
from keys.document_certificate import certificate_request, install_document_certificate
from keys.errors import KeyFileExists
from keys.file_provider import add_key_version, create_keys
from keys.key_file import KEY_FILE, read_key_file
from keys.purpose import STATEMENT_PURPOSES
from kiosk_server.cli.database import settings_option
from kiosk_server.cli.key_place import KeyPlace, directory_option, passphrase_option
from kiosk_server.processes.starting import certificates_in

_LONGEST_NAME = 64  # X.520, ub-organization-name and ub-common-name


def _name(_context: click.Context, option: click.Parameter, value: str) -> str:
    if not 0 < len(value) <= _LONGEST_NAME:
        raise click.BadParameter("1文字から64文字まで。 / 1 to 64 characters.", param=option)
    return value


def _place(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def with_place(
        *, keys_directory: Path | None, passphrase_file: Path | None, settings_file: Path | None, **told: Any
    ) -> None:
        command(KeyPlace.told(keys_directory, passphrase_file, settings_file), **told)

    return directory_option(passphrase_option(settings_option(with_place)))


def _subject(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--request-out",
            type=click.Path(path_type=Path, dir_okay=False),
            help="証明書署名要求の書き出し先。なければ標準出力 / where the request goes; else standard output",
        ),
        click.option(
            "--common-name",
            required=True,
            callback=_name,
            help="証明書の名義、職名など / whom it names, such as the mayor",
        ),
        click.option("--organisation", required=True, callback=_name, help="組織名、市区町村名 / the city"),
    ):
        command = option(command)
    return command


@click.group()
def keys() -> None:
    """Make the keys, request and install their certificate, and look at them.

    鍵を作る、証明書を求める・登録する、見る。鍵そのものは表示しない。
    """


@keys.command()
@_place
@_subject
def create(place: KeyPlace, **subject: Any) -> None:
    """Make every key of a real installation, and the request for the document certificate.

    A passphrase file that is not there is made too (mode 0600). Keep copies of both, apart from each other and from the
    database: without them My Numbers, PINs and kept answers cannot be used.

    本番用の鍵を作り、証明書署名要求を書き出す。パスフレーズのファイルがなければ作る。
    """
    if (place.directory / KEY_FILE).exists():
        raise KeyFileExists
    create_keys(place.directory, place.passphrase(make=True), marker="production")
    click.echo(f"鍵 / keys: {place.directory / KEY_FILE}", err=True)
    click.echo(f"パスフレーズ / passphrase: {place.passphrase_file}", err=True)
    _write_request(place, **subject)


@keys.command()
@_place
@_subject
def request(place: KeyPlace, **subject: Any) -> None:
    """Write the request for the document certificate again, such as before the old one ends.

    証明書署名要求をもう一度書き出す。
    """
    _write_request(place, **subject)


@keys.command()
@_place
@click.argument("certificates", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
def install(place: KeyPlace, certificates: tuple[Path, ...]) -> None:
    """Install CERTIFICATE.pem [CHAIN.pem ...]: the issued certificate, then those above it, issuer first.

    発行された証明書(PEM)を登録する。続けて上位の証明書を、発行者から順に。
    """
    leaf, *chain = [der for file in certificates for der in certificates_in(file)]
    install_document_certificate(place.directory, place.passphrase(), leaf, tuple(chain))
    _show_certificate(leaf)


@keys.command("renew-seal")
@_place
@click.option(
    "--from",
    "first_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="使い始める日(日本時間)。省くと今 / the first day of use (JST); else now",
)
def renew_seal(place: KeyPlace, first_day: datetime | None) -> None:
    """Add the next keys of the visible seal and its status list, five years from the first day.

    Older ones stay, for what they signed. Running processes take them up when they start again; publish afterwards, so
    that those who verify know the new key before it signs (kiosk seal publish).

    券面確認コードの新しい鍵を作る。古い鍵は残る。公開し直すこと。
    """
    not_before = None if first_day is None else first_day.replace(tzinfo=JST)
    for purpose in STATEMENT_PURPOSES:
        version = add_key_version(place.directory, place.passphrase(), purpose, not_before=not_before)
        click.echo(f"  {purpose:<20} 版 / version {version}")


@keys.command()
@_place
def show(place: KeyPlace) -> None:
    """Purposes, versions and dates of the keys, and the certificate. Needs no passphrase, and shows no key.

    鍵の用途、版、日付と証明書を表示する。
    """
    content = read_key_file(place.directory)
    click.echo(f"用途の区分 / made for: {content.marker}")
    for entry in content.keys:
        until = "" if entry.not_after is None else f" 終わり / until {_day(entry.not_after)}"
        click.echo(
            f"  {entry.purpose:<20} 版 / version {entry.version}  使用開始 / in force from {_day(entry.not_before)}{until}"
        )
    if content.document is None:
        click.echo("文書署名の証明書 / document certificate: 未登録 / not installed (kiosk keys install)")
    else:
        _show_certificate(content.document.certificate)


def _write_request(place: KeyPlace, *, organisation: str, common_name: str, request_out: Path | None) -> None:
    pem = certificate_request(place.directory, place.passphrase(), organisation=organisation, common_name=common_name)
    if request_out is None:
        click.echo(pem, nl=False)
        return
    request_out.write_bytes(pem)
    click.echo(f"証明書署名要求 / certificate signing request: {request_out}", err=True)


def _show_certificate(der: bytes) -> None:
    certificate = x509.load_der_x509_certificate(der)
    click.echo("文書署名の証明書 / document certificate:")
    click.echo(f"  名義 / subject: {certificate.subject.rfc4514_string()}")
    click.echo(f"  発行者 / issuer: {certificate.issuer.rfc4514_string()}")
    click.echo(
        f"  有効期間 / valid: {_day(certificate.not_valid_before_utc)} - {_day(certificate.not_valid_after_utc)}"
    )


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(JST):%Y-%m-%d}"
