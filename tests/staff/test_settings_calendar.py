"""The service calendar, the official seal and the tax year at the console: by date, seen before and after, effective at once, undone with one act."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from io import BytesIO

import asyncpg
import pytest
from PIL import Image

import pdf
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.staff import seal_check
from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE
from tests.staff.office import Office
from tests.staff.test_settings import FAR, REASON, both, supervisor
from tests.sync.registry_rows import CITY

ONE = {"kind_resident_record": "1"}
HOLIDAY = ONE | {"first_on": "2026-11-23", "last_on": "2026-11-24"}
WEEKDAYS = {f"{end}_{day}": at for day in range(1, 6) for end, at in (("opens", "08:30"), ("closes", "17:00"))}
WEEK = ONE | {"first_on": "2026-11-30"} | WEEKDAYS
_WITHDRAW = re.compile(r'action="/staff(/settings/hours/[a-z]+/[0-9]+/withdraw)"')
IsOpen = Callable[[], Awaitable[bool]]


@pytest.fixture
async def is_open(office: Office) -> IsOpen:
    """Whether somebody gets a 住民票の写し now; the city's clock says noon of a Monday, 2026-11-23."""
    card = await office.city.credential("101", "7001")

    async def asked() -> bool:
        try:
            await office.city.issuing.issue(CENTRE, office.city.request(card))
        except Refusal as refused:
            return refused.code is not RefusalCode.CLOSED
        return True

    return asked


async def test_a_holiday_is_seen_before_and_after_holds_at_once_and_is_undone_with_one_act(
    office: Office, is_open: IsOpen
) -> None:
    clerk = await supervisor(office)
    assert await is_open()
    before, stored = await both(clerk, "hours/special", HOLIDAY)
    assert before.text.count("変わります") == 2
    assert all(said in before.text for said in ("06:30–23:00", "休み", "2026-11-24(火)"))
    assert stored.path.endswith("said=setting_stored")
    assert not await is_open()
    found = _WITHDRAW.search((await clerk.get("/settings/hours")).text)
    assert found is not None
    assert "取り下げました" in (await clerk.post(found[1], **REASON)).text
    assert await is_open()
    assert (await clerk.post(found[1], **REASON)).status == 409
    assert await office.happened_acts() == ["setting_stored", "setting_withdrawn"]


async def test_a_special_window_opens_and_closes_by_the_clock_and_the_newest_holds(
    office: Office, is_open: IsOpen
) -> None:
    clerk = await supervisor(office)
    for opens, closes, expected in (("09:00", "11:30", False), ("11:30", "00:00", True), ("00:00", "12:00", False)):
        await both(clerk, "hours/special", HOLIDAY | {"opens": opens, "closes": closes})
        assert await is_open() is expected
    assert "11:30–24:00" in (await clerk.get("/settings/hours")).text


async def test_a_new_week_holds_from_its_day_on_for_its_kinds_alone(office: Office, is_open: IsOpen) -> None:
    clerk = await supervisor(office)
    before, _ = await both(clerk, "hours/plan", WEEK)
    assert (before.text.count("変わります"), "08:30–17:00" in before.text) == (7, True)
    assert await is_open()
    other_day = (await clerk.get("/settings?on=2026-11-30")).text
    assert all(said in other_day for said in ("08:30–17:00", "変わります"))
    office.city.clock.now += timedelta(days=12)
    assert not await is_open(), "a Saturday"
    office.city.clock.now += timedelta(days=2)
    assert await is_open(), "a Monday"
    found = _WITHDRAW.search((await (await supervisor(office, "kato")).get("/settings/hours?on=2026-11-30")).text)
    assert found is not None
    office.city.clock.now += timedelta(days=5)
    assert not await is_open()
    tanaka = await supervisor(office, "tanaka")
    await tanaka.post(found[1], **REASON)
    assert await is_open()


