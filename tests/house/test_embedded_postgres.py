import asyncio
import os
import stat
import threading
from pathlib import Path
from typing import NamedTuple

import asyncpg
import psutil
import pytest

from kiosk_server.embedded import identity as identity_module
from kiosk_server.embedded import server as server_module
from kiosk_server.embedded.errors import (
    DataDirectoryInUse,
    DataDirectoryUnusable,
    DiskAlmostFull,
    EmbeddedServerError,
)
from kiosk_server.embedded.identity import Identity
from kiosk_server.embedded.ports import free_port
from kiosk_server.embedded.postgres import EmbeddedPostgres, PostgresAddress, binaries
from tests.house.holding import held, identities_here, ordinary_user

QUICK = {"fsync": "off", "shared_buffers": "16MB"}


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def ask(address: PostgresAddress, statement: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(address.dsn("postgres", address.superuser, address.password))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def remember(address: PostgresAddress, value: int) -> None:
    ask(address, "CREATE TABLE remembered (value integer NOT NULL)")
    ask(address, f"INSERT INTO remembered (value) VALUES ({value})")


def test_a_restart_keeps_the_data_and_the_password(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data")
    first = server.start()
    remember(first, 7)
    server.stop()
    with EmbeddedPostgres(tmp_path / "data") as again:
        assert again.address.password == first.password
        assert ask(again.address, "SELECT value FROM remembered") == 7


def test_durable_by_default_and_as_the_schema_needs_it(tmp_path: Path) -> None:
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_level": "logical",
        "autovacuum_naptime": "10s",
        "wal_init_zero": "off",
        "max_connections": "200",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "listen_addresses": "127.0.0.1",
    }
    with EmbeddedPostgres(tmp_path / "data") as server:
        assert {name: ask(server.address, f"SHOW {name}") for name in wanted} == wanted
        assert ask(server.address, "SELECT datcollate FROM pg_database WHERE datname = 'template0'") == "C"
        assert ask(server.address, "SELECT bool_and(auth_method = 'scram-sha-256') FROM pg_hba_file_rules") is True


def test_a_killed_parent_takes_the_server_along_and_loses_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    # The kernel forgets whom to signal at some changes of identity: each must be seen to work.
    for identity in identities_here(binaries() / "postgres", directory):
        with held("postgres", directory, server_identity=identity) as other:
            other.kill_holder()
    with EmbeddedPostgres(directory) as server:
        assert ask(server.address, "SELECT 1") == 1


def test_a_second_start_on_the_same_directory_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", settings=QUICK) as server:
        remember(server.address, 7)
        with pytest.raises(DataDirectoryInUse, match=r"使用中.*in use"):
            EmbeddedPostgres(tmp_path / "data", settings=QUICK).start()
        assert ask(server.address, "SELECT value FROM remembered") == 7


def test_a_start_from_another_process_is_refused_too(tmp_path: Path) -> None:
    with held("postgres", tmp_path / "data") as other:
        with pytest.raises(DataDirectoryInUse):
            EmbeddedPostgres(tmp_path / "data").start()
        assert other.server.is_running()


def test_a_closed_parent_directory_works_and_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed / "deep" / "data", settings=QUICK) as server:
        assert ask(server.address, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed.stat().st_uid == os.geteuid()


def test_only_the_owner_can_look_into_the_directory(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", settings=QUICK):
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "data" / "password").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "data" / "log").stat().st_mode) == 0o600


def test_the_server_is_never_root_for_itself_and_works_as_every_identity_allowed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    identities = identities_here(binaries() / "postgres", directory)
    assert identities
    # The same directory goes from one to the next, as when a machine's rules change under it.
    for number, identity in enumerate(identities):
        monkeypatch.setattr(identity_module, "candidates", lambda identity=identity: iter([identity]))
        with EmbeddedPostgres(directory, settings=QUICK) as server:
            assert ask(server.address, "SELECT pg_read_file('postmaster.pid') <> ''") is True
            ask(server.address, f"CREATE TABLE made_by_{number} (value integer)")
            assert ask(server.address, "SELECT count(*) FROM pg_class WHERE relname LIKE 'made_by_%'") == number + 1


