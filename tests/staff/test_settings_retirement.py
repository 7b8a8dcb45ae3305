"""Giving up a kind at the console: by its last day, seen before, taken back with one act until that day is over."""

from datetime import date, timedelta

import pytest

from kiosk_server.issuing.refusal import Refusal
from tests.issuing.city import CENTRE
from tests.staff.office import Office
from tests.staff.test_settings import FAR, REASON, both, supervisor
from tests.sync.registry_rows import CITY

LAST = {"kind": "resident_record", "last_day": "2027-03-31"}
_TO_THE_LAST_DAY = timedelta(days=128)


async def _stored(office: Office) -> list[tuple[object, object]]:
    rows = await office.city.rows("SELECT kind, last_day FROM issuance.kind_retirement")
    return [(row["kind"], row["last_day"]) for row in rows]


async def test_a_kind_is_issued_until_its_last_day_is_over_and_then_refused_for_good(office: Office) -> None:
    clerk = await supervisor(office)
    before, stored = await both(clerk, "retirement", LAST)
    assert all(said in before.text for said in ("住民票の写し", "2027-03-31(水)", "2027-04-01(木)", "28日間の請求"))
    assert stored.path.endswith("said=setting_stored")
    assert "変わります" in (await clerk.get("/settings?on=2027-04-01")).text
    assert "変わります" not in (await clerk.get("/settings?on=2027-03-31")).text
    acts = await office.city.rows("SELECT act, reason, concerns FROM history.staff_act")
    assert [tuple(act.values()) for act in acts] == [
        ("setting_stored", "条例第12号", "retirement resident_record 2027-03-31")
    ]
    card = await office.city.credential("101", "7001")
    office.city.clock.now += _TO_THE_LAST_DAY
    assert (await office.city.issuing.issue(CENTRE, office.city.request(card))).fee_yen == 200
    office.city.clock.now += timedelta(days=1)
    with pytest.raises(Refusal) as caught:
        await office.city.issuing.issue(CENTRE, office.city.request(card))
    assert caught.value.reason == "kind_retired"
    late = await supervisor(office, "kato")
    assert (await late.post("/settings/retirement/withdraw", kind="resident_record", **REASON)).status == 409
    assert "retirement/withdraw" not in (await late.get("/settings")).text


async def test_it_is_taken_back_with_one_act(office: Office) -> None:
    clerk = await supervisor(office)
    await both(clerk, "retirement", LAST | {"last_day": FAR["start"]})
    shown = await clerk.post("/settings/retirement/withdraw", kind="resident_record", **REASON)
    assert "取り下げました" in shown.text
    assert await _stored(office) == []
    assert (await clerk.post("/settings/retirement/withdraw", kind="resident_record", **REASON)).status == 409
    assert await office.happened_acts() == ["setting_stored", "setting_withdrawn"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"last_day": "2026-11-22"}, "最後の日は今日以降"), ({"last_day": "soon"}, "入力に誤り"), ({"last_day": "9999-12-31"}, "入力に誤り"), ({"kind": "passport"}, "入力に誤り")],
    ids=str,
)  # fmt: skip
async def test_a_last_day_that_is_none_is_refused_and_nothing_changes(
    office: Office, wrong: dict[str, str], said: str
) -> None:
    clerk = await supervisor(office)
    for shown in await both(clerk, "retirement", LAST | wrong):
        assert (shown.status, said in shown.text) == (409, True)
    assert await _stored(office) == []


async def test_a_second_last_day_is_refused_until_the_first_is_withdrawn(office: Office) -> None:
    clerk = await supervisor(office)
    await both(clerk, "retirement", LAST)
    for shown in await both(clerk, "retirement", LAST | {"last_day": "2027-12-31"}):
        assert (shown.status, "先に取り下げて" in shown.text) == (409, True)
    assert await _stored(office) == [("resident_record", date(2027, 3, 31))]


async def test_the_database_lets_nobody_of_the_staff_take_back_a_day_that_is_over(office: Office) -> None:
    staff = await office.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.kind_retirement VALUES ($1, 'tax_income', '2026-03-31')", CITY)
    assert await staff.execute("DELETE FROM issuance.kind_retirement") == "DELETE 0"
