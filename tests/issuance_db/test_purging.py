"""What no request can ask for any more is deleted, by functions that can do only that; what still counts stays."""

import asyncpg
import pytest

from issuance_db.purging import purge_spent
from tests.servers import Database

CITY = "092029"
_OLD_AND_NEW = """
INSERT INTO issuance.pin_charge SELECT '092029', '', 'centre', 'menus', n::text, '', now() - n * interval '1 day' FROM generate_series(1, 9) AS n;
INSERT INTO issuance.session_use SELECT '092029', '', n::text, now() - n * interval '1 day' FROM generate_series(1, 9) AS n;
INSERT INTO issuance.failure_budget SELECT '092029', n::text, now() - n * interval '5 hours', 1 FROM generate_series(1, 9) AS n;
INSERT INTO issuance.session_use VALUES ('092011', '', 'old', now() - interval '1 year');
"""


async def test_spent_rows_go_and_others_stay(database: Database) -> None:
    admin = await database.connect()
    await admin.execute(_OLD_AND_NEW)
    sweeper = await database.connect("sweeper", CITY)
    assert await purge_spent(sweeper) == 3 + 3 + 5
    assert await purge_spent(sweeper) == 0
    left = await admin.fetchrow(
        "SELECT (SELECT count(*) FROM issuance.pin_charge), (SELECT count(*) FROM issuance.session_use WHERE municipality_code = $1), "
        "(SELECT count(*) FROM issuance.failure_budget), (SELECT count(*) FROM issuance.session_use WHERE municipality_code <> $1)",
        CITY,
    )
    assert tuple(left or ()) == (6, 6, 4, 1)


@pytest.mark.parametrize("table", ["pin_charge", "session_use", "failure_budget", "quarantine", "kept_answer"])
async def test_the_sweeper_deletes_nothing_by_itself(database: Database, table: str) -> None:
    sweeper = await database.connect("sweeper", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sweeper.execute(f"DELETE FROM issuance.{table}")


@pytest.mark.parametrize("role", ["front", "staff", "sync", "fsck"])
async def test_nobody_else_purges(database: Database, role: str) -> None:
    connection = await database.connect(role, CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await purge_spent(connection)
