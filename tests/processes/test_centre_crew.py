"""Workers that do not come up again: what is tried next, whatever stood in the way."""

import asyncio
import errno
from collections.abc import Mapping
from typing import ClassVar

import pytest

from kiosk_server.processes.centre_crew import CentreCrew
from kiosk_server.processes.child import ProcessDidNotStart


class Child:
    """Of a machine that has no room for the second, and on which the third is late for ever."""

    made: ClassVar[list["Child"]] = []
    pid = 0

    def __init__(self, *_: object, **__: object) -> None:
        self.made.append(self)
        self.number, self.is_over = len(self.made), False
        if self.number == 2:
            raise OSError(errno.EAGAIN, "no room for another process")

    def wait_ready(self, _seconds: float) -> Mapping[str, str]:
        if self.number == 3:
            raise ProcessDidNotStart
        return {"ops_url": f"of child {self.number}"}

    def exit_code(self) -> int | None:
        return 1 if self.is_over else None

    def ask_to_stop(self) -> None:
        self.is_over = True

    def finish(self) -> None:
        assert self.is_over, "nobody asked it to stop"


async def test_a_worker_that_cannot_be_started_now_or_is_late_ends_nobody_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Child, "made", [])
    monkeypatch.setattr("kiosk_server.processes.centre_crew.ChildProcess", Child)
    monkeypatch.setattr("kiosk_server.processes.centre_crew._FIRST_PAUSE_SECONDS", 0.01)
    crew = CentreCrew(1, None, [])
    await crew.start()
    keeping = asyncio.create_task(crew.keep())
    Child.made[0].is_over = True
    async with asyncio.timeout(10):
        while crew.ops_urls != {1: "of child 4"}:
            assert not keeping.done()
            await asyncio.sleep(0.01)
    assert Child.made[2].is_over
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await crew.stop()
