import json
import time
from pathlib import Path

from kiosk_server.cli.failures import NOT_DONE
from tests.cli.command import Demo, kiosk


def test_demo_once_writes_a_certificate_says_what_it_is_and_leaves_nothing(tmp_path: Path) -> None:
    file, temporary = tmp_path / "once.pdf", tmp_path / "tmp"
    temporary.mkdir()
    done = kiosk("demo", "--once", file, "--residents", "60", TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert set(said) == {"issuance_number", "kind", "name", "household", "pages", "bytes", "seconds"}
    assert done.stdout.count("\n") == 1
    assert said["kind"] == "resident_record"
    assert said["name"] in said["household"]
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) == said["bytes"]
    assert list(temporary.iterdir()) == []


def test_demo_once_says_at_once_that_it_cannot_write(tmp_path: Path) -> None:
    done = kiosk("demo", "--once", tmp_path / "nowhere" / "once.pdf")
    assert done.returncode == NOT_DONE
    assert "No such file or directory" in done.stderr


def test_doctor_finds_a_running_demo_well_and_shows_no_secret(demo: Demo) -> None:
    done = kiosk("doctor", "--data-dir", demo.data_dir)
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout
    secrets = [path.read_text() for path in (demo.data_dir / "passwords").iterdir()]
    assert not any(secret in done.stdout for secret in secrets)
    assert demo.said["redis_url"] not in done.stdout


def test_doctor_names_what_is_missing_with_a_fix(tmp_path: Path) -> None:
    done = kiosk("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "KIOSK_KEYS_DIRECTORY is not set" in done.stdout


def test_sync_status_finds_a_running_demo_well_in_ten_lines(demo: Demo) -> None:
    end = time.monotonic() + 60
    while (done := kiosk("sync", "status", "--data-dir", demo.data_dir)).returncode and time.monotonic() < end:
        time.sleep(0.5)  # A demo that has just begun has compared nobody yet.
    first, *lines = done.stdout.splitlines()
    assert first == "すべて良好です。 / All is well."
    assert (done.returncode, {line.split()[0] for line in lines}) == (0, {"良好"}), done.stdout
    assert len(lines) < 10


def test_help_is_there_for_every_command() -> None:
    for command in ("up", "demo", "request", "verify", "history", "db", "keys", "city", "caller", "doctor", "serve"):
        assert kiosk(command, "--help").returncode == 0
