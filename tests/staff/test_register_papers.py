"""S1-3 at the screens: certificates and notices of the counter, from the person's page to the file, and what refuses them."""

import asyncio
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from kiosk_server.counter_making import read_facts
from kiosk_server.staff.duties import Duty
from tests.staff.office import Clerk, Office, Shown
from tests.staff.test_register import MOVE_IN, NAME, hidden, moved_in, opened_name, opened_page, through
from tests.sync.registry_rows import CITY

ASKED = {
    "paper": "certificate", "applicant": "self", "handed_to": "渡邊　花子", "identity_check": "my_number_card", "why": "車の登録",
    "o_domicile": "yes",
}  # fmt: skip


async def at_paper(clerk: Clerk) -> tuple[str, dict[str, str]]:
    """The form of papers on the page of the person who moved in, and what is typed there."""
    page = await opened_page(clerk, name="渡辺")
    path = f"/registry/person/{opened_name(page)}/papers"
    form = await clerk.get(path)
    [number] = re.findall(r'name="(on_\d+)"', form.text)
    return path, {**ASKED, number: "yes"}


def seen(preview: Shown) -> str:
    [digest] = re.findall(r'name="seen" value="([0-9a-f]{64})"', preview.text)
    return str(digest)


def own_path(preview: Shown) -> str:
    return preview.path.removeprefix("/staff")


async def made(clerk: Clerk, preview: Shown) -> tuple[int, str, bytes]:
    """The answer to the last step: status, type, and the file or the page."""
    url = clerk.office.url(own_path(preview))
    own = {"Origin": clerk.office.origin, "Sec-Fetch-Site": "same-origin"}
    fields = {"form_token": preview.form_token, "seen": seen(preview)}
    async with clerk.session.post(url, data=fields, headers=own) as answer:
        return answer.status, answer.content_type, await answer.read()


def text_of(content: bytes) -> str:
    with PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


async def a_resident(office: Office) -> Clerk:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await moved_in(clerk)
    return clerk


