"""The counter of the resident registry: search, a person then and now, an event step by step, drafts, figures."""

import re
from datetime import date
from html import unescape

import pytest

from civil.check_digits import resident_code
from kiosk_server.cli.registry_files import statistics_files
from kiosk_server.staff.duties import Duty
from registry.residents import EVENT_KINDS, EventClass, Population, Validation
from tests.issuing.city import City
from tests.staff.office import Clerk, Office, Shown
from tests.staff.office import office as opened
from tests.sync.registry_rows import CITY

NAME, SHOWN = "渡邊　花子", "渡邊　花子"
MOVE_IN = {
    "kind": "IN1", "typed": "yes", "people": "1", "new_household": "yes", "occurred": "2026-11-20", "notified_on": "2026-11-23",
    "identity_check": "my_number_card", "p0_i_name": NAME, "p0_i_furigana": "ワタナベ　ハナコ", "p0_i_birth": "S55.4.2", "p0_i_sex": "女",
    "p0_i_relationship": "世帯主", "p0_i_domicile": "群馬県桐生市織姫町１番地", "p0_i_first_registrant": "渡邊　太郎",
    "p0_i_resident_code": resident_code("1234567890"), "all_i_address": "栃木県足利市通二丁目１４番地", "all_i_postal_code": "3260814",
    "all_i_address_before_move_in": "群馬県桐生市織姫町１番地",
}  # fmt: skip
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_MAIN = re.compile(r"<main.*</main>", re.DOTALL)


def hidden(shown: Shown) -> dict[str, str]:
    """What the last form of a page carries on."""
    form = _MAIN.findall(shown.text)[0].rpartition("<form")[2]
    return {name: unescape(value) for name, value in _HIDDEN.findall(form) if name != "form_token"}


def standing_in(shown: Shown) -> dict[str, str]:
    """What stands in the fields of a page."""
    fields = {name: unescape(value) for name, value in re.findall(r'<input name="([^"]+)" value="([^"]*)"', shown.text)}
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', shown.text, re.DOTALL):
        fields[name] = next(iter(re.findall(r'<option value="([^"]*)" selected>', options)), "")
    return fields


async def moved_in(clerk: Clerk, **changes: str) -> Shown:
    """A 転入 from the form to the final entry; the page of the draft."""
    await clerk.get("/registry")
    preview = await clerk.post("/registry/entry", step="preview", **(MOVE_IN | changes))
    assert "変わる内容の確認" in preview.text, preview.text
    draft = await clerk.post("/registry/entry", step="enter", **hidden(preview))
    assert re.fullmatch(r"/staff/registry/drafts/\d+\?said=draft_entered", draft.path), draft.text
    return await through(clerk, draft)


async def through(clerk: Clerk, draft: Shown, *steps: str) -> Shown:
    """Review, decision, final entry."""
    for step in steps or ("review", "decide", "record"):
        draft = await clerk.post(f"{draft.path.partition('?')[0].removeprefix('/staff')}/{step}")
    return draft


async def opened_page(clerk: Clerk, **fields: str) -> Shown:
    """The page of the one who is found."""
    found = await clerk.post("/registry", purpose="notification", **fields)
    [number] = re.findall(r'name="person_number" value="(\d+)"', found.text)
    return await clerk.post("/registry/open", purpose="notification", person_number=number)


def opened_name(shown: Shown) -> str:
    return shown.path.rpartition("/")[2].partition("?")[0]


