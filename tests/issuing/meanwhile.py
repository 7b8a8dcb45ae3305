"""Letting something happen while a certificate is made, and seeing that somebody waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.issuing.city import City


def once_made(city: City, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Awaitable[object]]) -> None:
    """Let something happen between composing and the permit, once."""
    make = city.environment.paper.make

    async def made(snapshot: Any) -> Any:
        paper = await make(snapshot)
        monkeypatch.setattr(city.environment.paper, "make", make)
        await meanwhile()
        return paper

    monkeypatch.setattr(city.environment.paper, "make", made)


async def waits_for_row(admin: asyncpg.Connection, task: "asyncio.Task[Any]") -> bool:
    """True as soon as somebody waits for what another transaction has written, False when the task ended without waiting."""
    while not task.done():
        if await admin.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"):
            return True
        await asyncio.sleep(0.01)
    return False


async def waits_for_lock(admin: asyncpg.Connection, task: "asyncio.Task[Any]") -> bool:
    """True as soon as somebody waits for an advisory lock, False when the task ended without waiting."""
    while not task.done():
        if await admin.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            return True
        await asyncio.sleep(0.01)
    return False
