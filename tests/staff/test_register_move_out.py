"""S1-3, R-50, R-51 at the screens: from the 転出届 to the 転出証明書, seen with its My Number masked, made by whoever has the right to it."""

import asyncio
import re

import pytest

from kiosk_server.staff.duties import Duty
from tests.staff.office import Clerk, Office, Shown
from tests.staff.test_register import NAME, hidden, moved_in, opened_name, opened_page, through
from tests.staff.test_register_papers import made, own_path, text_of
from tests.staff.test_register_release import released

NUMBER, PRINTED, MASKED = "123456789018", "1234 5678 9018", "＊＊＊＊ ＊＊＊＊ ＊＊＊＊"
AWAY = "東京都足立区見本町１番地"
ASKED = {"applicant": "self", "handed_to": NAME, "identity_check": "my_number_card", "why": "転入先へ提出"}


async def at_counter(office: Office, *more: Duty) -> Clerk:
    """A clerk, and somebody with a My Number who moved in."""
    clerk = await office.at_work("sato", Duty.COUNTER, *more)
    await moved_in(clerk, p0_i_my_number=NUMBER)
    return clerk


async def entered(clerk: Clerk, kind: str, **fields: str) -> Shown:
    """An event about the person, from the form to the final entry."""
    page = await opened_page(clerk, name="渡辺")
    typed = {
        "kind": kind, "opened": opened_name(page), "typed": "yes", "people": "1", "p0_on": "yes", "occurred": "2026-11-30",
        "notified_on": "2026-11-23", "identity_check": "my_number_card",
    }  # fmt: skip
    preview = await clerk.post("/registry/entry", step="preview", **(typed | fields))
    assert "まだ何も登録していません" in preview.text, preview.text
    return await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))


async def to_papers(clerk: Clerk, recorded: Shown) -> tuple[str, Shown]:
    """The page of papers, by the button of the draft that was recorded."""
    form = await clerk.post("/registry/open", papers="yes", **hidden(recorded))
    assert re.fullmatch(r"/staff/registry/person/[^/]+/papers", form.path), form.path
    return own_path(form), form


async def seen_paper(clerk: Clerk, name: str = "move_out_certificate", **fields: str) -> Shown:
    page = await opened_page(clerk, name="渡辺")
    path = f"/registry/person/{opened_name(page)}/papers"
    [word] = re.findall(rf'value="(notice:\d+:{name})"', (await clerk.get(path)).text)
    return await clerk.post(path, paper=word, **(ASKED | fields))


async def picture_of(clerk: Clerk, preview: Shown) -> bytes:
    async with clerk.session.get(clerk.office.url(f"{own_path(preview)}/picture")) as answer:
        return await answer.read()


async def test_s1_3_r_51_a_move_out_leads_to_its_certificate_with_the_my_number_read_once(office: Office) -> None:
    clerk = await at_counter(office, Duty.MY_NUMBER)
    recorded = await entered(clerk, "OU1", all_i_move_out_address=AWAY, all_i_move_out_head=NAME)
    assert "渡すもの: 転出証明書" in recorded.text
    path, form = await to_papers(clerk, recorded)
    [word] = re.findall(r'value="(notice:\d+:move_out_certificate)"', form.text)
    preview = await clerk.post(path, paper=word, **ASKED)
    for part in ("転出証明書 1 枚", "本人: 転入先へ提出", "個人番号はここでは隠しています", "出力する"):
        assert part in preview.text
    assert (await picture_of(clerk, preview)).startswith(b"\x89PNG")
    looked = "SELECT staff, purpose, items, refused FROM registry.inquiry WHERE what = 'my_number'"
    assert await office.city.rows(looked) == []
    status, kind, content = await made(clerk, preview)
    assert (status, kind) == (200, "application/pdf"), content.decode(errors="replace")
    text = text_of(content)
    for part in ("転出証明書", NAME, PRINTED, AWAY, "令和8年11月30日", "転出の届出があったことを証明する"):
        assert part in text
    assert "再交付" not in text
    [kept] = await office.city.rows(
        "SELECT paper_number, kind, options, reason, event_id IS NOT NULL AS of_event FROM registry.paper"
    )
    number = kept["paper_number"]
    assert (kept["kind"], kept["options"], kept["of_event"]) == ("転出証明書", ["my_number"], True)
    assert await office.city.rows(looked) == [
        {"staff": "sato", "purpose": "本人: 転入先へ提出", "items": ["転出証明書", number], "refused": False}
    ]
    assert await office.city.rows("SELECT count(*) AS n FROM registry.inquiry_seen WHERE my_number_seen") == [{"n": 1}]
    assert "registered_my_number" in await office.happened("staff_reading", "reading")
    assert NUMBER not in str(await office.city.rows("SELECT s::text FROM issuance.staff_search s"))


