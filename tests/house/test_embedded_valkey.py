import socket
import stat
from pathlib import Path

import psutil
import pytest
import redis

from kiosk_server.embedded import server as server_module
from kiosk_server.embedded.errors import DataDirectoryInUse
from kiosk_server.embedded.ports import free_port
from kiosk_server.embedded.valkey import EmbeddedValkey
from tests.house.holding import held, ordinary_user


def test_a_restart_keeps_what_was_written_and_the_password(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "data") as server:
        password = server.address.password
        with redis.Redis.from_url(server.url) as client:
            client.set("challenge", "kept")
    with EmbeddedValkey(tmp_path / "data") as again, redis.Redis.from_url(again.url) as client:
        assert client.get("challenge") in {b"kept", "kept"}
        assert again.address.password == password


def test_a_killed_parent_takes_the_server_along(tmp_path: Path) -> None:
    with held("valkey", tmp_path / "data") as other:
        other.kill_holder()
    with EmbeddedValkey(tmp_path / "data") as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()


def test_a_second_start_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "data") as server:
        with pytest.raises(DataDirectoryInUse):
            EmbeddedValkey(tmp_path / "data").start()
        with redis.Redis.from_url(server.url) as client:
            assert client.ping()


def test_an_ordinary_user_can_run_it(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    directory.mkdir()
    with held("valkey", directory, ordinary_user(directory)) as other:
        assert other.euid != 0
        other.kill_holder()


def test_without_the_password_nothing_is_answered(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "data") as server:
        stranger = redis.Redis(server.address.host, server.address.port)
        with stranger as client, pytest.raises(redis.AuthenticationError):
            client.get("challenge")


def test_the_password_is_in_files_of_the_owner_only_and_on_no_command_line(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "data") as server:
        assert server.address.password not in repr(server.address)
        assert server.address.password not in " ".join(psutil.Process(server.pid).cmdline())
        for name in ("password", "valkey.conf", "log"):
            assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600


def test_a_full_memory_is_an_error_and_never_a_forgotten_key(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "data") as server, redis.Redis.from_url(server.url) as client:
        client.set("challenge", "kept")
        client.config_set("maxmemory", 1)
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            client.set("another", "one")
        assert client.get("challenge") in {b"kept", "kept"}


def test_a_port_taken_in_between_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], free_port()])
        monkeypatch.setattr(server_module, "free_port", lambda: next(ports))
        with EmbeddedValkey(tmp_path / "data") as server, redis.Redis.from_url(server.url) as client:
            assert client.ping()


def test_a_directory_with_spaces_and_quotes_in_its_name_works(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / 'a "data" directory \\ 足利') as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()
