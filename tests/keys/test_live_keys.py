"""A process takes up what is added to the key file, without a stop; whatever is wrong with the file takes nothing away."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from keys import wrapping
from keys.ending_keys import end_key_version
from keys.errors import KeyFileContradicts, KeyFileUnreadable, KeyInUse, KeyNotFound, SealBroken, WrongPassphrase
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.key_file import KEY_FILE
from keys.live_keys import LiveKeys
from keys.making_keys import add_document_key
from keys.provider import KeyProvider
from keys.purpose import SECRET_PURPOSES, STATEMENT_PURPOSES, Purpose
from keys.sealing import seal, unseal
from tests.keys.conftest import PASSPHRASE, MovableClock


@pytest.fixture
def live(demo_keys: Path, clock: MovableClock) -> LiveKeys:
    return LiveKeys(demo_keys, lambda: PASSPHRASE, clock=clock)


@pytest.mark.parametrize("purpose", SECRET_PURPOSES)
def test_a_new_version_of_any_purpose_takes_over_on_its_day_and_the_old_one_still_reads(
    live: LiveKeys, demo_keys: Path, clock: MovableClock, purpose: Purpose
) -> None:
    provider: KeyProvider = live
    sealed = seal(provider.secret(purpose), b"kept", b"")
    add_key_version(demo_keys, PASSPHRASE, purpose, not_before=clock() + timedelta(hours=1), clock=clock)
    assert provider.versions(purpose) == (1,), "not before it was looked at"
    assert live.refresh()
    assert not live.refresh(), "nothing has changed since"
    assert (provider.versions(purpose), provider.secret(purpose).version) == ((2, 1), 1)
    clock.move(timedelta(hours=1))
    assert provider.secret(purpose).version == 2
    assert provider.versions_in_force(purpose) == (2, 1)
    assert unseal(provider.secret(purpose, 1), sealed, b"") == b"kept"
    if purpose in STATEMENT_PURPOSES:
        assert provider.statement_signer(purpose).version == 2


def test_the_document_key_changes_while_the_process_runs(live: LiveKeys, demo_keys: Path, clock: MovableClock) -> None:
    add_document_key(demo_keys, PASSPHRASE, clock=clock)
    before = live.document_signer().certificate_der
    assert live.refresh()
    assert live.versions(Purpose.DOCUMENT_SIGNATURE) == (2, 1)
    assert live.document_signer().certificate_der == before, "the new one waits for its certificate"


def test_the_slow_derivation_is_made_once(
    live: LiveKeys, demo_keys: Path, monkeypatch: pytest.MonkeyPatch, clock: MovableClock
) -> None:
    add_key_version(demo_keys, PASSPHRASE, Purpose.PIN, clock=clock)
    monkeypatch.setattr(wrapping, "ScryptFunction", None)
    assert live.refresh()
    assert live.secret(Purpose.PIN).version == 2


Change = Callable[[Path], object]


def other_keys(directory: Path) -> None:
    file = directory / KEY_FILE
    file.unlink()
    create_keys(directory, PASSPHRASE, marker="demo")


def without_the_last(directory: Path) -> None:
    content = json.loads((directory / KEY_FILE).read_text())
    content["keys"].pop()
    (directory / KEY_FILE).write_text(json.dumps(content))


def with_another_date(directory: Path) -> None:
    file = directory / KEY_FILE
    file.write_text(file.read_text().replace('"version": 1', '"version": 7', 1))


def other_passphrase(directory: Path) -> None:
    (directory / KEY_FILE).unlink()
    create_keys(directory, b"another passphrase", marker="demo")


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (other_keys, KeyFileContradicts),
        (without_the_last, KeyFileContradicts),
        (with_another_date, SealBroken),
        (other_passphrase, WrongPassphrase),
        (lambda directory: (directory / KEY_FILE).write_text("{"), KeyFileUnreadable),
        (lambda directory: (directory / KEY_FILE).unlink(), KeyFileUnreadable),
        (lambda directory: (directory / KEY_FILE).chmod(0o644) or (directory / KEY_FILE).touch(), KeyFileUnreadable),
    ],
    ids=["other keys", "a key missing", "changed", "other passphrase", "cut off", "absent", "open to others"],
)
def test_whatever_is_wrong_with_the_file_takes_nothing_away_and_is_said_each_time(
    live: LiveKeys, demo_keys: Path, what: Change, error: type[Exception]
) -> None:
    before, whole = live.secret(Purpose.PIN).material, (demo_keys / KEY_FILE).read_bytes()
    what(demo_keys)
    for _ in range(2):
        with pytest.raises(error):
            live.refresh()
    assert live.secret(Purpose.PIN).material == before
    file = demo_keys / KEY_FILE
    file.unlink(missing_ok=True)
    file.touch(0o600)
    file.write_bytes(whole)
    assert live.refresh()
    assert live.secret(Purpose.PIN).material == before


def test_a_version_that_was_ended_makes_nothing_new_and_still_reads(
    live: LiveKeys, demo_keys: Path, clock: MovableClock
) -> None:
    sealed = seal(live.secret(Purpose.KEPT_ANSWER), b"kept", b"")
    with pytest.raises(KeyInUse):
        end_key_version(demo_keys, PASSPHRASE, Purpose.KEPT_ANSWER, 1, clock=clock)
    add_key_version(demo_keys, PASSPHRASE, Purpose.KEPT_ANSWER, clock=clock)
    end_key_version(demo_keys, PASSPHRASE, Purpose.KEPT_ANSWER, 1, clock=clock)
    assert live.refresh()
    assert live.versions_in_force(Purpose.KEPT_ANSWER) == (2,)
    assert unseal(live.secret(Purpose.KEPT_ANSWER, 1), sealed, b"") == b"kept"
    for wrong in (3, 0):
        with pytest.raises(KeyNotFound):
            end_key_version(demo_keys, PASSPHRASE, Purpose.KEPT_ANSWER, wrong, clock=clock)


def test_what_a_live_process_holds_is_what_a_new_one_would_open(
    live: LiveKeys, demo_keys: Path, clock: MovableClock
) -> None:
    for purpose in SECRET_PURPOSES:
        add_key_version(demo_keys, PASSPHRASE, purpose, clock=clock)
    live.refresh()
    fresh = FileKeyProvider(demo_keys, PASSPHRASE, clock=clock)
    for purpose in SECRET_PURPOSES:
        assert live.secret(purpose).material == fresh.secret(purpose).material
