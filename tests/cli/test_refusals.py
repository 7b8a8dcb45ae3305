"""What a start refuses, and that it leaves no trace of having looked."""

import secrets
import socket
from pathlib import Path

import pytest

from issuance_db.roles import ROLES
from keys.file_provider import create_keys
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from tests.cli.command import kiosk
from tests.history_log.books import LOG
from tests.servers import Database


async def up_on(database: Database, tmp_path: Path) -> str:
    """What `kiosk up --demo` says to this database."""
    done = kiosk("up", "--demo", "--data-dir", tmp_path / "data", KIOSK_DATABASE_URL=database.dsn())
    assert done.returncode == NOT_DONE
    assert "Traceback" not in done.stderr
    return done.stderr


async def test_demo_refuses_a_database_that_is_neither_empty_nor_marked(database: Database, tmp_path: Path) -> None:
    admin = await database.connect()
    tables = await admin.fetchval("SELECT count(*) FROM pg_class")
    assert "neither empty nor marked demo" in await up_on(database, tmp_path)
    assert await admin.fetchval("SELECT count(*) FROM pg_class") == tables
    assert await admin.fetchval("SELECT count(*) FROM shared.installation") == 0


async def test_demo_refuses_a_production_database(database: Database, tmp_path: Path) -> None:
    admin = await database.connect()
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ('production')")
    assert "neither empty nor marked demo" in await up_on(database, tmp_path)
    assert await admin.fetchval("SELECT marker FROM shared.installation") == "production"


async def test_demo_refuses_the_database_of_another_data_directory(database: Database, tmp_path: Path) -> None:
    admin = await database.connect()
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ('demo')")
    assert "another data directory" in await up_on(database, tmp_path)
    assert await admin.fetchval("SELECT count(*) FROM issuance.municipality") == 0


def settings_for(database: Database, tmp_path: Path, marker: str = "demo") -> Path:
    """Settings of a process on this database, with fresh keys."""
    passwords = tmp_path / "passwords"
    passwords.mkdir()
    passphrase = secrets.token_urlsafe(16)
    for path, text in {
        **{passwords / role: database.role_password for role in ROLES},
        tmp_path / "word": passphrase,
    }.items():
        path.write_text(text)
        path.chmod(0o600)
    create_keys(tmp_path / "keys", passphrase.encode(), marker="production" if marker == "production" else "demo")
    where = database.address
    values = {
        "DATABASE_URL": f"postgresql://{where.host}:{where.port}/{database.name}?sslmode=disable",
        "ROLE_PASSWORDS": passwords,
        "KEYS_DIRECTORY": tmp_path / "keys",
        "KEYS_PASSPHRASE_FILE": tmp_path / "word",
        "MUNICIPALITY_CODES": "092029",
    }
    file = tmp_path / "settings.env"
    file.write_text("".join(f"KIOSK_{name}={value}\n" for name, value in values.items()))
    return file


@pytest.mark.parametrize("name", ["centre", "sync", "sweeper", "logger", "staff"])
async def test_no_process_starts_on_a_newer_schema(database: Database, tmp_path: Path, name: str) -> None:
    admin = await database.connect()
    await admin.execute(
        "INSERT INTO shared.schema_migration (number, phase, name, sha256) VALUES (9999, 'pre', 'later', '00')"
    )
    settings = settings_for(database, tmp_path)
    done = kiosk("serve", name, "--settings", settings)
    assert done.returncode == NOT_DONE
    assert "newer than this program" in done.stderr
    assert kiosk("db", "status", "--settings", settings).returncode == ANSWER_IS_NO


async def test_migrate_touches_nothing_of_a_newer_schema(database: Database) -> None:
    admin = await database.connect()
    await admin.execute(
        "INSERT INTO shared.schema_migration (number, phase, name, sha256) VALUES (9999, 'pre', 'later', '00')"
    )
    done = kiosk("db", "migrate", "--database-url", database.dsn())
    assert done.returncode == NOT_DONE
    assert "newer than this program" in done.stderr
    assert await admin.fetchval("SELECT count(*) FROM shared.installation") == 0


@pytest.mark.parametrize("name", ["centre", "sync", "sweeper", "logger", "staff"])
@pytest.mark.parametrize(("database_is", "keys_are"), [("production", "demo"), ("demo", "production")])
async def test_keys_and_database_are_for_the_same_use(
    database: Database, tmp_path: Path, name: str, database_is: str, keys_are: str
) -> None:
    admin = await database.connect()
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ($1)", database_is)
    done = kiosk("serve", name, "--settings", settings_for(database, tmp_path, keys_are))
    assert done.returncode == NOT_DONE
    assert "cannot be used" in done.stderr


async def test_a_database_is_marked_once_by_migrate(database: Database) -> None:
    assert kiosk("db", "migrate", "--database-url", database.dsn()).returncode == 0
    assert kiosk("db", "migrate", "--marker", "demo", "--database-url", database.dsn("migrator")).returncode == 0
    admin = await database.connect()
    assert await admin.fetchval("SELECT marker FROM shared.installation") == "production"


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.1", "staff.example"])  # noqa: S104 - refused
async def test_the_staff_console_is_not_shown_beyond_this_machine_without_tls(
    database: Database, tmp_path: Path, host: str
) -> None:
    admin = await database.connect()
    await admin.execute("INSERT INTO shared.installation (marker) VALUES ('demo')")
    settings = settings_for(database, tmp_path, "demo")
    with settings.open("a", encoding="utf-8") as file:
        file.write(f"KIOSK_STAFF_LISTEN={host}:0\n")
    done = kiosk("serve", "staff", "--settings", settings)
    assert done.returncode == NOT_DONE
    assert "the staff console needs TLS" in done.stderr


def test_an_address_that_is_taken_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        address = f"127.0.0.1:{held.getsockname()[1]}"
        done = kiosk("witness", "--directory", tmp_path, "--log-key", str(LOG.verifier), "--listen", address)
    assert done.returncode == NOT_DONE
    assert f"kiosk: {address}: " in done.stderr
    assert "Another process holds this address." in done.stderr


def test_what_is_not_set_is_said_once(tmp_path: Path) -> None:
    settings = tmp_path / "settings.env"
    settings.touch()
    done = kiosk("up", "--settings", settings)
    assert done.returncode == NOT_DONE
    assert done.stderr.count("KIOSK_DATABASE_URL is not set") == 1
    assert len(done.stderr.splitlines()) == 1
