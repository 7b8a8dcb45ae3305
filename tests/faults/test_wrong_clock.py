"""The clock is set while a certificate is made: back, past the deadline, over midnight in Japan, into a leap day.

The whole pipeline on the real database, with the clock that every step is given. Eras and mayors: MIS-15.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from civil.calendar import JST
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.faults.aftermath import nothing_is_open, swept, yields_one_right_certificate
from tests.faults.front_with_fault import STEPS
from tests.issuing.city import CENTRE, City, open_at_night
from tests.issuing.read_pdf import text_of


def issuing_while(city: City, step: str, happens: Callable[[], None]) -> Issuing:
    """The service, to whose clock something happens the first time it begins this step."""
    left = [happens]

    @contextmanager
    def timer(name: str) -> Iterator[None]:
        if name == step and left:
            left.pop()()
        yield

    return Issuing(replace(city.environment, step=timer))


def set_by(city: City, **by: float) -> Callable[[], None]:
    return lambda: city.clock.advance(**by)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("hours", [-1, -24])
async def test_clock_set_back_while_issuing_gives_one_right_certificate(ashikaga: City, step: str, hours: int) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    issuing = issuing_while(ashikaga, step, set_by(ashikaga, hours=hours))
    certificate = await issuing.issue(CENTRE, request)
    assert await yields_one_right_certificate(ashikaga, request) == certificate
    await swept(ashikaga)
    await nothing_is_open(ashikaga)


@pytest.mark.parametrize("step", STEPS[1:])
async def test_clock_that_jumps_past_the_deadline_ends_the_attempt(ashikaga: City, step: str) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    issuing = issuing_while(ashikaga, step, set_by(ashikaga, seconds=11))
    with pytest.raises(Refusal) as caught:
        await issuing.issue(CENTRE, request)
    assert caught.value.code is RefusalCode.TIMED_OUT
    await nothing_is_open(ashikaga)
    await yields_one_right_certificate(ashikaga, request)


@pytest.mark.parametrize("step", ["snapshot", "compose", "permit"])
@pytest.mark.parametrize(
    ("before", "printed"),
    [
        (datetime(2028, 2, 28, 23, 59, 59, tzinfo=JST), "令和10年2月29日"),
        (datetime(2028, 2, 29, 23, 59, 59, tzinfo=JST), "令和10年3月1日"),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=JST), "令和9年1月1日"),
    ],
)
async def test_mis_15_midnight_in_japan_while_issuing_prints_the_day_of_the_permit(
    ashikaga: City, before: datetime, printed: str, step: str
) -> None:
    await open_at_night(ashikaga.database)
    ashikaga.clock.now = before
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    certificate = await issuing_while(ashikaga, step, set_by(ashikaga, seconds=2)).issue(CENTRE, request)
    assert printed in text_of(certificate.content)
    assert certificate.issuance_number.startswith((before + timedelta(seconds=2)).strftime("%Y%m%d-"))
    assert await yields_one_right_certificate(ashikaga, request) == certificate
