"""Whoever reads English reads no Japanese but names."""

import re
from html.parser import HTMLParser

import pytest

from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import PAGES
from tests.staff.office import Office
from tests.staff.test_register import MOVE_IN, NAME, hidden, opened_name, opened_page, through
from tests.staff.test_register_ledgers import the_file

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u3001-\u3003\u301c\uff01-\uffee\u30fb]+")
_NAMES = ("足利市", "日本語", "職員", "見本", "太郎", "花子", "足利市長", "長", "やさしい", "简体中文", "繁體中文")
"""The city, its mayor, the people of the office, the way back to Japanese, and what languages call themselves."""
_TOLD = {"alt", "aria-label", "content", "placeholder", "title", "value", "data-none", "data-erase", "data-shuffle"}


_NO_PAGE = "/live/events"
_EXAMPLES = ("サトウ", "通2-14")
"""In fields of the registry, which take names and addresses as they are recorded."""


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
    for name in (*_NAMES, *_EXAMPLES):
        text = text.replace(name, "")
    return set(_JAPANESE.findall(text))


@pytest.mark.parametrize("duty", [Duty.SUPERVISOR, Duty.ADMINISTRATOR])
async def test_no_page_in_english_says_anything_in_japanese_but_names(office: Office, duty: Duty) -> None:
    clerk = await office.at_work("sato", duty)
    found = {}
    for page in PAGES:
        if page.method == "GET" and duty in page.duties and "{" not in page.path and page.path != _NO_PAGE:
            shown = await clerk.get(f"{page.path}?lang=en")
            if "html" in shown.headers["Content-Type"]:
                found[page.path] = _japanese(shown.text)
    assert {path: words for path, words in found.items() if words} == {}
    assert len(found) > 3


async def test_what_is_left_in_japanese_is_found(office: Office) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    assert "発行履歴" in _japanese((await clerk.get("/history")).text)
    assert "しろ" in _japanese('<p aria-label="しろ">white</p>')


async def test_a_resident_moves_in_from_the_form_to_the_paper_in_english(office: Office) -> None:
    """What is recorded stays as it is written; everything around it is English."""
    recorded = _japanese(" ".join((*MOVE_IN.values(), "転入", "はい", "いいえ")))
    clerk = await office.at_work("sato", Duty.COUNTER, Duty.SUPERVISOR)
    await clerk.get("/registry?lang=en")
    preview = await clerk.post("/registry/entry", step="preview", **MOVE_IN)
    draft = await clerk.post("/registry/entry", step="enter", **hidden(preview))
    done = await through(clerk, draft)
    person = await opened_page(clerk, name=NAME)
    papers = await clerk.get(f"/registry/person/{opened_name(person)}/papers")
    form = await clerk.post("/registry/entry", kind="MV", opened=opened_name(person))
    for shown in (preview, draft, done, person, papers, form):
        assert _japanese(shown.text) - recorded == set(), shown.path


@pytest.mark.parametrize(
    "wrong",
    [{"p0_i_name": ""}, {"occurred": "soon"}, {"identity_check": ""}, {"note": "x" * 301}, {"p0_i_my_number": "123456789012"}],
    ids=str,
)  # fmt: skip
async def test_a_refused_event_says_why_in_english(office: Office, wrong: dict[str, str]) -> None:
    clerk = await office.at_work("sato", Duty.COUNTER)
    await clerk.get("/registry?lang=en")
    shown = await clerk.post("/registry/entry", step="preview", **(MOVE_IN | wrong))
    [alert] = re.findall(r'role="alert">(.*?)</p>', shown.text)
    assert (len(alert) > 20, _japanese(alert)) == (True, set())


async def test_what_somebody_wrote_is_shown_as_they_wrote_it(office: Office) -> None:
    """Though each of its words is one of the register's."""
    chief = await office.at_work("tanaka", Duty.SUPERVISOR)
    await chief.get("/registry/ledgers?lang=en")
    asked = {"basis": "RESEARCH", "recipient": "見本大学", "reason": "転入 転出", "seed": "1"}
    await the_file(chief, "/registry/ledgers", **asked)
    shown = (await chief.get("/registry/operations")).text
    assert ("転入 転出" in shown, "provided, listed" in shown) == (True, True)
