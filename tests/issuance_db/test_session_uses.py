import asyncio

import pytest

from cardauth import CredentialIndex, Reason, Session, SessionRefused, UserCertificateKey, use_session
from issuance_db.session_uses import SessionUses
from tests import servers
from tests.cardauth.world import CITY, ISSUER, NOW, OTHER_CITY, World, open_world

SESSION = Session(b"\x01" * 32, UserCertificateKey(ISSUER, "1"), CredentialIndex((b"\x02" * 32,), b"\x02" * 32), 3, NOW)


async def allowed(world: World, request_id: str, city: str = CITY) -> bool:
    try:
        await use_session(SessionUses(world.front, city), SESSION, request_id)
    except SessionRefused as refused:
        return refused.reason is not Reason.SESSION_USED_UP
    return True


async def test_a_session_is_good_for_the_stated_number_of_requests(database: servers.Database) -> None:
    async with open_world(database) as world:
        assert [await allowed(world, f"r{number}") for number in range(5)] == [True] * 3 + [False] * 2


async def test_the_same_request_may_present_its_session_again(database: servers.Database) -> None:
    async with open_world(database) as world:
        answers = [await allowed(world, request_id) for request_id in ("a", "a", "b", "a", "c", "d", "a", "b", "c")]
        assert answers == [True] * 5 + [False] + [True] * 3


async def test_requests_at_once_do_not_use_a_session_more_often_than_stated(database: servers.Database) -> None:
    async with open_world(database) as world:
        answers = await asyncio.gather(*(allowed(world, f"r{number}") for number in range(20)))
        assert sum(answers) == 3


async def test_twins_at_once_are_one_use(database: servers.Database) -> None:
    async with open_world(database) as world:
        assert all(await asyncio.gather(*(allowed(world, "twin") for _ in range(8))))
        assert [await allowed(world, request_id) for request_id in ("b", "c", "d")] == [True, True, False]


async def test_another_session_or_city_is_counted_apart(database: servers.Database) -> None:
    async with open_world(database) as world:
        for number in range(3):
            await allowed(world, f"r{number}")
        assert await allowed(world, "another", OTHER_CITY)
        assert await SessionUses(world.front, CITY).use(b"\x03" * 32, "another", 1)


async def test_front_cannot_forget_a_use(database: servers.Database) -> None:
    connection = await database.connect("front", CITY)
    with pytest.raises(Exception, match="permission denied"):
        await connection.execute("DELETE FROM issuance.session_use")
