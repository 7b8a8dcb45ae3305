from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keys.errors import KeyFileExists, KeyFileUnreadable
from keys.key_file import KEY_FILE, KeyEntry, KeyFile, read_key_file, replace_key_file, write_new_key_file
from keys.purpose import Purpose
from keys.wrapping import DEMO_WORK, new_scrypt

FROM = datetime(2026, 4, 1, tzinfo=UTC)
UNTIL = datetime(2027, 4, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def entry(until: datetime | None = UNTIL) -> KeyEntry:
    return KeyEntry.model_construct(
        purpose=Purpose.PIN, version=1, created=FROM, not_before=FROM, not_after=until, wrapped=b"wrapped"
    )


def file(*entries: KeyEntry) -> KeyFile:
    return KeyFile.model_construct(marker="demo", kdf=new_scrypt(DEMO_WORK), check=b"check", keys=entries)


@pytest.mark.parametrize(
    ("instant", "in_force"), [(FROM - INSTANT, False), (FROM, True), (UNTIL - INSTANT, True), (UNTIL, False)]
)
def test_a_key_is_in_force_from_its_first_instant_until_before_its_last(instant: datetime, *, in_force: bool) -> None:
    assert entry().in_force(instant) == in_force


def test_a_key_without_end_stays_in_force() -> None:
    assert entry(None).in_force(datetime(2999, 1, 1, tzinfo=UTC))


def test_a_file_is_read_as_it_was_written_whatever_the_bytes(tmp_path: Path) -> None:
    awkward = entry().model_copy(update={"wrapped": bytes(range(256))})
    written = file(awkward, entry(None))
    write_new_key_file(tmp_path / "keys", written)
    assert read_key_file(tmp_path / "keys") == written


def test_what_a_key_is_bound_to_does_not_depend_on_how_its_dates_are_written(tmp_path: Path) -> None:
    write_new_key_file(tmp_path / "keys", file(entry()))
    path = tmp_path / "keys" / KEY_FILE
    path.write_text(path.read_text().replace("2026-04-01T00:00:00Z", "2026-04-01T09:00:00+09:00"))
    assert read_key_file(tmp_path / "keys").keys[0].bound("demo") == entry().bound("demo")


def test_replacing_leaves_one_private_file(tmp_path: Path) -> None:
    write_new_key_file(tmp_path / "keys", file())
    replace_key_file(tmp_path / "keys", file(entry()))
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [KEY_FILE]
    assert read_key_file(tmp_path / "keys").keys == (entry(),)


def test_a_directory_open_to_others_gets_no_keys(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    with pytest.raises(KeyFileUnreadable):
        write_new_key_file(tmp_path / "keys", file())
    assert not list((tmp_path / "keys").iterdir())


def test_of_two_writers_at_once_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_new_key_file(tmp_path / "keys", file())
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    with pytest.raises(KeyFileExists):
        write_new_key_file(tmp_path / "keys", file(entry()))
    assert read_key_file(tmp_path / "keys").keys == ()
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [KEY_FILE]
