import asyncpg
import pytest

from cardauth import UserCertificate, hash_pin, hash_pins
from issuance_db import pins
from tests import servers
from tests.cardauth.world import ALSO_WRONG, CITY, ISSUER, OTHER_CITY, RIGHT, WRONG, World, demo_keys, open_world

CARD = UserCertificate(ISSUER, "1", RIGHT)


async def locked_card(world: World) -> UserCertificate:
    card = await world.registered()
    for _ in range(3):
        await world.answer(card, WRONG)
    return card


async def test_front_cannot_register_or_change_a_pin(database: servers.Database) -> None:
    hashed = hash_pin(demo_keys(), CITY, CARD)
    async with open_world(database) as world:
        for forbidden in (pins.register_pin, pins.change_pin):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with world.front.city(CITY) as connection:
                    await forbidden(connection, hashed)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.front.city(CITY) as connection:
                await pins.register_pins_bulk(connection, [hashed])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE issuance.pin_tries SET failures = 0, locked_at = NULL",
        "UPDATE issuance.pin_tries SET locked_at = NULL",
        "UPDATE issuance.pin_tries SET failures = 2",
        "UPDATE issuance.pin_tries SET locked_at = locked_at - interval '1 day'",
        "DELETE FROM issuance.pin_tries",
        "DELETE FROM issuance.pin_charge",
        "TRUNCATE issuance.pin_tries",
    ],
)
async def test_front_cannot_lift_a_lock_in_any_way(database: servers.Database, change: str) -> None:
    async with open_world(database) as world:
        card = await locked_card(world)
        with pytest.raises(asyncpg.PostgresError) as refused:
            async with world.front.city(CITY) as connection:
                await connection.execute(change)
        assert refused.value.sqlstate in {"42501", "KS004"}
        assert await world.tries(card) == (3, True)


async def test_front_cannot_unlock_by_the_function_of_staff(database: servers.Database) -> None:
    async with open_world(database) as world:
        card = await locked_card(world)
        with pytest.raises(asyncpg.PostgresError, match="only staff lift a lock"):
            async with world.front.city(CITY) as connection:
                await pins.unlock(connection, world.index(card))
        assert await world.tries(card) == (3, True)


async def test_no_other_role_writes_pins_or_tries(database: servers.Database) -> None:
    for role in ("sweeper", "logger", "sync", "fsck", "purger", "registry"):
        connection = await database.connect(role, CITY)
        for change in (
            "UPDATE issuance.pin_tries SET failures = 0",
            "DELETE FROM issuance.pin",
            "SELECT FROM issuance.pin",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(change)


async def test_a_pin_is_registered_once_and_then_changed(database: servers.Database) -> None:
    async with open_world(database) as world:
        card = await world.registered()
        with pytest.raises(pins.PinAlreadyRegistered):
            await world.register(UserCertificate(card.issuer_key_id, card.serial, ALSO_WRONG))
        assert await world.answer(card, RIGHT) is None
        with pytest.raises(pins.PinNotRegistered):
            async with world.staff.city(CITY) as connection:
                await pins.change_pin(connection, hash_pin(world.keys, CITY, world.card()))


async def test_a_refused_registration_leaves_the_lock(database: servers.Database) -> None:
    async with open_world(database) as world:
        card = await locked_card(world)
        with pytest.raises(pins.PinAlreadyRegistered):
            await world.register(card)
        assert await world.tries(card) == (3, True)


async def test_unlocking_what_was_never_tried_changes_nothing(database: servers.Database) -> None:
    async with open_world(database) as world:
        card = world.card()
        assert not await world.unlock(card)
        assert await world.tries(card) is None


async def test_staff_of_one_city_do_not_unlock_in_another(database: servers.Database) -> None:
    async with open_world(database) as world:
        card = await locked_card(world)
        async with world.staff.city(OTHER_CITY) as connection:
            assert not await pins.unlock(connection, world.index(card))
        assert await world.tries(card) == (3, True)


async def test_many_pins_are_registered_at_once_and_those_there_stay(database: servers.Database) -> None:
    async with open_world(database) as world:
        card = await world.registered()
        others = [UserCertificate(ISSUER, str(serial), f"{serial % 10_000:04}") for serial in range(10_000, 13_000)]
        hashed = hash_pins(world.keys, CITY, [UserCertificate(ISSUER, card.serial, WRONG), *others])
        async with world.staff.city(CITY) as connection:
            assert await pins.register_pins_bulk(connection, hashed) == 3_000
            assert await pins.register_pins_bulk(connection, []) == 0
        assert await world.answer(card, RIGHT) is None
        await world.give(others[1234])
        assert await world.answer(others[1234], others[1234].pin) is None
