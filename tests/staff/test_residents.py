from datetime import date
from typing import Any, Final
from urllib.parse import unquote

import pytest

from kiosk_server.staff.duties import Duty
from tests.issuing.city import CENTRE, City
from tests.staff.office import Clerk, Office, Shown
from tests.sync.registry_rows import CITY

SUZUKI: Final[dict[str, Any]] = {"name": "鈴木　花子", "furigana": "スズキ　ハナコ", "birth_on": date(1990, 2, 3)}
KATSURAGI: Final[dict[str, Any]] = {
    "name": "葛\U000e0100城　Ａｎｎａ",
    "furigana": "カツラギ　アンナ",
    "birth_on": date(1990, 2, 3),
}


@pytest.fixture
async def town(ashikaga: City) -> City:
    """Two more households, and somebody known by an alias."""
    await ashikaga.registry.family("901", "201")
    await ashikaga.registry.person("201", **SUZUKI, address="栃木県足利市通七丁目１２番地")
    await ashikaga.registry.family("902", "301", "302")
    await ashikaga.registry.person("301", **KATSURAGI)
    await ashikaga.registry.person("302", name="ＳＭＩＴＨ　ＪＯＨＮ", alias="鈴木　ジョン", birth_on=date(1985, 5, 6))
    await ashikaga.project()
    return ashikaga


async def searched(clerk: Clerk, **fields: str) -> Shown:
    await clerk.get("/residents")
    return await clerk.post("/residents", **fields)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"person_number": "201"}, ["201"]),
        ({"household_number": "902"}, ["301", "302"]),
        ({"name": "鈴木花子", "birth_on": "1990-02-03"}, ["201"]),
        ({"name": "鈴木　花", "birth_on": "1990-02-03"}, ["201"]),
        ({"name": "鈴木", "address": "足利市"}, ["201", "302"]),
        ({"furigana": "すずき", "birth_on": "1990-02-03"}, ["201"]),
        ({"furigana": "ｽｽﾞｷ", "address": "通七丁目12番"}, ["201"]),
        ({"name": "葛城anna", "birth_on": "1990-02-03"}, ["301"]),
        ({"name": "smith", "birth_on": "1985-05-06"}, ["302"]),
        ({"birth_on": "1990-02-03", "address": "本城"}, ["301"]),
        ({"name": "鈴木", "birth_on": "1990-02-04"}, []),
        ({"name": "木花子", "birth_on": "1990-02-03"}, []),
        ({"name": "%", "address": "%"}, []),
        ({"name": "鈴木", "furigana": "スズキ", "birth_on": "1990-02-03", "address": "本城"}, []),
    ],
    ids=str,
)
async def test_a_resident_is_found_as_a_clerk_types_it(
    town: City, office: Office, fields: dict[str, str], found: list[str]
) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    text = (await searched(clerk, **fields)).text
    assert [number for number in ("101", "201", "301", "302") if f'value="{number}">' in text] == found


@pytest.mark.parametrize(
    "fields", [{"name": "鈴木"}, {"birth_on": "1990-02-03"}, {"address": "足利"}, {}, {"name": " "}]
)
async def test_one_criterion_alone_does_not_leaf_through_the_register(
    town: City, office: Office, fields: dict[str, str]
) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    shown = await searched(clerk, **fields)
    assert (shown.status, "二つ以上" in shown.text) == (409, True)


@pytest.mark.parametrize("fields", [{"birth_on": "1990-02-30", "name": "鈴木"}, {"person_number": "1" * 101}])
async def test_a_field_that_is_wrong_is_told(office: Office, fields: dict[str, str]) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert (await searched(clerk, **fields)).status == 409


async def test_more_than_fifty_are_not_shown(ashikaga: City, office: Office) -> None:
    await ashikaga.registry.family("950", *(f"5{place:02}" for place in range(60)))
    await ashikaga.project()
    clerk = await office.at_work("sato", Duty.COUNTER)
    text = (await searched(clerk, household_number="950")).text
    assert text.count('name="person_number" value="5') == 50
    assert "多すぎる" in text


