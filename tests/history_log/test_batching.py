"""The batcher: gapless, restartable, alone, and it never skips what commits late."""

import asyncio

import asyncpg
import pytest

from issuance_db import history
from issuance_db.log.batching import Batch, CityBatcher, LogDamaged
from issuance_db.log.frontier import Frontier
from issuance_db.log.note import SignedCheckpoint
from issuance_db.log.tree import leaf_hash
from tests.history_log.books import CITY, ISSUED, LOG, NOON, REFUSED, attacker, batcher, books, leaves, until
from tests.servers import Database


async def test_i7_every_row_becomes_one_leaf_without_a_gap(database: Database) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    assert await one.batch() == Batch(ISSUED, is_full=False)
    assert await one.batch() == Batch(0, is_full=False)
    await city.refuse()
    assert await one.batch() == Batch(REFUSED, is_full=False)
    found = await leaves(database)
    assert [number for number, _ in found] == list(range(ISSUED + REFUSED))
    assert sorted(name for _, name in found) == sorted(
        ["transition"] * 6
        + ["issuance", "issuance_source", "issuance_subject", "issuance_subject", "outcome", "refusal_reason"]
    )


async def test_i7_each_checkpoint_is_signed_over_the_tree_of_its_leaves(database: Database) -> None:
    city, one = await books(database), await batcher(database, most_rows=3)
    await city.issue()
    while (await one.batch()).is_full:
        pass
    reader = await database.connect("fsck", CITY)
    commitments = await reader.fetch(
        "SELECT e.commitment FROM history.leaf AS l JOIN history.entry AS e USING (transaction_id, entry_id) ORDER BY leaf_number"
    )
    notes = await reader.fetch("SELECT tree_size, root, note FROM history.checkpoint ORDER BY tree_size")
    assert [note["tree_size"] for note in notes] == [3, 6, 9]
    for note in notes:
        frontier = Frontier()
        for row in commitments[: note["tree_size"]]:
            list(frontier.add(leaf_hash(row["commitment"])))
        signed = SignedCheckpoint.parse(note["note"])
        signed.signature_of(LOG.verifier)
        assert signed.checkpoint.root == note["root"] == frontier.root


async def test_i7_transactions_that_commit_in_reverse_order_are_not_skipped(database: Database) -> None:
    city, one = await books(database), await batcher(database)
    other = await books(database)
    late = city.front.transaction()
    await late.start()
    await history.open_alert(city.front, CITY, "late", "began first")
    await history.open_alert(other.front, CITY, "early", "committed first")
    assert await one.batch() == Batch(1, is_full=False)
    assert await one.batch() == Batch(0, is_full=False)
    await late.commit()
    assert await one.batch() == Batch(1, is_full=False)
    assert len(await leaves(database)) == 2


async def test_i7_a_full_batch_leaves_nothing_behind_for_ever(database: Database) -> None:
    city, one = await books(database), await batcher(database, most_rows=2)
    other = await books(database)
    late = city.front.transaction()
    await late.start()
    await history.open_alert(city.front, CITY, "late", "began first")
    for _ in range(5):
        await history.open_alert(other.front, CITY, "early", "committed first")
    while (await one.batch()).is_full:
        pass
    await late.commit()
    while (await one.batch()).is_full:
        pass
    assert len(await leaves(database)) == 6


async def test_i7_one_leader_per_city_and_the_next_takes_over_where_it_ended(database: Database) -> None:
    city = await books(database)
    first_connection = await database.connect("logger")
    first = CityBatcher(first_connection, CITY, LOG, lambda: NOON)
    second = await batcher(database)
    assert await first.try_to_lead()
    assert not await second.try_to_lead()
    await city.issue()
    await first.batch()
    first_connection.terminate()
    await until(second.try_to_lead)
    await city.issue()
    assert await second.batch() == Batch(ISSUED, is_full=False)
    assert [number for number, _ in await leaves(database)] == list(range(2 * ISSUED))


