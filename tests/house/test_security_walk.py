"""docs/security.md walks every item of OWASP ASVS 4.0.3, levels 1 and 2, and names no test that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = (_ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_ITEM: Final = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+) \|$", re.MULTILINE)
_LEVELS_1_AND_2: Final = """
1.1.1-7 1.2.1-4 1.4.1 1.4.4-5 1.5.1-4 1.6.1-4 1.7.1-2 1.8.1-2 1.9.1-2 1.10.1 1.11.1-2 1.12.2 1.14.1-6
2.1.1-12 2.2.1-3 2.3.1-3 2.4.1-5 2.5.1-7 2.6.1-3 2.7.1-6 2.8.1-7 2.9.1-3 2.10.1-4
3.1.1 3.2.1-4 3.3.1-4 3.4.1-5 3.5.1-3 3.7.1
4.1.1-3 4.1.5 4.2.1-2 4.3.1-3
5.1.1-5 5.2.1-8 5.3.1-10 5.4.1-3 5.5.1-4
6.1.1-3 6.2.1-6 6.3.1-2 6.4.1-2
7.1.1-4 7.2.1-2 7.3.1 7.3.3-4 7.4.1-3
8.1.1-4 8.2.1-3 8.3.1-8
9.1.1-3 9.2.1-4
10.2.1-2 10.3.1-3
11.1.1-8
12.1.1-3 12.2.1 12.3.1-6 12.4.1-2 12.5.1-2 12.6.1
13.1.1 13.1.3-5 13.2.1-3 13.2.5-6 13.3.1-2 13.4.1-2
14.1.1-4 14.2.1-6 14.3.2-3 14.4.1-7 14.5.1-4
"""
"""By their numbers; what is missing in between was withdrawn from the standard or is of level 3."""


def _asked() -> Iterator[str]:
    for words in _LEVELS_1_AND_2.split():
        section, _, numbers = words.rpartition(".")
        first, _, last = numbers.partition("-")
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


def test_every_item_has_one_row_in_its_order_and_an_answer() -> None:
    rows = _ITEM.findall(_PAGE)
    assert [item for item, _ in rows] == list(_asked())
    assert [item for item, answer in rows if re.match(r"open\b", answer)] == []


def test_every_test_and_page_that_is_named_is_there() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in (_ROOT / "tests").rglob("test_*.py"))
    files = {file.stem for file in (_ROOT / "tests").rglob("test_*.py")}
    named = set(re.findall(r"\btest_[a-z0-9_]+", _PAGE))
    assert len(named) > 60
    assert {name for name in named - files if re.search(rf"def {name}\b", code) is None} == set()
    linked = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", _PAGE)}
    assert {link for link in linked if not (_ROOT / "docs" / link).exists()} == set()