async def test_another_kind_keeps_its_hours(office: Office, is_open: IsOpen) -> None:
    clerk = await supervisor(office)
    await both(clerk, "hours/special", {"kind_seal_registration": "1", "first_on": "2026-11-23"})
    assert await is_open()


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("special", {"first_on": "2026-11-23"}),
        ("special", HOLIDAY | {"first_on": "2026-11-22"}),
        ("special", HOLIDAY | {"last_on": "2026-11-22"}),
        ("special", HOLIDAY | {"last_on": "2027-11-24"}),
        ("special", HOLIDAY | {"opens": "09:00"}),
        ("special", HOLIDAY | {"opens": "12:00", "closes": "09:00"}),
        ("special", HOLIDAY | {"opens": "09:00:01", "closes": "12:00"}),
        ("special", HOLIDAY | {"opens": "9", "closes": "noon"}),
        ("special", HOLIDAY | {"first_on": "someday"}),
        ("special", HOLIDAY | {"first_on": "9999-12-31", "last_on": "9999-12-31"}),
        ("plan", WEEK | {"first_on": "9999-12-31"}),
        ("plan", WEEK | {"first_on": "2026-11-22"}),
        ("plan", WEEK | {"closes_3": "08:30"}),
        ("plan", WEEKDAYS | {"first_on": "2026-11-30"}),
    ],
    ids=str,
)  # fmt: skip
async def test_hours_that_are_none_are_refused_and_nothing_changes(
    office: Office, what: str, fields: dict[str, str]
) -> None:
    clerk = await supervisor(office)
    for shown in await both(clerk, f"hours/{what}", fields):
        assert (shown.status, "入力に誤り" in shown.text) == (409, True)
    for table in ("hours_plan", "special_hours"):
        assert await office.city.rows(f"SELECT FROM issuance.{table}") == []


async def test_a_look_stores_nothing(office: Office, is_open: IsOpen) -> None:
    clerk = await supervisor(office)
    await clerk.post("/settings/hours/special/preview", **HOLIDAY)
    assert await is_open()
    assert await office.city.rows("SELECT FROM issuance.special_hours") == []
    assert await office.happened_acts() == []


def _png(width: int = 300, height: int = 300, ground: tuple[int, int, int, int] = (0, 0, 0, 0)) -> bytes:
    out = BytesIO()
    Image.new("RGBA", (width, height), ground).save(out, "PNG")
    return out.getvalue()


async def test_a_seal_is_looked_at_seen_beside_the_one_before_stored_and_withdrawn(office: Office) -> None:
    clerk = await supervisor(office)
    image = pdf.draw_specimen_seal("足利市長之印")
    before = await clerk.upload("/settings/seal/preview", image, **FAR)
    assert all(
        said in before.text for said in ("印刷できることを確かめました", "/settings/seals/2020-01-01", "2090-04-01")
    )
    assert 'role="alert"' not in before.text
    async with clerk.session.get(office.url("/settings/proposed-seal")) as answer:
        assert await answer.read() == image
    assert len(await office.city.rows("SELECT FROM issuance.official_seal")) == 1
    assert (await clerk.post("/settings/seal", **REASON)).path.endswith("said=setting_stored")
    assert "変わります" in (await clerk.get("/settings?on=2090-04-01")).text
    assert (await clerk.post("/settings/seal", **REASON)).status == 409, "twice"
    assert "取り下げました" in (await clerk.post("/settings/seal/withdraw", **FAR, **REASON)).text
    assert len(await office.city.rows("SELECT FROM issuance.official_seal")) == 1
    assert (await clerk.post("/settings/seal/withdraw", start="2020-01-01", **REASON)).status == 409
    assert await office.happened_acts() == ["setting_stored", "setting_withdrawn"]


async def test_what_a_seal_lacks_is_told_before_it_is_stored(office: Office) -> None:
    clerk = await supervisor(office)
    shown = await clerk.upload("/settings/seal/preview", _png(200, 100, (200, 0, 0, 255)), start="2027-04-01")
    assert all(said in shown.text for said in ("正方形ではありません", "透明ではありません", "画素が足りません"))


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"GIF89a", "2027-04-01"),
        (_png()[:200], "2027-04-01"),
        (_png(5000, 5000), "2027-04-01"),
        (_png(), "2026-11-22"),
        (_png(), "2019-01-01"),
        (_png(), "someday"),
    ],
    ids=["no png", "half of one", "too many pixels", "yesterday", "long ago", "no day"],
)
async def test_what_cannot_be_a_seal_is_refused_and_nothing_changes(office: Office, content: bytes, start: str) -> None:
    clerk = await supervisor(office)
    assert (await clerk.upload("/settings/seal/preview", content, start=start)).status == 409
    assert (await clerk.post("/settings/seal", **REASON)).status == 409


