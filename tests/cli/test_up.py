import json
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from kiosk_server.cli.failures import NOT_DONE
from tests.cli.command import Demo, demo_up, kiosk

MEMBERS = {
    "centre_url", "terminal_url", "staff_url", "ops_url", "ca_file", "client_cert", "client_key", "database_url",
    "redis_url", "samples",
}  # fmt: skip


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that are there, and not only waiting to be reaped, after a while in which they may end."""
    deadline = time.monotonic() + 60
    while (left := [one for one in processes if _runs(one)]) and time.monotonic() < deadline:
        psutil.wait_procs(left, timeout=0.1)
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def fetched(url: str) -> str:
    """What a browser gets."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - http, to our own server
        return str(answer.read().decode())


def test_the_one_line_has_every_member_and_distinct_samples(demo: Demo) -> None:
    assert set(demo.said) == MEMBERS
    samples = demo.said["samples"]
    assert len({sample["serial"] for sample in samples}) == len(samples) == 12
    assert all(set(sample) == {"serial", "issuer_key_id", "pin", "name", "household"} for sample in samples)
    assert all(sample["name"] in sample["household"] for sample in samples)


def test_what_the_line_names_answers(demo: Demo) -> None:
    assert json.loads(fetched(f"{demo.said['ops_url']}/ready"))["status"] == "ready"
    with redis.Redis.from_url(demo.said["redis_url"]) as client:
        assert client.ping()
    for name in ("ca_file", "client_cert", "client_key"):
        assert Path(demo.said[name]).read_bytes().startswith(b"-----BEGIN")


async def test_the_database_url_reads_inside_the_city_and_writes_nothing(demo: Demo) -> None:
    connection = await asyncpg.connect(demo.said["database_url"])
    try:
        assert await connection.fetchval("SELECT count(*) FROM issuance.resident_record") >= 100
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM issuance.resident_record")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT pin_hash FROM issuance.pin")
    finally:
        await connection.close()


def test_secrets_and_personal_data_in_the_data_directory_are_for_its_owner_only(demo: Demo) -> None:
    assert demo.data_dir.stat().st_mode & 0o077 == 0
    ours = [path for path in demo.data_dir.iterdir() if path.is_file()]
    assert ours
    assert all(path.stat().st_mode & 0o077 == 0 for path in ours)


def test_a_second_up_on_the_same_directory_is_refused_and_disturbs_nothing(demo: Demo) -> None:
    before = (demo.data_dir / "running.json").read_bytes()
    second = kiosk("up", "--demo", "--data-dir", demo.data_dir)
    assert second.returncode == NOT_DONE
    assert "is in use by another process; nothing was changed" in second.stderr
    assert (demo.data_dir / "running.json").read_bytes() == before
    assert json.loads(fetched(f"{demo.said['ops_url']}/health"))["status"] == "ok"


def test_the_staff_console_asks_who_it_is_and_the_demo_tells_its_codes(demo: Demo) -> None:
    page = fetched(demo.said["staff_url"])
    assert 'name="password"' in page
    assert not any(name in page for sample in demo.said["samples"] for name in sample["household"])
    code = kiosk("staff", "code", "takahashi", "--data-dir", demo.data_dir)
    assert (code.returncode, len(code.stdout.strip())) == (0, 6)
    assert kiosk("staff", "code", "nobody", "--data-dir", demo.data_dir).returncode == NOT_DONE


def test_the_staff_console_answers_to_local_names_only(demo: Demo) -> None:
    request = urllib.request.Request(demo.said["staff_url"], headers={"Host": "elsewhere.example"})  # noqa: S310 - as above
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(request)  # noqa: S310 - as above
    refused.value.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_and_a_warm_start_keeps_the_city(tmp_path: Path, number: signal.Signals) -> None:
    data_dir = tmp_path / "data"
    with demo_up(data_dir, "--residents", "60") as first:
        everything = psutil.Process(first.process.pid).children(recursive=True)
        assert len(everything) > 6
        assert first.stop(number) == 0
        assert still_running(everything) == []
        assert not (data_dir / "running.json").exists()
        samples = first.said["samples"]
    with demo_up(data_dir) as second:
        assert second.said["samples"] == samples


def test_when_one_process_dies_everything_stops_and_the_message_names_it(tmp_path: Path) -> None:
    with demo_up(tmp_path / "data", "--residents", "60") as running:
        children = psutil.Process(running.process.pid).children()
        sweeper = next(child for child in children if "sweeper" in child.cmdline())
        sweeper.kill()
        assert running.process.wait(60) == NOT_DONE
        assert still_running(children) == []
    assert "sweeper ended" in (tmp_path / "data.err").read_text(encoding="utf-8")


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    with demo_up(tmp_path / "data", "--residents", "60") as running:
        everything = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        assert still_running(everything) == []


def test_a_directory_that_holds_other_things_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    done = kiosk("up", "--demo", "--data-dir", tmp_path)
    assert done.returncode == NOT_DONE
    assert "is no data directory of a demo; nothing was changed" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
