"""支援措置の一時解除 at the screens: by whom, for whom, until when, and what it leaves as it was."""

from datetime import timedelta

from kiosk_server.staff.duties import Duty
from tests.staff.office import Clerk, Office, Shown
from tests.staff.test_register import hidden, moved_in, opened_name, opened_page, through
from tests.staff.test_register_papers import at_paper, made
from tests.sync.registry_rows import CITY

REASON = "本人が窓口に来庁"


async def protected_resident(office: Office) -> Clerk:
    """A clerk, and somebody who moved in and came under a measure."""
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    page = await opened_page(clerk, name="渡辺")
    preview = await clerk.post(
        "/registry/entry", step="preview", kind="PM+", opened=opened_name(page), typed="yes", people="1", p0_on="yes",
        occurred="2026-11-23", notified_on="2026-11-23", identity_check="passport",
    )  # fmt: skip
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))
    return clerk


async def released(officer: Clerk, **fields: str) -> Shown:
    await officer.get("/registry")
    page = await opened_page(officer, name="渡辺")
    asked = {"minutes": "30", "reason": REASON} | fields
    return await officer.post(f"/registry/person/{opened_name(page)}/release", **asked)


async def test_a_paper_of_a_protected_person_is_made_while_a_supervisor_releases_and_no_longer(office: Office) -> None:
    clerk = await protected_resident(office)
    path, fields = await at_paper(clerk)
    refused = await clerk.post(path, **fields)
    assert (refused.status, "責任者に内容を確かめてもらい" in refused.text) == (409, True)
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    assert "一時解除中" in (await released(officer, minutes="10")).text
    first, second = await clerk.post(path, **fields), await clerk.post(path, **fields)
    status, _, _ = await made(clerk, first)
    assert (status, "tanaka" in first.text) == (200, True)
    assert await office.city.rows("SELECT staff, released_by FROM registry.paper") == [
        {"staff": "sato", "released_by": "tanaka"}
    ]
    office.city.clock.now += timedelta(minutes=10)
    status, _, content = await made(clerk, second)
    assert (status, "一時解除を受けてください" in content.decode()) == (409, True)
    page = await opened_page(clerk, name="渡辺")
    assert ("一時解除中" in page.text, REASON in page.text) == (False, True)


async def test_a_release_changes_nothing_for_kiosks_lists_and_feeds(office: Office) -> None:
    await protected_resident(office)
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    told = (
        "SELECT (SELECT count(*) FROM registry.outbox) AS outbox, (SELECT count(*) FROM registry.event) AS events,"
        " (SELECT array_agg(s::text) FROM issuance.suppression s) AS suppressed,"
        " (SELECT array_agg(f::text ORDER BY f::text) FROM registry.freshness f) AS freshness,"
        " (SELECT array_agg(v::text ORDER BY v::text) FROM registry.suppression_source v) AS source"
    )
    await office.city.project()
    before = await office.city.rows(told)
    assert "一時解除しました" in (await released(officer)).text
    await office.city.project()
    assert await office.city.rows(told) == before


async def test_who_releases_does_not_make_the_paper(office: Office) -> None:
    await protected_resident(office)
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    await released(officer)
    path, fields = await at_paper(officer)
    assert "一時解除を受けてください" in (await officer.post(path, **fields)).text
    other = await office.at_work("ito", Duty.SUPERVISOR)
    await released(other)
    assert (await officer.post(path, **fields)).path.startswith("/staff/registry/papers/")


async def test_a_release_that_is_ended_early_is_over_at_once(office: Office) -> None:
    clerk = await protected_resident(office)
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    page = await released(officer)
    path, fields = await at_paper(clerk)
    preview = await clerk.post(path, **fields)
    at = f"/registry/person/{opened_name(page)}/release/end"
    assert "一時解除を終えました" in (await officer.post(at)).text
    assert "続いている一時解除はありません" in (await officer.post(at)).text
    assert (await made(clerk, preview))[0] == 409


async def test_a_release_without_reason_or_too_long_is_refused(office: Office) -> None:
    await protected_resident(office)
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    assert (await released(officer, reason=" ")).status == 422
    for minutes in ("61", "0", "", "9" * 18, "-1"):
        assert "1分から60分まで" in (await released(officer, minutes=minutes)).text
    assert await office.city.rows("SELECT FROM registry.temporary_release") == []


async def test_nobody_is_released_who_is_not_protected_and_by_nobody_but_supervisors(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    assert "支援措置を受けていません" in (await released(officer)).text
    assert (await released(clerk)).status == 403


async def test_whom_the_issuing_side_alone_protects_needs_a_release_too(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    path, fields = await at_paper(clerk)
    [number] = [name.removeprefix("on_") for name in fields if name.startswith("on_")]
    async with office.console.database.city(CITY) as connection:
        await connection.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')",
            CITY, number,
        )  # fmt: skip
    assert (await clerk.post(path, **fields)).status == 409
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    assert "一時解除中" in (await released(officer, household="yes")).text
    assert (await clerk.post(path, **fields)).path.startswith("/staff/registry/papers/")


async def test_r_51_r_80_a_release_is_in_the_logs_with_who_and_why(office: Office) -> None:
    await protected_resident(office)
    officer = await office.at_work("tanaka", Duty.SUPERVISOR)
    await released(officer)
    assert "protection_released" in await office.happened_acts()
    assert await office.city.rows("SELECT staff, reason, until - released_at AS lasts FROM registry.temporary_release") == [
        {"staff": "tanaka", "reason": REASON, "lasts": timedelta(minutes=30)}
    ]  # fmt: skip
