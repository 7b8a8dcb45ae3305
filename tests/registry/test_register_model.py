"""The register against a plain model: whatever clerks do, sequences have no gap and the outbox has every step."""

import itertools
from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civil.recorded_date import RecordedDate
from registry.residents import RegisterRefusal, number_of
from tests.registry.office import TODAY, Office, someone

_PEOPLE = [number_of(serial) for serial in (1, 2, 3)]
_STEPS = st.lists(
    st.tuples(st.sampled_from(_PEOPLE), st.sampled_from(["MI", "DE", "PM+", "PM-", "OU1", "OU9", "IN1"])), max_size=12
)
_CITIES = itertools.count()
_CHANGES = {"MI": {"name": "見本　改"}, "OU1": {"move_out_address": "見本町"}}


class _Model:
    """What the register should say of each person: resident, planned, removed; protected or not; how many rows."""

    def __init__(self) -> None:
        self.state = dict.fromkeys(_PEOPLE, "resident")
        self.protected: set[str] = set()
        self.rows = dict.fromkeys(_PEOPLE, 1)

    def allows(self, number: str, kind: str) -> bool:
        state = self.state[number]
        return {
            "MI": state != "removed", "DE": state != "removed", "PM+": state != "removed",
            "PM-": state != "removed" and number in self.protected, "OU1": state == "resident", "OU9": state == "planned",
            "IN1": state == "removed",
        }[kind]  # fmt: skip

    def apply(self, number: str, kind: str) -> None:
        self.rows[number] += 1
        after = {"DE": "removed", "OU9": "removed", "OU1": "planned", "IN1": "resident"}
        self.state[number] = after.get(kind, self.state[number])
        if kind == "PM+":
            self.protected.add(number)
        if kind == "PM-":
            self.protected.discard(number)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=_STEPS)
async def test_the_register_agrees_with_a_plain_model(office: Office, steps: list[tuple[str, str]]) -> None:
    desk = Office(office.database, office.connection, f"{next(_CITIES):06}")
    await desk.load(*(someone(serial, "世帯主", household_number=number_of(serial)) for serial in (1, 2, 3)))
    model = _Model()
    for number, kind in steps:
        assert await _tried(desk, number, kind) is model.allows(number, kind)
        if model.allows(number, kind):
            model.apply(number, kind)
    await _require_agreement(desk, model)


async def _tried(desk: Office, number: str, kind: str) -> bool:
    entering = kind == "IN1"
    serial = _PEOPLE.index(number) + 1
    try:
        await desk.file(
            kind,
            {} if entering else {number: _CHANGES.get(kind, {})},
            entries=(someone(serial, household_number=number_of(serial)),) if entering else (),
            occurred=RecordedDate(TODAY),
        )
    except RegisterRefusal:
        return False
    return True


async def _require_agreement(desk: Office, model: _Model) -> None:
    told: dict[str, list[int]] = defaultdict(list)
    for step in await desk.rows(
        "SELECT subject, number, sequence FROM registry.outbox WHERE municipality_code = $1 ORDER BY outbox_id",
        desk.city,
    ):
        if step["subject"] == "person":
            told[step["number"]].append(step["sequence"])
    for number in _PEOPLE:
        row = await desk.person(number)
        expected = {"planned": "planned_mover"}.get(model.state[number], model.state[number])
        assert (row.record.state, row.record.suppressed) == (expected, number in model.protected)
        assert told[number] == list(range(1, model.rows[number] + 1))
