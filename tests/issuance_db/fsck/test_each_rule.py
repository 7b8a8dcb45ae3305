"""Each rule finds exactly what it is for in books that the pipeline wrote, and nothing in whole ones."""

from collections.abc import AsyncIterator
from dataclasses import asdict

import asyncpg
import pytest

from issuance_db.fsck import LOG_RULES, RULES, Bounds, check_snapshot
from kiosk_server.issuing.environment import Limits
from tests.issuance_db.fsck.books import Books
from tests.issuance_db.fsck.breaking import ALSO, BREAKS
from tests.sync.registry_rows import CITY


@pytest.fixture
async def superuser(books: Books) -> AsyncIterator[asyncpg.Connection]:
    """Somebody whom no trigger, key or row policy holds; what they do is undone."""
    connection = await asyncpg.connect(books.dsn)
    undone = connection.transaction()
    await undone.start()
    await connection.execute("SET LOCAL session_replication_role = replica")
    yield connection
    await undone.rollback()
    await connection.close()


async def found(superuser: asyncpg.Connection, books: Books) -> dict[str, tuple[str, ...]]:
    await superuser.execute("SET LOCAL ROLE fsck")
    findings = await check_snapshot(superuser, CITY, books.now)
    return {finding.rule.name: finding.concerns for finding in findings}


async def test_whole_books_have_no_finding(superuser: asyncpg.Connection, books: Books) -> None:
    states = {row["state"] for row in await superuser.fetch("SELECT DISTINCT state FROM issuance.intent")}
    assert states == {"proposed", "recorded", "void", "quarantined"}
    assert await found(superuser, books) == {}


async def test_what_retention_erases_is_no_finding(superuser: asyncpg.Connection, books: Books) -> None:
    await superuser.execute("UPDATE history.issuance_subject SET person_number = NULL, household_number = NULL")
    assert await found(superuser, books) == {}


def test_every_rule_has_a_way_to_break_it() -> None:
    assert set(BREAKS) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", BREAKS)
async def test_books_broken_in_one_way_have_exactly_that_finding(
    superuser: asyncpg.Connection, books: Books, rule: str
) -> None:
    await superuser.execute(BREAKS[rule].format(**asdict(books)))
    findings = await found(superuser, books)
    assert set(findings) == {rule} | ALSO.get(rule, frozenset())
    assert findings[rule] != ()


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ("UPDATE history.outcome SET occurred_at = occurred_at - interval '1 second'", "log_row_changed"),
        ("DELETE FROM history.entry WHERE table_name = 'outcome'", "log_row_inserted"),
        ("DELETE FROM history.alert WHERE cause = 'an old one'", "log_row_removed"),
        ("ALTER TABLE history.outcome DISABLE TRIGGER entered", "log_guard_off"),
    ],
)
async def test_i7_the_log_is_verified_in_the_same_look(
    superuser: asyncpg.Connection, books: Books, broken: str, rule: str
) -> None:
    await superuser.execute("SET LOCAL session_replication_role = origin")
    await superuser.execute("SELECT set_config('kiosk.municipality', $1, true)", CITY)
    await superuser.execute(
        "INSERT INTO history.alert (municipality_code, cause, detail) VALUES ('092029', 'an old one', '')"
    )
    assert list(await check_snapshot(superuser, CITY, books.now, with_log=True)) == []
    await superuser.execute("SET LOCAL session_replication_role = replica")
    await superuser.execute(broken)
    await superuser.execute("SET LOCAL ROLE fsck")
    assert [finding.rule.name for finding in await check_snapshot(superuser, CITY, books.now, with_log=True)] == [rule]


async def test_another_city_has_nothing_of_it(superuser: asyncpg.Connection, books: Books) -> None:
    await superuser.execute(BREAKS["step_changed"].format(**asdict(books)))
    await superuser.execute("SET LOCAL ROLE fsck")
    assert list(await check_snapshot(superuser, "131016", books.now)) == []


def test_a_session_may_be_used_as_often_as_the_menu_states() -> None:
    assert Bounds().session_uses == Limits().session_issuances


def test_every_rule_says_what_is_wrong_and_what_to_do_in_both_languages() -> None:
    for rule in (*RULES, *LOG_RULES):
        for words in (rule.wrong, rule.fix):
            assert words.ja.endswith("。")
            assert words.en.endswith(".")
