"""What the city tells at the first screen of its kiosks: by language, from when until when, covered by a newer one, taken back with one act."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from civil.errors import KioskError
from civil.sql import load
from civil.text import graphemes, require_printable
from issuance_db.staff_acts import Actor, record_act
from issuance_db.stops import StopOverAtOnce, Window

_SQL: Final = load("issuance_db", "kiosk_notices.sql")
JAPANESE: Final = "ja"
ENGLISH: Final = "en"
IN_JAPANESE: Final = frozenset({JAPANESE, "ja-easy"})
WIDEST: Final = 120
"""In half-width columns: three lines of the first screen in large text. A full-width character takes two."""


class NoticeTooLong(KioskError):
    """お知らせが長すぎます。どのことばも全角60字(半角120字)までです。何も変えていません。 /
    A notice is too long: at most 60 full-width or 120 half-width characters in each language. Nothing was changed."""


class NoticeWithoutJapanese(KioskError):
    """日本語のお知らせが空です。ほかのことばは空でもかまいません。何も変えていません。 /
    The notice in Japanese is empty. Other languages may be. Nothing was changed."""


class NoticeOverAtOnce(KioskError):
    """終わりは、始まりと今より後にしてください。何も変えていません。 /
    It must end after it begins, and after now. Nothing was changed."""


class NoSuchNotice(KioskError):
    """そのお知らせはないか、もう終わったか、取り下げ済みです。 / There is no such notice, or it is over or withdrawn."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: `texts` by language of the terminal's screen, `starts_at` until `ends_at` (UTC, the end excluded)."""

    notice_id: int
    starts_at: datetime
    ends_at: datetime | None
    withdrawn_at: datetime | None
    texts: Mapping[str, str]


def columns(text: str) -> int:
    """How wide a text is in half-width columns (UAX #11: wide and full-width ones take two)."""
    return sum(2 if unicodedata.east_asian_width(one[0]) in "WF" else 1 for one in graphemes(text))


def require_texts(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The texts that are not empty, by language. Raises UnacceptableText, NoticeTooLong, NoticeWithoutJapanese."""
    said = {language: require_printable(language, text, len(text)).strip(" 　") for language, text in texts.items()}
    kept = {language: text for language, text in said.items() if text}
    if any(columns(text) > WIDEST for text in kept.values()):
        raise NoticeTooLong
    if JAPANESE not in kept:
        raise NoticeWithoutJapanese
    return kept


def shown_in(texts: Mapping[str, str], language: str) -> tuple[str, str] | None:
    """The language and the words shown to somebody who chose a language: its own, else English, else Japanese. None without a notice."""
    wanted = (language, JAPANESE) if language in IN_JAPANESE else (language, ENGLISH, JAPANESE)
    return next(((one, texts[one]) for one in wanted if one in texts), None)


def notice_window(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> Window:
    """From when until when, without a start from now on. Raises NoticeOverAtOnce."""
    try:
        return Window.of(starts_at, ends_at, now)
    except StopOverAtOnce:
        raise NoticeOverAtOnce from None


async def notice_at(connection: asyncpg.Connection, municipality_code: str, at: datetime) -> Mapping[str, str]:
    """The texts that a screen shows at an instant (UTC), by language; empty without a notice."""
    return {row["language"]: row["words"] for row in await connection.fetch(_SQL["at"], municipality_code, at)}


async def list_notices(connection: asyncpg.Connection, municipality_code: str, most: int) -> Sequence[Notice]:
    """The newest ones first."""
    return [
        Notice(
            row["notice_id"], row["starts_at"], row["ends_at"], row["withdrawn_at"],
            dict(zip(row["languages"], row["words"], strict=True)),
        )
        for row in await connection.fetch(_SQL["list"], municipality_code, most)
    ]  # fmt: skip


async def add_notice(
    connection: asyncpg.Connection, municipality_code: str, actor: Actor, window: Window, texts: Mapping[str, str]
) -> int:
    """Show texts that passed `require_texts` in a window of `notice_window`; returns the notice's number."""
    notice_id: int = await connection.fetchval(_SQL["add"], municipality_code, window.starts_at, window.ends_at)
    rows = [(municipality_code, notice_id, language, words) for language, words in texts.items()]
    await connection.executemany(_SQL["add_text"], rows)
    await record_act(connection, municipality_code, "setting_stored", actor, concerns=f"notice {notice_id}")
    return notice_id


async def withdraw_notice(
    connection: asyncpg.Connection, municipality_code: str, notice_id: int, actor: Actor, now: datetime
) -> None:
    """Take a notice back; what it covered is shown again. Raises NoSuchNotice."""
    if await connection.fetchval(_SQL["withdraw"], municipality_code, notice_id, now) is None:
        raise NoSuchNotice
    await record_act(connection, municipality_code, "setting_withdrawn", actor, concerns=f"notice {notice_id}")
