"""Asking until there is an answer, or a refusal that is final: what a centre's gateway does for a resident who waits."""

import asyncio
import random
from collections.abc import Set as AbstractSet
from typing import Final

from cardauth import UserCertificate
from kiosk_server.issuing.request import IssuanceRequest
from kiosk_server.web.client import CentreProblem, CentreUnreachable
from tests.soak.findings import Findings
from tests.system.asking import Asking
from tests.system.oracle import Delivery
from tests.system.part import Part

PASSING: Final = frozenset({"busy", "timed_out", "not_fresh", "not_ready"})
"""Asked again with the same id, sooner or later there is an answer."""
WITH_REASON: Final = PASSING | {"not_available"}
"""What the troubles of a soak give reason for; any other code needs a reason of its own."""
_TRIES: Final = 12
_PAUSE_SECONDS: Final = 0.25
_LONGEST_PAUSE_SECONDS: Final = 2.0


class Insisting:
    """Counts every refusal, and keeps the ids for which refusals are all that ever came."""

    def __init__(self, parts: tuple[Part, ...], findings: Findings, rng: random.Random) -> None:
        self._parts = parts
        self._findings = findings
        self._rng = rng
        self.refused_for_good: list[str] = []

    def part(self) -> Part:
        """One of the processes, by chance."""
        return self._rng.choice(self._parts)

    async def issue(
        self,
        asking: Asking,
        request: IssuanceRequest,
        card: UserCertificate,
        *,
        asked_before: bool = False,
        also: AbstractSet[str] = frozenset(),
    ) -> Delivery | None:
        """An answer, or None; `also` are codes that would be no surprise here. Raises AnswerBroken.

        `asked_before` says that this id may have been answered already.
        """
        part, expected, heard = self.part(), WITH_REASON | also, set[str]()
        for tries in range(_TRIES):
            try:
                return await asking.issue(part, request, card=card)
            except (CentreProblem, CentreUnreachable) as refused:
                code = self.count(refused, expected)
                heard.add(code)
                if code not in {*PASSING, "unreachable"}:
                    # After a connection that broke there may have been an answer, of which nobody knows.
                    if not asked_before and "unreachable" not in heard:
                        self.refused_for_good.append(request.request_id)
                    return None
                told = refused.retry_after if isinstance(refused, CentreProblem) else None
            part = self.part()
            pause = min(told or _PAUSE_SECONDS * 2**tries, _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(self._rng.uniform(1, 2) * pause)
        self._findings.refusals["gave up"] += 1
        return None

    def count(self, refused: CentreProblem | CentreUnreachable, expected: AbstractSet[str]) -> str:
        """Count what came instead of an answer; returns its code, `unreachable` where there was none."""
        code = refused.code if isinstance(refused, CentreProblem) else "unreachable"
        self._findings.refusals[code] += 1
        if code not in expected | {"unreachable"}:
            self._findings.unexpected.append(f"refused with {code}")
        return code
