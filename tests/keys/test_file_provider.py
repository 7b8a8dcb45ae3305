import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.development_ca import make_development_ca
from keys.errors import (
    CertificateMismatch,
    DemoKeyInProduction,
    KeyFileExists,
    KeyFileUnreadable,
    KeyNotFound,
    SealBroken,
    WeakPassphrase,
    WrongPassphrase,
)
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.key_file import KEY_FILE
from keys.provider import KeyProvider, require_production
from keys.purpose import SECRET_PURPOSES, Purpose
from tests.keys.conftest import PASSPHRASE, MovableClock

Open = Callable[[Path], FileKeyProvider]
Change = Callable[[dict[str, Any]], object]


def change(directory: Path, what: Change) -> None:
    """Change the key file as someone with write access could."""
    content = json.loads((directory / KEY_FILE).read_text())
    what(content)
    (directory / KEY_FILE).write_text(json.dumps(content))


def test_every_purpose_has_a_key_of_its_own(demo_keys: Path, open_keys: Open) -> None:
    provider: KeyProvider = open_keys(demo_keys)
    keys = [provider.secret(purpose) for purpose in SECRET_PURPOSES]
    assert [(key.purpose, key.version) for key in keys] == [(purpose, 1) for purpose in SECRET_PURPOSES]
    assert len({key.material for key in keys}) == len(keys)


def test_the_same_keys_are_there_after_a_restart_and_held_while_running(demo_keys: Path, open_keys: Open) -> None:
    one, other = open_keys(demo_keys), open_keys(demo_keys)
    assert one.secret(Purpose.PIN).material == other.secret(Purpose.PIN).material
    assert one.secret(Purpose.PIN) is one.secret(Purpose.PIN)
    assert one.document_signer() is one.document_signer()
    assert one.document_signer().certificate_der == other.document_signer().certificate_der


def test_two_installations_share_no_key(tmp_path: Path, open_keys: Open) -> None:
    for name in ("one", "other"):
        create_keys(tmp_path / name, PASSPHRASE, marker="demo")
    materials = {open_keys(tmp_path / name).secret(Purpose.PIN, 1).material for name in ("one", "other")}
    assert len(materials) == 2


