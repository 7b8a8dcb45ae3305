"""A protective measure at night: at once, for whoever asks, with its ground for those alone who need it."""

import asyncio
from datetime import UTC, datetime

import pytest

from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Kind
from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE
from tests.issuing.fed import EVERY_KIND, Fed, InKoseki
from tests.issuing.meanwhile import once_made, waits_for_lock
from tests.staff.counter import AtCounter, acts, at_counter, code_of, opened
from tests.staff.office import Office
from tests.sync.registry_rows import CITY

GROUND = "配偶者から申出があった"


async def suppressed(office: Office) -> list[object]:
    rows = await office.city.rows("SELECT person_number FROM issuance.suppression ORDER BY person_number")
    return [row["person_number"] for row in rows]


@pytest.mark.parametrize("duty", [Duty.COUNTER, Duty.SUPERVISOR])
async def test_who_is_protected_is_issued_to_nobody_of_the_household(office: Office, duty: Duty) -> None:
    card = await office.city.credential("101", "7001")
    counter = await at_counter(office, "103", duty=duty)
    assert "発行を止めました" in (await counter.act("/protect", ground=GROUND)).text
    assert await code_of(office.city, card) is RefusalCode.NOT_AVAILABLE
    assert await acts(office) == [("suppression_set", "103", "職員 sato")]


