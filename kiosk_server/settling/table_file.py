"""A centre's own table of a day or a month, read by its layout."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

from civil.calendar import JST, jst_date, jst_midnight
from issuance_db.settlement import StoredLine
from kiosk_server.issuing.request import Kind
from kiosk_server.settling.layout import OPTIONAL, OUTCOMES, TableLayout
from kiosk_server.settling.progress import Progress
from kiosk_server.settling.tables import Encoding, is_packed, rows_of
from sync.feeds import FileRefused, Items

_LONGEST: Final = 64
_MOST_LINES: Final = 2_000_000
_MOST_YEN: Final = 1_000_000
_AS_THEY_ARE: Final = {kind.value: kind.value for kind in Kind} | {word: word for word in OUTCOMES}


@dataclass(frozen=True, slots=True)
class Period:
    """A JST day, or the month that begins with it."""

    length: Literal["day", "month"]
    first: date

    @property
    def after(self) -> date:
        """The first day behind it."""
        if self.length == "day":
            return self.first + timedelta(days=1)
        return (self.first.replace(day=1) + timedelta(days=32)).replace(day=1)

    @property
    def days(self) -> tuple[date, ...]:
        """Each of its days."""
        return tuple(self.first + timedelta(days=n) for n in range((self.after - self.first).days))

    @property
    def ends_at(self) -> datetime:
        """Midnight in Japan behind it, in UTC."""
        return jst_midnight(self.after)


@dataclass(frozen=True, slots=True)
class Table:
    """All lines of a table, by their JST day; days without lines are there too."""

    period: Period
    lines: Mapping[date, Sequence[StoredLine]]
    sha256: bytes


def read_table(
    content: bytes, layout: TableLayout, period: Period, encoding: Encoding = "", progress: Progress | None = None
) -> Table:
    """Read a whole table. Raises FileRefused with line, item and reason, also for a line outside the period, and Stopped."""
    progress = progress or Progress()
    progress.total = None if is_packed(content) else content.count(b"\n")
    days: dict[date, list[StoredLine]] = {day: [] for day in period.days}
    for line in _lines(content, layout, encoding):
        day = jst_date(line.occurred_at)
        if day not in days:
            reason = f"{day} は指定した期間の外です。別の月か日のファイルではありませんか。 / {day} is outside the period: is it the file of another month or day?"
            raise FileRefused(line.line, "occurred_at", reason)
        days[day].append(line)
        progress.count()
    return Table(period, days, sha256(content).digest())


def _lines(content: bytes, layout: TableLayout, encoding: Encoding) -> Iterator[StoredLine]:
    needed = {field: heading for field, heading in layout.columns.items() if field not in OPTIONAL}
    rows = rows_of(content, encoding, tuple(needed.values()))
    line, headings = next(rows)
    if len(set(headings) - {""}) < sum(bool(heading) for heading in headings):
        raise FileRefused(line, "columns", "同じ見出しの列が2つあります。 / Two columns have one heading.")
    places = {field: headings.index(heading) for field, heading in layout.columns.items() if heading in headings}
    if not {"issuance_number", "request_id"} & places.keys() and "issuance_number" in layout.columns:
        raise FileRefused(
            line,
            layout.columns["issuance_number"],
            "この見出しの列がありません。 / There is no column of this heading.",
        )
    words = {**_AS_THEY_ARE, **layout.words}
    texts: dict[str, str] = {}
    for count, (number, cells) in enumerate(rows):
        if count >= _MOST_LINES:
            raise FileRefused(
                number, "line", f"{_MOST_LINES}行を超えています。 / It has more than {_MOST_LINES} lines."
            )
        if any(cell.strip() for cell in cells):
            yield _line(number, cells, places, words, texts)


def _line(
    number: int, cells: Sequence[str], places: Mapping[str, int], words: Mapping[str, str], texts: dict[str, str]
) -> StoredLine:
    if len(cells) <= max(places.values()):
        raise FileRefused(number, "line", "列が足りません。 / It has too few columns.")
    items = Items(number, {field: cells[place].strip() for field, place in places.items()})

    def place(field: str) -> str:
        # A few names stand in a million lines: each is looked at and kept once.
        if (text := items.texts[field]) not in texts:
            texts[text] = items.text(field, _LONGEST)
        return texts[text]

    outcome = _word(items, "outcome", words, OUTCOMES) if "outcome" in places else "printed"
    return StoredLine(
        number, _name(items, "issuance_number"), _word(items, "kind", words, Kind), place("operator"), place("store"),
        place("terminal"), _instant(items), outcome, _yen(items), _name(items, "request_id"),
    )  # fmt: skip


def _name(items: Items, field: str) -> str:
    text = items.texts.get(field, "")
    if len(text) > _LONGEST or not (text.isascii() and text.isprintable()):
        raise items.refused(field, f"半角{_LONGEST}字以内です。 / It is at most {_LONGEST} ASCII characters.")
    return text


def _word(items: Items, field: str, words: Mapping[str, str], ours: Sequence[str] | type[Kind]) -> str:
    word = words.get(items.texts[field])
    if word is None or word not in list(ours):
        raise items.refused(
            field, "列の対応にない言葉です。対応に加えてください。 / The layout does not know this word: add it there."
        )
    return word


def _instant(items: Items) -> datetime:
    text = items.texts["occurred_at"].replace("/", "-")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise items.refused(
            "occurred_at", "日時ではありません(例 2026-11-24 12:00:05)。 / It is no date and time."
        ) from None
    if len(text) <= len("2026-11-24"):
        raise items.refused("occurred_at", "時刻がありません。 / It has no time.")
    return (instant if instant.tzinfo else instant.replace(tzinfo=JST)).astimezone(UTC)


def _yen(items: Items) -> int:
    text = items.texts["fee_yen"].removesuffix("円").replace(",", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= _MOST_YEN):  # noqa: PLR2004 - of so many digits int() is cheap
        raise items.refused(
            "fee_yen", f"0から{_MOST_YEN}円の整数です。 / It is a whole number from 0 to {_MOST_YEN} yen."
        )
    return int(text)