def test_the_file_is_for_its_owner_only_and_nothing_is_left_beside_it(demo_keys: Path) -> None:
    assert stat.S_IMODE(demo_keys.stat().st_mode) == 0o700
    assert stat.S_IMODE((demo_keys / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in demo_keys.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize(("name", "mode"), [(KEY_FILE, 0o640), (KEY_FILE, 0o604), (".", 0o750), (".", 0o701)])
def test_a_file_or_directory_open_to_others_is_refused(demo_keys: Path, open_keys: Open, name: str, mode: int) -> None:
    (demo_keys / name).chmod(mode)
    with pytest.raises(KeyFileUnreadable):
        open_keys(demo_keys)


def test_a_symbolic_link_is_not_followed(demo_keys: Path, tmp_path: Path, open_keys: Open) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / KEY_FILE).symlink_to(demo_keys / KEY_FILE)
    with pytest.raises(KeyFileUnreadable):
        open_keys(elsewhere)


def test_keys_are_never_overwritten(demo_keys: Path) -> None:
    before = (demo_keys / KEY_FILE).read_bytes()
    with pytest.raises(KeyFileExists):
        create_keys(demo_keys, PASSPHRASE, marker="demo")
    assert (demo_keys / KEY_FILE).read_bytes() == before


def test_no_material_lies_in_the_file_in_the_clear(demo_keys: Path, open_keys: Open) -> None:
    written = (demo_keys / KEY_FILE).read_text()
    for purpose in SECRET_PURPOSES:
        assert open_keys(demo_keys).secret(purpose).material.hex() not in written
    assert "PRIVATE KEY" not in written


@pytest.mark.parametrize("passphrase", [b"", b"wrong", PASSPHRASE + b" "])
def test_a_wrong_passphrase_is_called_so(demo_keys: Path, passphrase: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        FileKeyProvider(demo_keys, passphrase)


@pytest.mark.parametrize(
    "what",
    [
        lambda file: file.update(marker="production"),
        lambda file: file["keys"][3].update(purpose="session"),
        lambda file: file["keys"][3].update(version=2),
        lambda file: file["keys"][3].update(not_before="2020-01-01T00:00:00Z"),
        lambda file: file["keys"][3].update(not_after="2030-01-01T00:00:00Z"),
        lambda file: file["keys"][3].update(created="2020-01-01T00:00:00Z"),
        lambda file: file["keys"][3].update(wrapped=file["keys"][4]["wrapped"]),
        lambda file: file["keys"][3].update(wrapped=""),
    ],
    ids=["marker", "purpose", "version", "not_before", "not_after", "created", "another's material", "no material"],
)
def test_whatever_is_changed_in_the_clear_breaks_the_seal(demo_keys: Path, open_keys: Open, what: Change) -> None:
    change(demo_keys, what)
    with pytest.raises(SealBroken):
        open_keys(demo_keys)


@pytest.mark.parametrize(
    "what",
    [
        lambda file: file.pop("check"),
        lambda file: file.update(unknown=1),
        lambda file: file.update(format=3),
        lambda file: file["kdf"].update(n=1 << 30),
        lambda file: file["keys"][0].update(created="2026-11-23T03:00:00"),
        lambda file: file["keys"].append(file["keys"][0]),
    ],
    ids=["missing part", "unknown part", "unknown format", "memory bomb", "time without zone", "key twice"],
)
def test_a_file_of_another_shape_is_unreadable(demo_keys: Path, open_keys: Open, what: Change) -> None:
    change(demo_keys, what)
    with pytest.raises(KeyFileUnreadable):
        open_keys(demo_keys)


def test_an_absent_file_is_unreadable(tmp_path: Path, open_keys: Open) -> None:
    with pytest.raises(KeyFileUnreadable):
        open_keys(tmp_path / "nowhere")


def test_the_certificate_of_another_key_is_refused_at_the_start(
    demo_keys: Path, tmp_path: Path, open_keys: Open
) -> None:
    create_keys(tmp_path / "other", PASSPHRASE, marker="demo")
    theirs = json.loads((tmp_path / "other" / KEY_FILE).read_text())["documents"]
    change(demo_keys, lambda file: file.update(documents=theirs))
    with pytest.raises(CertificateMismatch):
        open_keys(demo_keys)


def test_a_new_version_takes_over_on_its_day_and_the_old_one_still_reads(
    demo_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    day = clock() + timedelta(days=1)
    assert add_key_version(demo_keys, PASSPHRASE, Purpose.PIN, not_before=day, clock=clock) == 2
    provider = open_keys(demo_keys)
    assert provider.versions(Purpose.PIN) == (2, 1)
    assert provider.secret(Purpose.PIN).version == 1
    clock.move(timedelta(days=1))
    assert provider.secret(Purpose.PIN).version == 2
    assert provider.secret(Purpose.PIN, 1).version == 1


def test_a_key_of_a_purpose_that_was_given_up_is_left_out(demo_keys: Path, open_keys: Open) -> None:
    before = open_keys(demo_keys)
    change(demo_keys, lambda file: file["keys"].insert(1, {**file["keys"][1], "purpose": "snapshot"}))
    assert open_keys(demo_keys).content == before.content
    add_key_version(demo_keys, PASSPHRASE, Purpose.PIN)
    assert "snapshot" not in (demo_keys / KEY_FILE).read_text()
    assert open_keys(demo_keys).secret(Purpose.SESSION).material == before.secret(Purpose.SESSION).material


def test_a_new_version_needs_the_passphrase(demo_keys: Path) -> None:
    with pytest.raises(WrongPassphrase):
        add_key_version(demo_keys, b"wrong", Purpose.PIN)


def test_the_document_key_has_no_secret(demo_keys: Path, open_keys: Open) -> None:
    with pytest.raises(KeyNotFound):
        open_keys(demo_keys).secret(Purpose.DOCUMENT_SIGNATURE)
    with pytest.raises(KeyNotFound):
        add_key_version(demo_keys, PASSPHRASE, Purpose.DOCUMENT_SIGNATURE)


def test_an_unknown_version_or_one_not_yet_in_force_is_not_found(
    demo_keys: Path, open_keys: Open, clock: MovableClock
) -> None:
    provider = open_keys(demo_keys)
    assert provider.versions(Purpose.DOCUMENT_SIGNATURE) == (1,)
    with pytest.raises(KeyNotFound):
        provider.secret(Purpose.PIN, 2)
    clock.move(-timedelta(seconds=1))
    with pytest.raises(KeyNotFound):
        provider.secret(Purpose.PIN)


def test_the_demo_says_so_without_a_passphrase_and_production_refuses_it(demo_keys: Path, open_keys: Open) -> None:
    assert json.loads((demo_keys / KEY_FILE).read_text())["marker"] == "demo"
    with pytest.raises(DemoKeyInProduction):
        require_production(open_keys(demo_keys))


def test_the_demo_document_certificate_comes_from_the_given_authority(
    tmp_path: Path, open_keys: Open, clock: MovableClock
) -> None:
    ca = make_development_ca("試験認証局 DEMO CA", clock())
    create_keys(tmp_path / "keys", PASSPHRASE, marker="demo", ca=ca, clock=clock)
    signer = open_keys(tmp_path / "keys").document_signer()
    assert signer.chain_der == (ca.certificate_der,)
    signer.certificate.verify_directly_issued_by(ca.certificate)


def test_production_wants_a_passphrase_and_no_demo_authority(tmp_path: Path, clock: MovableClock) -> None:
    with pytest.raises(WeakPassphrase):
        create_keys(tmp_path / "keys", b"short", marker="production")
    ca = make_development_ca("試験認証局 DEMO CA", clock())
    with pytest.raises(DemoKeyInProduction):
        create_keys(tmp_path / "keys", PASSPHRASE, marker="production", ca=ca)
    assert not (tmp_path / "keys").exists()