async def test_an_image_is_of_the_session_that_sent_it_and_a_slow_look_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await supervisor(office)
    await clerk.upload("/settings/seal/preview", _png(), start="2027-04-01")
    other = await supervisor(office, "kato")
    assert (await other.post("/settings/seal", **REASON)).status == 409
    assert (await other.get("/settings/proposed-seal")).status == 409
    monkeypatch.setattr(seal_check, "_SECONDS", 0.01)
    assert (await other.upload("/settings/seal/preview", _png(), start="2027-04-01")).status == 409


TAX = {"kind_tax_income": "1", "kind_tax_assessment": "1", "year": "2027", "start": "2027-06-10"}


@pytest.fixture
async def _of_2026(office: Office) -> None:
    staff = await office.city.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.tax_year SELECT $1, kind, 2026, '2026-06-10', NULL FROM unnest(ARRAY['tax_income', 'tax_assessment']) AS kind",
        CITY,
    )


async def _years(office: Office) -> list[tuple[object, ...]]:
    rows = await office.city.rows(
        "SELECT tax_year, offered_from, offered_until FROM issuance.tax_year WHERE kind = 'tax_income' ORDER BY 1"
    )
    return [tuple(row.values()) for row in rows]


@pytest.mark.usefixtures("_of_2026")
async def test_a_tax_year_takes_the_place_of_the_one_before_and_gives_it_back(office: Office) -> None:
    clerk = await supervisor(office)
    before, stored = await both(clerk, "tax-year", TAX | {"start": "2090-06-10"})
    assert all(said in before.text for said in ("令和8年度", "令和9年度", "所得証明書"))
    assert stored.path.endswith("said=setting_stored")
    old, new = (2026, date(2026, 6, 10)), (2027, date(2090, 6, 10))
    assert await _years(office) == [(*old, date(2090, 6, 9)), (*new, None)]
    shown = await clerk.post("/settings/tax-year/withdraw", kind="tax_income", year="2027", **REASON)
    assert "取り下げました" in shown.text
    assert await _years(office) == [(*old, None)]
    for year in ("2027", "2026"):
        again = await clerk.post("/settings/tax-year/withdraw", kind="tax_income", year=year, **REASON)
        assert again.status == 409


@pytest.mark.usefixtures("_of_2026")
@pytest.mark.parametrize(
    "wrong",
    [{"year": "2026"}, {"year": "2025"}, {"year": "27"}, {"year": "２０２７"}, {"start": "2026-11-22"}, {"start": "x"}, {"start": "2026-06-10"}],
    ids=str,
)  # fmt: skip
async def test_a_switch_that_is_none_is_refused_and_the_year_goes_on(office: Office, wrong: dict[str, str]) -> None:
    clerk = await supervisor(office)
    for shown in await both(clerk, "tax-year", TAX | wrong):
        assert shown.status == 409
    assert await _years(office) == [(2026, date(2026, 6, 10), None)]
    assert (await clerk.post("/settings/tax-year/preview", year="2027", start="2027-06-10")).status == 409


async def test_the_database_lets_nobody_of_the_staff_take_back_what_was_in_force(office: Office) -> None:
    staff = await office.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.tax_year VALUES ($1, 'tax_income', 2025, '2025-06-10', NULL)", CITY)
    for table in ("official_seal", "tax_year"):
        assert await staff.execute(f"DELETE FROM issuance.{table}") == "DELETE 0"
    for change in (
        "DELETE FROM issuance.special_hours",
        "UPDATE issuance.hours_plan SET effective_from = '2020-01-01'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await staff.execute(change)


async def test_everybody_reads_the_calendar_and_supervisors_alone_change_it(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    shown = await clerk.get("/settings/hours?on=2026-12-29&lang=en")
    assert ("Tue" in shown.text, '<form method="post" action="/staff/settings' in shown.text) == (True, False)
    for on in ("", "0001-01-01", "9999-12-31", "x"):
        assert (await clerk.get(f"/settings/hours?on={on}")).status == 200