async def test_s1_1_a_move_in_typed_from_the_form_to_the_final_entry_is_found(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    recorded = await moved_in(clerk)
    assert "本登録しました" in recorded.text
    shown = await opened_page(clerk, name="渡辺")
    for part in (SHOWN, "国内転入", "群馬県桐生市", "世帯主", "昭和55年4月2日"):
        assert part in shown.text
    (row,) = await office.city.rows(
        "SELECT operator, decided_by, identity_document FROM registry.event WHERE kind = 'IN1'"
    )
    assert row == {"operator": "職員 sato", "decided_by": "職員 sato", "identity_document": "マイナンバーカード"}


async def test_s1_1_a_move_shows_what_will_change_before_it_does(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    page = await opened_page(clerk, furigana="わたなべ")
    form = await clerk.post("/registry/entry", kind="MV", opened=opened_name(page))
    assert "この人を対象にする" in form.text
    typed = {
        "kind": "MV", "opened": opened_name(page), "typed": "yes", "people": "1", "p0_on": "yes", "occurred": "2026-11-22",
        "notified_on": "2026-11-23", "identity_check": "passport", "all_i_address": "栃木県足利市本城三丁目２１４５番地",
    }  # fmt: skip
    preview = await clerk.post("/registry/entry", step="preview", **typed)
    for part in (
        "まだ何も登録していません",
        "栃木県足利市通二丁目１４番地",
        "<b>栃木県足利市本城三丁目２１４５番地</b>",
        "住民異動届受理通知",
    ):
        assert part in preview.text
    assert (await office.city.rows("SELECT count(*) AS n FROM registry.draft")) == [{"n": 1}]
    draft = await clerk.post("/registry/entry", step="enter", **hidden(preview))
    assert (await office.city.rows("SELECT count(*) AS n FROM registry.event WHERE kind = 'MV'")) == [{"n": 0}]
    assert "本登録しました" in (await through(clerk, draft)).text
    past = await clerk.get(f"/registry/person/{opened_name(page)}?row=1")
    assert "過去の記載を表示しています" in past.text
    assert "本城三丁目" not in past.text
    assert "本城三丁目" in (await clerk.get(f"/registry/person/{opened_name(page)}?at=2026-11-23")).text


@pytest.mark.parametrize(("changed", "said", "wrong"), [
    ({"p0_i_birth": "1980"}, "「生年月日」(`birth`)", "p0_i_birth"), ({"p0_i_resident_code": "12345678901"}, "検査数字", "p0_i_resident_code"),
    ({"p0_i_furigana": "わたなべ"}, "全角カタカナ", "p0_i_furigana"), ({"occurred": "2027-01-01"}, "未来の日付", "occurred"),
    ({"identity_check": ""}, "本人確認の記録がありません", None), ({"p0_i_name": ""}, "「氏名」が空です", "p0_i_name"), ({"occurred": "きのう"}, "異動日・届出日が読み取れません", None),
    ({"p0_i_relationship": "父の父の父の父の父"}, "続柄の一覧", "p0_i_relationship"), ({"new_household": ""}, "「世帯番号」が空です", "all_i_household_number"),
    ({"p0_i_my_number": "123456789012"}, "検査数字", "p0_i_my_number"), ({"note": "あ" * 301}, "300字", None),
])  # fmt: skip
async def test_an_error_names_the_field_and_the_way_out_and_what_was_typed_stands(
    office: Office, changed: dict[str, str], said: str, wrong: str | None
) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/registry")
    form = {name: value for name, value in (MOVE_IN | changed).items() if value}
    shown = await clerk.post("/registry/entry", step="preview", **form)
    assert (shown.status, said in shown.text, NAME in shown.text or "p0_i_name" in changed) == (409, True, True), (
        shown.text
    )
    if wrong is not None:
        assert re.search(rf'name="{wrong}"[^>]*aria-invalid', shown.text)
    assert await office.city.rows("SELECT FROM registry.draft") == []


async def test_several_persons_move_in_as_one_event(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/registry")
    more = await clerk.post("/registry/entry", step="add", **MOVE_IN)
    assert 'name="p1_i_name"' in more.text
    second = {name.replace("p0_", "p1_"): value for name, value in MOVE_IN.items() if name.startswith("p0_")}
    second |= {
        "p1_i_name": "渡邊　一郎",
        "p1_i_relationship": "子",
        "p1_i_birth": "H20.5.5",
        "p1_i_resident_code": resident_code("1234567891"),
    }
    await moved_in(clerk, people="2", **second)
    page = await opened_page(clerk, name="渡辺一郎")
    assert "渡邊　花子" in page.text
    assert await office.city.rows("SELECT count(*) AS n FROM registry.event WHERE kind = 'IN1'") == [{"n": 1}]


async def test_r_31_where_the_rules_say_so_another_person_decides(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    page = await opened_page(clerk, name="渡辺")
    form = await clerk.post("/registry/entry", kind="CO", opened=opened_name(page))
    assert "決裁は別の職員" in form.text
    fields = standing_in(form)
    typed = fields | {
        "kind": "CO",
        "opened": opened_name(page),
        "typed": "yes",
        "people": "1",
        "p0_on": "yes",
        "occurred": "2026-11-22",
    }
    preview = await clerk.post("/registry/entry", step="preview", **(typed | {"p0_i_furigana": "ワタベ　ハナコ"}))
    assert ("<b>ワタベ　ハナコ</b>" in preview.text, "<b>群馬県" in preview.text) == (True, False)
    draft = await clerk.post("/registry/entry", step="enter", **hidden(preview))
    path = draft.path.partition("?")[0].removeprefix("/staff")
    refused = await clerk.post(f"{path}/review")
    assert (refused.status, "別の職員の決裁" in refused.text) == (409, True)
    other = await office.at_work("suzuki", Duty.SUPERVISOR)
    await other.get(path)
    for step in ("review", "decide"):
        await other.post(f"{path}/{step}")
    assert "本登録しました" in (await clerk.post(f"{path}/record")).text


async def test_two_clerks_on_one_household_get_a_clear_answer(office: Office) -> None:
    clerk, other = await office.at_work("sato", Duty.COUNTER), await office.at_work("suzuki", Duty.COUNTER)
    await moved_in(clerk)
    pages = [await opened_page(one, name="渡辺") for one in (clerk, other)]
    typed = [
        {"kind": "MI", "opened": opened_name(page), "typed": "yes", "people": "1", "p0_on": "yes", "occurred": "2026-11-22", "p0_i_building": building}
        for page, building in zip(pages, ("甲荘", "乙荘"), strict=True)
    ]  # fmt: skip
    kept = {
        "p0_i_name": NAME,
        "p0_i_furigana": "ワタナベ　ハナコ",
        "p0_i_domicile": MOVE_IN["p0_i_domicile"],
        "p0_i_first_registrant": "渡邊　太郎",
    }
    kept |= {"p0_i_address": MOVE_IN["all_i_address"], "p0_i_postal_code": "3260814"}
    previews = [
        await one.post("/registry/entry", step="preview", **(kept | fields))
        for one, fields in zip((clerk, other), typed, strict=True)
    ]
    first = await clerk.post("/registry/entry", step="enter", **hidden(previews[0]))
    again = await other.post("/registry/entry", step="preview", **(kept | typed[1]))
    assert "同じ人・世帯の仮登録があります" in again.text
    assert "職員 sato" in again.text
    waiting = await other.post("/registry/entry", step="enter", **hidden(again))
    assert "本登録しました" in (await through(clerk, first)).text
    late = await other.post("/registry/entry", step="enter", **hidden(previews[1]))
    assert (late.status, "もう一度確かめてください" in late.text) == (409, True)
    stale = await other.get(waiting.path.partition("?")[0].removeprefix("/staff"))
    assert "取り下げて、今の内容から入力し直してください" in stale.text
    ended = await other.post(
        f"{waiting.path.partition('?')[0].removeprefix('/staff')}/end", how="withdrawn", reason="先の異動のため"
    )
    assert "取り下げました" in ended.text


async def test_a_double_click_records_once(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    recorded = await moved_in(clerk)
    path = recorded.path.partition("?")[0].removeprefix("/staff")
    again = await clerk.post(f"{path}/record")
    assert (again.status, "この手続きの段階にありません" in again.text) == (409, True)
    assert await office.city.rows("SELECT count(*) AS n FROM registry.event WHERE kind = 'IN1'") == [{"n": 1}]


async def test_s1_1_an_event_is_cancelled_from_the_history(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    page = await opened_page(clerk, name="渡辺")
    [(kind, reverses)] = re.findall(
        r'name="kind" value="([^"]+)"><button class="link" name="reverses" value="(\d+)"', page.text
    )
    assert kind == "UN-"
    preview = await clerk.post(
        "/registry/entry", step="preview", kind=kind, reverses=reverses, opened=opened_name(page), typed="yes", people="1", occurred="2026-11-23"
    )  # fmt: skip
    assert "<b>除票</b>" in preview.text
    assert "異動の取消し" in preview.text


async def test_s1_1_a_re_entry_keeps_number_and_my_number_whoever_enters_it(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk, p0_i_my_number="123456789018")
    page = await opened_page(clerk, name="渡辺")
    gone = {
        "kind": "DE",
        "opened": opened_name(page),
        "typed": "yes",
        "people": "1",
        "p0_on": "yes",
        "occurred": "2026-11-21",
        "notified_on": "2026-11-22",
    }
    await through(
        clerk,
        await clerk.post(
            "/registry/entry", step="enter", **hidden(await clerk.post("/registry/entry", step="preview", **gone))
        ),
    )
    page = await opened_page(clerk, name="渡辺")
    assert "除票" in page.text
    back = {name: value for name, value in MOVE_IN.items() if name != "people"} | {
        "opened": opened_name(page),
        "occurred": "2026-11-22",
    }
    preview = await clerk.post("/registry/entry", step="preview", **back)
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))
    rows = await office.city.rows(
        "SELECT count(DISTINCT person_number) AS persons, count(DISTINCT my_number_index) AS numbers, count(my_number_index) AS with_number, "
        "count(*) AS n FROM registry.person_history WHERE name = $1", NAME,
    )  # fmt: skip
    assert rows == [{"persons": 1, "numbers": 1, "with_number": 3, "n": 3}]


async def test_r_51_whom_a_preview_shows_is_logged(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    other = MOVE_IN | {
        "p0_i_name": "別人　次郎",
        "p0_i_resident_code": resident_code("1234567899"),
        "p0_i_birth": "H1.2.3",
    }
    await moved_in(clerk, **other)
    page = await opened_page(clerk, name="別人")
    (home,) = await office.city.rows(
        "SELECT household_number, person_number FROM registry.person_history WHERE name = $1", NAME
    )
    typed = {
        "kind": "HM",
        "opened": opened_name(page),
        "typed": "yes",
        "people": "1",
        "p0_on": "yes",
        "occurred": "2026-11-22",
        "notified_on": "2026-11-23",
    }
    typed |= {
        "identity_check": "passport",
        "all_i_household_number": str(home["household_number"]),
        "p0_i_relationship": "同居人",
    }
    preview = await clerk.post("/registry/entry", step="preview", **typed)
    assert NAME in preview.text
    seen = await office.city.rows(
        "SELECT count(*) AS n FROM registry.inquiry_seen WHERE person_number = $1", home["person_number"]
    )
    assert seen != [{"n": 0}]


async def test_s1_2_a_protected_person_is_marked_wherever_they_are_shown(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    page = await opened_page(clerk, name="渡辺")
    preview = await clerk.post(
        "/registry/entry", step="preview", kind="PM+", opened=opened_name(page), typed="yes", people="1", p0_on="yes", occurred="2026-11-23",
        notified_on="2026-11-23", identity_check="passport",
    )  # fmt: skip
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))
    found = await clerk.post("/registry", purpose="enquiry", name="渡辺")
    shown = await opened_page(clerk, name="渡辺")
    assert all("支援措置" in one.text for one in (found, shown))
    assert "住所などを本人以外に伝えないでください" in shown.text
    auditor = await office.at_work("watanabe", Duty.AUDITOR)
    await auditor.get("/registry")
    assert "支援措置" in (await auditor.post("/registry", purpose="check", name="渡辺")).text


async def test_s1_2_whom_the_issuing_side_alone_protects_is_marked_wherever_they_are_shown(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    recorded = await moved_in(clerk)
    page = await opened_page(clerk, name="渡辺")
    typed = {
        "kind": "MI",
        "opened": opened_name(page),
        "typed": "yes",
        "people": "1",
        "p0_on": "yes",
        "occurred": "2026-11-22",
    }
    form = await clerk.post("/registry/entry", kind="MI", opened=opened_name(page))
    typed = standing_in(form) | typed | {"p0_i_building": "甲荘"}
    assert 'class="state refused">支援措置' not in page.text
    (row,) = await office.city.rows("SELECT person_number FROM registry.person_history WHERE name = $1", NAME)
    async with office.console.database.city(CITY) as connection:
        await connection.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')",
            CITY, row["person_number"],
        )  # fmt: skip
    found = await clerk.post("/registry", purpose="enquiry", name="渡辺")
    shown = await opened_page(clerk, name="渡辺")
    form = await clerk.post("/registry/entry", kind="MI", opened=opened_name(page))
    preview = await clerk.post("/registry/entry", step="preview", **typed)
    draft = await clerk.post("/registry/entry", step="enter", **hidden(preview))
    ended = await clerk.get(recorded.path.partition("?")[0].removeprefix("/staff"))
    assert [
        one.text.count('class="state refused">支援措置') for one in (found, shown, form, preview, draft, ended)
    ] == [1, 2, 1, 3, 3, 1]
    assert "発行の側だけで止めています" in shown.text


async def test_r_51_every_inquiry_of_the_console_is_logged_in_both_books(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    await opened_page(clerk, name="渡辺")
    rows = await office.city.rows(
        "SELECT staff, purpose, what FROM registry.inquiry WHERE purpose = '届出の受付' ORDER BY inquiry_id"
    )
    assert [(row["staff"], row["what"]) for row in rows] == [
        ("sato", "search"),
        ("sato", "person"),
        ("sato", "household"),
    ]
    assert {"registered_found", "registered"} <= set(await office.happened("staff_reading", "reading"))


async def test_r_50_my_number_is_searched_by_whoever_has_the_right_alone_and_kept_nowhere(office: Office) -> None:
    clerk, chief = await office.at_work("sato", Duty.COUNTER), await office.at_work("tanaka", Duty.SUPERVISOR)
    await moved_in(clerk, p0_i_my_number="123456789018")
    assert 'name="my_number"' not in (await clerk.get("/registry")).text
    refused = await clerk.post("/registry", purpose="enquiry", my_number="123456789018")
    assert (refused.status, "権限がありません" in refused.text) == (409, True)
    assert 'name="my_number"' in (await chief.get("/registry")).text
    assert NAME in (await chief.post("/registry", purpose="enquiry", my_number="1234 5678 9018")).text
    (row,) = await office.city.rows(
        "SELECT count(*) FILTER (WHERE refused) AS refused, count(*) AS n FROM registry.inquiry WHERE 'my_number' = ANY (items)"
    )
    assert row == {"refused": 1, "n": 2}
    other = await office.at_work("mori", Duty.COUNTER, Duty.MY_NUMBER)
    assert 'name="my_number"' in (await other.get("/registry")).text
    assert NAME in (await other.post("/registry", purpose="enquiry", my_number="123456789018")).text
    assert "123456789018" not in str(await office.city.rows("SELECT s::text FROM issuance.staff_search s"))


async def test_r_50_an_auditor_sees_no_koseki_and_changes_nothing(office: Office) -> None:
    clerk, auditor = await office.at_work("sato", Duty.COUNTER), await office.at_work("watanabe", Duty.AUDITOR)
    await moved_in(clerk)
    await auditor.get("/registry")
    shown = await opened_page(auditor, name="渡辺")
    assert ("渡邊　太郎" in shown.text, "権限のない項目" in shown.text, "異動を入力する" in shown.text) == (
        False,
        True,
        False,
    )


async def test_a_search_without_a_purpose_or_anything_that_narrows_is_refused(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/registry")
    for purpose in ("", "渡辺さんの件"):
        assert "目的を選んでください" in (await clerk.post("/registry", name="渡辺", purpose=purpose)).text
        opened = await clerk.post("/registry/open", person_number="1", purpose=purpose)
        assert "目的を選んでください" in opened.text
    assert "どれか一つは" in (await clerk.post("/registry", purpose="check", sex="male")).text
    assert "生年月日が読み取れません" in (await clerk.post("/registry", purpose="check", birth="春")).text


@pytest.mark.parametrize("fields", [
    {}, {"kind": "XX"}, {"kind": "MV"}, {"kind": "MV", "opened": "nobody"}, {"kind": "IN1", "people": "99"}, {"kind": "IN1", "people": "x"}, {"kind": "IN1", "people": "9" * 5000},
    {"kind": "IN1", "step": "delete"}, {"kind": "IN1", "step": "enter"}, {"kind": "IL", "step": "preview"}, MOVE_IN | {"step": "enter", "based_on": "[]"},
])  # fmt: skip
async def test_a_form_that_is_not_ours_gets_an_answer_and_does_nothing(office: Office, fields: dict[str, str]) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/registry")
    shown = await clerk.post("/registry/entry", **fields)
    assert shown.status == 409
    assert await office.city.rows("SELECT FROM registry.draft") == []


@pytest.mark.parametrize("number", ["0", "x", "１", "9" * 30, "9" * 5000], ids=len)
async def test_there_is_no_draft_of_another_number(office: Office, number: str) -> None:
    shown = await (await office.at_work("sato", Duty.COUNTER)).get(f"/registry/drafts/{number}")
    assert (shown.status, "その仮登録は見つかりません" in shown.text) == (409, True)


async def test_s1_4_figures_add_up_with_charts_and_files(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    office.city.clock.advance(days=1)
    clerk = await office.at_work("suzuki", Duty.COUNTER)
    shown = await clerk.get("/registry/figures?since=2026-11-23&until=2026-11-24")
    assert shown.status == 200, shown.text
    assert "人口 + 記載 − 消除 は合っています" in shown.text
    assert shown.text.count('<svg role="img"') == 3
    nobody = Population(date(2026, 11, 23), (), ())
    assert set(re.findall(r"/figures/([a-z_.]+)\?", shown.text)) == statistics_files(nobody, (), nobody).keys()
    assert ("記載 転入(国内)" in shown.text, "日本" in shown.text) == (True, True)
    async with clerk.session.get(
        office.url("/registry/figures/statistics.xlsx?since=2026-11-23&until=2026-11-24")
    ) as file:
        assert (await file.read()).startswith(b"PK")
    for name in ("nationalities.csv", "yearly.csv", "prefectures.svg"):
        assert (await clerk.get(f"/registry/figures/{name}?since=2026-11-23&until=2026-11-24")).status == 200
    assert (await clerk.get("/registry/figures/passwd")).status == 409
    assert (await clerk.get("/registry/figures?since=2026-11-24&until=2026-11-24")).status == 409


async def test_without_a_register_of_ours_the_pages_say_so(ashikaga: City) -> None:
    async with opened(ashikaga, has_register=False) as office:
        clerk = await office.at_work("sato", Duty.COUNTER)
        for path in ("/registry", "/registry/drafts", "/registry/figures"):
            shown = await clerk.get(path)
            assert (shown.status, "KIOSK_OWN_REGISTRY" in shown.text) == (409, True)


async def test_every_kind_of_the_table_has_its_form(office: Office) -> None:
    """Made from the table: whatever an event of the kind may or must bring has a field."""
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    page = await opened_page(clerk, name="渡辺")
    for code, kind in EVENT_KINDS.items():
        shown = await clerk.post("/registry/entry", kind=code, opened=opened_name(page), reverses="1")
        assert shown.status == (409 if code == "IL" else 200), code
        fields = set(re.findall(r'name="(?:p0|all)_i_(\w+)"', shown.text))
        wanted = kind.may_change if kind.event_class is not EventClass.ENTRY else {"name", "birth", "address"}
        assert code == "IL" or fields >= wanted, code
        assert ('name="identity_check"' in shown.text) is (Validation.IDENTITY_CHECK in kind.validations), code
        assert ('name="notified_on"' in shown.text) is (kind.told is not None), code
