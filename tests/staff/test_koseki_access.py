"""Applications of residents of other cities at the console: the days left, the koseki beside them, the decision and its notice."""

import io
import re
from datetime import UTC, date, datetime

import pypdfium2
import pytest

from civil.business_days import business_day_after
from civil.calendar import jst_date
from issuance_db.koseki_access import days_of
from kiosk_server.staff.duties import Duty
from tests.issuing.elsewhere import FAMILY, OUTSIDER
from tests.issuing.fed import BIRTH, DOMICILE, open_kinds
from tests.issuing.supplements import feed_supplement
from tests.staff.office import Clerk, Office
from tests.sync.registry_rows import CITY

ADDRESS = "東京都千代田区見本町一丁目１番１号"


@pytest.fixture
async def there(office: Office) -> Office:
    fed = await open_kinds(office.city)
    await fed.koseki("K5", FAMILY)
    await feed_supplement(fed, "K5", [(one, [ADDRESS]) for one in FAMILY])
    return office


async def apply(
    office: Office, *, serial: str = "8001", name: str = "足利　花子", domicile: str = DOMICILE, birth: date = BIRTH
) -> int:
    """An application of this moment, as the front keeps it."""
    front = await office.city.database.connect("front", CITY)
    now = office.city.clock.now
    alert_on, due_on = days_of(jst_date(now), frozenset())
    number: int = await front.fetchval(
        "INSERT INTO issuance.koseki_access (municipality_code, caller_id, request_id, fingerprint, terminal_operator, terminal_store, "
        "terminal_id, issuer_key_id, serial, certificate_until, name, birth_on, domicile, first_registrant, submitted_at, alert_on, due_on) "
        "VALUES ($1, 'c', $2, '', 'o', 's', 't', 'ab', $2, '2031-01-01', $8, $3, $4, '足利　太郎', $5, $6, $7) "
        "RETURNING registration_number",
        CITY, serial, birth, domicile, now, alert_on, due_on, name,
    )  # fmt: skip
    return number


async def state_of(office: Office, number: int) -> object:
    rows = await office.city.rows("SELECT state FROM issuance.koseki_access WHERE registration_number = $1", number)
    return rows[0]["state"]


async def sequence(office: Office) -> str:
    rows = await office.city.rows("SELECT last_sequence FROM issuance.source_sequence WHERE source = 'koseki'")
    return str(rows[0]["last_sequence"])


async def accept(clerk: Clerk, office: Office, number: int, **fields: str) -> object:
    await clerk.get(f"/koseki-access/{number}")
    chosen = {"koseki_person_number": OUTSIDER, "sequence": await sequence(office), "card_check": "letter"} | fields
    return await clerk.post(f"/koseki-access/{number}/accept", **chosen)


async def test_the_list_counts_down_in_business_days(there: Office) -> None:
    await apply(there)
    clerk = await there.at_work("sato", Duty.COUNTER)
    begun = jst_date(there.city.clock.now)
    for passed, words in ((1, "あと4営業日"), (3, "あと2営業日"), (5, "きょうまで"), (7, "期限を2営業日過ぎています")):
        at = business_day_after(begun, passed)
        there.city.clock.now = datetime(at.year, at.month, at.day, 1, tzinfo=UTC)
        await clerk.sign_in("sato")
        assert words in (await clerk.get("/koseki-access")).text
    assert "期限切れ" in (await clerk.get("")).text


async def test_what_waits_is_marked_at_home_and_of_one_day_the_oldest_stands_first(there: Office) -> None:
    clerk = await there.at_work("sato", Duty.COUNTER)
    assert '<li class="calm"><b>0</b> <a href="/staff/koseki-access">' in (await clerk.get("")).text
    numbers = [await apply(there, serial=serial) for serial in ("8001", "8002")]
    assert '<li class="due"><b>2</b> <a href="/staff/koseki-access">' in (await clerk.get("")).text
    text = (await clerk.get("/koseki-access?lang=en")).text
    assert [int(found) for found in re.findall(r'href="/staff/koseki-access/(\d+)"', text)] == numbers
    assert re.search(r"<td>2026-\d\d-\d\d \((Mon|Tue|Wed|Thu|Fri)\)</td>", text)


async def test_the_koseki_stands_beside_what_the_applicant_says(there: Office) -> None:
    number = await apply(there, domicile="足利市のどこか")
    text = (await (await there.at_work("sato", Duty.COUNTER)).get(f"/koseki-access/{number}")).text
    for words in (DOMICILE, "足利市のどこか", "× 違い", "○ 一致", ADDRESS, "足利　花子"):
        assert words in text
    readings = await there.city.rows("SELECT reading, concerns FROM history.staff_reading")
    assert [tuple(row.values()) for row in readings] == [("koseki_access", str(number))]


async def test_an_application_is_accepted_once_with_how_the_card_was_checked(there: Office) -> None:
    number = await apply(there)
    clerk = await there.at_work("sato", Duty.COUNTER)
    assert "承認しました" in (await accept(clerk, there, number)).text  # type: ignore[attr-defined]
    acts = await there.city.rows("SELECT act, reason, concerns, acted_by FROM history.staff_act")
    assert [tuple(row.values()) for row in acts] == [
        ("koseki_access_accepted", "カードの確認: 附票の住所に送った照会書への回答", str(number), "職員 sato")
    ]
    assert (await accept(clerk, there, number)).status == 409  # type: ignore[attr-defined]
    assert await state_of(there, number) == "accepted"


