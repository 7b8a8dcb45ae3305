import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from cardauth import Reason, UserCertificate, hash_pin
from issuance_db import pins
from issuance_db.database import Database, DatabaseUnreachable
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.purpose import Purpose
from tests import servers
from tests.cardauth.world import ALSO_WRONG, CITY, NOW, OTHER_CITY, PASSPHRASE, RIGHT, WRONG, World


async def test_the_right_pin_identifies_the_person(world: World) -> None:
    card = await world.registered()
    assert await world.answer(card, RIGHT) is None
    assert await world.tries(card) == (0, False)


async def test_three_wrong_pins_in_a_row_lock_and_then_the_right_one_is_refused(world: World) -> None:
    card = await world.registered()
    answers = [await world.answer(card, pin) for pin in (WRONG, ALSO_WRONG, WRONG, RIGHT, RIGHT)]
    assert answers == [Reason.WRONG_PIN] * 3 + [Reason.LOCKED] * 2
    assert await world.tries(card) == (3, True)


async def test_a_right_pin_starts_the_count_again(world: World) -> None:
    card = await world.registered()
    for pin in (WRONG, WRONG, RIGHT, WRONG, WRONG, RIGHT):
        await world.answer(card, pin)
    assert await world.tries(card) == (0, False)


async def test_menus_and_issuances_share_the_count(world: World) -> None:
    card = await world.registered()
    for call in ("menus", "issuances", "menus"):
        await world.answer(card, WRONG, "the same id", call=call)
        await world.answer(card, WRONG, f"another id of {call}", call=call)
    assert await world.answer(card, RIGHT, call="issuances") is Reason.LOCKED


async def test_the_same_pin_on_the_same_request_is_charged_once(world: World) -> None:
    card = await world.registered()
    answers = [await world.answer(card, WRONG, "again") for _ in range(5)]
    assert answers == [Reason.WRONG_PIN] * 5
    assert (await world.tries(card), await world.charges(card)) == ((1, False), 1)


async def test_two_tries_at_once_with_the_same_pin_and_request_are_charged_once(world: World) -> None:
    card = await world.registered()
    await asyncio.gather(*(world.answer(card, WRONG, "twin") for _ in range(2)))
    assert (await world.tries(card), await world.charges(card)) == ((1, False), 1)


async def test_another_pin_on_a_known_request_is_charged(world: World) -> None:
    card = await world.registered()
    assert await world.answer(card, RIGHT, "known") is None
    answers = [await world.answer(card, pin, "known") for pin in ("0000", "0001", "0002", "0003", RIGHT)]
    assert answers == [Reason.WRONG_PIN] * 3 + [Reason.LOCKED] * 2


async def test_a_replay_with_the_right_pin_is_answered_again_until_it_is_locked(world: World) -> None:
    card = await world.registered()
    assert [await world.answer(card, RIGHT, "known") for _ in range(2)] == [None, None]
    for _ in range(3):
        await world.answer(card, WRONG)
    assert await world.answer(card, RIGHT, "known") is Reason.LOCKED


async def test_fifty_wrong_tries_at_once_do_not_add_up_and_never_let_a_right_one_through(world: World) -> None:
    card = await world.registered()
    answers = await asyncio.gather(*(world.answer(card, f"{number:04}") for number in range(50)))
    assert answers.count(Reason.WRONG_PIN) == 3
    assert answers.count(Reason.LOCKED) == 47
    assert await world.tries(card) == (3, True)
    assert await world.answer(card, RIGHT) is Reason.LOCKED


async def test_of_all_pins_tried_at_once_at_most_three_are_compared(world: World) -> None:
    card = await world.registered()
    guesses = [f"{number:04}" for number in range(4800, 4850)]
    answers = await asyncio.gather(*(world.answer(card, guess) for guess in guesses))
    before_the_right_one = answers.count(Reason.WRONG_PIN)
    assert before_the_right_one <= 3 + 2 * answers.count(None)
    assert await world.tries(card) == (3, True)


async def test_the_lock_is_in_the_database_and_outlives_the_process(database: servers.Database, world: World) -> None:
    card = await world.registered()
    for _ in range(3):
        await world.answer(card, WRONG)
    async with Database.open(database.dsn("front"), max_size=1) as other_process:
        assert await replace(world, front=other_process).answer(card, RIGHT) is Reason.LOCKED


async def test_staff_unlock_and_the_right_pin_is_good_again(world: World) -> None:
    card = await world.registered()
    for _ in range(3):
        await world.answer(card, WRONG)
    assert await world.unlock(card)
    assert await world.answer(card, RIGHT) is None


async def test_the_same_credential_in_another_city_is_counted_apart(world: World) -> None:
    card = await world.registered()
    for _ in range(3):
        await world.answer(card, WRONG)
    other = replace(world, city=OTHER_CITY)
    await other.give(card)
    await other.register(card)
    assert await other.answer(card, RIGHT) is None
    assert await world.answer(card, RIGHT) is Reason.LOCKED


async def test_a_try_that_cannot_be_committed_is_neither_answered_nor_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await world.registered()

    async def fail(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(pins.Attempt, "settle", fail)
    with pytest.raises(DatabaseUnreachable):
        await world.answer(card, RIGHT)
    assert await world.tries(card) is None


async def test_pins_and_charges_of_an_older_key_are_still_read(world: World, tmp_path: Path) -> None:
    create_keys(tmp_path / "keys", PASSPHRASE, marker="demo", clock=lambda: NOW)
    before = replace(world, keys=FileKeyProvider(tmp_path / "keys", PASSPHRASE, clock=lambda: NOW))
    card = await before.registered()
    await before.answer(card, WRONG, "known")
    for purpose in (Purpose.PIN, Purpose.CREDENTIAL_INDEX):
        add_key_version(tmp_path / "keys", PASSPHRASE, purpose, clock=lambda: NOW)
    after = replace(world, keys=FileKeyProvider(tmp_path / "keys", PASSPHRASE, clock=lambda: NOW))
    assert await after.answer(card, WRONG, "known") is Reason.WRONG_PIN
    assert await after.tries(card) == (1, False)
    assert await after.answer(card, RIGHT) is None
    assert hash_pin(after.keys, CITY, card).key_version == 2


async def test_a_pin_tried_before_it_was_registered_does_not_lock_it(world: World) -> None:
    card = world.card()
    await world.give(card)
    for _ in range(3):
        assert await world.answer(card, RIGHT) in {Reason.NOT_REGISTERED, Reason.LOCKED}
    await world.register(card)
    assert await world.answer(card, RIGHT) is None


async def test_a_changed_pin_replaces_the_old_one_and_unlocks(world: World) -> None:
    card = await world.registered()
    for _ in range(3):
        await world.answer(card, WRONG)
    async with world.staff.city(CITY) as connection:
        changed = UserCertificate(card.issuer_key_id, card.serial, ALSO_WRONG)
        await pins.change_pin(connection, hash_pin(world.keys, CITY, changed))
    assert await world.answer(card, RIGHT) is Reason.WRONG_PIN
    assert await world.answer(card, ALSO_WRONG) is None
