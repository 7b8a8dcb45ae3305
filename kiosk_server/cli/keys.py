"""`kiosk keys`: making the keys of a real installation, having their certificate issued, and looking at them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, get_args

import click

from civil.calendar import JST
from civil.clock import utc_now
from keys.document_certificate import certificate_request, install_document_certificate
from keys.errors import KeyFileExists
from keys.file_provider import add_key_version, create_keys
from keys.key_file import KEY_FILE, read_key_file
from keys.making_keys import DocumentAlgorithm, add_document_key
from keys.purpose import SECRET_PURPOSES, STATEMENT_PURPOSES, Purpose
from kiosk_server.checks.purposes import purpose_title
from kiosk_server.cli.database import settings_option
from kiosk_server.cli.key_place import KeyPlace, directory_option, passphrase_option
from kiosk_server.cli.keys_table import show_certificates, show_keys
from kiosk_server.processes.starting import certificates_in

_INDEXES = {Purpose.MY_NUMBER_INDEX, Purpose.CREDENTIAL_INDEX}
"""What is found by these is not found by another key: a new one means writing every row anew (docs/keys.md)."""
_ROTATED = [purpose.value for purpose in (Purpose.DOCUMENT_SIGNATURE, *SECRET_PURPOSES) if purpose not in _INDEXES]
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


_first_day = click.option(
    "--from",
    "first_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="使い始める日(日本時間)。省くと今 / the first day of use (JST); else now",
)


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
    version = install_document_certificate(place.directory, place.passphrase(), leaf, tuple(chain))
    _say_made(Purpose.DOCUMENT_SIGNATURE, version)
    show_certificates(read_key_file(place.directory))


@keys.command("renew-seal")
@_place
@_first_day
def renew_seal(place: KeyPlace, first_day: datetime | None) -> None:
    """Add the next keys of the visible seal and its status list, five years from the first day.

    Older ones stay, for what they signed. Publish before the first day, so that those who verify know the new key before
    it signs (kiosk seal publish).

    券面確認コードの新しい鍵を作る。古い鍵は残る。公開し直すこと。
    """
    for purpose in STATEMENT_PURPOSES:
        version = add_key_version(place.directory, place.passphrase(), purpose, not_before=_midnight(first_day))
        _say_made(purpose, version)


@keys.command()
@_place
@click.argument("purpose", type=click.Choice(_ROTATED))
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
    _say_made(wanted, version)


@keys.command("list")
@_place
def list_keys(place: KeyPlace) -> None:
    """Purposes, versions, states and dates of the keys, and their certificates. Needs no passphrase, and shows no key.

    鍵の用途、版、状態、日付、保管場所と証明書を表示する。
    """
    content = read_key_file(place.directory)
    click.echo(f"用途の区分 / made for: {content.marker}")
    show_keys(content, utc_now())


keys.add_command(list_keys, "show")


def _midnight(first_day: datetime | None) -> datetime | None:
    return None if first_day is None else first_day.replace(tzinfo=JST)


def _say_made(purpose: Purpose, version: int) -> None:
    japanese, english = purpose_title(purpose)
    click.echo(f"  {japanese} / {english}: 版 / version {version}")


def _write_request(place: KeyPlace, *, organisation: str, common_name: str, request_out: Path | None) -> None:
    pem = certificate_request(place.directory, place.passphrase(), organisation=organisation, common_name=common_name)
    if request_out is None:
        click.echo(pem, nl=False)
        return
    request_out.write_bytes(pem)
    click.echo(f"証明書署名要求 / certificate signing request: {request_out}", err=True)