async def test_s1_3_a_certificate_is_asked_for_seen_and_made_and_what_is_kept_is_its_record(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    preview = await clerk.post(path, **fields)
    assert preview.path.startswith("/staff/registry/papers/"), preview.text
    for part in ("住民票の写し 1 枚", "本人: 車の登録", "マイナンバーカード", "渡邊　花子"):
        assert part in preview.text
    picture = await clerk.session.get(office.url(f"{own_path(preview)}/picture"))
    with Image.open(BytesIO(await picture.read())) as image:
        assert image.size == (794, 1123)
    assert await office.city.rows("SELECT FROM registry.paper") == []
    status, kind, content = await made(clerk, preview)
    assert (status, kind) == (200, "application/pdf")
    [kept] = await office.city.rows(
        "SELECT paper_number, kind, options, handed_to, identity_document, staff, reason, released_by, pages FROM registry.paper"
    )
    number = str(kept["paper_number"])
    assert kept == {
        "paper_number": number,
        "kind": "住民票の写し", "options": ["domicile"], "handed_to": "渡邊　花子", "identity_document": "マイナンバーカード", "staff": "sato",
        "reason": "本人: 車の登録", "released_by": None, "pages": 1,
    }  # fmt: skip
    assert number in preview.text
    for part in (number, NAME, MOVE_IN["p0_i_domicile"]):
        assert part in text_of(content)
    assert "registered_paper" in await office.happened("staff_reading", "reading")
    assert number in (await opened_page(clerk, name="渡辺")).text


async def test_s1_3_the_file_leaves_with_its_number_and_is_kept_nowhere(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    preview = await clerk.post(path, **fields)
    url, own = office.url(own_path(preview)), {"Origin": office.origin, "Sec-Fetch-Site": "same-origin"}
    async with clerk.session.post(
        url, data={"form_token": preview.form_token, "seen": seen(preview)}, headers=own
    ) as answer:
        said = answer.headers["Content-Disposition"]
        assert re.fullmatch(r'inline; filename="\d{8}-C-\d{8}\.pdf"', said)
        assert answer.headers["Cache-Control"] == "no-store"


async def test_s1_3_two_clicks_make_one_paper(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    preview = await clerk.post(path, **fields)
    twice = await asyncio.gather(made(clerk, preview), made(clerk, preview))
    assert sorted(status for status, _, _ in twice) == [200, 409]
    assert "もう出力しました" in next(content.decode() for status, _, content in twice if status == 409)
    assert len(await office.city.rows("SELECT FROM registry.paper")) == 1


WRONG: list[tuple[dict[str, str], str]] = [
    ({"identity_check": ""}, "本人確認の方法を選んでください"), ({"handed_to": "　"}, "請求者(受取人)と本人確認書類"),
    ({"applicant": ""}, "請求者の区分を選んでください"), ({"applicant": "third", "why": ""}, "第三者の請求と公用請求"),
    ({"applicant": "official", "o_resident_code": "yes"}, "住民票コードと個人番号は、本人"), ({"paper": ""}, "作る書類を選んでください"),
    ({"paper": "notice:1:receipt:x"}, "その通知はありません"), ({"paper": "notice:99999999:receipt"}, "その通知はありません"),
    ({"paper": f"notice:{'9' * 30}:receipt"}, "その通知はありません"), ({"why": "あ" * 201}, "理由"), ({"on_999": "yes"}, "台帳にいません"),
]  # fmt: skip


async def test_s1_3_r_10_what_is_left_out_or_wrong_is_told_and_what_was_typed_stands(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    for changed, said in WRONG:
        shown = await clerk.post(path, **{name: value for name, value in {**fields, **changed}.items() if value})
        assert (shown.status, said in shown.text) == (409, True), shown.text
        assert 'name="o_domicile" value="yes" checked' in shown.text
    assert await office.city.rows("SELECT FROM registry.paper") == []


async def test_s1_3_what_changed_after_the_look_is_not_printed(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    preview = await clerk.post(path, **fields)
    [row] = await office.city.rows("SELECT person_number FROM registry.person_history WHERE name = $1", NAME)
    await office.city.registry.person(str(row["person_number"]), building="乙荘")
    status, _, content = await made(clerk, preview)
    assert (status, "記載か日付が変わりました" in content.decode()) == (409, True)
    assert await office.city.rows("SELECT FROM registry.paper") == []


async def test_s1_3_a_draft_stops_a_paper_unless_the_clerk_says_otherwise(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    page = await opened_page(clerk, name="渡辺")
    form = await clerk.post(
        "/registry/entry", step="preview", kind="PM+", opened=opened_name(page), typed="yes", people="1", p0_on="yes",
        occurred="2026-11-23", notified_on="2026-11-23", identity_check="passport",
    )  # fmt: skip
    await clerk.post("/registry/entry", step="enter", **hidden(form))
    refused = await clerk.post(path, **fields)
    assert (refused.status, "本登録されていない異動(仮登録)" in refused.text) == (409, True)
    assert (await clerk.post(path, **fields, despite_drafts="yes")).path.startswith("/staff/registry/papers/")


async def test_s1_3_a_notice_of_an_event_is_made_from_the_page(office: Office) -> None:
    clerk = await a_resident(office)
    page = await opened_page(clerk, name="渡辺")
    typed = {
        "kind": "MV",
        "opened": opened_name(page),
        "typed": "yes",
        "people": "1",
        "p0_on": "yes",
        "identity_check": "passport",
    }
    typed |= {
        "occurred": "2026-11-22",
        "notified_on": "2026-11-23",
        "all_i_address": "栃木県足利市本城三丁目１番地",
        "new_household": "yes",
    }
    preview = await clerk.post("/registry/entry", step="preview", **typed)
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))
    path, _ = await at_paper(clerk)
    [word] = re.findall(r'value="(notice:\d+:receipt)"', (await clerk.get(path)).text)
    told = {"paper": word, "applicant": "notice", "identity_check": "sent", "handed_to": NAME}
    shown = await clerk.post(path, **told)
    status, _, content = await made(clerk, shown)
    assert (status, "住民異動届受理通知" in text_of(content)) == (200, True)
    assert "本城三丁目" not in text_of(content)


async def test_s1_3_a_removed_record_and_its_history_are_certified(office: Office) -> None:
    clerk = await a_resident(office)
    page = await opened_page(clerk, name="渡辺")
    gone = {
        "kind": "DE",
        "opened": opened_name(page),
        "typed": "yes",
        "people": "1",
        "p0_on": "yes",
        "occurred": "2026-11-21",
    }
    preview = await clerk.post("/registry/entry", step="preview", **gone, notified_on="2026-11-22")
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))
    path, fields = await at_paper(clerk)
    preview = await clerk.post(path, **fields, past_address="yes")
    _, _, content = await made(clerk, preview)
    assert "除票の原本と相違ない" in text_of(content)


async def test_what_is_kept_of_a_paper_is_no_page_of_its_own(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    kept = own_path(await clerk.post(path, **fields)).rpartition("/")[2]
    assert NAME in (await clerk.get(f"/registry/person/{kept}")).text
    for address in (f"/registry?search={kept}", f"/registry/person/{kept}/papers?again={kept}", f"/residents/{kept}"):
        assert (await clerk.get(address)).status in {200, 409}, address
    again = await clerk.get(f"{path}?again={kept}")
    assert 'value="渡邊　花子"' in again.text


async def test_a_preview_of_another_session_is_closed(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    preview = await clerk.post(path, **fields)
    other = await office.at_work("suzuki", Duty.COUNTER)
    await other.get("/registry")
    for shown in (
        await other.get(own_path(preview)),
        await other.get(f"{own_path(preview)}/picture"),
        await other.post(own_path(preview), seen=seen(preview)),
    ):
        assert (shown.status, "閉じています" in shown.text) == (409, True)


async def test_s1_3_a_statement_has_the_items_chosen_alone_of_a_removed_record_too(office: Office) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    told = {**fields, "paper": "statement", "o_address_since": "yes"}
    _, _, content = await made(clerk, await clerk.post(path, **told))
    text = text_of(content)
    for part in ("住民票記載事項証明書", NAME, MOVE_IN["p0_i_domicile"], "住所を定めた日", "令和8年11月20日"):
        assert part in text
    assert MOVE_IN["p0_i_resident_code"] not in text
    assert "転入前住所" not in text
    [kept] = await office.city.rows("SELECT kind, options FROM registry.paper")
    assert kept == {"kind": "住民票記載事項証明書", "options": ["address_since", "domicile"]}
    page = await opened_page(clerk, name="渡辺")
    gone = {
        "kind": "DE",
        "opened": opened_name(page),
        "typed": "yes",
        "people": "1",
        "p0_on": "yes",
        "occurred": "2026-11-21",
    }
    preview = await clerk.post("/registry/entry", step="preview", **gone, notified_on="2026-11-22")
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))
    _, _, content = await made(clerk, await clerk.post(path, **told))
    for part in ("除票記載事項証明書", "令和8年11月21日　死亡", "除票に記載があることを証明する"):
        assert part in text_of(content)
    assert "転出先" not in text_of(content)


async def test_s1_3_a_paper_under_way_is_made_though_everybody_waits_for_its_locks(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await a_resident(office)
    path, fields = await at_paper(clerk)
    [number] = [name.removeprefix("on_") for name in fields if name.startswith("on_")]
    waiting: list[asyncio.Task[None]] = []

    async def protect() -> None:
        async with office.console.database.city(CITY) as connection:
            await connection.execute(
                "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff') ON CONFLICT DO NOTHING",
                CITY, number,
            )  # fmt: skip

    async def facts(*told: Any, **more: Any) -> Any:
        read = await read_facts(*told, **more)
        waiting.extend(asyncio.create_task(protect()) for _ in range(6))
        await asyncio.sleep(0.5)
        return read

    monkeypatch.setattr("kiosk_server.staff.register_paper_facts.read_facts", facts)
    shown = await asyncio.wait_for(clerk.post(path, **fields), 20)
    assert shown.status in {200, 409}
    await asyncio.gather(*waiting)
    assert "支援措置の対象者が含まれます" in (await clerk.post(path, **fields)).text
