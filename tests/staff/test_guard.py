import pytest

from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import MENU, PAGES
from tests.issuing.city import City
from tests.staff.office import Office
from tests.staff.office import office as opened

_DUTIES = list(Duty)


@pytest.mark.parametrize("duty", _DUTIES)
async def test_forced_browsing_every_page_is_for_its_duties_alone(office: Office, duty: Duty) -> None:
    clerk = await office.at_work("sato", duty)
    for page in PAGES:
        path = page.path.replace("{", "x").replace("}", "x")
        shown = await (clerk.get(path) if page.method == "GET" else clerk.post(path))
        assert (shown.status == 403) is (duty not in page.duties), (page.method, page.path)
        assert shown.status < 500, (page.method, page.path)


async def test_every_page_asks_for_a_session_first(office: Office) -> None:
    for page in PAGES:
        clerk = office.browser()
        path = page.path.replace("{", "x").replace("}", "x")
        shown = await (clerk.get(path) if page.method == "GET" else clerk.post(path, "0" * 64))
        assert shown.path == "/staff/sign-in"


def test_the_menu_leads_to_pages_that_its_readers_may_see() -> None:
    shown = {page.path: page.duties for page in PAGES if page.method == "GET"}
    assert all(entry.duties <= shown[entry.path] for entry in MENU)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "elsewhere.example"},
    ],
    ids=str,
)
async def test_what_another_site_sends_is_refused(office: Office, headers: dict[str, str]) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/history")
    shown = await clerk.send("/history", {"form_token": clerk.token, "kind": "resident_record"}, **headers)
    assert shown.status == 403
    assert await office.city.rows("SELECT search_id FROM issuance.staff_search") == []


@pytest.mark.parametrize("token", ["", "0" * 64, "of another session"])
async def test_a_form_of_another_session_is_refused(office: Office, token: str) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    if token == "of another session":
        other = await office.at_work("ito", Duty.COUNTER)
        await other.get("/history")
        token = other.token
    shown = await clerk.send("/history", {"form_token": token})
    assert shown.status == 403


async def test_a_session_that_was_planted_opens_nothing_after_its_victim_signed_in(office: Office) -> None:
    planted = {"kiosk_staff": "092029.planted"}
    await office.employ("sato", Duty.COUNTER)
    victim, planter = office.browser(), office.browser()
    victim.session.cookie_jar.update_cookies(planted)
    assert (await victim.sign_in("sato")).path == "/staff"
    planter.session.cookie_jar.update_cookies(planted)
    assert (await planter.get("/history")).path == "/staff/sign-in"


@pytest.mark.parametrize("path", ["/sign-in", "", "/history", "/no-such-page"])
async def test_every_answer_is_kept_nowhere_and_framed_nowhere(office: Office, path: str) -> None:
    shown = await office.browser().get(path)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_form_too_large_is_refused(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/history")
    shown = await clerk.post("/history", kind="x" * 100_000)
    assert shown.status == 413


async def test_english_is_asked_for_once_and_stays(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert 'lang="en"' in (await clerk.get("?lang=en")).text
    assert "Issuance history" in (await clerk.get("/history")).text


async def test_an_unfit_process_changes_nothing_and_still_shows(ashikaga: City) -> None:
    async with opened(ashikaga, is_fit=lambda: False) as office:
        clerk = await office.at_work("sato", Duty.COUNTER)
        assert (await clerk.get("/history")).status == 200
        shown = await clerk.post("/history", kind="resident_record")
        assert (shown.status, "kiosk doctor" in shown.text) == (503, True)
    assert await ashikaga.rows("SELECT search_id FROM issuance.staff_search") == []


async def test_the_other_language_is_one_click_from_the_same_search(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    shown = await clerk.get("/history?search=a%26b&after=c")
    link = shown.text.partition('class="language" href="')[2].partition('"')[0]
    assert link == "?search=a%26b&amp;after=c&amp;lang=en"
    assert "lang=ja" in (await clerk.get("/history?search=a&lang=en")).text


async def test_the_answer_to_a_form_has_no_other_language(office: Office) -> None:
    """Its address may have no page of its own, and what was sent would be lost."""
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/history")
    shown = await clerk.post("/history", person_number="102", serial="7001")
    assert (shown.status, 'class="language"' in shown.text) == (409, False)


@pytest.mark.parametrize(
    "path",
    [
        "/operations?account=a%00", "/settlement?centre=a%00", "/issuances/a%00", "/requests/centre/a%00", "/history?search=a%00",
        "/history?after=2026-11-23T00:00:00%2B00:00&request=a%00", "/safety?quarter=%00", "/settlement/a%00/2026-11",
    ],
)  # fmt: skip
async def test_a_nul_in_an_address_is_no_page_and_no_fault(office: Office, path: str) -> None:
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    assert (await clerk.get(path)).status == 404


@pytest.mark.parametrize(
    "path", ["/history", "/residents", "/residents/open", "/accounts/release", "/koseki-protection"]
)
async def test_a_nul_in_a_form_is_refused_and_no_fault(office: Office, path: str) -> None:
    clerk = await office.at_work("takahashi", Duty.SUPERVISOR)
    await clerk.get("/history")
    names = ("person_number", "name", "address", "account", "koseki_person_number", "reason", "waits_since")
    shown = await clerk.post(path, **dict.fromkeys(names, "a\0"))
    assert shown.status == 403
