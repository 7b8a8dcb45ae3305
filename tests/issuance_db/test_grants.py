"""Roles hold exactly what docs/grants lists."""

from pathlib import Path

import asyncpg
import pytest

from issuance_db.grants import SCHEMAS, as_markdown, granted
from issuance_db.roles import ROLES
from tests.servers import Database

PAGES = Path(__file__).parents[2] / "docs" / "grants"


async def test_r_13_grants_are_those_of_the_pages(database: Database) -> None:
    grants = await granted(await database.connect())
    assert {page.stem: page.read_text(encoding="utf-8") for page in PAGES.glob("*.md")} == {
        role: as_markdown(role, grants) for role in ROLES
    }


async def test_nothing_is_granted_to_everybody(database: Database) -> None:
    assert [grant for grant in await granted(await database.connect()) if grant.role == "-"] == []


async def test_every_table_forces_row_level_security_by_city(database: Database) -> None:
    admin = await database.connect()
    rows = await admin.fetch(
        """
        SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND n.nspname <> 'shared'
        """,
        list(SCHEMAS),
    )
    assert len(rows) > 30
    assert [row["name"] for row in rows if not row["forced"]] == []


async def test_i7_every_table_of_history_is_in_the_log(database: Database) -> None:
    """A migration that adds a table to history ends with ``SELECT history.join_log('table')``."""
    admin = await database.connect()
    rows = await admin.fetch(
        """
        SELECT c.relname AS name, array(
            SELECT t.tgname::text FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgenabled = 'O'
                AND t.tgname IN ('entered', 'never_changed', 'never_emptied') ORDER BY 1
        ) AS guards
        FROM pg_class AS c WHERE c.relnamespace = 'history'::regnamespace AND c.relkind IN ('r', 'p')
        """
    )
    guards = {row["name"]: row["guards"] for row in rows}
    of_the_log = {"entry", "leaf", "node", "checkpoint", "cosignature"}
    assert {name for name in of_the_log if guards[name] != ["never_changed", "never_emptied"]} == set()
    assert {
        name for name in guards.keys() - of_the_log if guards[name] != ["entered", "never_changed", "never_emptied"]
    } == set()


async def test_i7_a_column_added_to_history_later_has_no_default(database: Database) -> None:
    """Rows from before would say something else than they committed to."""
    admin = await database.connect()
    assert (
        await admin.fetch(
            "SELECT attrelid::regclass::text, attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
            "WHERE c.relnamespace = 'history'::regnamespace AND a.atthasmissing"
        )
        == []
    )


async def test_no_login_role_passes_row_level_security(database: Database) -> None:
    admin = await database.connect()
    rows = await admin.fetch(
        "SELECT rolname FROM pg_roles WHERE (rolbypassrls OR rolsuper OR rolcreaterole) AND rolname NOT IN ('postgres')"
    )
    assert rows == []


@pytest.mark.parametrize("municipality", [None, "", "092011"])
async def test_without_its_city_there_are_no_rows(database: Database, municipality: str | None) -> None:
    staff = await database.connect("staff", "092029")
    await staff.execute("INSERT INTO issuance.municipality (municipality_code, name) VALUES ('092029', '足利市')")
    front = await database.connect("front", municipality)
    assert await front.fetch("SELECT name FROM issuance.municipality") == []


async def test_another_citys_row_cannot_be_written(database: Database) -> None:
    staff = await database.connect("staff", "092011")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute("INSERT INTO issuance.municipality (municipality_code, name) VALUES ('092029', '足利市')")


@pytest.mark.parametrize(
    "forbidden",
    [
        "INSERT INTO issuance.pin (municipality_code, credential_hash, pin_hash, key_version) VALUES ('092029', '', '', 1)",
        "UPDATE issuance.service_stop SET ends_at = now()",
        "DELETE FROM issuance.suppression",
        "DELETE FROM issuance.kept_answer",
        "UPDATE history.issuance SET fee_yen = 0",
        "DELETE FROM history.transition",
        "SELECT name FROM registry.person_history",
        "SELECT number FROM registry.outbox",
    ],
)
async def test_front_may_not(database: Database, forbidden: str) -> None:
    front = await database.connect("front", "092029")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await front.execute(forbidden)


@pytest.mark.parametrize(
    "statement", ["UPDATE history.alert SET detail = ''", "DELETE FROM history.alert", "TRUNCATE history.alert CASCADE"]
)
async def test_history_refuses_even_its_owner(database: Database, statement: str) -> None:
    admin = await database.connect("postgres", "092029")
    await admin.execute("INSERT INTO history.alert (municipality_code, cause, detail) VALUES ('092029', 'test', '')")
    with pytest.raises(asyncpg.PostgresError, match="history is never changed"):
        await admin.execute(statement)