async def test_who_is_looked_for_stands_in_no_address_and_the_search_and_the_page_are_written_down(
    town: City, office: Office
) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    shown = await searched(clerk, name="鈴木", birth_on="1990-02-03")
    opened = await clerk.post("/residents/open", person_number="201")
    assert "鈴木" in opened.text
    for path in (shown.path, opened.path):
        assert "201" not in path
        assert "鈴木" not in unquote(path)
    rows = await office.city.rows(
        "SELECT account_id, reading, person_number FROM history.staff_reading ORDER BY reading_id"
    )
    assert [tuple(row.values()) for row in rows] == [("sato", "residents_found", "201"), ("sato", "resident", "201")]


async def test_the_page_of_a_resident_belongs_to_the_session_that_opened_it(office: Office) -> None:
    clerk, other = await office.at_work("sato", Duty.COUNTER), await office.at_work("ito", Duty.COUNTER)
    await clerk.get("/residents")
    path = (await clerk.post("/residents/open", person_number="101")).path.removeprefix("/staff")
    assert "足利　101" in (await clerk.get(path)).text
    shown = await other.get(path)
    assert (shown.status, "足利　101" in shown.text) == (409, False)


async def test_nobody_of_that_number_is_told_with_the_way_out(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/residents")
    shown = await clerk.post("/residents/open", person_number="999")
    assert (shown.status, "もう一度探して" in shown.text) == (409, True)


async def opened(office: Office, number: str, duty: Duty = Duty.COUNTER) -> str:
    clerk = await office.at_work(f"{duty}.{number}", duty)
    await clerk.get("/residents")
    return (await clerk.post("/residents/open", person_number=number)).text


async def test_a_page_shows_household_credentials_pin_and_last_issuances_and_no_my_number(office: Office) -> None:
    card = await office.city.credential("101", "7001")
    issued = await office.city.issuing.issue(CENTRE, office.city.request(card))
    text = await opened(office, "101")
    assert all(part in text for part in ("足利　102", "足利　103", "7001", "登録済み", issued.issuance_number))
    assert all(word not in text for word in ("個人番号", "本籍", "筆頭者"))


async def test_what_a_kiosk_would_refuse_is_told_by_the_kiosk_s_own_rules(office: Office) -> None:
    text = await opened(office, "101")
    assert "できる</span>" in text
    await office.city.registry.person("103", state="planned_mover")
    await office.city.project()
    assert "転出予定者がいる" in await opened(office, "102")


async def test_a_record_behind_the_registry_is_told(office: Office) -> None:
    await office.city.registry.person("101", name="足利　改")
    assert "変更を反映中" in await opened(office, "101")


@pytest.mark.parametrize(("duty", "sees"), [(Duty.COUNTER, True), (Duty.SUPERVISOR, True), (Duty.AUDITOR, False)])
async def test_the_mark_of_a_protective_measure_is_for_who_needs_it(office: Office, duty: Duty, *, sees: bool) -> None:
    await office.city.registry.person("101", suppressed=True, suppression_reason="secret ground")
    await office.city.project()
    text = await opened(office, "101", duty)
    clerk = await office.at_work("other", duty)
    text += (await searched(clerk, person_number="101")).text
    assert ("支援措置" in text) is sees
    assert ("発行を止めています" in text) is not sees
    assert "secret ground" not in text


@pytest.mark.parametrize(
    ("duty", "word"), [(Duty.COUNTER, "支援措置</span>"), (Duty.AUDITOR, "発行を止めています</span>")]
)
async def test_a_protected_member_is_marked_on_the_page_of_another(office: Office, duty: Duty, word: str) -> None:
    await office.city.registry.person("103", suppressed=True)
    await office.city.project()
    assert word in await opened(office, "101", duty)


async def test_somebody_held_back_without_a_record_has_a_page_too(office: Office) -> None:
    admin = await office.city.database.connect("postgres", CITY)
    await admin.execute(
        "INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item) VALUES ($1, '888', 'projection', 'name')",
        CITY,
    )
    text = await opened(office, "888")
    assert "取り込めない行" in text
    assert "発行用住民票にいない" in text
