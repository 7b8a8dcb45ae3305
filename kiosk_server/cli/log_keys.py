"""The public keys that `kiosk log verify` trusts, and `kiosk log key`, which prints those of our own log."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from issuance_db.log.note import VerifierKey
from keys.file_provider import FileKeyProvider
from keys.purpose import Purpose
from kiosk_server.cli.database import settings_option
from kiosk_server.log_signer import log_signer
from kiosk_server.settings import read_settings


@click.command()
@settings_option
def key(settings_file: Path | None) -> None:
    """Print the public keys of the log (vkey), one line for each city and version: for the witness and for those who verify.

    ログの公開鍵を表示する。証人と検証者に渡す。
    """
    settings = read_settings(settings_file)
    keys = FileKeyProvider(settings.path("keys_directory"), settings.passphrase())
    for city in settings.cities():
        for version in keys.versions(Purpose.LOG_CHECKPOINT):
            click.echo(str(log_signer(keys, settings.log_origin, city, version).verifier))


def trusted_log_keys(told: Sequence[str], said: Mapping[str, Any]) -> tuple[VerifierKey, ...]:
    """The keys told, else the running demo's. Raises NoteMalformed."""
    return _parsed(told or said.get("log_keys", ()))


def trusted_witness_keys(told: Sequence[str], said: Mapping[str, Any]) -> tuple[VerifierKey, ...]:
    """The keys told, else the running demo's. Raises NoteMalformed."""
    return _parsed(told or said.get("witness_keys", ()))


def _parsed(vkeys: Sequence[str]) -> tuple[VerifierKey, ...]:
    return tuple(VerifierKey.parse(vkey) for vkey in vkeys)
