"""Whether this process is fit to serve now, as its checks last found."""

from collections.abc import Mapping

import structlog

from kiosk_server.checks.wrong import Fault


class Fitness:
    """What is wrong now, by the name of the check; fit while there is nothing."""

    def __init__(self) -> None:
        self._wrong: dict[str, Fault] = {}

    @property
    def wrong(self) -> Mapping[str, Fault]:
        """What is wrong now."""
        return dict(self._wrong)

    @property
    def is_fit(self) -> bool:
        """Whether nothing is wrong."""
        return not self._wrong

    def found(self, check: str, fault: Fault | None) -> None:
        """Keep what a check found last: nothing, or what is wrong. A change is logged."""
        was = self._wrong.pop(check, None)
        if fault is not None:
            self._wrong[check] = fault
        if (was is None) is not (fault is None):
            log = structlog.get_logger()
            if fault is None:
                log.info("fit_again", check=check)
            else:
                log.error("not_fit", check=check, reason=fault.reason_en)
