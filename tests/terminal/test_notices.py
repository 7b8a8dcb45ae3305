"""What the city tells at the first screen: in which language, never old, never in the way, and fitting in every language."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from issuance_db.kiosk_notices import WIDEST, columns, require_texts
from kiosk_server.terminal.asking import City
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.notices import Notices
from kiosk_server.terminal.screens import Screens, Setting
from kiosk_server.terminal.serving import build_app
from kiosk_server.terminal.words import LANGUAGES
from kiosk_server.web.client import AnswerBroken, CentreUnreachable
from kiosk_server.web.serving import serve
from tests.axe import barriers
from tests.terminal.bench import Bench, terminal
from tests.terminal.city import FakeService, problem
from tests.terminal.fitting import faults
from tests.terminal.screen import Screen

TOLD = {"ja": "明日は<休み>です。", "en": "Closed tomorrow."}
_HIDDEN = "const main = document.getElementById('main'); return main.scrollHeight - main.clientHeight"
_IS_LARGE = "return document.documentElement.classList.contains('large') && document.readyState === 'complete'"
LONG = {
    "ja": "市役所の電気設備の点検のため、明日の午前九時から午後五時まで、この機械での証明書の発行を休みます。",
    "ja-easy": "あしたの ごぜん9じから ごご5じまで、この きかいは つかえません。しやくしょに きてください。",
    "en": "This machine is closed tomorrow from nine to five for maintenance; ask at the counter on the ground floor.",
    "ne": "भोलि बिहान नौ बजेदेखि साँझ पाँच बजेसम्म यो मेसिन मर्मतका कारण बन्द हुन्छ। कृपया काउन्टरमा सोध्नुहोस्।",
    "vi": "Máy này tạm ngừng hoạt động ngày mai từ chín giờ đến mười bảy giờ; xin hỏi tại quầy ở tầng một.",
}


def widest() -> Mapping[str, str]:
    """As wide a text as is taken, in every language."""
    found = {}
    for one in LANGUAGES:
        text = (LONG.get(one.catalogue) or LONG["ja" if one.tag.startswith("zh") else "en"]) + " "
        many = text * 9
        found[one.catalogue] = next(many[:n] for n in range(len(many), 0, -1) if columns(many[:n].strip()) <= WIDEST)
    return require_texts(found)


def following(bench: Bench) -> Notices:
    return Notices(City(bench.service, "092029", bench.selling._city.terminal), bench.machine, pause_seconds=0.01)


def screens(texts: Mapping[str, str]) -> Screens:
    return Screens(Setting("見本市", True, True, True, notice=lambda: texts))


def told_to(bench: Bench, language: str, texts: Mapping[str, str] = TOLD) -> str:
    """The card's screen after a language was chosen."""
    bench.does("next", language=language)
    page = screens(texts).draw(bench.machine)
    bench.does("stop")
    return page


async def test_a_change_is_on_the_first_screen_at_once_and_what_was_taken_back_is_gone(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench, following(bench) as notices:
        turn = bench.machine.turn
        bench.service.told = TOLD
        await bench.see(lambda: notices.texts == TOLD)
        assert bench.machine.turn == turn + 1
        bench.service.told = {}
        await bench.see(lambda: not notices.texts)
        assert bench.machine.turn == turn + 2


@pytest.mark.parametrize("trouble", [CentreUnreachable(), AnswerBroken(), problem("busy", 503)], ids=repr)
async def test_while_the_service_does_not_answer_nothing_old_is_told(tmp_path: Path, trouble: Exception) -> None:
    async with terminal(tmp_path, FakeService(told=TOLD)) as bench, following(bench) as notices:
        await bench.see(lambda: notices.texts)
        bench.service.trouble_of_notices = [trouble] * 30
        await bench.see(lambda: not notices.texts)
        await bench.see(lambda: notices.texts)


async def test_nobody_who_has_begun_is_disturbed(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench, following(bench) as notices:
        bench.does("next", language="en")
        turn = bench.machine.turn
        bench.service.told = TOLD
        await bench.see(lambda: notices.texts)
        assert (bench.machine.turn, bench.step) == (turn, Step.CARD)


async def test_the_chosen_language_else_english_else_japanese_is_told_as_plain_text(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        first = screens(TOLD).draw(bench.machine)
        assert '<p class="note notice" lang="ja">明日は&lt;休み&gt;です。</p>' in first
        assert "notice" not in screens({}).draw(bench.machine)
        for language, said in {"en": "Closed", "ko": "Closed", "ja": "&lt;休み&gt;", "ja-easy": "&lt;休み&gt;"}.items():
            assert said in told_to(bench, language)
        assert '<p class="note notice" lang="ja">' in told_to(bench, "ne", {"ja": "休み"})


async def test_the_widest_notice_fits_in_every_language_in_normal_and_large_text(
    tmp_path: Path, browser: WebDriver
) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        server = await serve(
            build_app(bench.machine, screens(widest()).draw, None), "127.0.0.1", 0, None, stop_seconds=1
        )
        wrong = await asyncio.to_thread(_looked, Screen(browser, f"http://127.0.0.1:{server.port}/"))
        await server.stop()
    assert not any(wrong.values()), wrong


def _looked(screen: Screen) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    for look in ("normal", "large"):
        for language in LANGUAGES:
            screen.open().until("language")
            if look == "large":
                screen.press("header button[value=large]").wait(_IS_LARGE)
            wrong[f"{look} first"] = _found(screen)
            screen.next("language", language.catalogue, "card")
            wrong[f"{look} {language.catalogue}"] = _found(screen)
            screen.press("footer .stop").until("language")
        wrong[f"{look} barriers"] = [*barriers(screen.browser)]
    return wrong


def _found(screen: Screen) -> list[str]:
    below = screen.run(_HIDDEN)
    return [*faults(screen), *([f"{below} dots below the screen"] if below > 0 else [])]
