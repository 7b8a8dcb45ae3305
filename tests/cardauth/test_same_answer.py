"""Unknown, not registered, wrong, locked, revoked and not yet usable: one answer, one trace, one cost."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import argon2.low_level
import pytest

import cardauth.pin_hash
from cardauth import NotIdentified, Reason, UserCertificate, UserId, authenticate
from tests import servers
from tests.cardauth.world import CITY, NOW, RIGHT, WRONG, World, open_world

Case = Callable[[World], Awaitable[UserCertificate]]


async def unknown(world: World) -> UserCertificate:
    return world.card(RIGHT)


async def not_registered(world: World) -> UserCertificate:
    card = world.card(RIGHT)
    await world.give(card)
    return card


async def wrong(world: World) -> UserCertificate:
    card = await world.registered()
    return UserCertificate(card.issuer_key_id, card.serial, WRONG)


async def locked(world: World) -> UserCertificate:
    card = await world.registered()
    for _ in range(3):
        await world.answer(card, WRONG)
    return card


async def revoked(world: World) -> UserCertificate:
    card = world.card(RIGHT)
    await world.give(card, revoked_at=NOW)
    await world.register(card)
    return card


async def not_yet_usable(world: World) -> UserCertificate:
    card = world.card(RIGHT)
    await world.give(card, usable_from=NOW + timedelta(seconds=1))
    await world.register(card)
    return card


CASES: dict[Reason, Case] = {
    Reason.UNKNOWN: unknown,
    Reason.NOT_REGISTERED: not_registered,
    Reason.WRONG_PIN: wrong,
    Reason.LOCKED: locked,
    Reason.REVOKED: revoked,
    Reason.NOT_YET_USABLE: not_yet_usable,
}


async def refusal(world: World, credential: UserCertificate | UserId) -> NotIdentified:
    with pytest.raises(NotIdentified) as caught:
        await authenticate(world.store(), credential, call=world.request(), keys=world.keys, now=NOW)
    return caught.value


@pytest.mark.parametrize("reason", CASES, ids=str)
async def test_whatever_is_wrong_the_error_shows_nothing_of_it(world: World, reason: Reason) -> None:
    error = await refusal(world, await CASES[reason](world))
    assert error.reason is reason
    assert (type(error), str(error), repr(error)) == (NotIdentified, str(NotIdentified(Reason.WRONG_PIN)), repr(error))
    assert reason.value not in repr(error) + str(error)
    assert error.__cause__ is None


@pytest.mark.parametrize("reason", CASES, ids=str)
async def test_whatever_is_wrong_a_row_and_a_charge_are_kept(world: World, reason: Reason) -> None:
    card = await CASES[reason](world)
    before = await world.charges(card)
    await refusal(world, card)
    assert await world.charges(card) == before + 1
    assert await world.tries(card) is not None


async def test_an_unknown_credential_is_counted_and_locked_like_any_other(world: World) -> None:
    card = world.card()
    assert [await world.answer(card, WRONG) for _ in range(4)] == [Reason.UNKNOWN] * 3 + [Reason.LOCKED]
    assert await world.tries(card) == (3, True)


async def test_whatever_is_wrong_the_same_statements_run_and_one_slow_hash_is_made(
    database: servers.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[bytes] = []
    verify = argon2.low_level.verify_secret

    def counted(stored: bytes, *rest: object) -> bool:
        # Parameters are part of the cost; salt and hash are not.
        hashes.append(stored.rsplit(b"$", 2)[0])
        return verify(stored, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(cardauth.pin_hash, "verify_secret", counted)
    async with open_world(database, connections=1) as world:
        statements: list[str] = []
        async with world.front.city(CITY) as connection:
            connection.add_query_logger(lambda query: statements.append(query.query))
        # A new connection learns the types it meets, whatever is tried first.
        await refusal(world, world.card())
        costs = {}
        for reason, case in CASES.items():
            card = await case(world)
            hashes.clear()
            statements.clear()
            await refusal(world, card)
            costs[reason] = (tuple(statements), tuple(hashes))
    assert len(set(costs.values())) == 1
    assert [len(hashed) for _, hashed in costs.values()] == [1] * len(CASES)
    assert len(costs[Reason.WRONG_PIN][0]) >= 6


async def test_the_right_pin_a_moment_too_early_is_not_held_against_the_person(world: World) -> None:
    card = await not_yet_usable(world)
    assert [await world.answer(card, RIGHT) for _ in range(4)] == [Reason.NOT_YET_USABLE] * 4
    assert await world.answer(card, RIGHT, now=NOW + timedelta(seconds=1)) is None


async def test_a_credential_is_good_until_the_instant_of_its_revocation(world: World) -> None:
    card = world.card()
    await world.give(card, revoked_at=NOW)
    await world.register(card)
    assert await world.answer(card, RIGHT, now=NOW - timedelta(microseconds=1)) is None
    assert await world.answer(card, RIGHT, now=NOW) is Reason.REVOKED


async def test_a_user_id_is_checked_by_the_same_rules(world: World) -> None:
    assert (await refusal(world, UserId("nobody", RIGHT))).reason is Reason.UNKNOWN
