"""`kiosk keys list` tells the state of each key, whatever became of its certificate."""

from datetime import timedelta
from pathlib import Path

import pytest

from civil.clock import utc_now
from keys.file_provider import create_keys
from keys.key_file import read_key_file
from keys.making_keys import add_document_key
from kiosk_server.cli.keys_table import show_keys


def states(directory: Path, capsys: pytest.CaptureFixture[str], days: int) -> list[str]:
    show_keys(read_key_file(directory), utc_now() + timedelta(days=days))
    lines = capsys.readouterr().out.splitlines()
    return [lines[place + 1] for place, line in enumerate(lines) if line.startswith("文書署名 ")]


def test_a_document_key_is_in_use_while_its_certificate_is_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_keys(tmp_path / "keys", b"a passphrase", marker="demo")
    add_document_key(tmp_path / "keys", b"a passphrase")
    first, second = states(tmp_path / "keys", capsys, 1)
    assert "in use" in first
    assert "waits for its certificate" in second
    assert all("waits for its certificate" in line for line in states(tmp_path / "keys", capsys, 30 * 365))
