"""Where the keys are: as told, else as the settings say."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Self

import click

from keys.file_provider import FileKeyProvider
from keys.tokens.place import TokenAccess
from kiosk_server.cli.database import settings_option
from kiosk_server.embedded.secret_file import write_secret
from kiosk_server.settings import read_secret, read_settings

_OPTION = "--passphrase-file"

directory_option = click.option(
    "--keys-directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="鍵のディレクトリ。省くと設定のもの / of the keys; else that of the settings",
)
passphrase_option = click.option(
    _OPTION,
    type=click.Path(path_type=Path, dir_okay=False),
    help="パスフレーズのファイル。省くと設定のもの / with the passphrase; else that of the settings",
)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """The directory of the key file, the file with its passphrase where that is known, and the way to the token if there is one."""

    directory: Path
    passphrase_file: Path
    token: TokenAccess | None = None

    @classmethod
    def told(cls, directory: Path | None, passphrase_file: Path | None, settings_file: Path | None) -> Self:
        """The place of the options, else that of the settings. Raises SettingsInvalid."""
        if directory is not None and passphrase_file is not None and settings_file is None:
            return cls(directory, passphrase_file)
        settings = read_settings(settings_file)
        return cls(
            directory or settings.need("keys_directory"),
            passphrase_file or settings.need("keys_passphrase_file"),
            settings.token_access() if settings.keys_directory is not None else None,
        )

    def passphrase(self, *, make: bool = False) -> bytes:
        """The passphrase; with `make`, a new one of 256 random bits where there is no file. Raises SettingsInvalid."""
        if make and not self.passphrase_file.exists():
            self.passphrase_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_secret(self.passphrase_file, secrets.token_urlsafe(32))
        return read_secret(self.passphrase_file, _OPTION).encode()


def keys_of(settings_file: Path | None) -> FileKeyProvider:
    """The keys that the settings name. Raises SettingsInvalid, and what FileKeyProvider raises."""
    settings = read_settings(settings_file)
    return FileKeyProvider(settings.path("keys_directory"), settings.passphrase())


def with_place(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the `KeyPlace` of its options as its first argument."""

    @wraps(command)
    def placed(
        *, keys_directory: Path | None, passphrase_file: Path | None, settings_file: Path | None, **told: Any
    ) -> None:
        command(KeyPlace.told(keys_directory, passphrase_file, settings_file), **told)

    return directory_option(passphrase_option(settings_option(placed)))
