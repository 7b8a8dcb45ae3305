"""What a 住民票の写し says, page by page, as a library finds it that did not make it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.issuing.read_pdf import pages_of

_FOOT: Final = re.compile(r"発行番号 (?P<number>\S+) ページ (?P<page>[0-9]+)/(?P<pages>[0-9]+)")
_HEAD_OF_PAGE: Final = re.compile(r"^住所 (?P<address>.+?)\n世帯主 (?P<head>.+?)\n1?[0-9]\n", re.DOTALL | re.MULTILINE)
_PERSON_BEGINS: Final = re.compile(r"[0-9]+")
_CERTIFIED: Final = re.compile(r"この写しは、(?P<whole>世帯全員の)?住民票の原本と相違ないことを証明する。")
_LABELS: Final = (
    "旧氏のフリガナ", "フリガナ", "氏名", "旧氏", "通称", "生年月日", "性別", "続柄", "個人番号", "本籍", "筆頭者",
    "外国人住民となった日", "住民となった日", "住所を定めた日", "届出日", "転入前住所", "異動前住所", "国籍・地域",
    "第30条の45に規定する区分", "在留資格", "在留期間等", "在留期間の満了の日", "在留カード等の番号",
)  # fmt: skip
_CELL: Final = re.compile(rf"(?:^| )({'|'.join(_LABELS)})(?= |$)")
_NOTHING_ELSE: Final = re.compile(
    r"\S+ 住　民　票|（以下余白）|（次のページに続く）|(?:明治|大正|昭和|平成|令和)(?:元|[0-9]+)年[0-9]+月[0-9]+日|見本|[^ ]+市長 [^ ]+"
)
_AFTER_PERSONS: Final = ("（以下余白）", "（次のページに続く）", "この写しは、", "発行番号 ")

Cells = Mapping[str, str]
"""The cells of one person by their labels."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `place` is n of n/m, `certifies` whether it bears the certification sentence."""

    issuance_number: str
    place: int
    pages: int
    address: str
    head: str
    certifies: bool
    unexpected: tuple[str, ...]
    """Lines that no certificate has."""
    persons: tuple[Cells, ...] = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole certificate."""

    pages: tuple[Page, ...]

    @property
    def persons(self) -> tuple[Cells, ...]:
        """Everybody on it, in order."""
        return tuple(person for page in self.pages for person in page.persons)

    @property
    def names(self) -> tuple[str, ...]:
        """The 氏名 cells, in order."""
        return tuple(person["氏名"] for person in self.persons)

    @property
    def text(self) -> str:
        """Everything that can be read."""
        return "\n".join(page.text for page in self.pages)


def read(content: bytes) -> Reading:
    """Read every page. Fails on a page without number, n/m, address or head."""
    return Reading(tuple(_page(text) for text in pages_of(content)))


def _page(text: str) -> Page:
    lines = text.splitlines()
    foot = _only(_FOOT, lines)
    head = _HEAD_OF_PAGE.search("\n".join(lines))
    assert head is not None, "a page without address and head"
    return Page(
        foot["number"],
        int(foot["page"]),
        int(foot["pages"]),
        head["address"].replace("\n", ""),
        head["head"].replace("\n", ""),
        any(_CERTIFIED.fullmatch(line) for line in lines),
        tuple(_unexpected(lines, foot)),
        tuple(_persons(lines)),
        text,
    )


def _only(pattern: re.Pattern[str], lines: Sequence[str]) -> re.Match[str]:
    found = [match for match in map(pattern.fullmatch, lines) if match is not None]
    assert len(found) == 1, f"{len(found)} lines are like {pattern.pattern}"
    return found[0]


def _persons(lines: Sequence[str]) -> Iterator[Cells]:
    person: dict[str, str] | None = None
    last = ""
    for line in lines:
        if _PERSON_BEGINS.fullmatch(line):
            if person is not None:
                yield person
            person = {}
        elif person is not None and line.startswith(_AFTER_PERSONS):
            yield person
            return
        elif person is not None:
            cells = _cells(line)
            last = list(cells)[-1] if cells else last
            # A text that takes two lines of its cell goes on without a label.
            person |= cells or {last: person[last] + line}
    assert person is None, "a page ends within a person"


def _unexpected(lines: Sequence[str], foot: re.Match[str]) -> Iterator[str]:
    """What stands before the address, or after the persons, and belongs to neither the form nor the certification.

    The microtext says the number and place of the foot again and again, and nothing else.
    """
    begin = next(place for place, line in enumerate(lines) if line.startswith("住所 "))
    end = next(place for place, line in enumerate(lines) if line.startswith(_AFTER_PERSONS))
    said_again = re.compile(rf"(?:{re.escape(foot['number'])}・{foot['page']}/{foot['pages']}・)+")
    known = (_NOTHING_ELSE, _CERTIFIED, _FOOT, said_again)
    for line in (*lines[:begin], *lines[end:]):
        if not any(pattern.fullmatch(line) for pattern in known):
            yield line


def _cells(line: str) -> Cells:
    parts = _CELL.split(line)
    return {label: value.strip(" ") for label, value in zip(parts[1::2], parts[2::2], strict=True)}
