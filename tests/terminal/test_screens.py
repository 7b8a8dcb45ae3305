"""What stands on the screens, in words: what is printed in Japanese is recognised, and whoever types can type everything."""

import unicodedata
from pathlib import Path

from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.screens import _NAME_KEYS, _PLACE_KEYS
from tests.terminal.bench import Bench, terminal
from tests.terminal.city import FakeService

KATAKANA = {chr(code) for code in range(ord("ァ"), ord("ヶ") + 1)}
MARKS = {"゛": "\u3099", "゜": "\u309a"}


def printed(name: str) -> str:
    return f'<small class="printed" lang="ja">{name}</small>'


def drawn_in(bench: Bench, language: str) -> str:
    bench.machine.visit.language = language
    return bench.drawn()


async def test_beside_a_certificate_in_another_language_stands_the_name_that_is_printed(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        assert f"Phiếu cư trú {printed('住民票の写し')}" in drawn_in(bench, "vi")
        for language in ("ja", "ja-easy"):
            assert 'class="printed"' not in drawn_in(bench, language)
        bench.does("next", kind="tax_income")
        assert f"Income {printed('所得証明書')}" in drawn_in(bench, "en")
        assert f"Tax year 2026 (income of 2025) {printed('令和8年度')}" in drawn_in(bench, "en")
        assert "2026<ruby>年度" in drawn_in(bench, "ja-easy")
        assert "Tax year" not in drawn_in(bench, "ja")
        bench.does("next", choice="2026")
        bench.does("next", copies="1")
        confirm = drawn_in(bench, "en")
        assert f"Income {printed('所得証明書')}" in confirm
        assert f"Tax year 2026 (income of 2025) {printed('令和8年度')}" in confirm
        bench.does("next")
        await bench.until(Step.TAKE)
        assert printed("所得証明書") in drawn_in(bench, "ko")


async def test_a_relationship_is_said_in_the_language_of_the_screen(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await bench.identify()
        bench.does("next", kind="resident_record")
        page = drawn_in(bench, "vi")
        assert [word in page for word in ("chủ hộ", "vợ", "世帯主", "妻")] == [True, True, False, False]
        assert ">世帯主</small>" in drawn_in(bench, "ja")


def test_every_katakana_can_be_typed() -> None:
    """ヱ and ヰ stand in the names of old people, small vowels in those of new ones."""
    for keys in (_NAME_KEYS, _PLACE_KEYS):
        pressed = set("".join(keys))
        voiced = {unicodedata.normalize("NFC", key + mark) for key in pressed for mark in MARKS.values()}
        assert {len(row) for row in keys} == {len(keys[0])}
        assert len(pressed) == sum(map(len, keys))
        missing = KATAKANA - pressed - voiced
        assert missing == (set() if keys is _NAME_KEYS else set("ヮヰヱヵヶ"))
        assert {"ー", "　", *MARKS} <= pressed
    assert set("0123456789-") <= set("".join(_PLACE_KEYS))
