"""The workers of a centre process: started together, started again when one ends, stopped together."""

import asyncio
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import structlog

from kiosk_server.processes.child import ChildProcess, ProcessDidNotStart
from kiosk_server.processes.told_role import say

READY_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.1
_FIRST_PAUSE_SECONDS: Final = 0.2
_MOST_PAUSE_SECONDS: Final = 10.0
_PROVEN_SECONDS: Final = 30.0
"""A worker that lived so long did not end because of how it started."""


@dataclass(slots=True)
class _Place:
    """A worker's number, what it is told through, and the process that has the place now."""

    number: int
    reading: int
    writing: int
    child: ChildProcess | None = None
    ops_url: str | None = None


class CentreCrew:
    """So many workers on two listening sockets. Use `start` once, then `keep` until `stop`; all in the main thread's loop."""

    def __init__(self, number: int, settings_file: Path | None, listening: Sequence[socket.socket]) -> None:
        self._settings_file = settings_file
        self._listening = [one.fileno() for one in listening]
        self._places = [_place(place) for place in range(1, number + 1)]
        self.restarts = 0

    @property
    def ops_urls(self) -> Mapping[int, str]:
        """By the worker's number: where each that is ready tells of itself."""
        return {place.number: place.ops_url for place in self._places if place.ops_url is not None}

    @property
    def pids(self) -> Mapping[int, int]:
        """By the worker's number: the processes there are."""
        return {place.number: place.child.pid for place in self._places if place.child is not None}

    def say(self, word: bytes) -> None:
        """Tell every worker."""
        for place in self._places:
            say(place.writing, word)

    async def start(self) -> None:
        """All at once; raises ProcessDidNotStart if one does not come up."""
        async with asyncio.TaskGroup() as starting:
            for place in self._places:
                starting.create_task(self._begin(place))

    async def keep(self) -> NoReturn:
        """Start again whatever ends, each after a pause that grows while it goes on ending."""
        await asyncio.gather(*(self._keep(place) for place in self._places))
        raise AssertionError

    async def stop(self) -> None:
        """Ask all to stop, let answers under way finish, and end what is left."""
        children = [place.child for place in self._places if place.child is not None]
        for child in children:
            child.ask_to_stop()
        await asyncio.gather(*(asyncio.to_thread(child.finish) for child in children))
        for place in self._places:
            os.close(place.reading)
            os.close(place.writing)

    async def _begin(self, place: _Place) -> None:
        inherited = [*self._listening, place.reading]
        told = [] if self._settings_file is None else ["--settings", str(self._settings_file)]
        numbers = [f"--inherited={descriptor}" for descriptor in inherited]
        # Here and not in a thread: a child dies with the thread that started it.
        place.child = ChildProcess(
            f"centre worker {place.number}",
            None,
            None,
            keep_open=inherited,
            command=["serve", "centre", *told, *numbers],
        )
        said = await asyncio.to_thread(place.child.wait_ready, READY_SECONDS)
        place.ops_url = said["ops_url"]

    async def _keep(self, place: _Place) -> NoReturn:
        pause, began = _FIRST_PAUSE_SECONDS, time.monotonic()
        while True:
            await self._until_ended(place)
            has_proven = time.monotonic() - began > _PROVEN_SECONDS
            pause = _FIRST_PAUSE_SECONDS if has_proven else min(pause * 2, _MOST_PAUSE_SECONDS)
            await asyncio.sleep(pause)
            self.restarts += 1
            began = time.monotonic()
            try:
                await self._begin(place)
            except (ProcessDidNotStart, OSError):  # the second where the machine has no room for another process now
                structlog.get_logger().error("worker_did_not_start", worker=place.number)
                await self._give_up(place)
            else:
                structlog.get_logger().info("worker_ready", worker=place.number)

    async def _give_up(self, place: _Place) -> None:
        """One that only comes late would hold the place, and nobody would know where it answers."""
        child, place.child = place.child, None
        if child is not None:
            child.ask_to_stop()
            await asyncio.to_thread(child.finish)

    async def _until_ended(self, place: _Place) -> None:
        child = place.child
        while child is not None and child.exit_code() is None:  # noqa: ASYNC110 - a process raises no event
            await asyncio.sleep(_LOOK_SECONDS)
        place.child = place.ops_url = None
        if child is not None:
            structlog.get_logger().warning("worker_ended", worker=place.number, code=child.exit_code())
            await asyncio.to_thread(child.finish)


def _place(number: int) -> _Place:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    return _Place(number, reading, writing)
