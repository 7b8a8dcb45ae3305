"""`kiosk keys backup` and `restore`: the key file as it is, apart from the backups of the data that its keys open."""

from pathlib import Path

import click

from civil.clock import utc_now
from keys.backup import back_up, restore
from keys.file_provider import FileKeyProvider
from kiosk_server.cli.key_place import KeyPlace, with_place


@click.command()
@with_place
@click.option("--to", required=True, type=click.Path(path_type=Path, file_okay=False, exists=True), help="置く場所(その下に新しいディレクトリ) / where; a new directory is made below it")  # fmt: skip
@click.option("--data-backups", multiple=True, type=click.Path(path_type=Path, file_okay=False, exists=True), help="データベースの控えの場所 / where backups of the database are kept")  # fmt: skip
def backup(place: KeyPlace, to: Path, data_backups: tuple[Path, ...]) -> None:
    """Copy the key file, encrypted as it is, to a place of its own; it is read back. The passphrase is not copied: keep it elsewhere.

    Refused where backups of the database are kept, on the same file system as those, and where anything of a database lies.

    鍵ファイルを暗号化されたまま控える。データベースの控えとは別の場所に。
    """
    copy = back_up(place.directory, to, utc_now(), data_backups)
    click.echo(f"控え / backup: {copy}")


@click.command("restore")
@with_place
@click.argument("copy", type=click.Path(path_type=Path, file_okay=False, exists=True))
def restore_keys(place: KeyPlace, copy: Path) -> None:
    """Put COPY (a directory made by `kiosk keys backup`) back as the key file, once the passphrase has opened it.

    Nothing is overwritten: move a broken key file away first.

    控えを鍵ファイルとして戻す。上書きはしない。
    """
    FileKeyProvider(copy, place.passphrase())
    content = restore(copy, place.directory)
    click.echo(f"鍵 / keys: {place.directory} ({len(content.keys)})")
