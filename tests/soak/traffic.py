"""Residents at kiosks, in an open loop: a request starts when it is planned, however many are under way."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiosk_server.issuing.request import IssuanceRequest, MenuRequest, ResidentRecordOptions, SessionCredential
from kiosk_server.web.client import AnswerBroken, CentreProblem, CentreUnreachable
from tests.soak.findings import Findings
from tests.soak.focus import Focus
from tests.soak.insisting import WITH_REASON, Insisting
from tests.soak.judge import Judge
from tests.system.asking import Asking
from tests.system.oracle import Delivery
from tests.system.running import CITY, Sample

_KEPT: Final = 400
_CARELESS: Final = 12
"""One resident in so many is one who mistypes."""
_MOST_WRONG_PINS_PER_SECOND: Final = 0.6
"""A caller is stopped for guessing at a thousand wrong tries in ten minutes."""
_DROPPED_WITHIN_SECONDS: Final = 0.2
_TOUCHED: Final = 0.3
"""How often the next one is somebody about whom something has just changed."""
_MISTYPED: Final = frozenset({"not_identified"})

Scenario = Callable[[Sample, float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kiosks:
    """Who asks: shops through the centre, and the city's own terminals."""

    shops: Asking
    terminals: Asking
    focus: Focus


class Traffic:
    """`rng` decides who does what."""

    def __init__(
        self, kiosks: Kiosks, insisting: Insisting, judge: Judge, findings: Findings, rng: random.Random
    ) -> None:
        self._kiosks = kiosks
        self._insisting = insisting
        self._judge = judge
        self._findings = findings
        self._rng = rng
        self._kept: deque[Delivery] = deque(maxlen=_KEPT)
        self._now = asyncio.get_running_loop().time
        self._started = self._now()

    async def at_a_rate(self, per_second: float, seconds: float, residents: Sequence[Sample]) -> None:
        """So many residents a second, in turn; returns when the last of them has been answered."""
        careful = [sample for turn, sample in enumerate(residents) if turn % _CARELESS]
        careless = residents[::_CARELESS]
        weights = self._weights(per_second)
        began = self._now()
        async with asyncio.TaskGroup() as under_way:
            for turn in range(int(per_second * seconds)):
                planned = began + turn / per_second
                await asyncio.sleep(planned - self._now())
                (scenario,) = self._rng.choices(list(weights), list(weights.values()))
                group = careless if scenario == self._mistypes else careful
                sample = group[turn % len(group)]
                if group is careful and self._kiosks.focus.touched and self._rng.random() < _TOUCHED:
                    sample = self._kiosks.focus.touched.popleft()
                self._kiosks.focus.asked.append(sample)
                under_way.create_task(self._run(scenario, sample, planned))

    def _weights(self, per_second: float) -> Mapping[Scenario, float]:
        mistyping = min(0.03, _MOST_WRONG_PINS_PER_SECOND / per_second)
        return {
            self._asks: 0.80 - mistyping,
            self._mistypes: mistyping,
            self._asks_three_times_at_once: 0.05,
            self._gives_up: 0.05,
            self._asks_again: 0.05,
            self._uses_a_session: 0.05,
        }

    async def _run(self, scenario: Scenario, sample: Sample, planned: float) -> None:
        self._findings.asked += 1
        try:
            await scenario(sample, planned)
        except AnswerBroken:
            self._findings.wrong.append("an answer was damaged on its way")

    async def _asks(self, sample: Sample, planned: float) -> None:
        """One certificate, asked for until it comes or is refused for good."""
        delivery = await self._insisting.issue(self._kiosks.shops, self._request(sample), sample.credential)
        self._delivered(delivery, planned)

    async def _mistypes(self, sample: Sample, planned: float) -> None:
        """A wrong PIN never gets anything; the right one afterwards does, unless there were three wrong ones."""
        wrong = replace(sample.credential, pin=f"{(int(sample.pin) + self._rng.randrange(1, 10_000)) % 10_000:04}")
        request = replace(self._request(sample), credential=wrong)
        delivery = await self._insisting.issue(self._kiosks.shops, request, wrong, also=_MISTYPED)
        if delivery is not None:
            self._findings.wrong.append(f"{delivery.certificate.issuance_number}: for a wrong PIN")
        right = await self._insisting.issue(
            self._kiosks.shops, self._request(sample), sample.credential, also=_MISTYPED
        )
        self._delivered(right, planned)

    async def _asks_three_times_at_once(self, sample: Sample, planned: float) -> None:
        """The same request three times at the same moment, at several processes: one certificate."""
        request = self._request(sample)
        asked = [
            self._insisting.issue(self._kiosks.shops, request, sample.credential, asked_before=True) for _ in range(3)
        ]
        deliveries = [delivery for delivery in await asyncio.gather(*asked) if delivery is not None]
        if len({delivery.certificate for delivery in deliveries}) > 1:
            self._findings.wrong.append(f"{deliveries[0].certificate.issuance_number}: twins got different bytes")
        self._delivered(deliveries[0] if deliveries else None, planned)

    async def _gives_up(self, sample: Sample, planned: float) -> None:
        """The connection is dropped at any moment; half of them come back with the same id."""
        request = self._request(sample)
        asking = asyncio.create_task(self._kiosks.shops.issue(self._insisting.part(), request))
        await asyncio.wait([asking], timeout=self._rng.uniform(0, _DROPPED_WITHIN_SECONDS))
        asking.cancel()
        (first,) = await asyncio.gather(asking, return_exceptions=True)
        self._findings.troubles["connection dropped by the client"] += isinstance(first, asyncio.CancelledError)
        if isinstance(first, Delivery):
            self._delivered(first, planned)
        elif self._rng.random() < 0.5:
            later = self._insisting.issue(self._kiosks.shops, request, sample.credential, asked_before=True)
            self._delivered(await later, planned)

    async def _asks_again(self, sample: Sample, planned: float) -> None:
        """An old request again: the same bytes, or the reason why not."""
        if not self._kept:
            await self._asks(sample, planned)
            return
        old = self._rng.choice(self._kept)
        again = await self._insisting.issue(
            self._kiosks.shops, old.request, old.card, asked_before=True, also=frozenset({"already_answered"})
        )
        if again is not None:
            self._findings.again += 1
            if again.certificate != old.certificate:
                self._findings.wrong.append(f"{old.certificate.issuance_number}: other bytes when asked again")

    async def _uses_a_session(self, sample: Sample, _planned: float) -> None:
        """At the city's kiosk: a menu, then two certificates with its session."""
        request = self._request(sample)
        asked = MenuRequest(f"{request.request_id}-menu", CITY, request.terminal, sample.credential)
        try:
            menu = await (await self._kiosks.terminals.client(self._insisting.part())).menus(asked)
        except (CentreProblem, CentreUnreachable) as refused:
            self._insisting.count(refused, WITH_REASON)
            return
        session = SessionCredential(menu.session)
        for turn in ("first", "second"):
            one = replace(request, request_id=f"{request.request_id}-{turn}", credential=session)
            delivery = await self._insisting.issue(self._kiosks.terminals, one, sample.credential)
            if delivery is not None:
                self._judge.take(delivery)

    def _request(self, sample: Sample) -> IssuanceRequest:
        names = ("relationship", "domicile", "nationality", "residence_status", "residence_card_number")
        chosen = {name: self._rng.random() < 0.3 for name in names}
        return self._kiosks.shops.new(sample, ResidentRecordOptions(**chosen))

    def _delivered(self, delivery: Delivery | None, planned: float) -> None:
        if delivery is None:
            return
        self._judge.take(delivery)
        self._kept.append(delivery)
        self._findings.taken.append((planned - self._started, self._now() - planned))