async def test_kana_of_the_kiosk_is_for_the_eye_and_accepted_only_once_it_was_compared(there: Office) -> None:
    number = await apply(there, name="アシカガ　ハナコ")
    clerk = await there.at_work("sato", Duty.COUNTER)
    text = (await clerk.get(f"/koseki-access/{number}")).text
    assert ("かな・目で確認" in text, "× 違い" in text) == (True, False)
    assert (await accept(clerk, there, number)).status == 409  # type: ignore[attr-defined]
    assert "承認しました" in (await accept(clerk, there, number, same="1")).text  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "fields", [{"card_check": ""}, {"card_check": "felt so"}, {"koseki_person_number": "KP101"}, {"sequence": "1"}]
)
async def test_nothing_is_accepted_unlooked_at(there: Office, fields: dict[str, str]) -> None:
    number = await apply(there)
    shown = await accept(await there.at_work("sato", Duty.COUNTER), there, number, **fields)
    assert shown.status >= 400  # type: ignore[attr-defined]
    assert await state_of(there, number) == "submitted"
    assert await there.happened_acts() == []


async def test_a_difference_is_accepted_only_once_it_was_looked_at(there: Office) -> None:
    number = await apply(there, domicile="足利市のどこか")
    clerk = await there.at_work("sato", Duty.COUNTER)
    assert (await accept(clerk, there, number)).status >= 400  # type: ignore[attr-defined]
    assert "承認しました" in (await accept(clerk, there, number, same="1")).text  # type: ignore[attr-defined]


async def test_a_protected_person_is_refused_at_the_counter_and_told_of_to_who_must_know(there: Office) -> None:
    number = await apply(there)
    staff = await there.city.database.connect("staff", CITY)
    await staff.execute("INSERT INTO issuance.koseki_suppression VALUES ($1, $2, 'staff')", CITY, OUTSIDER)
    clerk, auditor = await there.at_work("sato", Duty.COUNTER), await there.at_work("ito", Duty.AUDITOR)
    assert "支援措置の対象" in (await clerk.get(f"/koseki-access/{number}")).text
    assert "支援措置" not in (await auditor.get(f"/koseki-access/{number}")).text
    assert (await accept(clerk, there, number)).status == 409  # type: ignore[attr-defined]
    await clerk.post(f"/koseki-access/{number}/refuse", refused_for="at_counter", koseki_person_number=OUTSIDER)
    assert await state_of(there, number) == "refused"
    text = await notice(clerk, there, number)
    assert "窓口でご相談ください" in text
    assert ADDRESS not in text
    assert "支援" not in text


async def notice(clerk: Clerk, office: Office, number: int) -> str:
    async with clerk.session.get(office.url(f"/koseki-access/{number}/notice")) as answer:
        assert answer.content_type == "application/pdf"
        document = pypdfium2.PdfDocument(io.BytesIO(await answer.read()))
    (page,) = document
    return str(page.get_textpage().get_text_range())


async def test_the_notice_goes_to_the_address_in_the_supplement(there: Office) -> None:
    number = await apply(there)
    clerk = await there.at_work("sato", Duty.COUNTER)
    await accept(clerk, there, number)
    text = await notice(clerk, there, number)
    for words in (ADDRESS, "足利　花子　様", "承認しました", "令和8年11月", "足利市長", "心当たりがない"):
        assert words in text
    assert "koseki_access_notice" in [
        row["reading"] for row in await there.city.rows("SELECT reading FROM history.staff_reading")
    ]


async def test_a_refusal_says_one_of_four_sentences_and_nobody_where_nobody_was_found(there: Office) -> None:
    number = await apply(there, birth=date(1999, 9, 9))
    clerk = await there.at_work("sato", Duty.COUNTER)
    assert "この市の戸籍にいません" in (await clerk.get(f"/koseki-access/{number}")).text
    assert (await clerk.post(f"/koseki-access/{number}/refuse", refused_for="because")).status >= 400
    await clerk.post(f"/koseki-access/{number}/refuse", refused_for="not_found", koseki_person_number="made up")
    text = await notice(clerk, there, number)
    assert "確認できませんでした" in text
    assert "あて先なし" in text


async def test_a_registration_is_ended_at_once_by_one_act(there: Office) -> None:
    number = await apply(there)
    clerk = await there.at_work("sato", Duty.COUNTER)
    await accept(clerk, there, number)
    path = f"/koseki-access/{number}/withdraw"
    assert (await clerk.post(path, end_cause="doubt")).status >= 400
    assert "直ちに効いています" in (await clerk.post(path, end_cause="doubt", sure="1")).text
    assert (await clerk.post(path, end_cause="doubt", sure="1")).status == 409
    assert await state_of(there, number) == "withdrawn"


@pytest.mark.parametrize("number", ["0", "99", "x", "9" * 30, "１"])
async def test_there_is_no_application_of_another_number(there: Office, number: str) -> None:
    await apply(there)
    assert (await (await there.at_work("sato", Duty.COUNTER)).get(f"/koseki-access/{number}")).status in {404, 409, 422}


async def test_a_supervisor_closes_a_day_and_opens_it_again(there: Office) -> None:
    chief = await there.at_work("kato", Duty.SUPERVISOR)
    await chief.get("/koseki-access")
    assert (await chief.post("/koseki-access/closed-days", day="not a day", reason="創立記念日")).status >= 400
    await chief.post("/koseki-access/closed-days", day="2026-12-15", reason="創立記念日")
    assert "2026-12-15" in (await chief.get("/koseki-access")).text
    await chief.post("/koseki-access/closed-days", day="2026-12-15", reason="取りやめ", open="1")
    assert await there.happened_acts() == ["office_day_closed", "office_day_opened"]
