"""Several works of one process that never end by themselves."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Never


async def together(works: Sequence[Callable[[], Coroutine[Any, Any, Never]]]) -> None:
    """Do all of them at once. What the first that fails raises ends the others and is raised as it is: it says what to do."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
