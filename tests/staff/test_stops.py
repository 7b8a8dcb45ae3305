"""The page of stops: what is set is seen first, takes effect at once and is undone with one act; every refusal has its reason."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from civil.calendar import JST
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.staff.availability import verdicts
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.reasons import reason_words
from tests.issuing.city import CENTRE
from tests.staff.office import Clerk, Office, Shown

STOP = {"target": "kind", "kind": "resident_record"}
REASON = {"reason": "機器の点検"}


async def set_stop(clerk: Clerk, **fields: str) -> Shown:
    """Through both pages, as a person does."""
    await clerk.get("/stops")
    shown = await clerk.post("/stops/preview", **fields)
    assert shown.status == 200, shown.text
    return await clerk.post("/stops", **fields, **REASON)


async def stored(office: Office) -> Sequence[dict[str, object]]:
    rows = await office.city.rows(
        "SELECT stop_id, kind, person_number, household_number, terminal_operator, ends_at FROM issuance.service_stop ORDER BY stop_id"
    )
    return [dict(row) for row in rows]


async def issues(office: Office, serial: str) -> bool:
    card = await office.city.credential("101", serial)
    try:
        await office.city.issuing.issue(CENTRE, office.city.request(card))
    except Refusal:
        return False
    return True


def local(office: Office, **ahead: float) -> str:
    """What a browser sends for a date and time."""
    return (office.city.clock.now + timedelta(**ahead)).astimezone(JST).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    "fields",
    [
        {"target": "service"},
        STOP,
        {"target": "person", "person_number": "103"},
        {"target": "household", "household_number": "900"},
        {"target": "place", "operator": "shop chain"},
        {"target": "place", "operator": "shop chain", "store": "store 1", "terminal": "machine 1"},
    ],
    ids=str,
)
async def test_a_stop_of_anything_is_set_in_force_at_once_and_undone_with_one_act(
    office: Office, fields: dict[str, str]
) -> None:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    assert await issues(office, "7001")
    assert "停止しました" in (await set_stop(clerk, **fields)).text
    assert not await issues(office, "7002")
    [stop] = await stored(office)
    shown = await clerk.post(f"/stops/{stop['stop_id']}/end", reason="点検が終わった")
    assert "再開しました" in shown.text
    assert await issues(office, "7003")
    acts = await office.city.rows("SELECT act, acted_by, reason FROM history.staff_act ORDER BY act_id")
    assert [(act["act"], act["acted_by"]) for act in acts] == [
        ("stop_set", "職員 ito"),
        ("stop_ended", "職員 ito"),
    ]


async def test_the_preview_tells_who_and_what_is_affected_and_stops_nothing(office: Office) -> None:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    assert await issues(office, "7001")
    await clerk.get("/stops")
    household = await clerk.post("/stops/preview", target="household", household_number="900")
    assert all(person in household.text for person in ("101", "102", "103"))
    assert "1通" in household.text
    place = await clerk.post("/stops/preview", target="place", operator="shop chain")
    assert "1件" in place.text
    unknown = await clerk.post("/stops/preview", target="place", operator="no such chain")
    assert "名前と同じか" in unknown.text
    nobody = await clerk.post("/stops/preview", target="person", person_number="999")
    assert "記録にいません" in nobody.text
    assert await stored(office) == []
    assert await office.happened("staff_reading", "reading") == ["stop_preview", "stop_preview"]


async def test_a_planned_stop_is_listed_as_planned_and_is_called_off(office: Office) -> None:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    window = {"starts_at": local(office, hours=1), "ends_at": local(office, hours=2)}
    shown = await set_stop(clerk, **STOP, **window)
    assert "取りやめる" in shown.text
    assert await issues(office, "7001")
    [stop] = await stored(office)
    assert "再開しました" in (await clerk.post(f"/stops/{stop['stop_id']}/end", reason="中止")).text
    office.city.clock.now += timedelta(hours=1, minutes=1)
    assert await issues(office, "7002")


@pytest.mark.parametrize(("begins", "ends"), [({"hours": 2}, {"hours": 1}), ({}, {"hours": -1}), (None, {"hours": -1})])
async def test_a_stop_that_ends_before_it_begins_is_refused_with_the_reason(
    office: Office, begins: dict[str, float] | None, ends: dict[str, float]
) -> None:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    await clerk.get("/stops")
    window = {"ends_at": local(office, **ends)} | ({} if begins is None else {"starts_at": local(office, **begins)})
    for path in ("/stops/preview", "/stops"):
        shown = await clerk.post(path, **STOP, **window, **REASON)
        assert (shown.status, "終わりは、始まりと今より後に" in shown.text) == (409, True)
    assert await stored(office) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 409),
        ({"target": "everything"}, 409),
        ({"target": "service", "kind": "resident_record"}, 409),
        ({"target": "service", "person_number": "101"}, 409),
        ({"target": "kind"}, 422),
        ({"target": "kind", "kind": "passport"}, 409),
        ({"target": "person"}, 422),
        ({"target": "person", "person_number": "101", "household_number": "900"}, 409),
        ({"target": "place", "store": "store 1"}, 422),
        ({"target": "place", "operator": "shop chain", "terminal": "machine 1"}, 409),
        ({"target": "service", "starts_at": "tomorrow"}, 409),
        ({"target": "service", "starts_at": "2026-12-01"}, 409),
        ({"target": "service", "starts_at": "2026-12-01T10:00+00:00"}, 409),
        ({"target": "person", "person_number": "x" * 65}, 422),
    ],
    ids=str,
)
async def test_fields_that_do_not_fit_stop_nothing(office: Office, fields: dict[str, str], status: int) -> None:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    await clerk.get("/stops")
    assert (await clerk.post("/stops/preview", **fields)).status == status
    assert (await clerk.post("/stops", **fields, **REASON)).status == status
    assert await stored(office) == []


async def test_nothing_is_stopped_without_a_reason(office: Office) -> None:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    await clerk.get("/stops")
    assert (await clerk.post("/stops", **STOP, reason=" ")).status == 422
    assert await stored(office) == []


async def test_a_kind_that_a_mismatch_stopped_is_restarted_by_two_persons_and_not_by_one_twice(office: Office) -> None:
    front = await office.city.database.connect("front", "092029")
    number = await front.fetchval(
        "INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) "
        "VALUES ('092029', 'resident_record', $1, 'mismatch', 'PersonDiffers') RETURNING stop_id",
        office.city.clock.now,
    )
    first = await office.at_work("ito", Duty.SUPERVISOR)
    second = await office.at_work("kato", Duty.SUPERVISOR)
    assert "承認する" in (await first.get("/stops")).text
    assert (await first.post(f"/stops/{number}/end", **REASON)).status == 409
    assert "承認しました" in (await first.post(f"/stops/{number}/approve", **REASON)).text
    again = await first.post(f"/stops/{number}/approve", **REASON)
    assert (again.status, "もう承認しています" in again.text) == (409, True)
    alone = await first.post(f"/stops/{number}/end", **REASON)
    assert (alone.status, "2人が承認して" in alone.text) == (409, True)
    await second.get("/stops")
    await second.post(f"/stops/{number}/approve", **REASON)
    assert "再開しました" in (await second.post(f"/stops/{number}/end", **REASON)).text


async def test_two_persons_who_end_the_same_stop_end_it_once(office: Office) -> None:
    clerks = [await office.at_work(name, Duty.SUPERVISOR) for name in ("ito", "kato")]
    await set_stop(clerks[0], **STOP)
    [stop] = await stored(office)
    await clerks[1].get("/stops")
    shown = [await clerk.post(f"/stops/{stop['stop_id']}/end", **REASON) for clerk in clerks]
    assert [one.status for one in shown] == [200, 409]
    assert "もう終わっています" in shown[1].text


@pytest.mark.parametrize("number", ["999", "x", "9" * 19, "-1", "１"])
async def test_a_stop_that_is_not_there_is_told(office: Office, number: str) -> None:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    await clerk.get("/stops")
    assert (await clerk.post(f"/stops/{number}/end", **REASON)).status == 409


@pytest.mark.parametrize(("duty", "sees"), [(Duty.COUNTER, True), (Duty.AUDITOR, True), (Duty.CONTRACTOR, False)])
async def test_whom_a_stop_is_of_is_shown_to_those_who_may_see_residents_alone(
    office: Office, duty: Duty, *, sees: bool
) -> None:
    await set_stop(await office.at_work("ito", Duty.SUPERVISOR), target="person", person_number="987654")
    clerk = await office.at_work("sato", duty)
    shown = await clerk.get("/stops")
    assert ("987654" in shown.text) is sees
    readings = await office.happened("staff_reading", "account_id")
    assert ("sato" in readings) is sees
    assert "新しく停止する" not in shown.text


async def test_the_page_of_a_resident_says_that_they_or_their_household_are_stopped(office: Office) -> None:
    await set_stop(await office.at_work("ito", Duty.SUPERVISOR), target="household", household_number="900")
    async with office.console.database.city("092029") as connection:
        found = await verdicts(connection, "092029", "101", office.console.keys, office.city.clock.now)
    assert {one.kind: one.reason for one in found}["resident_record"] == "person_stopped"
    assert reason_words("person_stopped", sees_protection=False)[0] == "本人か世帯の発行を停止中"


async def test_a_terminal_is_stopped_from_where_it_is_shown(office: Office) -> None:
    assert await issues(office, "7001")
    [row] = await office.city.rows("SELECT issuance_number FROM history.issuance")
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    issuance = await clerk.get(f"/issuances/{row['issuance_number']}")
    link = issuance.text.partition('href="/staff/stops?')[2].partition('#new"')[0].replace("&amp;", "&")
    shown = await clerk.get(f"/stops?{link}")
    assert all(f'value="{value}"' in shown.text for value in ("shop chain", "store 1", "machine 1"))
