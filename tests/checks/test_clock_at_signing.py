"""A clock five minutes off, either way: the look finds it against the database, and nothing is signed until it is right again."""

from datetime import timedelta

import pytest

from kiosk_server.checks import database
from kiosk_server.checks.check import Check
from kiosk_server.checks.fit_keys import FitKeys
from kiosk_server.checks.fitness import Fitness
from kiosk_server.checks.looking import look_at
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.watching import tell
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.checks.conftest import MovableClock

CLOCK = Check("clock", "時計 / clock", database.clock)


@pytest.mark.parametrize("minutes", [5, -5])
async def test_a_clock_five_minutes_off_signs_nothing_until_it_is_right(
    around: Surroundings, clock: MovableClock, minutes: int
) -> None:
    fitness = Fitness()
    keys = FitKeys(around.keys, fitness)
    signer = keys.document_signer()
    clock.by = timedelta(minutes=minutes)
    looked = await look_at(CLOCK, around, 5)
    tell(fitness, CLOCK, looked)
    assert looked.fault
    assert "clock" in looked.fault.reason_en
    with pytest.raises(Refusal) as refused:
        keys.document_signer()
    assert refused.value.code is RefusalCode.BUSY
    clock.by = timedelta()
    tell(fitness, CLOCK, await look_at(CLOCK, around, 5))
    assert keys.document_signer() is signer
