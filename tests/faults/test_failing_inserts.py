"""A trigger that fails the n-th INSERT of each table an issuance writes: the books stay whole, and the same id may ask again."""

from collections import Counter

import asyncpg
import pytest

from kiosk_server.issuing.refusal import Refusal
from tests.faults.aftermath import nothing_is_open, swept, yields_one_right_certificate
from tests.issuing.city import CENTRE, City

# How many rows of each table one certificate of a household of three inserts.
INSERTS = {
    "issuance.request": 1,
    "issuance.pin_tries": 1,
    "issuance.pin_charge": 1,
    "issuance.intent": 1,
    "issuance.intent_subject": 3,
    "issuance.seal_place": 1,
    "issuance.kept_answer": 1,
    "history.transition": 4,
    "history.issuance": 1,
    "history.issuance_subject": 3,
    "history.issuance_source": 1,
}

WATCH = """
CREATE SEQUENCE IF NOT EXISTS public.watched;
GRANT USAGE, SELECT ON SEQUENCE public.watched TO PUBLIC;
CREATE FUNCTION public.fail_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('public.watched') = TG_ARGV[0]::bigint THEN
        RAISE EXCEPTION 'no more rows here' USING ERRCODE = 'disk_full';
    END IF;
    RETURN NEW;
END
$$;
GRANT EXECUTE ON FUNCTION public.fail_at() TO PUBLIC;
"""


def every_insert() -> list[tuple[str, int]]:
    return [(table, number) for table, count in INSERTS.items() for number in range(1, count + 1)]


async def fail_insert(admin: asyncpg.Connection, table: str, number: int) -> None:
    """Let the `number`-th row that anybody inserts from now on fail."""
    await admin.execute(WATCH)
    await admin.execute(
        f"CREATE TRIGGER a_fault BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION public.fail_at({number})"
    )


@pytest.mark.parametrize(("table", "number"), every_insert())
async def test_i4_insert_that_fails_leaves_whole_books_and_a_request_that_may_ask_again(
    ashikaga: City, table: str, number: int
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    admin = await ashikaga.database.connect()
    await fail_insert(admin, table, number)
    with pytest.raises((asyncpg.DiskFullError, Refusal)):
        await ashikaga.issuing.issue(CENTRE, request)
    assert await ashikaga.rows("SELECT FROM history.issuance") == []
    assert await ashikaga.rows("SELECT FROM issuance.kept_answer") == []
    await admin.execute(f"DROP TRIGGER a_fault ON {table}")
    await swept(ashikaga)
    await nothing_is_open(ashikaga)
    await yields_one_right_certificate(ashikaga, request)


async def test_every_table_that_an_issuance_writes_is_tried(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    before = await _rows(ashikaga)
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert dict(await _rows(ashikaga) - before) == INSERTS


async def _rows(city: City) -> Counter[str]:
    admin = await city.database.connect()
    tables = await admin.fetch(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('issuance', 'history')"
    )
    # A row that the database writes by itself for another (history.entry) cannot fail alone.
    names = [table["name"] for table in tables if table["name"] != "history.entry"]
    return Counter({name: await admin.fetchval(f"SELECT count(*) FROM {name}") for name in names})
