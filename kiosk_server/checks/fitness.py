"""Whether this process is fit to serve now, as its checks last found."""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

import structlog

from kiosk_server.checks.wrong import Fault

OVERDUE: Final = "watch"
_OVERDUE_SECONDS: Final = 15.0
_FAULT: Final = Fault(
    "自己点検が止まっていたため、結果が古くなっています。",
    "The checks of this process have stood still, so what they found is old.",
    "機械の負荷を確かめてください。点検が済めば自動で再開します。",
    "Look at the load of the machine. Service resumes by itself after the next look.",
)


class Fitness:
    """What is wrong now, by the name of the check; fit while there is nothing.

    Once the checks are being watched, results older than 15 s count for nothing: the process was stopped meanwhile.
    """

    def __init__(self) -> None:
        self._wrong: dict[str, Fault] = {}
        self._advice: dict[str, Fault] = {}
        self._beat: float | None = None
        self._changed = asyncio.Event()

    @property
    def wrong(self) -> Mapping[str, Fault]:
        """What is wrong now."""
        is_overdue = self._beat is not None and time.monotonic() - self._beat > _OVERDUE_SECONDS
        return {**self._wrong, OVERDUE: _FAULT} if is_overdue else dict(self._wrong)

    @property
    def advice(self) -> Mapping[str, Fault]:
        """What wants attention and stops nothing."""
        return dict(self._advice)

    @property
    def is_fit(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    def beat(self) -> None:
        """Say that the checks were looked at now."""
        self._beat = time.monotonic()

    def found(self, check: str, fault: Fault | None, *, advice: Fault | None = None) -> None:
        """Keep what a check found last: nothing, or what is wrong. A change is logged."""
        _keep(self._advice, check, advice)
        if _keep(self._wrong, check, fault):
            log = structlog.get_logger()
            if fault is None:
                log.info("fit_again", check=check)
            else:
                log.error("not_fit", check=check, reason=fault.reason_en)
            self._changed.set()

    async def until(self, *, fit: bool) -> None:
        """Wait until the checks find the process fit, or not."""
        while (not self._wrong) is not fit:
            self._changed.clear()
            await self._changed.wait()


def _keep(kept: dict[str, Fault], check: str, fault: Fault | None) -> bool:
    """Whether there is something now where there was nothing, or the reverse."""
    was = kept.pop(check, None)
    if fault is not None:
        kept[check] = fault
    return (was is None) is not (fault is None)
