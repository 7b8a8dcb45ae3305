"""Whoever reads English reads no Japanese but names."""

import re
from html.parser import HTMLParser

import pytest

from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import PAGES
from tests.staff.office import Office

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u3001-\u3003\u301c\uff01-\uffee\u30fb]+")
_NAMES = ("足利市", "日本語", "職員", "見本", "太郎", "花子", "足利市長", "長", "やさしい", "简体中文", "繁體中文")
"""The city, its mayor, the people of the office, the way back to Japanese, and what languages call themselves."""
_TOLD = {"alt", "aria-label", "content", "placeholder", "title", "value", "data-none", "data-erase", "data-shuffle"}


_ELSEWHERE = ("/live/events", "/registry")
"""No page; and those of the resident registry, whose words are of the register itself."""


class _Words(HTMLParser):
    """Everything that somebody reads or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.words += [value or "" for name, value in attrs if name in _TOLD]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _japanese(page: str) -> set[str]:
    reader = _Words()
    reader.feed(page)
    text = " ".join(reader.words)
    for name in _NAMES:
        text = text.replace(name, "")
    return set(_JAPANESE.findall(text))


@pytest.mark.parametrize("duty", [Duty.SUPERVISOR, Duty.ADMINISTRATOR])
async def test_no_page_in_english_says_anything_in_japanese_but_names(office: Office, duty: Duty) -> None:
    clerk = await office.at_work("sato", duty)
    found = {}
    for page in PAGES:
        if (
            page.method == "GET"
            and duty in page.duties
            and "{" not in page.path
            and not page.path.startswith(_ELSEWHERE)
        ):
            shown = await clerk.get(f"{page.path}?lang=en")
            if "html" in shown.headers["Content-Type"]:
                found[page.path] = _japanese(shown.text)
    assert {path: words for path, words in found.items() if words} == {}
    assert len(found) > 3


async def test_what_is_left_in_japanese_is_found(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert "発行履歴" in _japanese((await clerk.get("/history")).text)
    assert "しろ" in _japanese('<p aria-label="しろ">white</p>')