async def test_a_permit_under_way_at_night_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 22:50 shops still issue, and the office is closed."""
    card = await office.city.credential("101", "7001")
    counter = await at_counter(office, "103", duty=Duty.SUPERVISOR)
    office.city.clock.now = datetime(2026, 11, 23, 13, 50, tzinfo=UTC)
    await counter.clerk.sign_in("sato")
    counter = await opened(counter.clerk, "103")

    async def protect() -> None:
        assert (await counter.act("/protect", ground=GROUND)).status == 200

    once_made(office.city, monkeypatch, protect)
    with pytest.raises(Refusal) as refused:
        await office.city.issuing.issue(CENTRE, office.city.request(card))
    assert (refused.value.code, refused.value.reason) == (RefusalCode.NOT_AVAILABLE, "suppressed")


async def test_a_permit_waits_for_a_measure_that_is_being_set(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    card = await office.city.credential("101", "7001")
    staff = await office.city.database.connect("staff", CITY)
    setting = staff.transaction()

    async def begin() -> None:
        await setting.start()
        await staff.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, '103', 'staff')",
            CITY,
        )

    once_made(office.city, monkeypatch, begin)
    asking = asyncio.create_task(office.city.issuing.issue(CENTRE, office.city.request(card)))
    assert await waits_for_lock(await office.city.database.connect(), asking)
    await setting.commit()
    with pytest.raises(Refusal):
        await asking


async def test_its_ground_is_for_supervisors_and_each_look_is_written_down(office: Office) -> None:
    counter = await at_counter(office, "103")
    shown = await counter.act("/protect", ground=GROUND)
    supervisor = await at_counter(office, "103", "tanaka", Duty.SUPERVISOR)
    assert GROUND not in shown.text + await supervisor.page()
    assert (await counter.clerk.get(f"{counter.path}/ground")).status == 403
    assert GROUND in (await supervisor.clerk.get(f"{supervisor.path}/ground")).text
    rows = await office.city.rows("SELECT account_id, person_number FROM history.staff_reading WHERE reading = 'suppression_ground'")  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [("tanaka", "103")]
    assert all(
        GROUND not in str(row["row"]) for row in await office.city.rows("SELECT a::text AS row FROM history.staff_act AS a")
    )  # fmt: skip


async def test_a_supervisor_lifts_what_staff_set_and_its_ground_goes(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    counter = await at_counter(office, "103")
    await counter.act("/protect", ground=GROUND)
    assert (await counter.act("/unprotect", reason="終了")).status == 403
    supervisor = await at_counter(office, "103", "tanaka", Duty.SUPERVISOR)
    assert "支援措置を解きました" in (await supervisor.act("/unprotect", reason="終了の申出")).text
    assert await code_of(office.city, card) is None
    assert await office.city.rows("SELECT ground FROM issuance.suppression_ground") == []
    assert [act for act, _, _ in await acts(office)] == ["suppression_set", "suppression_lifted"]


async def test_what_the_registry_set_is_not_lifted_here(office: Office) -> None:
    await office.city.registry.person("103", suppressed=True)
    await office.city.project()
    supervisor = await at_counter(office, "103", "tanaka", Duty.SUPERVISOR)
    shown = await supervisor.act("/unprotect", reason="終了の申出")
    assert (shown.status, "住民基本台帳または元のシステム" in shown.text) == (409, True)
    assert await suppressed(office) == ["103"]


async def test_what_a_file_set_is_lifted_here_once_the_file_no_longer_has_the_person(office: Office) -> None:
    sync = await office.city.database.connect("sync", CITY)
    for number in ("103", "888"):
        await sync.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'feed')", CITY, number,
        )  # fmt: skip
    there = await at_counter(office, "103", "tanaka", Duty.SUPERVISOR)
    refused = await there.act("/unprotect", reason="終了の申出")
    assert (refused.status, "元のシステム" in refused.text) == (409, True)
    searched = await there.clerk.post("/residents", person_number="888")
    assert "住民から除かれた人なら、この番号で開く" in searched.text
    gone = await opened(there.clerk, "888")
    assert "支援措置を解く" in await gone.page()
    assert "支援措置を解きました" in (await gone.act("/unprotect", reason="終了の申出")).text
    assert await suppressed(office) == ["103"]
    assert await acts(office) == [("suppression_lifted", "888", "職員 tanaka")]


@pytest.mark.parametrize("wrong", ["counter", "set aside"])
async def test_what_a_file_set_of_who_left_is_lifted_by_nobody_else_and_not_while_a_record_is_unread(
    office: Office, wrong: str
) -> None:
    sync = await office.city.database.connect("sync", CITY)
    await sync.execute(
        "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, '888', 'feed')", CITY
    )
    duty = Duty.COUNTER if wrong == "counter" else Duty.SUPERVISOR
    if wrong == "set aside":
        await sync.execute(
            "INSERT INTO issuance.feed_set_aside (municipality_code, source, record_key, layout, file_number, line, item, reason, since) "
            "VALUES ($1, 'resident', '900/888', 'x', 1, 1, 'name', 'x', now())", CITY,
        )  # fmt: skip
    gone = await at_counter(office, "888", "tanaka", duty)
    assert (await gone.act("/unprotect", reason="終了の申出")).status in {403, 409}
    assert await suppressed(office) == ["888"]


async def test_a_person_who_comes_back_protected_while_staff_lift_stays_protected(office: Office) -> None:
    sync, staff = await office.city.database.connect("sync", CITY), await office.city.database.connect("staff", CITY)
    insert = "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, '103', 'feed') ON CONFLICT DO NOTHING"
    admin = await office.city.database.connect("postgres", CITY)
    await admin.execute("CREATE TABLE public.kept AS SELECT * FROM issuance.resident_key WHERE person_number = '103'")
    await admin.execute("DELETE FROM issuance.resident_key WHERE person_number = '103'")
    await admin.execute("GRANT SELECT ON public.kept TO sync")
    await sync.execute(insert, CITY)
    async with sync.transaction():
        await sync.execute("SELECT shared.lock_for_write($1, ARRAY['103'], '{}')", CITY)
        await sync.execute("INSERT INTO issuance.resident_key SELECT * FROM public.kept")
        lifting = asyncio.create_task(staff.fetchval("SELECT issuance.lift_left_suppression($1, '103')", CITY))
        assert await waits_for_lock(admin, lifting)
        await sync.execute(insert, CITY)
    assert await lifting is False
    assert await suppressed(office) == ["103"]


@pytest.mark.parametrize(("number", "fields", "status"), [("103", {"ground": " "}, 422), ("888", {"ground": GROUND}, 409)])  # fmt: skip
async def test_without_a_ground_or_a_resident_nothing_is_set(
    office: Office, number: str, fields: dict[str, str], status: int
) -> None:
    await office.city.credential("888", "7009")
    shown = await (await at_counter(office, number)).act("/protect", **fields)
    assert (shown.status, await suppressed(office)) == (status, [])


async def test_two_who_protect_at_once_make_one_act(office: Office) -> None:
    counters = [await at_counter(office, "103", account) for account in ("sato", "ito")]
    shown = await asyncio.gather(*(counter.act("/protect", ground=GROUND) for counter in counters))
    assert sorted(one.status for one in shown) == [200, 409]
    assert len(await acts(office)) == 1


async def in_koseki(office: Office, number: str, account: str, duty: Duty) -> AtCounter:
    """The page of somebody known only from a koseki."""
    clerk = await office.at_work(account, duty)
    await clerk.get("/koseki-protection")
    shown = await clerk.post("/koseki-protection", koseki_person_number=number)
    return AtCounter(clerk, shown.path.removeprefix("/staff").partition("?")[0])


@pytest.fixture
async def koseki(fed: Fed) -> Fed:
    """101 in one koseki with somebody who is in no register of the city."""
    await fed.domiciled("101")
    await fed.koseki("K1", (InKoseki("KP101", "101", "101"), InKoseki("KP9", "外子", removed=True)))
    return fed


async def test_somebody_outside_the_register_is_protected_by_their_koseki(koseki: Fed, office: Office) -> None:
    card = await koseki.card("101")
    clerk = await in_koseki(office, "KP9", "sato", Duty.COUNTER)
    assert "KP9" not in clerk.path
    assert "発行を止めました" in (await clerk.act("/protect", ground=GROUND)).text
    assert (await clerk.act("/protect", ground=GROUND)).status == 409
    with pytest.raises(Refusal) as refused:
        await office.city.issuing.issue(EVERY_KIND, koseki.request(Kind.KOSEKI_FULL, card))
    assert refused.value.code is RefusalCode.NOT_AVAILABLE
    supervisor = await in_koseki(office, "KP9", "tanaka", Duty.SUPERVISOR)
    assert GROUND in (await supervisor.clerk.get(f"{supervisor.path}/ground")).text
    assert "解きました" in (await supervisor.act("/unprotect", reason="終了の申出")).text
    await office.city.issuing.issue(EVERY_KIND, koseki.request(Kind.KOSEKI_FULL, card))
    assert await acts(office) == [
        ("koseki_suppression_set", "KP9", "職員 sato"),
        ("koseki_suppression_lifted", "KP9", "職員 tanaka"),
    ]


async def test_nobody_of_that_number_in_a_koseki_is_told(office: Office) -> None:
    clerk = await in_koseki(office, "K999", "sato", Duty.COUNTER)
    shown = await clerk.act("/protect", ground=GROUND)
    assert (shown.status, await acts(office)) == (409, [])
