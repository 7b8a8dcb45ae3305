"""A city with keys, and the command line of its staff."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import kiosk
from tests.issuing.city import City
from tests.issuing.conftest import PASSPHRASE, ashikaga, keys, keys_directory, paper
from tests.sync.registry_rows import CITY

__all__ = ["ashikaga", "keys", "keys_directory", "paper"]

Counter = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def counter(ashikaga: City, keys_directory: Path, tmp_path: Path) -> Counter:
    """Run `kiosk` as role staff in the city."""
    (tmp_path / "passphrase").touch(0o600)
    (tmp_path / "passphrase").write_bytes(PASSPHRASE)
    settings = tmp_path / "settings.env"
    settings.write_text(
        f"KIOSK_KEYS_DIRECTORY={keys_directory}\nKIOSK_KEYS_PASSPHRASE_FILE={tmp_path}/passphrase\n"
        f"KIOSK_MUNICIPALITY_CODES={CITY}\n"
    )

    def run(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        where = ("--settings", settings, "--database-url", ashikaga.database.dsn("staff"))
        return kiosk(*arguments, *where, given=given)

    return run