async def test_i7_two_batchers_at_once_collide_and_make_one_tree(database: Database) -> None:
    city = await books(database)
    batchers = [await batcher(database, most_rows=3) for _ in range(4)]
    for _ in range(5):
        await city.issue()
    collided = 0
    while len(await leaves(database)) < 5 * ISSUED:
        done = await asyncio.gather(*(one.batch() for one in batchers), return_exceptions=True)
        wrong = [found for found in done if isinstance(found, BaseException)]
        assert all(isinstance(found, asyncpg.UniqueViolationError) for found in wrong)
        collided += len(wrong)
    assert collided
    assert [number for number, _ in await leaves(database)] == list(range(5 * ISSUED))


async def test_i7_a_batcher_that_dies_in_mid_batch_leaves_nothing_half_done(database: Database) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    admin = await database.connect()
    # The checkpoint is the last thing a batch writes: it waits for this lock with leaves and nodes already written.
    holding = admin.transaction()
    await holding.start()
    await admin.execute("LOCK TABLE history.checkpoint IN SHARE MODE")
    dying = asyncio.create_task(one.batch())
    watcher = await database.connect()
    waiting = "SELECT pid FROM pg_stat_activity WHERE usename = 'logger' AND wait_event_type = 'Lock'"
    pid = await until(lambda: watcher.fetchval(waiting))
    await watcher.execute("SELECT pg_terminate_backend($1)", pid)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await dying
    await holding.rollback()
    assert await leaves(database) == []
    assert await (await batcher(database)).batch() == Batch(ISSUED, is_full=False)


async def test_i7_a_batcher_goes_on_over_stored_nodes_as_if_it_had_grown_the_tree(database: Database) -> None:
    admin = await database.connect("postgres", CITY)
    one = await batcher(database)
    for count in (300, 250, 1):
        await admin.execute(
            "INSERT INTO history.alert (municipality_code, cause, detail) SELECT $1, 'test', '' FROM generate_series(1, $2)",
            CITY,
            count,
        )
        await (await batcher(database)).batch()
    await admin.execute("INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, 'test', '')", CITY)
    await one.batch()
    hashes = await admin.fetch("SELECT leaf_hash FROM history.leaf ORDER BY leaf_number")
    frontier = Frontier()
    for row in hashes:
        list(frontier.add(row["leaf_hash"]))
    assert await admin.fetchval("SELECT root FROM history.checkpoint ORDER BY tree_size DESC LIMIT 1") == frontier.root
    assert await admin.fetchval("SELECT count(*) FROM history.node") == 2


async def test_i7_nothing_is_added_to_a_tree_that_is_not_that_of_its_last_checkpoint(database: Database) -> None:
    city, one = await books(database), await batcher(database)
    await city.issue()
    await one.batch()
    async with attacker(database) as connection:
        await connection.execute("UPDATE history.leaf SET leaf_hash = sha256(leaf_hash) WHERE leaf_number = 7")
    await city.issue()
    with pytest.raises(LogDamaged):
        await (await batcher(database)).batch()


@pytest.mark.parametrize(
    "forbidden",
    [
        "SELECT salt FROM history.entry",
        "SELECT row_key FROM history.entry",
        "SELECT person_number FROM history.issuance_subject",
        "DELETE FROM history.leaf",
        "UPDATE history.checkpoint SET note = ''",
        "INSERT INTO history.entry (municipality_code) VALUES ('092029')",
    ],
)
async def test_r_13_the_batcher_sees_commitments_only(database: Database, forbidden: str) -> None:
    logger = await database.connect("logger", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await logger.execute(forbidden)


async def test_i7_no_leaf_number_is_left_out_whoever_writes_it(database: Database) -> None:
    city = await books(database)
    await city.issue()
    logger = await database.connect("logger", CITY)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await logger.execute(
            "INSERT INTO history.leaf (municipality_code, leaf_number, transaction_id, entry_id, leaf_hash) "
            "SELECT municipality_code, 1, transaction_id, entry_id, commitment FROM history.entry LIMIT 1"
        )
