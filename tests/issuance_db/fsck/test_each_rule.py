"""Each rule finds exactly what it is for in books that the pipeline wrote, and nothing in whole ones."""

from collections.abc import AsyncIterator
from dataclasses import asdict

import asyncpg
import pytest

from issuance_db.fsck import RULES, Bounds, check_snapshot
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


async def test_another_city_has_nothing_of_it(superuser: asyncpg.Connection, books: Books) -> None:
    await superuser.execute(BREAKS["step_changed"].format(**asdict(books)))
    await superuser.execute("SET LOCAL ROLE fsck")
    assert list(await check_snapshot(superuser, "131016", books.now)) == []


def test_a_session_may_be_used_as_often_as_the_menu_states() -> None:
    assert Bounds().session_uses == Limits().session_issuances


def test_every_rule_says_what_is_wrong_and_what_to_do_in_both_languages() -> None:
    for rule in RULES:
        for words in (rule.wrong, rule.fix):
            assert words.ja.endswith("。")
            assert words.en.endswith(".")
