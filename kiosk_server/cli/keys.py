"""`kiosk keys`: making the keys of a real installation, having their certificate issued, and looking at them."""

from pathlib import Path
from typing import Any

import click

from civil.clock import utc_now
from keys.document_certificate import certificate_request, install_document_certificate
from keys.errors import KeyFileExists
from keys.file_provider import create_keys
from keys.key_file import KEY_FILE, read_key_file
from keys.purpose import Purpose
from keys.token_keys import TokenKeys
from kiosk_server.cli.key_place import KeyPlace, with_place
from kiosk_server.cli.keys_backup import backup, restore_keys
from kiosk_server.cli.keys_ceremony import ceremony
from kiosk_server.cli.keys_moving import move_index
from kiosk_server.cli.keys_rotation import add_token_key_command, end, renew_seal, rotate, say_made
from kiosk_server.cli.keys_subject import with_subject
from kiosk_server.cli.keys_table import show_certificates, show_keys
from kiosk_server.processes.starting import certificates_in


@click.group()
def keys() -> None:
    """Make the keys, request and install their certificate, and look at them.

    鍵を作る、証明書を求める・登録する、見る。鍵そのものは表示しない。
    """


@keys.command()
@with_place
@with_subject
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
@with_place
@with_subject
def request(place: KeyPlace, **subject: Any) -> None:
    """Write the request for the document certificate again, such as before the old one ends.

    証明書署名要求をもう一度書き出す。
    """
    _write_request(place, **subject)


@keys.command()
@with_place
@click.argument("certificates", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
def install(place: KeyPlace, certificates: tuple[Path, ...]) -> None:
    """Install CERTIFICATE.pem [CHAIN.pem ...]: the issued certificate, then those above it, issuer first.

    発行された証明書(PEM)を登録する。続けて上位の証明書を、発行者から順に。
    """
    leaf, *chain = [der for file in certificates for der in certificates_in(file)]
    version = install_document_certificate(place.directory, place.passphrase(), leaf, tuple(chain))
    say_made(Purpose.DOCUMENT_SIGNATURE, version)
    show_certificates(read_key_file(place.directory))


@keys.command("list")
@with_place
def list_keys(place: KeyPlace) -> None:
    """Purposes, versions, states and dates of the keys, and their certificates. Needs no passphrase, and shows no key.

    鍵の用途、版、状態、日付、保管場所と証明書を表示する。
    """
    content = read_key_file(place.directory)
    click.echo(f"用途の区分 / made for: {content.marker}")
    show_keys(content, utc_now())


for command in (renew_seal, rotate, end, move_index, add_token_key_command, ceremony, backup, restore_keys):
    keys.add_command(command)
keys.add_command(list_keys, "show")


def _write_request(place: KeyPlace, *, organisation: str, common_name: str, request_out: Path | None) -> None:
    tokens = TokenKeys(place.token)
    try:
        pem = certificate_request(
            place.directory, place.passphrase(), organisation=organisation, common_name=common_name, tokens=tokens
        )
    finally:
        tokens.close()
    if request_out is None:
        click.echo(pem, nl=False)
        return
    request_out.write_bytes(pem)
    click.echo(f"証明書署名要求 / certificate signing request: {request_out}", err=True)