async def test_s1_3_a_second_copy_is_marked_and_a_double_click_makes_one(office: Office) -> None:
    clerk = await at_counter(office, Duty.MY_NUMBER)
    await entered(clerk, "OU1", all_i_move_out_address=AWAY)
    first, late = await seen_paper(clerk), await seen_paper(clerk)
    twice = await asyncio.gather(made(clerk, first), made(clerk, first))
    assert sorted(status for status, _, _ in twice) == [200, 409]
    assert len(await office.city.rows("SELECT FROM registry.inquiry WHERE what = 'my_number'")) == 1
    status, _, content = await made(clerk, late)
    assert (status, "記載か日付が変わりました" in content.decode()) == (409, True)
    status, _, content = await made(clerk, await seen_paper(clerk))
    assert (status, "（再交付）" in text_of(content)) == (200, True)
    assert await office.city.rows("SELECT options FROM registry.paper ORDER BY paper_number") == [
        {"options": ["my_number"]}, {"options": ["my_number", "reissue"]},
    ]  # fmt: skip


async def test_r_50_a_clerk_without_the_right_sees_it_masked_and_makes_nothing_and_a_colleague_does(
    office: Office,
) -> None:
    clerk = await at_counter(office)
    await entered(clerk, "OU1", all_i_move_out_address=AWAY)
    preview = await seen_paper(clerk)
    assert "担当「個人番号」か「責任者」が要ります" in preview.text
    assert ("出力する(" in preview.text, await picture_of(clerk, preview) != b"") == (False, True)
    status, _, content = await made(clerk, preview)
    assert (status, "権限がありません" in content.decode()) == (409, True)
    asked = "SELECT staff, refused FROM registry.inquiry WHERE what = 'my_number'"
    assert await office.city.rows(asked) == [{"staff": "sato", "refused": True}]
    assert await office.city.rows("SELECT FROM registry.paper") == []
    for account, duties in (("mori", (Duty.COUNTER, Duty.MY_NUMBER)), ("tanaka", (Duty.SUPERVISOR,))):
        other = await office.at_work(account, *duties)
        await other.get("/registry")
        assert (await made(other, await seen_paper(other)))[0] == 200
    alone = await office.at_work("ito", Duty.MY_NUMBER)
    assert (await alone.get("/registry")).status == 403


async def test_r_50_no_preview_has_a_my_number_whoever_looks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = await at_counter(office, Duty.MY_NUMBER)
    await entered(clerk, "OU1", all_i_move_out_address=AWAY)
    drawn: list[str] = []

    def picture(content: bytes) -> bytes:
        drawn.append(text_of(content))
        return b"\x89PNG"

    monkeypatch.setattr("pdf.page_picture", picture)
    await picture_of(clerk, await seen_paper(clerk))
    assert [(MASKED in text, PRINTED in text, "見本" in text) for text in drawn] == [(True, False, True)]


async def test_s1_3_a_move_by_card_and_a_cancelled_move_have_no_certificate(office: Office) -> None:
    clerk = await at_counter(office, Duty.MY_NUMBER)
    await entered(clerk, "OU2", all_i_move_out_address=AWAY)
    page = await opened_page(clerk, name="渡辺")
    assert "move_out_certificate" not in (await clerk.get(f"/registry/person/{opened_name(page)}/papers")).text
    await cancelled(clerk)
    await entered(clerk, "OU1", all_i_move_out_address=AWAY)
    ready = await seen_paper(clerk)
    await cancelled(clerk)
    for shown in ((await made(clerk, ready))[2].decode(), (await seen_paper(clerk)).text):
        assert "この異動による転出は、取り消されたか" in shown
    assert await office.city.rows("SELECT FROM registry.paper") == []


async def cancelled(clerk: Clerk) -> None:
    page = await opened_page(clerk, name="渡辺")
    found = re.findall(r'name="kind" value="(UN\+)"><button class="link" name="reverses" value="(\d+)"', page.text)
    kind, reverses = found[-1]
    preview = await clerk.post(
        "/registry/entry", step="preview", kind=kind, reverses=reverses, opened=opened_name(page), typed="yes", people="1",
        occurred="2026-11-23", notified_on="2026-11-23", identity_check="passport",
    )  # fmt: skip
    await through(clerk, await clerk.post("/registry/entry", step="enter", **hidden(preview)))


async def test_s1_3_a_protected_mover_is_confirmed_by_a_supervisor_as_for_any_paper(office: Office) -> None:
    clerk = await at_counter(office, Duty.MY_NUMBER)
    await entered(clerk, "PM+", occurred="2026-11-23")
    await entered(clerk, "OU1", all_i_move_out_address=AWAY)
    refused = await seen_paper(clerk)
    assert (refused.status, "一時解除を受けてください" in refused.text) == (409, True)
    await released(await office.at_work("tanaka", Duty.SUPERVISOR))
    assert (await made(clerk, await seen_paper(clerk)))[0] == 200
    assert await office.city.rows("SELECT released_by FROM registry.paper") == [{"released_by": "tanaka"}]


@pytest.mark.parametrize("applicant", ["third", "official"])
async def test_s1_3_nobody_else_is_handed_a_my_number(office: Office, applicant: str) -> None:
    clerk = await at_counter(office, Duty.MY_NUMBER)
    await entered(clerk, "OU1", all_i_move_out_address=AWAY)
    refused = await seen_paper(clerk, applicant=applicant)
    assert (refused.status, "住民票コードと個人番号は、本人" in refused.text) == (409, True)
