"""The notice at the kiosks: seen before and after in every language, shown by the service at once, taken back with one act."""

import pytest

from kiosk_server.staff.duties import Duty
from kiosk_server.terminal.words import LANGUAGES
from tests.issuing.city import CENTRE
from tests.staff.office import Clerk, Office

PATH = "/settings/notices"
REASON = {"reason": "庁舎の点検"}
TEXTS = {"text_ja": "明日は<休み>です。", "text_en": "Closed tomorrow.", "text_ko": "내일은 쉽니다."}


async def supervisor(office: Office) -> Clerk:
    clerk = await office.at_work("ito", Duty.SUPERVISOR)
    await clerk.get(PATH)
    return clerk


async def test_it_is_seen_before_and_after_told_by_the_service_at_once_and_taken_back_with_one_act(
    office: Office,
) -> None:
    clerk, issuing = await supervisor(office), office.city.issuing
    seen = await clerk.post(f"{PATH}/preview", **TEXTS)
    assert all(one.own_name in seen.text for one in LANGUAGES)
    assert "明日は&lt;休み&gt;です。" in seen.text
    # Seven languages have no text of their own: English stands for them, and is named as such.
    assert seen.text.count("Closed tomorrow.") == len(LANGUAGES) - 3 + 1
    assert await issuing.notice(CENTRE) == {}
    stored = await clerk.post(PATH, **TEXTS, **REASON)
    assert "お知らせを登録しました" in stored.text
    assert "表示中" in stored.text
    assert await issuing.notice(CENTRE) == {name.removeprefix("text_"): words for name, words in TEXTS.items()}
    (number,) = await office.city.rows("SELECT notice_id FROM issuance.kiosk_notice")
    back = await clerk.post(f"{PATH}/{number['notice_id']}/withdraw", **REASON)
    assert "お知らせを取り下げました" in back.text
    assert await issuing.notice(CENTRE) == {}
    again = await clerk.post(f"{PATH}/{number['notice_id']}/withdraw", **REASON)
    assert (again.status, "取り下げ済みです" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"text_ja": ""}, "日本語のお知らせが空です"),
        ({"text_ne": "w" * 121}, "お知らせが長すぎます"),
        ({"ends_at": "2020-01-01T00:00"}, "終わりは、始まりと今より後に"),
        ({"starts_at": "soon"}, "日時に誤りがあります"),
    ],
    ids=str,
)
async def test_what_cannot_be_shown_is_refused_with_the_reason_and_nothing_changed(
    office: Office, wrong: dict[str, str], told: str
) -> None:
    clerk = await supervisor(office)
    for path, more in ((f"{PATH}/preview", {}), (PATH, REASON)):
        shown = await clerk.post(path, **TEXTS | wrong, **more)
        assert (shown.status, told in shown.text) == (409, True)
    assert await office.city.rows("SELECT FROM issuance.kiosk_notice") == []


@pytest.mark.parametrize("number", ["0", "x", "9" * 18, "1" * 40])
async def test_a_number_that_no_notice_has_is_told_as_such(office: Office, number: str) -> None:
    clerk = await supervisor(office)
    shown = await clerk.post(f"{PATH}/{number}/withdraw", **REASON)
    assert (shown.status, "そのお知らせはない" in shown.text) == (409, True)
