import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardauth import Reason
from issuance_db.database import DatabaseUnreachable
from issuance_db.failure_budgets import (
    BudgetExhausted,
    FailureBudget,
    caller_scope,
    count_failure,
    require_within,
    terminal_scope,
)
from tests import servers
from tests.cardauth.world import ALSO_WRONG, NOW, OTHER_CITY, RIGHT, WRONG, World, open_world

WINDOW = timedelta(minutes=10)
TERMINAL = FailureBudget(terminal_scope("centre", "shop", "1", "1"), 4, WINDOW)
CALLER = FailureBudget(caller_scope("centre"), 100, WINDOW)


async def failures(world: World, budget: FailureBudget) -> int:
    async with world.front.city(world.city) as connection:
        found: int | None = await connection.fetchval(
            "SELECT failures FROM issuance.failure_budget WHERE scope = $1", budget.scope
        )
    return found or 0


async def fail(world: World, times: int, now: datetime = NOW) -> None:
    for _ in range(times):
        async with world.front.city(world.city) as connection:
            await count_failure(connection, [TERMINAL, CALLER], now)


async def retry_after(world: World, now: datetime, *budgets: FailureBudget) -> int | None:
    try:
        async with world.front.city(world.city) as connection:
            await require_within(connection, budgets, now)
    except BudgetExhausted as exhausted:
        return exhausted.retry_after
    return None


async def test_a_used_up_budget_stops_until_its_window_ends(database: servers.Database) -> None:
    async with open_world(database) as world:
        await fail(world, 3)
        assert await retry_after(world, NOW, TERMINAL, CALLER) is None
        await fail(world, 1, NOW + timedelta(minutes=9))
        assert await retry_after(world, NOW + timedelta(minutes=9), TERMINAL, CALLER) == 60
        assert await retry_after(world, NOW + timedelta(minutes=9, seconds=59.5), TERMINAL) == 1
        assert await retry_after(world, NOW + WINDOW, TERMINAL, CALLER) is None


async def test_a_failure_after_the_window_begins_a_new_one(database: servers.Database) -> None:
    async with open_world(database) as world:
        await fail(world, 4)
        await fail(world, 1, NOW + WINDOW)
        assert await failures(world, TERMINAL) == 1


async def test_a_clock_set_back_opens_no_new_window(database: servers.Database) -> None:
    async with open_world(database) as world:
        await fail(world, 3)
        await fail(world, 1, NOW - timedelta(hours=1))
        assert await retry_after(world, NOW, TERMINAL) is not None


async def test_failures_at_once_are_all_counted(database: servers.Database) -> None:
    async with open_world(database) as world:
        await asyncio.gather(*(fail(world, 5) for _ in range(8)))
        assert (await failures(world, TERMINAL), await failures(world, CALLER)) == (40, 40)


async def test_budgets_are_kept_for_each_city(database: servers.Database) -> None:
    async with open_world(database) as world:
        await fail(world, 4)
        assert await retry_after(replace(world, city=OTHER_CITY), NOW, TERMINAL) is None


async def test_a_terminal_that_guesses_is_stopped_for_every_credential_and_pin(database: servers.Database) -> None:
    async with open_world(database) as world:
        world.budgets = (TERMINAL, CALLER)
        good = await world.registered()
        for _ in range(4):
            assert await world.answer(world.card(), WRONG) is Reason.UNKNOWN
        for card, pin in ((good, RIGHT), (good, WRONG), (world.card(), WRONG)):
            with pytest.raises(BudgetExhausted):
                await world.answer(card, pin)
        # A try that was not compared leaves no trace.
        assert (await world.tries(good), await world.charges(good)) == (None, 0)
        assert await world.answer(good, RIGHT, now=NOW + WINDOW) is None


async def test_replays_and_right_pins_burden_no_budget_and_replays_pass_a_stop(database: servers.Database) -> None:
    async with open_world(database) as world:
        world.budgets = (TERMINAL, CALLER)
        card = await world.registered()
        assert [await world.answer(card, RIGHT, "printed") for _ in range(6)] == [None] * 6
        for _ in range(6):
            assert await world.answer(card, WRONG, "mistyped") is Reason.WRONG_PIN
        assert (await failures(world, TERMINAL), await failures(world, CALLER)) == (1, 1)
        for _ in range(3):
            await world.answer(world.card(), WRONG)
        with pytest.raises(BudgetExhausted):
            await world.answer(card, RIGHT, "new")
        with pytest.raises(BudgetExhausted):
            await world.answer(card, ALSO_WRONG, "printed")
        assert await world.answer(card, RIGHT, "printed") is None


async def test_a_budget_that_cannot_be_read_stops_the_try(database: servers.Database) -> None:
    async with open_world(database) as world:
        world.budgets = (TERMINAL,)
        card = await world.registered()
        administrator = await database.connect()
        await administrator.execute("REVOKE SELECT ON issuance.failure_budget FROM front")
        with pytest.raises(Exception, match="permission denied"):
            await world.answer(card, RIGHT)
        assert await world.tries(card) is None


async def test_without_the_database_nobody_is_identified(database: servers.Database) -> None:
    async with open_world(database, connections=1) as world:
        card = await world.registered()
        administrator = await database.connect()
        await administrator.execute("ALTER ROLE front CONNECTION LIMIT 0")
        try:
            await administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'front'"
            )
            for _ in range(2):
                with pytest.raises(DatabaseUnreachable):
                    await world.answer(card, RIGHT)
        finally:
            await administrator.execute("ALTER ROLE front CONNECTION LIMIT -1")


@given(st.tuples(*[st.text(max_size=8)] * 4), st.tuples(*[st.text(max_size=8)] * 4))
def test_two_terminals_never_share_a_scope(one: tuple[str, str, str, str], other: tuple[str, str, str, str]) -> None:
    assert (terminal_scope(*one) == terminal_scope(*other)) == (one == other)
    assert terminal_scope(*one) != caller_scope(one[0])
