"""What the books say about one request: its attempts, its steps, why staff were told it was refused."""

from dataclasses import dataclass

import asyncpg

_ATTEMPTS = """
SELECT issuance_number, state, state_cause FROM issuance.intent WHERE request_id = $1 ORDER BY proposed_at, issuance_number
"""
_STEPS = """
SELECT state FROM history.transition WHERE request_id = $1 AND call = 'issuances' ORDER BY step
"""
_REASONS = "SELECT reason FROM history.refusal_reason WHERE request_id = $1 ORDER BY happened_at"
_PAST_DEADLINE = "SELECT deadline_at < clock_timestamp() FROM issuance.request WHERE request_id = $1"
_KEPT = """
SELECT count(*) FROM issuance.kept_answer AS k JOIN issuance.intent AS i USING (municipality_code, issuance_number)
WHERE i.request_id = $1
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to answer a request."""

    issuance_number: str
    state: str
    cause: str | None


async def attempts(books: asyncpg.Connection, request_id: str) -> list[Attempt]:
    """Every attempt, the oldest first."""
    rows = await books.fetch(_ATTEMPTS, request_id)
    return [Attempt(row["issuance_number"], row["state"], row["state_cause"]) for row in rows]


async def states(books: asyncpg.Connection, request_id: str) -> list[str]:
    """The states of its attempts."""
    return [one.state for one in await attempts(books, request_id)]


async def only_the_last_was_recorded(books: asyncpg.Connection, request_id: str) -> bool:
    """Whether it took more than one attempt, and all but the last are void."""
    *before, last = await states(books, request_id)
    return set(before) == {"void"} and last == "recorded"


async def steps(books: asyncpg.Connection, request_id: str) -> list[str]:
    """Its history, step by step."""
    return [row["state"] for row in await books.fetch(_STEPS, request_id)]


async def reasons(books: asyncpg.Connection, request_id: str) -> list[str]:
    """Why it was refused, as staff see it."""
    return [row["reason"] for row in await books.fetch(_REASONS, request_id)]


async def kept_answers(books: asyncpg.Connection, request_id: str) -> int:
    """How many documents are kept for it."""
    number: int = await books.fetchval(_KEPT, request_id)
    return number


async def is_past_deadline(books: asyncpg.Connection, request_id: str) -> bool:
    """Whether its time is over."""
    past: bool = await books.fetchval(_PAST_DEADLINE, request_id)
    return past
