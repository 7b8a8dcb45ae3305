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
from kiosk_server.settings import Settings, read_settings


@click.command()
@settings_option
def key(settings_file: Path | None) -> None:
    """Print the public keys of the log (vkey), one line for each city and version: for the witness and for those who verify.

    ログの公開鍵を表示する。証人と検証者に渡す。
    """
    for verifier in own_log_keys(read_settings(settings_file)):
        click.echo(str(verifier))


def trusted_log_keys(
    told: Sequence[str], settings_file: Path | None, said: Mapping[str, Any]
) -> tuple[VerifierKey, ...]:
    """The keys told, else those of the settings file, else the running demo's. Raises NoteMalformed, SettingsInvalid."""
    if told or settings_file is None:
        return _parsed(told or said.get("log_keys", ()))
    return own_log_keys(read_settings(settings_file))


def trusted_witness_keys(
    told: Sequence[str], settings_file: Path | None, said: Mapping[str, Any]
) -> tuple[VerifierKey, ...]:
    """The keys told, else the one of the settings file, else the running demo's. Raises NoteMalformed, SettingsInvalid."""
    if told or settings_file is None:
        return _parsed(told or said.get("witness_keys", ()))
    witness_key = read_settings(settings_file).witness_key
    return () if witness_key is None else _parsed([witness_key])


def own_log_keys(settings: Settings) -> tuple[VerifierKey, ...]:
    """The public keys of our log: every version, under the name of each city. Raises SettingsInvalid and what keys raise."""
    keys = FileKeyProvider(settings.path("keys_directory"), settings.passphrase())
    versions = keys.versions(Purpose.LOG_CHECKPOINT)
    return tuple(
        log_signer(keys, settings.log_origin, city, version).verifier
        for city in settings.cities()
        for version in versions
    )


def _parsed(vkeys: Sequence[str]) -> tuple[VerifierKey, ...]:
    return tuple(VerifierKey.parse(vkey) for vkey in vkeys)
