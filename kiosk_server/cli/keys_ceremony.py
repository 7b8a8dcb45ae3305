"""`kiosk keys ceremony`: two persons make, open or hand over the keys; neither can alone, and a signed record says who did what."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from keys.ceremony_record import digest_of_record, is_of_shares, key_of_record
from keys.document_certificate import certificate_request
from keys.errors import KeyFileExists
from keys.file_provider import FileKeyProvider, create_keys
from keys.key_file import KEY_FILE, read_key_file, write_new_key_file
from keys.making_keys import change_passphrase
from kiosk_server.cli.ceremony_steps import beside, confirmed, opens_for_both_only, write_record
from kiosk_server.cli.key_place import KeyPlace, with_place
from kiosk_server.cli.keys_subject import with_subject_and_file
from kiosk_server.cli.memory_file import require_in_memory
from kiosk_server.cli.two_persons import passphrase_of, two_persons
from kiosk_server.embedded.secret_file import write_secret

_persons_options = (
    click.option("--by", "names", multiple=True, help="立会人の名前、二人分 / who does it: give it twice"),
    click.option(
        "--share-file",
        "files",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help="秘密のファイル(0600)、名前と同じ順で二つ。なければ入力 / with the secret of each, in the order of the names; else it is typed",
    ),
)
_record_option = click.option(
    "--record",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="記録の書き出し先 / where the record goes",
)
_previous_option = click.option(
    "--previous", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="前の記録 / the record before"
)


def _persons(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_persons_options):
        command = option(command)
    return command


@click.group()
def ceremony() -> None:
    """Two persons make, open or hand over the keys (docs/keys.md). Neither can alone.

    二人の立会いで鍵を作る、開く、引き継ぐ。一人ではできない。
    """


@ceremony.command()
@with_place
@_persons
@_record_option
@with_subject_and_file
def make(
    place: KeyPlace, names: Sequence[str], files: Sequence[Path], record: Path, request_out: Path, **subject: Any
) -> None:
    """Make every key of an installation under a passphrase that two persons make together, and the record of it.

    Each types a secret of their own (16 bytes at least), unseen by the other. Nothing is kept before both have confirmed the record.

    二人の秘密から作るパスフレーズで本番用の鍵を作り、記録を残す。
    """
    if (place.directory / KEY_FILE).exists():
        raise KeyFileExists
    persons = two_persons(names, files, new=True)
    passphrase = passphrase_of(persons)
    with beside(place.directory) as draft:
        create_keys(draft, passphrase, marker="production")
        checked = [
            "二人がそれぞれの秘密を入力した / each person gave a secret of their own",
            *opens_for_both_only(draft, persons, passphrase),
        ]
        pem = certificate_request(draft, passphrase, **subject)
        text = confirmed("make", draft, persons, passphrase, checked, None)
        request_out.write_bytes(pem)
        write_record(record, text)
        write_new_key_file(place.directory, read_key_file(draft))


@ceremony.command("open")
@with_place
@_persons
@click.option("--on-disk", is_flag=True, help="メモリー上でない場所も許す / allow a place that is not in memory")
def open_keys(place: KeyPlace, names: Sequence[str], files: Sequence[Path], *, on_disk: bool) -> None:
    """Write the joint passphrase where the service reads it (KIOSK_KEYS_PASSPHRASE_FILE), such as after the machine has started.

    That place is in memory (tmpfs, as /run is) and gone with the next start, so that two persons are needed again.

    サービスが読むパスフレーズのファイルを書く。メモリー上に置き、再起動で消える。
    """
    if not on_disk:
        require_in_memory(place.passphrase_file)
    persons = two_persons(names, files, new=False)
    passphrase = passphrase_of(persons)
    FileKeyProvider(place.directory, passphrase)
    place.passphrase_file.unlink(missing_ok=True)
    write_secret(place.passphrase_file, passphrase.decode("ascii"))
    click.echo(f"パスフレーズ / passphrase: {place.passphrase_file}", err=True)


@ceremony.command()
@with_place
@_persons
@_record_option
@_previous_option
@click.option(
    "--new-by", "new_names", multiple=True, required=True, help="これからの二人 / the two from now on: give it twice"
)
@click.option("--new-share-file", "new_files", multiple=True, type=click.Path(path_type=Path, dir_okay=False), help="その秘密のファイル / with their secrets")  # fmt: skip
def change(
    place: KeyPlace,
    names: Sequence[str],
    files: Sequence[Path],
    record: Path,
    previous: Path | None,
    new_names: Sequence[str],
    new_files: Sequence[Path],
) -> None:
    """Hand the keys over: the two of now and the two from now on are there. The keys stay the same, their passphrase changes.

    二人を交代する。鍵は変わらず、パスフレーズが変わる。続けて open を行う。
    """
    old = passphrase_of(two_persons(names, files, new=False))
    FileKeyProvider(place.directory, old)
    successors = two_persons(new_names, new_files, new=True)
    new = passphrase_of(successors)
    before = None if previous is None else digest_of_record(previous.read_text(encoding="utf-8"))
    with beside(place.directory) as draft:
        write_new_key_file(draft, read_key_file(place.directory))
        change_passphrase(draft, old, new)
        checked = [
            f"これまでの二人 / those before: {', '.join(names)}",
            *opens_for_both_only(draft, successors, new),
        ]
        text = confirmed("change", draft, successors, new, checked, before)
    write_record(record, text)
    change_passphrase(place.directory, old, new)


@ceremony.command()
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--key", help="印刷した記録にある鍵 / the key of this record, from a printed copy")
@_persons
def verify(record: Path, key: str | None, names: Sequence[str], files: Sequence[Path]) -> int:
    """Whether RECORD is as both persons signed it: by the key on a printed copy, or by their secrets. Exit code 1 if not.

    記録が改変されていないか確かめる。
    """
    text = record.read_text(encoding="utf-8")
    found = key_of_record(text)
    is_theirs = (
        found == key if key is not None else is_of_shares(text, passphrase_of(two_persons(names, files, new=False)))
    )
    click.echo(
        "はい、二人の記録です / yes, it is theirs"
        if is_theirs
        else "いいえ、別の鍵の記録です / no, it is of another key"
    )
    return 0 if is_theirs else 1
