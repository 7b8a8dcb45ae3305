"""What the city has set, by date: a change is seen before and after, refused for days that are over, and withdrawn while it is to come."""

from collections.abc import Mapping
from datetime import date, timedelta

import asyncpg
import pytest

from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE
from tests.staff.office import Clerk, Office, Shown

REASON = {"reason": "条例第12号"}
FEE = {"kind": "resident_record", "channel": "centre", "start": "2027-04-01", "yen": "250"}
MAYOR = {"start": "2027-04-01", "title": "足利市長職務代理者", "name": "見本　花子"}
# The database asks the machine's clock, not the office's, whether a change has begun: this one has on no day that tests run.
FAR = {"start": "2090-04-01"}


async def supervisor(office: Office, name: str = "ito") -> Clerk:
    clerk = await office.at_work(name, Duty.SUPERVISOR)
    await clerk.get("/settings")
    return clerk


async def both(clerk: Clerk, what: str, fields: Mapping[str, str]) -> tuple[Shown, Shown]:
    """The look before, and the confirmation."""
    before = await clerk.post(f"/settings/{what}/preview", **fields)
    return before, await clerk.post(f"/settings/{what}", **fields, **REASON)


async def fees(office: Office) -> list[tuple[object, object]]:
    rows = await office.city.rows("SELECT effective_from, yen FROM issuance.fee WHERE channel = 'centre' ORDER BY 1")
    return [(row["effective_from"], row["yen"]) for row in rows]


async def test_a_fee_to_come_is_seen_before_and_after_takes_effect_on_its_day_and_is_kept_as_an_act(
    office: Office,
) -> None:
    clerk = await supervisor(office)
    before, stored = await both(clerk, "fee", FEE)
    assert all(said in before.text for said in ("200円", "250円"))
    assert "登録しました" in stored.text
    there = (await clerk.get("/settings?on=2027-04-01")).text
    assert "変わります" in there
    assert "変わります" not in (await clerk.get("/settings?on=2027-03-31")).text
    acts = await office.city.rows("SELECT act, acted_by, reason, concerns FROM history.staff_act")
    assert [tuple(act.values()) for act in acts] == [
        ("setting_stored", "職員 ito", "条例第12号", "fee resident_record centre 2027-04-01")
    ]
    card = await office.city.credential("101", "7001")
    assert (await office.city.issuing.issue(CENTRE, office.city.request(card))).fee_yen == 200
    office.city.clock.now += timedelta(days=129)
    assert (await office.city.issuing.issue(CENTRE, office.city.request(card))).fee_yen == 250


@pytest.mark.parametrize("start", ["2020-04-01", "2026-11-22", "2026-11-23"])
async def test_a_fee_in_the_past_is_refused_with_the_reason_and_nothing_changed(office: Office, start: str) -> None:
    clerk = await supervisor(office)
    for shown in await both(clerk, "fee", FEE | {"start": start}):
        assert (shown.status, "手数料は明日以降の日から" in shown.text) == (409, True)
    assert await fees(office) == [(date(2020, 1, 1), 200)]


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "passport"}, {"channel": "web"}, {"start": "soon"}, {"yen": "-1"}, {"yen": "100001"}, {"yen": "２００"}],
    ids=str,
)
async def test_a_fee_that_is_none_is_refused(office: Office, wrong: dict[str, str]) -> None:
    clerk = await supervisor(office)
    for shown in await both(clerk, "fee", FEE | wrong):
        assert (shown.status, "入力に誤り" in shown.text) == (409, True)
    assert (await clerk.post("/settings/fee/preview", **FEE | {"yen": ""})).status == 422
    assert len(await fees(office)) == 1


async def test_a_second_change_must_come_after_the_one_that_is_stored(office: Office) -> None:
    first, second = await supervisor(office), await supervisor(office, "kato")
    await both(first, "fee", FEE)
    for start in ("2027-04-01", "2027-03-01"):
        for shown in await both(second, "fee", FEE | {"start": start, "yen": "300"}):
            assert (shown.status, "もう登録されています" in shown.text) == (409, True)
    assert await fees(office) == [(date(2020, 1, 1), 200), (date(2027, 4, 1), 250)]


async def test_a_fee_to_come_is_withdrawn_with_one_act_and_one_in_force_is_not(office: Office) -> None:
    clerk = await supervisor(office)
    await both(clerk, "fee", FEE | FAR)
    place = {name: FEE[name] for name in ("kind", "channel")} | FAR
    assert "取り下げました" in (await clerk.post("/settings/fee/withdraw", **place, **REASON)).text
    assert await fees(office) == [(date(2020, 1, 1), 200)]
    again = await clerk.post("/settings/fee/withdraw", **place, **REASON)
    assert (again.status, "これから始まる変更だけ" in again.text) == (409, True)
    begun = await clerk.post("/settings/fee/withdraw", **place | {"start": "2020-01-01"}, **REASON)
    assert begun.status == 409
    assert await fees(office) == [(date(2020, 1, 1), 200)]


async def test_the_database_lets_nobody_of_the_staff_take_back_what_was_in_force(office: Office) -> None:
    staff = await office.city.database.connect("staff", "092029")
    assert await staff.execute("DELETE FROM issuance.fee") == "DELETE 0"
    assert await staff.execute("DELETE FROM issuance.mayor") == "DELETE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.execute("UPDATE issuance.fee SET yen = 0")


async def test_who_acts_for_the_mayor_is_seen_before_and_after_stored_and_withdrawn(office: Office) -> None:
    clerk = await supervisor(office)
    before, stored = await both(clerk, "mayor", MAYOR | FAR)
    assert all(said in before.text for said in ("見本　太郎", "見本　花子"))
    assert "登録しました" in stored.text
    assert "見本　花子" in (await clerk.get("/settings?on=2090-04-01")).text
    shown = await clerk.post("/settings/mayor/withdraw", **FAR, **REASON)
    assert "取り下げました" in shown.text
    assert "見本　花子" not in shown.text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"start": "2026-11-22"}, "今日以降の日から"),
        ({"name": "見" * 60}, "印刷できません"),
        ({"start": "2026-13-01"}, "入力に誤り"),
    ],
    ids=str,
)
async def test_a_mayor_of_a_day_that_is_over_or_who_cannot_be_printed_is_refused(
    office: Office, wrong: dict[str, str], told: str
) -> None:
    clerk = await supervisor(office)
    for shown in await both(clerk, "mayor", MAYOR | wrong):
        assert (shown.status, told in shown.text) == (409, True)
    assert len(await office.city.rows("SELECT FROM issuance.mayor")) == 1


async def test_the_image_of_the_seal_is_for_the_city_alone(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    async with clerk.session.get(office.url("/settings/seals/2020-01-01")) as answer:
        assert (answer.content_type, (await answer.read())[:4]) == ("image/png", b"\x89PNG")
    assert (await clerk.get("/settings/seals/2021-01-01")).status == 409
    contractor = await office.at_work("itaku", Duty.CONTRACTOR)
    assert (await contractor.get("/settings/seals/2020-01-01")).status == 403
    assert (await contractor.get("/settings")).status == 200


@pytest.mark.parametrize("on", ["", "tomorrow", "2026-02-30", "0001-01-01", "9999-12-31"])
async def test_any_day_is_compared_with_today(office: Office, on: str) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert (await clerk.get(f"/settings?on={on}")).status == 200
