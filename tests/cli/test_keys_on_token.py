"""`kiosk keys` with a token: a key made there, requested, certified, listed; and what is told without settings or with a wrong name."""

from pathlib import Path

import pytest

from keys.file_provider import create_keys
from kiosk_server.cli.failures import NOT_DONE
from tests.cli.command import kiosk
from tests.keys.tokens.conftest import token
from tests.keys.tokens.softhsm import LABEL, Token

__all__ = ["token"]


@pytest.fixture
def settings(tmp_path: Path, token: Token) -> Path:
    create_keys(tmp_path / "keys", b"a passphrase of tests", marker="production")
    passphrase = tmp_path / "passphrase"
    passphrase.touch(0o600)
    passphrase.write_text("a passphrase of tests")
    values = {
        "KEYS_DIRECTORY": tmp_path / "keys",
        "KEYS_PASSPHRASE_FILE": passphrase,
        "TOKEN_MODULE": token.access.module,
        "TOKEN_PIN_FILE": token.access.pin_file,
    }
    file = tmp_path / "settings.env"
    file.write_text("".join(f"KIOSK_{name}={value}\n" for name, value in values.items()))
    return file


def add(settings: Path, *more: str) -> tuple[int, str]:
    done = kiosk("keys", "add-token-key", "--settings", settings, *more)
    return done.returncode, done.stdout + done.stderr


def test_a_key_is_made_on_the_token_requested_and_listed(settings: Path) -> None:
    code, said = add(settings, "--token", LABEL, "--key-label", "mayor", "--key-id", "0a0b", "--make", "p384")
    assert code == 0, said
    assert "version 2" in said
    subject = ("--organisation", "足利市", "--common-name", "足利市長")
    assert "BEGIN CERTIFICATE REQUEST" in kiosk("keys", "request", *subject, "--settings", settings).stdout
    listed = kiosk("keys", "list", "--settings", settings).stdout
    assert f"token {LABEL}" in listed
    assert "mayor (0a0b)" in listed
    again, said = add(settings, "--token", LABEL, "--key-label", "mayor", "--key-id", "0a0b")
    assert (again, "version 3" in said) == (0, True), said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("--token", "elsewhere", "--make", "p256"), "does not answer"),
        (("--token", LABEL, "--key-id", "77"), "does not hold the signing key"),
        (("--token", LABEL), "--key-id or --make"),
        (("--token", LABEL, "--key-id", "xyz"), "in hexadecimal"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(settings: Path, told: tuple[str, ...], said: str) -> None:
    before = (settings.parent / "keys" / "keys.json").read_bytes()
    code, heard = add(settings, *told)
    assert code == NOT_DONE
    assert said in heard
    assert (settings.parent / "keys" / "keys.json").read_bytes() == before
