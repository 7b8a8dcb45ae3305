"""`kiosk fsck` on a running demo, and on one that was tampered with."""

import asyncio
import json
import sys
from pathlib import Path

from issuance_db.fsck import LOG_RULES, RULES
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from tests.cli.command import Demo, environment, kiosk
from tests.cli.installing import CITY
from tests.servers import Database


def test_a_running_service_that_has_issued_is_whole(demo: Demo, certificate: Path) -> None:
    assert certificate.exists()
    done = kiosk("fsck", "--database-url", demo.said["database_url"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(RULES) + len(LOG_RULES)} rules" in done.stdout
    assert json.loads(kiosk("fsck", "--json", "--data-dir", demo.data_dir).stdout) == []


def test_what_cannot_be_checked_is_neither_whole_nor_broken() -> None:
    done = kiosk("fsck", "--database-url", "postgresql://fsck:x@127.0.0.1:1/kiosk")
    assert done.returncode == NOT_DONE
    assert done.stdout == ""


async def test_a_finding_is_told_with_what_to_do_and_exit_code_1(database: Database) -> None:
    await break_books(database)
    where = ("--database-url", database.dsn("fsck"), "--municipality-code", CITY, "--without-log")
    told = kiosk("fsck", *where)
    assert told.returncode == ANSWER_IS_NO
    assert "outcome_without_issuance" in told.stdout
    assert "20261123-01-00000001-8" in told.stdout
    (row,) = json.loads(kiosk("fsck", "--json", *where).stdout)
    assert (row["invariant"], row["concerns"]) == ("I6", ["20261123-01-00000001-8"])
    assert row["fix"]["ja"]
    with_log = json.loads(kiosk("fsck", "--json", *where[:-1]).stdout)
    assert [row["rule"] for row in with_log] == ["outcome_without_issuance", "log_row_inserted"]


async def test_repeated_until_there_is_a_finding(database: Database) -> None:
    repeating = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "kiosk_server.cli", "fsck", "--repeat", "0", "--municipality-code", CITY),
        *("--database-url", database.dsn("fsck")),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    admin = await database.connect()
    while not await admin.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'fsck' AND datname = $1", database.name
    ):
        assert repeating.returncode is None
        await asyncio.sleep(0.05)
    await break_books(database)
    told, _ = await repeating.communicate()
    assert repeating.returncode == ANSWER_IS_NO
    assert b"outcome_without_issuance" in told


async def break_books(database: Database) -> None:
    admin = await database.connect()
    async with admin.transaction():
        await admin.execute("SET LOCAL session_replication_role = replica")
        await admin.execute(
            "INSERT INTO history.outcome VALUES ($1, '20261123-01-00000001-8', 'printed', true, now(), 'centre', now())",
            CITY,
        )
