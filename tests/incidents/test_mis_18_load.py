"""MIS-18: everything at once, under load.

June 2023: the Digital Agency let the vendor start again only after a run in the production environment under high load;
the faults of Yokohama, Adachi, Kawasaki and Takamatsu had all passed their tests one by one. A minute here; an hour is `make soak`.
"""

from datetime import UTC, datetime, timedelta

import pytest

from tests.incidents.people import People
from tests.soak.findings import Findings
from tests.soak.footprint import Footprint, Footprints, growth
from tests.soak.judge import Stops
from tests.soak.run import Plan, soak
from tests.system.installation import Installation


@pytest.mark.timeout(400)
async def test_mis_18_a_minute_of_load_with_all_races_gives_no_wrong_answer(
    installation: Installation, people: People
) -> None:
    told: list[int] = []
    plan = Plan(60, 20, people.under_load(), warm_up_seconds=3, events=3, accident_every=4, seed=18)
    result = await soak(installation, plan, lambda findings, _: told.append(findings.checked))
    findings = result.findings
    assert findings.faults == []
    assert told == sorted(told)
    assert findings.checked > findings.asked / 2
    assert findings.again > 0
    for trouble in ("register: move", "register: protect", "register: stop", "connection dropped by the client"):
        assert findings.troubles[trouble] > 0, trouble
    assert sum(number for name, number in findings.troubles.items() if name.endswith("killed")) > 0
    assert growth(result.begin, result.end, installation.centres[0].label) == []


def test_mis_18_who_was_stopped_when_is_known_to_the_moment() -> None:
    stops, noon = Stops(), datetime(2026, 11, 26, 3, tzinfo=UTC)
    stops.stopped("101", noon)
    assert not stops.stood("101", noon)
    assert stops.stood("101", noon + timedelta(microseconds=1))
    stops.lifted("101", noon + timedelta(seconds=2))
    assert stops.stood("101", noon + timedelta(seconds=1))
    assert not stops.stood("101", noon + timedelta(seconds=2))
    assert not stops.stood("102", noon + timedelta(seconds=1))


def test_mis_18_growth_beyond_the_bounds_is_told() -> None:
    small = Footprints((Footprint("centre-1", 200 << 20, 40, 10),), 15)
    large = Footprints((Footprint("centre-1", 400 << 20, 140, 90),), 60)
    assert growth(small, small, "centre-1") == []
    assert [told.split()[0] for told in growth(small, large, "centre-1")] == ["memory", "descriptors", "connections"]


def test_mis_18_whatever_is_wrong_or_unexpected_is_a_fault() -> None:
    assert Findings(wrong=["a"], unexpected=["b"]).faults == ["a", "b"]
    assert Findings().faults == []
