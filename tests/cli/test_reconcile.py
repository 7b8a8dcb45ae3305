"""A clerk's day with a lost change: the status says so, the comparison explains it, the approval lets it be repaired."""

import asyncio
import csv
from io import StringIO
from pathlib import Path

import asyncpg

from civil.clock import utc_now
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from sync import Projection, Reconciler
from sync.session import session
from tests.cli.command import kiosk
from tests.servers import Database
from tests.sync.registry_rows import CITY, registry


def _kiosk(database: Database, role: str, *arguments: str | Path) -> tuple[int, str]:
    done = kiosk(*arguments, "--database-url", database.dsn(role), "--municipality-code", CITY)
    return done.returncode, done.stdout + done.stderr


async def _town(database: Database) -> asyncpg.Connection:
    town = await registry(database)
    await town.family("50", "1001", "1002")
    await Projection(database.dsn("sync"), [CITY], utc_now).catch_up()
    return await database.connect()


async def _repair(database: Database) -> None:
    async with session(database.dsn("sync")) as connection:
        await Reconciler(connection, CITY, utc_now).repair()


async def test_s2_4_a_lost_change_from_the_first_sign_to_the_repair(database: Database, tmp_path: Path) -> None:
    admin = await _town(database)
    code, said = await asyncio.to_thread(_kiosk, database, "staff", "sync", "status")
    assert (code, "kiosk reconcile now" in said) == (ANSWER_IS_NO, True)
    code, said = await asyncio.to_thread(_kiosk, database, "sync", "reconcile", "now")
    assert (code, "register 2" in said, "Equal." in said) == (0, True, True)

    await admin.execute("UPDATE issuance.resident_record SET address = '別の場所' WHERE person_number = '1002'")
    code, said = await asyncio.to_thread(_kiosk, database, "sync", "reconcile", "now")
    assert (code, "1人 / persons: 発行用だけが書き換わっています" in said) == (ANSWER_IS_NO, True)
    assert ("1002  内容が違う / different  住所 / address" in said, "別の場所" in said) == (True, False)
    code, said = await asyncio.to_thread(_kiosk, database, "staff", "sync", "status")
    assert "要対応 / act  台帳と違う人 / differ from the register: 1人 / 1 person\n    → kiosk reconcile list" in said

    file = tmp_path / "doubts.csv"
    code, said = await asyncio.to_thread(_kiosk, database, "staff", "reconcile", "list", "--csv", file)
    assert (code, "1件 / found" in said) == (ANSWER_IS_NO, True)
    (row,) = csv.DictReader(StringIO(file.read_bytes().decode("utf-8-sig")))
    assert (row["person_number"], row["cause"], row["items"]) == ("1002", "changed_here", "address")

    by = ("--by", "見本　花子", "--reason", "原因を確認")
    code, said = await asyncio.to_thread(_kiosk, database, "staff", "reconcile", "approve", "1001", *by)
    assert (code, "kiosk reconcile list" in said) == (NOT_DONE, True)
    code, said = await asyncio.to_thread(_kiosk, database, "staff", "reconcile", "approve", "1002", *by)
    assert code == 0
    await _repair(database)
    assert await asyncio.to_thread(_kiosk, database, "staff", "reconcile", "list") == (0, "0件 / found\n")
    code, said = await asyncio.to_thread(_kiosk, database, "sync", "reconcile", "now", "--person", "1002")
    assert (code, "Equal." in said) == (0, True)
