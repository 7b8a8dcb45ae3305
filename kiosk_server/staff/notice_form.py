"""The form of a notice for the kiosks, read into its texts and its window."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from issuance_db.kiosk_notices import notice_window, require_texts
from issuance_db.stops import Window
from kiosk_server.staff.stop_form import instant_of
from kiosk_server.terminal.words import LANGUAGES

_TEXT: Final = "text_"
_TIMES: Final = ("starts_at", "ends_at")


def texts_of(form: Mapping[str, str]) -> Mapping[str, str]:
    """What was written, by language of the terminal. Raises UnacceptableText, NoticeTooLong, NoticeWithoutJapanese."""
    return require_texts({one.catalogue: form.get(_TEXT + one.catalogue, "") for one in LANGUAGES})


def window_of(form: Mapping[str, str], now: datetime) -> Window:
    """From when until when. Raises TimeWrong, NoticeOverAtOnce."""
    starts_at, ends_at = (instant_of(form.get(name) or None) for name in _TIMES)
    return notice_window(starts_at, ends_at, now)


def hidden(form: Mapping[str, str], texts: Mapping[str, str]) -> Mapping[str, str]:
    """What the next page sends again: the texts as they will be shown, and the times as they were written."""
    times = {name: form[name] for name in _TIMES if form.get(name)}
    return times | {_TEXT + language: words for language, words in texts.items()}
