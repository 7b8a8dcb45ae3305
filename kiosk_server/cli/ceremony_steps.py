"""The steps that the ceremonies share: a draft beside the keys, what is tried on it, the record both confirm."""

import os
import secrets
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from civil.clock import utc_now
from civil.errors import KioskError
from keys.ceremony_record import Ceremony, signed_record
from keys.errors import WrongPassphrase
from keys.file_provider import FileKeyProvider
from keys.fingerprints import fingerprints
from keys.key_file import read_key_file, sync_directory
from kiosk_server.cli.two_persons import NotConfirmed, Person
from kiosk_server.version import build_version


class OpensForOne(KioskError):
    """鍵ファイルが一人の秘密で開きました。何も残していません。 / The key file opened with one secret alone. Nothing was kept."""


@contextmanager
def beside(directory: Path) -> Iterator[Path]:
    """A directory beside the keys for a draft of them, gone afterwards whatever happens."""
    draft = directory.with_name(f".{directory.name}.{secrets.token_hex(8)}")
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def opens_for_both_only(draft: Path, persons: tuple[Person, Person], passphrase: bytes) -> Sequence[str]:
    """Try it, and return what was tried, for the record. Raises OpensForOne."""
    FileKeyProvider(draft, passphrase)
    lines = ["鍵ファイルは二人の秘密で開いた / the key file opened with both secrets"]
    for person in persons:
        try:
            FileKeyProvider(draft, person.share)
        except WrongPassphrase:
            lines.append(
                f"{person.name} の秘密だけでは開かなかった / it did not open with the secret of {person.name} alone"
            )
        else:
            raise OpensForOne
    lines.append("ほかの利用者は読めない(0700、0600) / no other user can read it (0700, 0600)")
    return lines


def confirmed(
    act: str,
    draft: Path,
    persons: tuple[Person, Person],
    passphrase: bytes,
    checked: Sequence[str],
    previous: str | None,
) -> str:
    """The record, shown, confirmed by both and signed. Raises NotConfirmed."""
    names = persons[0].name, persons[1].name
    lines = tuple(fingerprints(read_key_file(draft), passphrase))
    shown = Ceremony(act, utc_now(), socket.gethostname(), build_version(), names, lines, checked, (), previous)
    click.echo(str(shown), err=True)
    said = []
    for person in persons:
        if not person.confirms():
            raise NotConfirmed
        said.append(f"{person.name} {utc_now():%Y-%m-%dT%H:%M:%SZ}")
    ceremony = Ceremony(act, shown.when, shown.host, shown.program, names, lines, checked, said, previous)
    return signed_record(ceremony, passphrase)


def write_record(file: Path, text: str) -> None:
    """Write it where nothing is yet, and say what to do with it. Raises OSError.

    Before the key file: a crash between the two leaves a record of keys that were not kept, never keys without a record.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(descriptor)
    sync_directory(file.parent)
    click.echo(text)
    click.echo(
        "記録を印刷し、二人が署名して別々に保管してください。 / Print the record; both sign it and keep a copy each.",
        err=True,
    )