def test_an_ordinary_user_can_run_it(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    tmp_path.chmod(0o755)
    with held("postgres", directory, ordinary_user(directory)) as other:
        assert other.euid != 0
        other.kill_holder()


def test_when_nobody_can_run_it_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = Identity("nonsense", os.geteuid(), os.getegid())
    monkeypatch.setattr(identity_module, "candidates", lambda: iter([impossible]))
    with pytest.raises(DataDirectoryUnusable, match="ordinary user"):
        EmbeddedPostgres(tmp_path / "data").start()


def test_a_full_disk_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9 - 2**20, 2**20))
    with pytest.raises(DiskAlmostFull, match=r"空き 1 MiB.*1 MiB free"):
        EmbeddedPostgres(tmp_path / "data").start()
    assert not (tmp_path / "data").exists()


def test_an_interrupted_first_start_is_no_obstacle(tmp_path: Path) -> None:
    half = tmp_path / "data" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="ascii")
    with EmbeddedPostgres(tmp_path / "data", settings=QUICK) as server:
        assert ask(server.address, "SELECT 1") == 1
    assert not half.exists()


def test_a_cluster_of_another_major_version_is_refused_untouched(tmp_path: Path) -> None:
    cluster = tmp_path / "data" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n", encoding="ascii")
    with pytest.raises(DataDirectoryUnusable, match="PostgreSQL 15"):
        EmbeddedPostgres(tmp_path / "data").start()
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_a_file_in_the_place_of_the_directory_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine", encoding="ascii")
    with pytest.raises(DataDirectoryUnusable, match="使用できません"):
        EmbeddedPostgres(tmp_path / "data").start()
    assert (tmp_path / "data").read_text(encoding="ascii") == "mine"


def test_a_port_taken_in_between_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedPostgres(tmp_path / "one", settings=QUICK) as one:
        ports = iter([one.address.port, free_port()])
        monkeypatch.setattr(server_module, "free_port", lambda: next(ports))
        with EmbeddedPostgres(tmp_path / "other", settings=QUICK) as other:
            assert ask(other.address, "SELECT 1") == 1


def test_a_long_path_gets_a_short_socket_directory_that_goes_with_the_server(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / ("path" * 20)
    with EmbeddedPostgres(deep / "data", settings=QUICK) as server:
        socket_dir = server.address.socket_dir
        assert len(bytes(socket_dir)) < 60
        assert stat.S_IMODE(socket_dir.stat().st_mode) == 0o700
    assert not socket_dir.exists()


def test_what_a_statement_carried_never_reaches_the_log(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", settings=QUICK) as server:
        ask(server.address, "CREATE TABLE person (name text PRIMARY KEY)")
        ask(server.address, "INSERT INTO person (name) VALUES ('足利太郎')")
        with pytest.raises(asyncpg.UniqueViolationError):
            ask(server.address, "INSERT INTO person (name) VALUES ('足利太郎')")
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            ask(server.address, "SELECT '足利太郎'::integer")
    assert "足利" not in (tmp_path / "data" / "log").read_text(encoding="utf-8")


def test_a_ctrl_c_at_the_terminal_does_not_reach_the_server(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", settings=QUICK) as server:
        assert os.getsid(server.pid) != os.getsid(0)


def test_after_stop_nothing_is_left_running_and_a_second_stop_is_harmless(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data", settings=QUICK)
    server.start()
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    server.stop()
    server.stop()
    assert psutil.wait_procs(family, timeout=30)[1] == []
    with pytest.raises(EmbeddedServerError):
        server.dsn("postgres", "postgres", "")


def test_it_must_be_started_from_the_thread_that_lives_as_long_as_we_do(tmp_path: Path) -> None:
    caught: list[BaseException] = []

    def start() -> None:
        try:
            EmbeddedPostgres(tmp_path / "data", settings=QUICK).start()
        except EmbeddedServerError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(caught) == 1
