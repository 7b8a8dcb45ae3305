"""The form of a stop, read into what it covers and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from civil.calendar import JST
from civil.errors import KioskError
from civil.text import require_printable
from issuance_db.stops import Scope, Window
from kiosk_server.staff.terms import KINDS
from kiosk_server.staff.visit import Missing

TARGETS: Final[Mapping[str, tuple[str, str]]] = {
    "service": ("全サービス", "the whole service"),
    "kind": ("種別", "a kind"),
    "person": ("人", "a person"),
    "household": ("世帯", "a household"),
    "place": ("事業者・店舗・端末", "a chain, shop or terminal"),
}
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "kind": ("種別", "Kind"),
    "person_number": ("宛名番号", "Person number"),
    "household_number": ("世帯番号", "Household number"),
    "operator": ("事業者", "Shop chain"),
    "store": ("店舗", "Shop"),
    "terminal": ("端末", "Terminal"),
}
_LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "target": ("何を止めますか", "What is to be stopped"),
    **FIELDS,
    "starts_at": ("いつから", "From"),
    "ends_at": ("いつまで", "Until"),
}
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "service": (),
    "kind": ("kind",),
    "person": ("person_number",),
    "household": ("household_number",),
    "place": ("operator",),
}
_ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "service": (),
    "kind": ("kind",),
    "person": ("person_number", "kind"),
    "household": ("household_number", "kind"),
    "place": ("operator", "store", "terminal", "kind"),
}
_LONGEST: Final = 64


class FieldsDoNotFit(KioskError):
    """選んだ対象と、書いた欄が合いません。対象を選び直すか、要らない欄を空にしてください。何も停止していません。 /
    The fields do not fit what you chose to stop. Choose again, or empty the fields that do not belong. Nothing was stopped."""


class TimeWrong(KioskError):
    """日時に誤りがあります。年月日と時刻を入れてください。何も変えていません。 /
    A time is wrong. Give date and time. Nothing was changed."""


def filled(form: Mapping[str, str]) -> Mapping[str, str]:
    """Every field of the form that was filled in, for the form of the next page. Raises UnacceptableText."""
    values = {
        name: require_printable(label, form.get(name, ""), _LONGEST).strip() for name, (label, _) in _LABELS.items()
    }
    return {name: value for name, value in values.items() if value}


def scope_of(fields: Mapping[str, str]) -> Scope:
    """What is to be stopped; only fields of the chosen target are taken. Raises FieldsDoNotFit, Missing, StopUnclear."""
    target = fields.get("target", "")
    named = {name: value for name, value in fields.items() if name in FIELDS}
    if target not in TARGETS or set(named) - set(_ALLOWED[target]) or named.get("kind", "") not in {"", *KINDS}:
        raise FieldsDoNotFit
    for name in _NEEDED[target]:
        if name not in named:
            raise Missing(FIELDS[name])
    return Scope(**named)


def window_of(fields: Mapping[str, str], now: datetime) -> Window:
    """From when until when. Raises TimeWrong, StopOverAtOnce."""
    return Window.of(instant_of(fields.get("starts_at")), instant_of(fields.get("ends_at")), now)


def instant_of(text: str | None) -> datetime | None:
    """A time of a form, which is of Japan. Raises TimeWrong."""
    if text is None:
        return None
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise TimeWrong from None
    if told.tzinfo is not None or "T" not in text:
        raise TimeWrong
    return told.replace(tzinfo=JST)
