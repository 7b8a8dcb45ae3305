"""What the city tells at its kiosks: which text is acceptable, which one is shown to whom, and which of several is in force."""

import unicodedata
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.text import TextFault, UnacceptableText, text_fault
from issuance_db.kiosk_notices import (
    WIDEST,
    NoSuchNotice,
    NoticeOverAtOnce,
    NoticeTooLong,
    NoticeWithoutJapanese,
    add_notice,
    columns,
    list_notices,
    notice_at,
    notice_window,
    require_texts,
    shown_in,
    withdraw_notice,
)
from issuance_db.staff_acts import Actor
from kiosk_server.terminal.words import LANGUAGES
from tests.servers import Database

CITY = "092029"
NOON = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACTOR = Actor("職員 伊藤", "機器の入替え")
NAMES = st.sampled_from([one.catalogue for one in LANGUAGES])
WORDS = st.text(max_size=WIDEST + 10)


@given(st.dictionaries(NAMES, WORDS))
def test_what_is_kept_is_plain_in_one_line_and_no_wider_than_the_screen(texts: dict[str, str]) -> None:
    try:
        kept = require_texts(texts)
    except (UnacceptableText, NoticeTooLong, NoticeWithoutJapanese):
        return
    assert "ja" in kept
    for language, words in kept.items():
        assert words == texts[language].strip(" 　")
        assert 0 < columns(words) <= WIDEST
        assert text_fault(words) is None
        assert unicodedata.is_normalized("NFC", words)


@pytest.mark.parametrize(
    ("words", "fault"),
    [("一行\n二行", TextFault.CONTROL), ("a\u202eb", TextFault.INVISIBLE), ("か\u3099", TextFault.NOT_NFC)],
    ids=["line break", "bidirectional", "not NFC"],
)
def test_what_is_not_plain_is_refused_in_every_language(words: str, fault: TextFault) -> None:
    for one in LANGUAGES:
        with pytest.raises(UnacceptableText) as refused:
            require_texts({"ja": "お知らせ"} | {one.catalogue: words})
        assert refused.value.fault is fault


def test_sixty_full_width_or_twice_as_many_half_width_characters_are_the_most() -> None:
    assert require_texts({"ja": "窓" * 60, "en": "w" * 120}) == {"ja": "窓" * 60, "en": "w" * 120}
    for wrong in ({"ja": "窓" * 61}, {"ja": "窓", "en": "w" * 121}):
        with pytest.raises(NoticeTooLong):
            require_texts(wrong)
    for empty in ({}, {"en": "Closed"}, {"ja": "　 ", "en": "Closed"}):
        with pytest.raises(NoticeWithoutJapanese):
            require_texts(empty)


@given(st.sets(NAMES), NAMES)
def test_its_own_language_is_shown_else_english_else_japanese(there: set[str], language: str) -> None:
    texts = {one: f"words in {one}" for one in {"ja", *there}}
    others = ("en", "ja") if language != "ja-easy" else ("ja",)
    wanted = next(one for one in (language, *others) if one in texts)
    assert shown_in(texts, language) == (wanted, f"words in {wanted}")
    assert shown_in({}, language) is None


def test_a_notice_ends_after_it_begins_and_after_now() -> None:
    assert notice_window(None, None, NOON).starts_at == NOON
    for ends_at in (NOON, NOON - HOUR):
        with pytest.raises(NoticeOverAtOnce):
            notice_window(None, ends_at, NOON)
    with pytest.raises(NoticeOverAtOnce):
        notice_window(NOON + HOUR, NOON + HOUR, NOON)


async def test_the_newest_in_force_is_shown_and_what_it_covered_is_back_once_it_is_withdrawn(
    database: Database,
) -> None:
    staff, front = await database.connect("staff", CITY), await database.connect("front", CITY)

    async def add(words: str, start: timedelta, end: timedelta | None = None) -> int:
        window = notice_window(NOON + start, None if end is None else NOON + end, NOON)
        return await add_notice(staff, CITY, ACTOR, window, {"ja": words, "en": words.upper()})

    async def shown(after: timedelta) -> str | None:
        return (await notice_at(front, CITY, NOON + after)).get("ja")

    nothing = timedelta()
    assert await shown(nothing) is None
    await add("always", nothing)
    newer = await add("an hour", HOUR, 2 * HOUR)
    at_its_times = [await shown(one) for one in (nothing, HOUR - HOUR / 60, HOUR, 2 * HOUR)]
    assert at_its_times == ["always", "always", "an hour", "always"]
    await withdraw_notice(staff, CITY, newer, ACTOR, NOON + HOUR)
    assert await shown(HOUR) == "always"
    with pytest.raises(NoSuchNotice):
        await withdraw_notice(staff, CITY, newer, ACTOR, NOON + HOUR)
    assert [(one.texts["ja"], one.withdrawn_at) for one in await list_notices(staff, CITY, 9)] == [
        ("an hour", NOON + HOUR),
        ("always", None),
    ]
    acts = await staff.fetch("SELECT act, acted_by, reason, concerns FROM history.staff_act ORDER BY acted_at")
    assert [tuple(act.values()) for act in acts] == [
        (act, ACTOR.name, ACTOR.reason, f"notice {number}")
        for act, number in (("setting_stored", newer - 1), ("setting_stored", newer), ("setting_withdrawn", newer))
    ]


async def test_one_that_is_over_is_not_withdrawn_and_no_row_is_ever_changed(database: Database) -> None:
    staff = await database.connect("staff", CITY)
    over = await add_notice(staff, CITY, ACTOR, notice_window(None, NOON + HOUR, NOON), {"ja": "今日まで"})
    for number, now in ((over, NOON + HOUR), (over + 1, NOON)):
        with pytest.raises(NoSuchNotice):
            await withdraw_notice(staff, CITY, number, ACTOR, now)
    for table in ("kiosk_notice", "kiosk_notice_text", "kiosk_notice_withdrawal"):
        for statement in ("DELETE FROM issuance.{}", "UPDATE issuance.{} SET municipality_code = '131016'"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await staff.execute(statement.format(table))


async def test_another_city_sees_nothing_of_it(database: Database) -> None:
    staff = await database.connect("staff", CITY)
    await add_notice(staff, CITY, ACTOR, notice_window(None, None, NOON), {"ja": "足利市から"})
    other = await database.connect("front", "131016")
    assert await notice_at(other, "131016", NOON) == {}
    assert await notice_at(other, CITY, NOON) == {}
