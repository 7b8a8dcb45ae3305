"""The key of the credential index is rotated while cards are used: no card is refused, and no wrong try is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from cardauth import Reason, UserCertificate, credential_index, credential_key, entering_version, hash_pin
from issuance_db import pins
from issuance_db.at_counter import pins_of
from keys.making_keys import add_key_version
from keys.purpose import Purpose
from tests import servers
from tests.cardauth.index_keys import SETTLED, IndexKeys, move, versions_of
from tests.cardauth.world import ALSO_WRONG, CITY, PASSPHRASE, RIGHT, WRONG, World, open_world


@pytest.fixture
def keys(tmp_path: Path) -> IndexKeys:
    return IndexKeys.made(tmp_path / "keys")


@pytest.fixture
async def world(database: servers.Database, keys: IndexKeys) -> AsyncIterator[World]:
    async with open_world(database) as opened:
        yield keys.of(opened)


def test_nothing_is_entered_under_a_version_before_every_process_has_it(keys: IndexKeys) -> None:
    keys.rotate()
    assert entering_version(keys.opened()) == 1
    keys.settle()
    assert entering_version(keys.opened()) == 2
    add_key_version(
        keys.directory, PASSPHRASE, Purpose.CREDENTIAL_INDEX, not_before=keys.now - SETTLED, clock=lambda: keys.now
    )
    assert entering_version(keys.opened()) == 2, "a first day in the past makes a key no older"
    keys.end(3)
    keys.end(2)
    assert entering_version(keys.opened()) == 1, "an ended version makes nothing new"


def test_the_version_before_goes_on_though_it_was_ended_until_every_process_has_the_next(keys: IndexKeys) -> None:
    keys.rotate()
    keys.settle()
    keys.end(1)
    keys.rotate()
    keys.end(2)
    assert entering_version(keys.opened()) == 2
    keys.settle()
    assert entering_version(keys.opened()) == 3


def test_where_every_version_is_young_the_oldest_is_the_one(keys: IndexKeys) -> None:
    keys.now -= timedelta(days=1)
    keys.rotate()
    assert entering_version(keys.opened()) == 1


async def test_a_new_card_is_entered_under_the_new_version(world: World, keys: IndexKeys) -> None:
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    card = await after.registered()
    assert await after.answer(card, RIGHT) is None
    for table in ("pin", "pin_tries", "pin_charge"):
        assert await versions_of(after, table, credential_key(card)) == [2]


@pytest.mark.parametrize("is_moved", [False, True])
async def test_wrong_tries_before_and_after_are_one_count(world: World, keys: IndexKeys, *, is_moved: bool) -> None:
    card = await world.registered()
    assert await world.answer(card, WRONG) is Reason.WRONG_PIN
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    assert await after.answer(card, WRONG) is Reason.WRONG_PIN
    if is_moved:
        moved = await move(after, credential_key(card))
        assert (moved.pins, moved.tries) == (1, 1)
    assert await after.tries(card) == (2, False)
    assert await after.answer(card, WRONG) is Reason.WRONG_PIN
    assert await after.answer(card, RIGHT) is Reason.LOCKED
    assert await after.unlock(card)
    assert await after.answer(card, RIGHT) is None
    assert await versions_of(after, "pin_tries", credential_key(card)) == [2 if is_moved else 1]


async def test_a_lock_is_moved_with_its_card(world: World, keys: IndexKeys) -> None:
    card = await world.registered()
    for _ in range(3):
        await world.answer(card, WRONG)
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    await move(after, credential_key(card))
    assert await after.tries(card) == (3, True)
    assert await after.answer(card, RIGHT) is Reason.LOCKED


async def test_a_card_that_nobody_registered_is_counted_on_where_it_was(world: World, keys: IndexKeys) -> None:
    card = world.card()
    for _ in range(2):
        assert await world.answer(card, WRONG) is Reason.UNKNOWN
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    await after.answer(card, WRONG)
    assert await after.answer(card, WRONG) is Reason.LOCKED
    assert await versions_of(after, "pin_tries", credential_key(card)) == [1]


async def test_a_process_that_has_not_seen_the_new_version_yet_counts_with_the_others(
    world: World, keys: IndexKeys
) -> None:
    card, stranger = await world.registered(), world.card()
    keys.rotate()
    aware = keys.of(world)
    for one in (card, stranger):
        await aware.answer(one, WRONG)
        await world.answer(one, WRONG)
        await aware.answer(one, WRONG)
        assert await world.answer(one, RIGHT) is Reason.LOCKED
        assert await aware.answer(one, RIGHT) is Reason.LOCKED


async def test_tries_at_once_by_clocks_that_differ_make_one_row(world: World, keys: IndexKeys) -> None:
    keys.rotate()
    early = keys.of(world)
    late = replace(keys, now=keys.now + SETTLED).of(world)
    assert (entering_version(early.keys), entering_version(late.keys)) == (1, 2)
    for _ in range(10):
        card = world.card()
        await asyncio.gather(*(one.answer(card, WRONG) for one in (early, late, late, early)))
        assert await late.tries(card) == (3, True)
        assert len(await versions_of(late, "pin_tries", credential_key(card))) == 1


async def test_a_try_that_was_charged_before_is_not_charged_again_after_the_move(world: World, keys: IndexKeys) -> None:
    card = await world.registered()
    await world.answer(card, WRONG, "known")
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    for _ in range(2):
        assert await after.answer(card, WRONG, "known") is Reason.WRONG_PIN
        await move(after, credential_key(card))
    assert await after.tries(card) == (1, False)
    assert await after.charges(card) == 1


async def test_a_pin_is_registered_once_and_changed_wherever_it_lies(world: World, keys: IndexKeys) -> None:
    cards = [await world.registered() for _ in range(2)]
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    await move(after, credential_key(cards[0]))
    for card in cards:
        changed = UserCertificate(card.issuer_key_id, card.serial, ALSO_WRONG)
        with pytest.raises(pins.PinAlreadyRegistered):
            await after.register(changed)
        async with world.staff.city(CITY) as connection:
            assert await pins.register_pins_bulk(connection, [hash_pin(after.keys, CITY, changed)]) == 0
            await pins.change_pin(connection, hash_pin(after.keys, CITY, changed))
        assert await after.answer(card, ALSO_WRONG) is None
        assert await after.answer(card, RIGHT) is Reason.WRONG_PIN


@pytest.mark.parametrize("is_moved", [False, True])
async def test_the_page_of_a_resident_shows_pin_and_tries_wherever_they_lie(
    world: World, keys: IndexKeys, *, is_moved: bool
) -> None:
    cards = [await world.registered() for _ in range(2)]
    await world.answer(cards[1], WRONG)
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    if is_moved:
        await move(after, *map(credential_key, cards))
    indexes = [after.index(card) for card in (*cards, world.card())]
    async with world.staff.city(CITY) as connection:
        shown = await pins_of(connection, CITY, indexes)
    found = [(shown[index.first]["registered_at"] is not None, shown[index.first]["failures"]) for index in indexes]
    assert found == [(True, 0), (True, 1), (False, 0)]


async def test_what_is_moved_already_stays_and_what_nobody_knows_is_no_fault(world: World, keys: IndexKeys) -> None:
    card, unknown = await world.registered(), world.card()
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    first = await move(after, credential_key(card), credential_key(unknown))
    second = await move(after, credential_key(card), credential_key(unknown))
    assert [(moved.pins, moved.tries) for moved in (first, second)] == [(1, 0), (0, 0)]


async def test_front_moves_nothing_for_who_moves_a_row_has_lifted_its_lock(world: World) -> None:
    card = await world.registered()
    await world.answer(card, WRONG)
    for table in ("pin", "pin_tries", "pin_charge"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.front.city(CITY) as connection:
                await connection.execute(f"UPDATE issuance.{table} SET credential_hash = ''")


async def test_no_card_is_refused_while_the_key_is_rotated_and_every_row_moved(world: World, keys: IndexKeys) -> None:
    cards = [await world.registered() for _ in range(40)]
    processes = [world, replace(world)]
    answers: list[Reason | None] = []
    is_over = asyncio.Event()

    async def use(which: int) -> None:
        while not is_over.is_set():
            answers.extend([await processes[which % 2].answer(card, RIGHT) for card in cards[which::4]])

    users = [asyncio.create_task(use(which)) for which in range(4)]
    await asyncio.sleep(0.2)
    keys.rotate()
    for place in range(2):
        await asyncio.sleep(0.2)
        processes[place] = keys.of(world)
    keys.settle()
    mover = keys.of(world)
    for start in range(0, len(cards), 5):
        await move(mover, *(credential_key(card) for card in cards[start : start + 5]))
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    is_over.set()
    await asyncio.gather(*users)
    assert len(answers) > len(cards)
    assert set(answers) == {None}
    for card in cards:
        for table in ("pin", "pin_tries", "pin_charge"):
            assert await versions_of(mover, table, credential_key(card)) == [2]


async def test_guesses_during_the_move_are_three(world: World, keys: IndexKeys) -> None:
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    for _ in range(10):
        card = await world.registered()
        key = credential_key(card)
        guesses = (after.answer(card, WRONG) for _ in range(6))
        answers = await asyncio.gather(*guesses, *(move(after, key) for _ in range(2)))
        assert answers[:6].count(Reason.WRONG_PIN) == 3
        assert await after.tries(card) == (3, True)
        assert credential_index(after.keys, CITY, key).entered == credential_index(after.keys, CITY, key).every[1]


async def test_the_third_version_finds_what_the_first_two_made(world: World, keys: IndexKeys) -> None:
    first = await world.registered()
    keys.rotate()
    keys.now += timedelta(days=1)
    second = await keys.of(world).registered()
    keys.rotate()
    keys.settle()
    third = keys.of(world)
    for card in (first, second):
        assert await third.answer(card, RIGHT) is None
        await move(third, credential_key(card))
        assert await versions_of(third, "pin", credential_key(card)) == [3]
        assert await third.answer(card, RIGHT) is None


async def test_of_two_that_stand_the_one_that_counts_is_moved(world: World, keys: IndexKeys) -> None:
    card = await world.registered()
    keys.rotate()
    keys.settle()
    after = keys.of(world)
    await after.answer(card, WRONG)
    await move(after, credential_key(card))
    # By the old key file, which finds neither.
    await world.register(UserCertificate(card.issuer_key_id, card.serial, ALSO_WRONG))
    for _ in range(2):
        await world.answer(card, WRONG)
    there = await move(after, credential_key(card))
    assert (there.pins, there.tries) == (0, 0)
    keys.rotate()
    keys.settle()
    third = keys.of(world)
    moved = await move(third, credential_key(card))
    assert (moved.pins, moved.tries) == (1, 1)
    assert await versions_of(third, "pin", credential_key(card)) == [2, 3]
    assert await versions_of(third, "pin_charge", credential_key(card)) == [2, 3]
    assert await third.answer(card, RIGHT) is Reason.WRONG_PIN
    assert await third.answer(card, ALSO_WRONG) is Reason.LOCKED
