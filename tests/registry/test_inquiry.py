"""S1-2: whoever is sought is found, by any items, now and before, and every look is written down."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.recorded_date import RecordedDate
from civil.sex import Sex
from registry.residents import (
    DateNotUnderstood,
    Inquired,
    Inquirer,
    NoRight,
    PurposeMissing,
    RegistryKeys,
    ResidentEvent,
    Sight,
    Sought,
    TooWide,
    UnknownItem,
    UnknownPerson,
    WrongCheckDigit,
    city_transaction,
    inquire,
    look_at_household,
    look_at_person,
    number_of,
    seal_my_number,
    typed_days,
    who_looked,
)
from registry.residents.inquiry import _SQL as SQL
from registry.residents.inquiry import MOST_FOUND
from registry.residents.sought import arguments
from tests.registry.office import CITY, FOREIGN, HOME, KEYS, NOW, TODAY, Office, days_ago, someone

ALL = frozenset(Sight)
CLERK = Inquirer("sato", "転入届の受付", ALL, "窓口３")
MY_NUMBER = "123456789018"
ONE, TWO, THREE = number_of(1), number_of(2), number_of(3)


async def _ask(office: Office, *, inquirer: Inquirer = CLERK, **asked: Any) -> Inquired:
    return await inquire(office.connection, CITY, Sought(**asked), inquirer, NOW, KEYS)


async def _numbers(office: Office, **asked: Any) -> list[str]:
    return sorted(one.row.record.person_number for one in (await _ask(office, **asked)).found)


@pytest.mark.parametrize(("written", "typed"), [
    ("渡邊　花子", "渡辺花子"), ("渡邉　花子", "渡邊"), ("髙橋　一", "高橋"), ("高橋　一", "髙橋　一"), ("齋藤　次郎", "斉藤"),
    ("山﨑　三郎", "山崎"), ("𠮷田　四郎", "吉田"), ("辻󠄁　五郎", "辻"), ("辻　五郎", "辻󠄁"), ("濵田　六郎", "浜田 六"), ("ＪＯＨＮ　ＳＭＩＴＨ", "john sm"),
])  # fmt: skip
async def test_s1_2_a_variant_of_a_character_is_found_by_its_base_and_the_other_way_round(
    office: Office, written: str, typed: str
) -> None:
    await office.load(someone(1, name=written), someone(2, "子", name="別人　花子"))
    assert await _numbers(office, name=typed) == [ONE]


async def test_s1_2_whatever_character_is_replaced_is_looked_for_first(office: Office) -> None:
    """Replacing is left out where none is found: no character may be missing among those."""
    written = [chr(code) for code in range(32, 0x32000) if not 0xD800 <= code < 0xE000]
    missed = await office.rows(
        "SELECT one FROM unnest($1::text[]) AS one WHERE registry.replace_variants(one) <> registry.with_base_characters(one) "
        "OR registry.as_katakana(one) <> registry.exact_kana(one)",
        written,
    )
    assert missed == []


@pytest.mark.parametrize(("typed", "loosely", "exactly"), [
    ("オオガワ", 1, 1), ("おおがわ", 1, 1), ("ｵｵｶﾞﾜ", 1, 1), ("オオカワ", 1, 0), ("オオガワ　キョ", 1, 1),
    ("オオガワキヨ", 1, 0), ("オガワ", 0, 0), ("キョウコ", 0, 0),
])  # fmt: skip
async def test_s1_2_kana_with_and_without_voicing_marks_and_small_kana(
    office: Office, typed: str, loosely: int, exactly: int
) -> None:
    await office.load(someone(1, furigana="オオガワ　キョウコ"))
    assert await _numbers(office, furigana=typed) == [ONE] * loosely
    assert await _numbers(office, furigana=typed, exact_kana=True) == [ONE] * exactly


@pytest.mark.parametrize(("typed", "found"), [
    ("マリー", [ONE, TWO]), ("マリ", [ONE, TWO]), ("マーリー", [ONE, TWO]), ("マリースミス", [ONE]), ("まりい", [TWO]),
])  # fmt: skip
async def test_s1_2_a_mark_of_a_prolonged_sound_hides_nobody_and_a_vowel_is_one(
    office: Office, typed: str, found: list[str]
) -> None:
    await office.load(someone(1, furigana="マリー　スミス"), someone(2, "子", furigana="マリイ　スミス"))
    assert await _numbers(office, furigana=typed) == found


@pytest.mark.parametrize(
    "typed",
    [
        "栃木県足利市通二丁目",
        "通二丁目",
        "通２丁目",
        "通2-14",
        "通二丁目１４番地の３",
        "通2-14-3",
        "通二丁目１４番３号",
    ],
)
async def test_s1_2_a_place_is_found_however_its_numbers_are_written_and_without_the_city(
    office: Office, typed: str
) -> None:
    await office.load(
        someone(1, address="栃木県足利市通二丁目１４番地の３", building="足利ハイツ２０１"), someone(2, "同居人", household_number=TWO, address="栃木県足利市通三丁目１４番地の３"),
    )  # fmt: skip
    assert await _numbers(office, address=typed, home="栃木県足利市") == [ONE]
    assert await _numbers(office, building="足利ハイツ") == [ONE]


@pytest.mark.parametrize(("typed", "found"), [
    ("1980-04-02", [ONE, TWO]), ("S55.4.2", [ONE, TWO]), ("昭和55年4月2日", [ONE, TWO]), ("19800402", [ONE, TWO]), ("1980-04", [ONE, TWO]), ("昭和５５年", [ONE, TWO]),
    ("1980", [ONE, TWO]), ("1980-12-31", [TWO]), ("1979", []), ("S10.5", [THREE]), ("1935-01-01", [THREE]), ("1936", []),
])  # fmt: skip
async def test_s1_2_dates_with_unknown_parts_are_found_by_every_day_they_can_mean(
    office: Office, typed: str, found: list[str]
) -> None:
    await office.load(
        someone(1), someone(2, "子", birth=RecordedDate.uncertain("昭和55年月日不詳", date(1980, 7, 1))),
        someone(3, "父", birth=RecordedDate.uncertain("昭和10年月日不詳")),
    )  # fmt: skip
    assert await _numbers(office, birth=typed) == found


async def test_s1_2_a_birth_date_that_sets_no_bound_is_found_by_any_day_beside_a_name(office: Office) -> None:
    await office.load(someone(1, birth=RecordedDate.uncertain("年月日不詳")), someone(2, "子"))
    assert await _numbers(office, birth="1901-01-01", name="見本") == [ONE]


@pytest.mark.parametrize("typed", ["", "昭和", "1980-13", "1980-02-30", "S0", "80-1-1", "令和5年4月2日3", "X1.1.1"])
def test_a_date_that_cannot_be_read_is_refused_with_the_ways_to_write_one(typed: str) -> None:
    with pytest.raises(DateNotUnderstood, match="1980-04-02"):
        typed_days(typed)


@given(st.dates(date(1873, 1, 1), date(2100, 12, 31)))
def test_s1_2_every_day_is_read_in_every_form(on: date) -> None:
    for typed in (
        on.isoformat(),
        f"{on:%Y%m%d}",
        f"{on.year}年{on.month}月{on.day}日",
        f"{on.year}/{on.month}/{on.day}",
    ):
        assert typed_days(typed) == (on, on)
    first, last = typed_days(f"{on.year}-{on.month}")
    assert first <= on <= last
    assert (first - timedelta(days=1)).month != on.month
    assert (last + timedelta(days=1)).month != on.month


async def test_s1_2_past_removed_and_current_at_once_and_each_alone(office: Office) -> None:
    await office.load(someone(1, name="旧姓　花子"), someone(2, "子", name="旧姓　太郎"))
    await office.file("CO", {ONE: {"name": "新姓　花子"}})
    await office.file("DE", {TWO: {}}, identity_check=None)
    both = await _ask(office, name="旧姓")
    assert [(one.row.record.name, one.is_past, one.matched_name) for one in both.found] == [
        ("新姓　花子", True, "旧姓　花子"), ("旧姓　太郎", False, "旧姓　太郎"),
    ]  # fmt: skip
    assert await _numbers(office, name="旧姓", past=False) == [TWO]
    assert await _numbers(office, name="旧姓", removed=False) == [ONE]
    assert await _numbers(office, name="旧姓", past=False, removed=False) == []
    assert await _numbers(office, name="新姓", past=False, removed=False) == [ONE]


async def test_s1_2_all_that_is_asked_must_be_true_of_one_row(office: Office) -> None:
    await office.load(someone(1, name="旧姓　花子"))
    await office.file("MV", {ONE: {"address": "栃木県足利市通一丁目１番地"}})
    await office.file("CO", {ONE: {"name": "新姓　花子"}})
    assert await _numbers(office, name="旧姓", address="栃木県足利市通一丁目") == [ONE]
    assert await _numbers(office, name="旧姓", address="栃木県足利市本城") == [ONE]
    assert await _numbers(office, name="新姓", address="栃木県足利市本城") == []


async def test_s1_2_an_uncertain_birth_and_a_name_must_be_of_one_row_too(office: Office) -> None:
    await office.load(someone(1, name="旧姓　花子", birth=RecordedDate.uncertain("昭和10年月日不詳")))
    corrected = {"name": "新姓　花子", "birth": RecordedDate.uncertain("昭和11年月日不詳")}
    await office.file("CO", {ONE: corrected})
    assert (
        await _numbers(office, name="旧姓", birth="1935") == await _numbers(office, name="新姓", birth="1936") == [ONE]
    )
    assert await _numbers(office, name="新姓", birth="1935") == []


@pytest.mark.parametrize("asked", [
    {"person_number": ONE}, {"household_number": HOME, "sex": Sex.MALE}, {"resident_code": someone(1).resident_code},
    {"my_number": MY_NUMBER}, {"name": "特別", "birth": "1980"}, {"first_registrant": "筆頭"}, {"name": "特別", "others": {"domicile": "群馬県桐生市"}},
    {"telephone": "0284-00-0000"}, {"name": "特別", "others": {"primary_school_code": "A1"}}, {"furigana": "トクベツ", "sex": Sex.MALE, "is_foreign": False},
    {"name": "特別", "others": {"resident_since": "2010-04-01"}}, {"birth": "1980", "others": {"postal_code": "3260000"}},
])  # fmt: skip
async def test_s1_2_any_subset_of_items(office: Office, asked: dict[str, Any]) -> None:
    special = someone(
        1, name="特別　一", furigana="トクベツ　イチ", sex=Sex.MALE, first_registrant="筆頭　者", domicile="群馬県桐生市", postal_code="3260000",
        my_number=seal_my_number(KEYS, CITY, ONE, MY_NUMBER), further={"telephone": "0284-00-0000", "primary_school_code": "A1"},
    )  # fmt: skip
    await office.load(
        special, someone(2, "子"), someone(3, "子", name="特異　三", birth=RecordedDate(date(2001, 1, 1)))
    )
    assert await _numbers(office, **asked) == [ONE]


async def test_s1_2_foreign_residents_by_card_and_alias(office: Office) -> None:
    one = someone(1, **dict(FOREIGN) | {"alias": "渡邊　ラム", "residence_card_number": "AB12345678CD"})
    await office.load(one, someone(2, "子"))
    assert await _numbers(office, residence_card_number="AB12345678CD") == [ONE]
    assert await _numbers(office, name="渡辺ラム", is_foreign=True) == [ONE]
    assert await _numbers(office, name="渡辺ラム", is_foreign=False) == []


async def test_s1_2_names_of_all_sorts_and_their_furigana(office: Office) -> None:
    alias = dict(FOREIGN) | {"alias": "山田　ラム", "alias_furigana": "ヤマダ　ラム"}
    await office.load(
        someone(1, former_surname="渡邊", former_surname_furigana="ワタナベ"),
        someone(2, "妻", **alias),
        someone(3, "子"),
    )
    for typed, exact, person in (("渡辺", "わたなべ", ONE), ("山田", "やまだ", TWO)):
        assert await _numbers(office, name=typed) == [person]
        for exact_kana in (False, True):
            assert await _numbers(office, furigana=exact, exact_kana=exact_kana) == [person]


@pytest.mark.parametrize(
    "asked", [{}, {"sex": Sex.MALE}, {"is_foreign": True}, {"name": ""}, {"others": {"postal_code": "3260053"}}]
)
def test_nobody_leafs_through_the_register(asked: dict[str, Any]) -> None:
    with pytest.raises(TooWide, match="一つは"):
        Sought(**asked)


@pytest.mark.parametrize("item", ["my_number", "birth", "password", "further"])
def test_an_item_that_is_none_is_not_searched_by(item: str) -> None:
    with pytest.raises(UnknownItem):
        Sought(name="見本", others={item: "1"})


async def test_marks_alone_find_nobody_rather_than_everybody(office: Office) -> None:
    await office.load(someone(1))
    assert await _numbers(office, furigana="ー") == []
    assert await _numbers(office, name="見本", furigana="ー") == []


async def test_more_than_fit_are_said_to_be_more(office: Office) -> None:
    await office.load(*(someone(serial, household_number=number_of(serial)) for serial in range(1, MOST_FOUND + 3)))
    found = await _ask(office, name="見本")
    assert (len(found.found), found.is_more) == (MOST_FOUND, True)
    assert not (await _ask(office, name="見本　1", birth="1980-04-02", household_number=ONE)).is_more


async def test_s1_2_suppression_is_in_every_list(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    await office.file("PM+", {ONE: {"suppression_reason": "支援措置", "suppressed_from": TODAY}}, occurred=days_ago(0))
    shown = await _ask(office, household_number=HOME)
    assert {one.row.record.person_number: one.row.record.suppressed for one in shown.found} == {ONE: True, TWO: False}
    members = await look_at_household(office.connection, CITY, HOME, CLERK, NOW)
    assert [one.record.suppressed for one in members] == [True, False]
    history = await look_at_person(office.connection, CITY, ONE, CLERK, NOW)
    assert history.current.record.suppressed
    await office.file("OU1", {ONE: {"move_out_address": "群馬県桐生市１番地"}}, occurred=days_ago(1))
    await office.file("OU9", {ONE: {}}, occurred=days_ago(1), identity_check=None)
    (removed,) = (await _ask(office, person_number=ONE)).found
    assert (removed.row.record.in_register, removed.row.record.suppressed) == (False, True)


async def test_s1_2_a_person_as_they_were_at_every_history_number_and_a_household_at_an_instant(office: Office) -> None:
    await office.load(someone(1), someone(2, "子"))
    before = NOW + timedelta(seconds=1)
    later = NOW + timedelta(hours=1)
    await office.file("HS", {TWO: {"household_number": number_of(9), "relationship": "世帯主"}}, now=later)
    history = await look_at_person(office.connection, CITY, TWO, CLERK, later)
    assert [(row.history_number, row.record.household_number, by.kind) for row, by in history.rows] == [
        (1, HOME, "IL"), (2, number_of(9), "HS"),
    ]  # fmt: skip
    assert history.rows[1][1].operator == "職員０１"
    now = await look_at_household(office.connection, CITY, HOME, CLERK, later)
    then = await look_at_household(office.connection, CITY, HOME, CLERK, later, at=before)
    assert [row.record.person_number for row in now] == [ONE]
    assert [row.record.person_number for row in then] == [ONE, TWO]
    assert await _numbers(office, household_number=HOME) == [ONE, TWO]
    assert await _numbers(office, household_number=HOME, past=False) == [ONE]


async def test_whoever_is_nobody_is_refused_and_no_look_is_claimed(office: Office) -> None:
    with pytest.raises(UnknownPerson):
        await look_at_person(office.connection, CITY, ONE, CLERK, NOW)
    assert await office.rows("SELECT FROM registry.inquiry") == []


async def test_r_30_every_inquiry_is_logged_with_purpose_staff_items_and_whom_they_saw(office: Office) -> None:
    await office.load(someone(1), someone(2, "子", name="別人　二"))
    await _ask(office, name="見本", birth="1980")
    await look_at_person(office.connection, CITY, ONE, CLERK, NOW)
    await look_at_household(office.connection, CITY, HOME, replace(CLERK, staff="suzuki"), NOW)
    rows = await office.rows(
        "SELECT i.what, i.staff, i.purpose, i.terminal, i.items, i.refused, array_agg(s.person_number ORDER BY s.person_number) AS seen "
        "FROM registry.inquiry i JOIN registry.inquiry_seen s USING (municipality_code, inquiry_id) GROUP BY i.municipality_code, i.inquiry_id ORDER BY i.inquiry_id"
    )
    common = {"purpose": "転入届の受付", "terminal": "窓口３", "refused": False}
    assert rows == [
        {"what": "search", "staff": "sato", "items": ["name", "birth"], "seen": [ONE], **common},
        {"what": "person", "staff": "sato", "items": [], "seen": [ONE], **common},
        {"what": "household", "staff": "suzuki", "items": [], "seen": [ONE, TWO], **common},
    ]
    async with city_transaction(office.connection, CITY):
        looks = await who_looked(office.connection, CITY, TWO)
    assert [(look.staff, look.what, look.my_number_seen) for look in looks] == [("suzuki", "household", False)]


async def test_r_51_what_was_typed_is_not_in_the_log(office: Office) -> None:
    await office.load(someone(1))
    await _ask(office, name="見本", my_number=MY_NUMBER, address="栃木県足利市本城")
    kept = str(await office.rows("SELECT i::text FROM registry.inquiry i"))
    assert not any(typed in kept for typed in ("見本", MY_NUMBER, "本城"))
    assert "my_number" in kept


@pytest.mark.parametrize(("sight", "asked"), [
    (Sight.MY_NUMBER, {"my_number": MY_NUMBER}), (Sight.RESIDENT_CODE, {"resident_code": someone(1).resident_code}),
    (Sight.KOSEKI, {"first_registrant": "見本"}), (Sight.RESIDENCE, {"residence_card_number": "AB12345678CD"}),
    (Sight.KOSEKI, {"name": "見本", "others": {"domicile": "栃木県"}}),
])  # fmt: skip
async def test_r_50_without_the_right_a_search_is_refused_and_the_refusal_logged(
    office: Office, sight: Sight, asked: dict[str, Any]
) -> None:
    await office.load(someone(1))
    with pytest.raises(NoRight, match="権限がありません"):
        await _ask(office, inquirer=replace(CLERK, sights=ALL - {sight}), **asked)
    (row,) = await office.rows("SELECT staff, refused, items FROM registry.inquiry")
    assert row == {"staff": "sato", "refused": True, "items": [*Sought(**asked).items]}
    assert await office.rows("SELECT FROM registry.inquiry_seen") == []


async def test_r_50_items_without_the_right_are_not_handed_out(office: Office) -> None:
    one = someone(1, my_number=seal_my_number(KEYS, CITY, ONE, MY_NUMBER))
    await office.load(one)
    blind = replace(CLERK, sights=frozenset())
    (found,) = (await _ask(office, inquirer=blind, name="見本")).found
    history = await look_at_person(office.connection, CITY, ONE, blind, NOW)
    (member,) = await look_at_household(office.connection, CITY, HOME, blind, NOW)
    for record in (found.row.record, history.current.record, member.record):
        assert (record.my_number, record.resident_code, record.domicile, record.first_registrant) == (
            None,
            "",
            None,
            None,
        )
    (found,) = (await _ask(office, name="見本")).found
    assert (found.row.record.resident_code, found.row.record.domicile) == (one.resident_code, one.domicile)


async def test_s1_2_a_my_number_entered_under_an_earlier_key_is_found(office: Office) -> None:
    await office.load(someone(1, my_number=seal_my_number(KEYS, CITY, ONE, MY_NUMBER)))
    newer = RegistryKeys(
        KEYS.my_number, replace(KEYS.my_number_index, version=2, material=b"9" * 32), (KEYS.my_number_index,)
    )
    found = await inquire(office.connection, CITY, Sought(my_number=MY_NUMBER), CLERK, NOW, newer)
    assert [one.row.record.person_number for one in found.found] == [ONE]
    with pytest.raises(WrongCheckDigit):
        await _ask(office, my_number="123456789012")


async def test_s1_2_a_my_number_asked_without_keys_finds_nobody_rather_than_whoever_else_fits(office: Office) -> None:
    await office.load(someone(1))
    assert (await inquire(office.connection, CITY, Sought(name="見本", my_number=MY_NUMBER), CLERK, NOW)).found == ()


@pytest.mark.parametrize(("staff", "purpose"), [("sato", " "), ("", "照会"), ("sato", "あ" * 401)])
def test_r_51_no_inquiry_without_somebody_and_a_purpose(staff: str, purpose: str) -> None:
    with pytest.raises(PurposeMissing):
        Inquirer(staff, purpose)


async def test_r_51_the_log_of_inquiries_is_never_changed(office: Office) -> None:
    await office.load(someone(1))
    await _ask(office, name="見本")
    admin = await office.database.connect()
    for table in ("inquiry", "inquiry_seen", "search_key"):
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await admin.execute(f"DELETE FROM registry.{table}")


@pytest.mark.parametrize("role", ["staff", "front", "sync", "jukinet", "midserver", "atena"])
async def test_r_13_no_other_role_searches_the_register(office: Office, role: str) -> None:
    connection = await office.database.connect(role, CITY)
    for table in ("search_key", "uncertain_birth", "inquiry", "inquiry_seen"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"SELECT FROM registry.{table}")


async def test_another_city_finds_nobody(office: Office) -> None:
    await office.load(someone(1))
    found = await inquire(office.connection, "092011", Sought(name="見本"), CLERK, NOW, KEYS)
    assert found.found == ()


async def test_s1_2_a_removed_person_of_the_second_tier_is_found(office: Office) -> None:
    await office.load(someone(1), someone(2, "子", name="昔　人"))
    long_ago = NOW.replace(year=2027)
    await office.record(
        ResidentEvent(kind="DE", occurred=RecordedDate(date(2027, 1, 5)), notified_on=date(2027, 1, 6), changes={TWO: {}}), now=long_ago
    )  # fmt: skip
    admin = await office.database.connect()
    assert await admin.fetchval("SELECT registry.turn_year('2034-01-01')") > 0
    assert await _numbers(office, name="昔") == [TWO]
    assert [by.kind for _, by in (await look_at_person(office.connection, CITY, TWO, CLERK, NOW)).rows] == ["IL", "DE"]


_USUAL: dict[str, dict[str, Any]] = {
    "name": {"name": "見本　77"}, "name and birth": {"name": "見本", "birth": "1980-04-02"}, "kana": {"furigana": "ミホン"},
    "address": {"address": "本城三丁目", "home": "栃木県足利市"}, "household": {"household_number": number_of(77)}, "birth": {"birth": "1980-04"},
    "my number": {"my_number": MY_NUMBER}, "card": {"residence_card_number": "AB12345678CD"}, "number": {"person_number": number_of(77)},
}  # fmt: skip


@pytest.mark.parametrize("asked", _USUAL.values(), ids=_USUAL)
async def test_s1_2_usual_searches_go_by_indexes(office: Office, asked: dict[str, Any]) -> None:
    await office.load(*(someone(serial, household_number=number_of(serial)) for serial in range(1, 2001)))
    await (await office.database.connect()).execute("ANALYZE")
    async with city_transaction(office.connection, CITY):
        # Not forbidden here: the planner has to prefer the indexes by itself.
        await office.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        values = arguments(Sought(**asked), KEYS)
        plan = await office.connection.fetch(f"EXPLAIN {SQL['found']}", CITY, *values, MOST_FOUND + 1)
    text = "\n".join(row[0] for row in plan)
    assert "search_key_pkey" in text
    assert "Seq Scan on search_key" not in text
    assert "Seq Scan on person_history_present" not in text
    assert "Seq Scan on person " not in text
