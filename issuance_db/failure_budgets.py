"""How often one caller or terminal may be wrong in a while, whichever credentials it tries. Kept in PostgreSQL.

A budget is read before a try is compared and burdened in the transaction that counts the try, so the most that tries
running at the same moment can overdraw it is their own number. When the budget cannot be read there is no try.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load

_SQL: Final = load("issuance_db", "failure_budgets.sql")


class BudgetExhausted(KioskError):
    """しばらく受け付けできません。 / Requests cannot be taken for a while.

    The same for every credential. `retry_after` is in whole seconds.
    """

    def __init__(self, retry_after: int) -> None:
        """Keep when asking again makes sense."""
        super().__init__()
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class FailureBudget:
    """At most `limit` wrong tries of one scope within `window`, which begins at the first of them."""

    scope: str
    limit: int
    window: timedelta


def caller_scope(caller_id: str) -> str:
    """The scope of a caller."""
    return f"caller/{caller_id}"


def terminal_scope(caller_id: str, operator: str, store: str, terminal: str) -> str:
    """The scope of one terminal behind a caller. Lengths keep apart names that have a slash in them."""
    parts = (caller_id, operator, store, terminal)
    return "terminal/" + "/".join(f"{len(part)}:{part}" for part in parts)


async def require_within(connection: asyncpg.Connection, budgets: Sequence[FailureBudget], now: datetime) -> None:
    """Raise BudgetExhausted if any of these is used up at `now` (UTC), in the city of this transaction."""
    if not budgets:
        return
    left = await connection.fetchval(
        _SQL["longest_wait"],
        [budget.scope for budget in budgets],
        [budget.limit for budget in budgets],
        [budget.window for budget in budgets],
        now,
    )
    if left is not None:
        raise BudgetExhausted(max(1, math.ceil(left.total_seconds())))


async def count_failure(connection: asyncpg.Connection, budgets: Sequence[FailureBudget], now: datetime) -> None:
    """Burden each budget with one wrong try; a window that has run out begins anew."""
    # In one order everywhere, so that two tries never wait for each other's rows.
    ordered = sorted(budgets, key=lambda budget: budget.scope)
    for budget in ordered:
        await connection.execute(_SQL["count_failure"], budget.scope, budget.window, now)
