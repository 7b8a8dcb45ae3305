"""The items of one line of a file, each read into a value or refused with its place."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from civil.recorded_date import RecordedDate, UnacceptableDate
from civil.text import UnacceptableText, require_printable
from sync.feeds.characters import character_fault
from sync.feeds.errors import FileRefused

LONGEST_NAME = 100
LONGEST_ADDRESS = 200
"""Graphemes of names and of addresses, in every register."""
_MOST_DIGITS = 15
_LONGEST_DATE_TEXT = 20


@dataclass(frozen=True, slots=True)
class Items:
    """The texts of a line by the names of its layout, and what could not be read in them. Every reader raises FileRefused."""

    line: int
    texts: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    part: str = "D"
    parts: tuple["Items", ...] = ()

    def require_sound(self, *only: str) -> None:
        """These items, or all of them and of the parts, could be read."""
        for item, reason in self.faults.items():
            if not only or item in only:
                raise self.refused(item, reason)
        if not only:
            for part in self.parts:
                part.require_sound()

    def refused(self, item: str, reason: str) -> FileRefused:
        """What to raise when a value cannot be right."""
        return FileRefused(self.line, item, reason)

    def text(self, item: str, max_graphemes: int) -> str:
        """A text that may be stored and printed, not empty."""
        text = self.optional_text(item, max_graphemes)
        if text is None:
            raise self.refused(item, "空です。 / It is empty.")
        return text

    def optional_text(self, item: str, max_graphemes: int) -> str | None:
        """A text that may be stored and printed; None for an empty one."""
        text = self.texts[item]
        if not text:
            return None
        try:
            require_printable(item, text, max_graphemes)
        except UnacceptableText as error:
            raise self.refused(item, error.fault.value) from None
        if (fault := character_fault(text)) is not None:
            raise self.refused(item, fault)
        return text

    def one_of(self, item: str, *accepted: str) -> str:
        """One of these words."""
        word = self.texts[item]
        if word not in accepted:
            raise self.refused(item, f"次のいずれかです。 / It is one of: {', '.join(accepted)}")
        return word

    def digits(self, item: str) -> str:
        """A number that is a name: up to 15 ASCII digits, kept as they are."""
        text = self.texts[item]
        if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
            raise self.refused(item, "15桁以内の数字です。 / It is at most 15 digits.")
        return text

    def person(self) -> str:
        """The item `person_number` (宛名番号), not empty."""
        number = self.digits("person_number")
        if not number:
            raise self.refused("person_number", "空です。 / It is empty.")
        return number

    def number(self, item: str) -> int:
        """A whole number, zero or more, without leading zeros."""
        text = self.digits(item)
        if len(text) > 1 and text.startswith("0"):
            raise self.refused(item, "先頭に0は付けません。 / It has no leading zeros.")
        return int(text)

    def day(self, item: str) -> date:
        """A JST date, YYYY-MM-DD."""
        day = self.optional_day(item)
        if day is None:
            raise self.refused(item, "空です。 / It is empty.")
        return day

    def optional_day(self, item: str) -> date | None:
        """A JST date, YYYY-MM-DD; None for an empty text."""
        text = self.texts[item]
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            raise self.refused(item, "YYYY-MM-DD の日付です。 / It is a date, YYYY-MM-DD.")
        return day

    def instant(self, item: str) -> datetime:
        """An instant with its offset, returned in UTC."""
        try:
            instant = datetime.fromisoformat(self.texts[item])
            if instant.utcoffset() is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            # The first hours of the year 1 are in the year 0 in UTC, which there is not.
            pass
        reason = "時差付きの日時です。 / It is an instant with its offset, such as 2026-11-24T23:00:00+09:00"
        raise self.refused(item, reason)

    def optional_instant(self, item: str) -> datetime | None:
        """As `instant`; None for an empty text."""
        return self.instant(item) if self.texts[item] else None

    def octets(self, item: str, most: int) -> bytes:
        """Bytes in Base64 (RFC 4648, section 4), not empty."""
        try:
            content = base64.b64decode(self.texts[item], validate=True)
        except (binascii.Error, ValueError):
            raise self.refused(item, "Base64 ではありません。 / It is not Base64.") from None
        if not 1 <= len(content) <= most:
            raise self.refused(item, f"1から{most}バイトです。 / It has 1 to {most} bytes.")
        return content

    def digest(self, item: str) -> bytes:
        """32 bytes as 64 lower-case hexadecimal digits."""
        text = self.texts[item]
        if len(text) != 64 or set(text) - set("0123456789abcdef"):  # noqa: PLR2004 - two digits for each of 32 bytes
            raise self.refused(item, "小文字16進数64桁です。 / It is 64 lower-case hexadecimal digits.")
        return bytes.fromhex(text)

    def birth(self) -> RecordedDate:
        """The items `birth_on` and `birth_text`, of which one may be empty."""
        return self.date_of("birth")

    def date_of(self, what: str) -> RecordedDate:
        """The items `…_on` and `…_text`, of which one may be empty."""
        try:
            return RecordedDate(self.optional_day(f"{what}_on"), self.optional_text(f"{what}_text", _LONGEST_DATE_TEXT))
        except UnacceptableDate as error:
            raise self.refused(f"{what}_text", str(error)) from None

    def optional_date_of(self, what: str) -> RecordedDate | None:
        """As `date_of`; None where both are empty."""
        return self.date_of(what) if self.texts[f"{what}_on"] or self.texts[f"{what}_text"] else None

    def require_empty(self, items: Iterable[str]) -> None:
        """What a deletion does not say, in its line or in lines behind it."""
        for item in items:
            if self.texts[item]:
                raise self.refused(item, "delete では空にします。 / It is empty for delete.")
        for part in self.parts:
            raise part.refused("type", "delete には続きの行がありません。 / There are no lines after delete.")
