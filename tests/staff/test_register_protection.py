"""The list of who is under a protective measure, and how a person's page and the search tell of periods."""

from datetime import timedelta

from kiosk_server.staff.duties import Duty
from tests.staff.office import Office
from tests.staff.test_register import NAME, hidden, opened_name, opened_page, through
from tests.staff.test_register_release import protected_resident
from tests.sync.registry_rows import CITY


async def test_a_measure_is_told_when_it_ends_soon_goes_on_when_it_is_over_and_is_extended(office: Office) -> None:
    await protected_resident(office)
    office.city.clock.now += timedelta(days=340)
    clerk = await office.at_work("ito", Duty.COUNTER)
    assert "1か月以内に終わる支援措置があります" in (await clerk.get("/registry")).text
    shown = await clerk.get("/registry/protection")
    assert all(part in shown.text for part in (NAME, "1か月以内に終了", "2026-11-23", "2027-11-22"))
    office.city.clock.now += timedelta(days=60)
    clerk = await office.at_work("goto", Duty.COUNTER)
    await clerk.get("/registry")
    page = await opened_page(clerk, name="渡辺")
    assert "期間が過ぎても止めたままです" in page.text
    day = "2027-12-27"
    preview = await clerk.post(
        "/registry/entry", step="preview", kind="PM~", opened=opened_name(page), typed="yes", people="1", p0_on="yes", occurred=day,
        notified_on=day, identity_check="passport",
    )  # fmt: skip
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))
    assert "2027-12-27 〜 2028-12-26" in (await opened_page(clerk, name="渡辺")).text
    assert "支援措置があります" not in (await clerk.get("/registry")).text


async def test_the_list_has_whom_the_issuing_side_alone_protects_and_says_no_ground_to_auditors(office: Office) -> None:
    await protected_resident(office)
    async with office.console.database.city(CITY) as connection:
        await connection.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, '103', 'staff')",
            CITY,
        )
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    shown = await auditor.get("/registry/protection")
    assert (NAME in shown.text, "発行の側だけ" in shown.text, "事由" in shown.text) == (True, True, False)
    assert "registered_protected" in await office.happened("staff_reading", "reading")
