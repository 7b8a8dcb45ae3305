"""A backup of keys: encrypted as it is, never where the data or its backups are, and what is restored opens everything."""

import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keys.backup import back_up, restore
from keys.errors import BackupMisplaced, KeyFileExists, KeyFileUnreadable
from keys.file_provider import FileKeyProvider
from keys.key_file import KEY_FILE
from keys.purpose import SECRET_PURPOSES
from tests.keys.conftest import PASSPHRASE, MovableClock

Open = Callable[[Path], FileKeyProvider]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    place = tmp_path / "elsewhere"
    place.mkdir()
    return place


@pytest.fixture
def other_file_system() -> Iterator[Path]:
    """A directory on another file system than that of the tests' files."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        yield Path(directory)


def test_what_is_restored_is_what_was_backed_up(
    demo_keys: Path, elsewhere: Path, open_keys: Open, clock: MovableClock
) -> None:
    before = open_keys(demo_keys)
    copy = back_up(demo_keys, elsewhere, clock())
    assert (copy / KEY_FILE).read_bytes() == (demo_keys / KEY_FILE).read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    assert stat.S_IMODE((copy / KEY_FILE).stat().st_mode) == 0o600
    (demo_keys / KEY_FILE).unlink()
    restore(copy, demo_keys)
    after = FileKeyProvider(demo_keys, PASSPHRASE, clock=clock)
    for purpose in SECRET_PURPOSES:
        assert after.secret(purpose).material == before.secret(purpose).material
    assert after.document_signer().certificate_der == before.document_signer().certificate_der


def test_nothing_is_overwritten(demo_keys: Path, elsewhere: Path, clock: MovableClock) -> None:
    copy = back_up(demo_keys, elsewhere, clock())
    with pytest.raises(KeyFileExists):
        back_up(demo_keys, elsewhere, clock())
    with pytest.raises(KeyFileExists):
        restore(copy, demo_keys)


def test_a_broken_copy_is_not_restored(demo_keys: Path, elsewhere: Path, clock: MovableClock, tmp_path: Path) -> None:
    copy = back_up(demo_keys, elsewhere, clock())
    (copy / KEY_FILE).write_bytes((copy / KEY_FILE).read_bytes()[:-10])
    with pytest.raises(KeyFileUnreadable):
        restore(copy, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["PG_VERSION", "backup_manifest", "base.tar.gz", "kiosk.dump", "kiosk.sql", "kiosk.sql.zst", "dump.rdb"])  # fmt: skip
def test_a_place_with_something_of_a_database_is_refused(
    demo_keys: Path, elsewhere: Path, clock: MovableClock, name: str
) -> None:
    (elsewhere / name).touch()
    with pytest.raises(BackupMisplaced, match="database"):
        back_up(demo_keys, elsewhere, clock())
    assert [path.name for path in elsewhere.iterdir()] == [name]


def test_a_place_inside_a_data_directory_is_refused(demo_keys: Path, elsewhere: Path, clock: MovableClock) -> None:
    (elsewhere / "PG_VERSION").touch()
    (elsewhere / "base" / "keys").mkdir(parents=True)
    with pytest.raises(BackupMisplaced, match="database"):
        back_up(demo_keys, elsewhere / "base" / "keys", clock())


def test_the_place_of_the_keys_or_of_backups_of_data_is_refused_through_a_link_too(
    demo_keys: Path, elsewhere: Path, tmp_path: Path, clock: MovableClock
) -> None:
    (tmp_path / "link").symlink_to(elsewhere)
    (elsewhere / "below").mkdir()
    for place, data in [
        (demo_keys, ()),
        (demo_keys.parent, ()),
        (elsewhere, (elsewhere,)),
        (tmp_path / "link", (elsewhere,)),
        (elsewhere / "below", (elsewhere,)),
        (elsewhere, (elsewhere / "below",)),
    ]:
        with pytest.raises(BackupMisplaced, match="same place"):
            back_up(demo_keys, place, clock(), data)


def test_the_same_file_system_as_backups_of_data_is_refused_and_another_is_not(
    demo_keys: Path, elsewhere: Path, other_file_system: Path, tmp_path: Path, clock: MovableClock
) -> None:
    data = tmp_path / "data-backups"
    data.mkdir()
    with pytest.raises(BackupMisplaced, match="file system"):
        back_up(demo_keys, elsewhere, clock(), (data,))
    assert back_up(demo_keys, other_file_system, clock(), (data,)).exists()
