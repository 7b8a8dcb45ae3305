"""The forms of a fee and of a mayor, read into what the city would set."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from civil.errors import KioskError
from civil.text import require_printable
from issuance_db.city_settings import Fee, MayorTerm
from kiosk_server.staff.terms import CHANNELS, KINDS
from kiosk_server.staff.visit import Missing

FEE_FIELDS: Final = ("kind", "channel", "start", "yen")
MAYOR_FIELDS: Final = ("start", "title", "name")
LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "kind": ("種別", "Kind"),
    "channel": ("窓口の種類", "Channel"),
    "start": ("この日から", "From"),
    "yen": ("手数料(円)", "Fee in yen"),
    "title": ("職名", "Title"),
    "name": ("氏名", "Name"),
    "last_day": ("最後の日", "Last day"),
}
MOST_YEN: Final = 100_000
_LONGEST: Final = 60


class FieldWrong(KioskError):
    """入力に誤りがあります。種別・窓口・日付・金額(0〜100,000円)を確かめてください。何も変えていません。 /
    A field is wrong. Check kind, channel, date and amount (0 to 100,000 yen). Nothing was changed."""


def kept(form: Mapping[str, str], names: tuple[str, ...]) -> Mapping[str, str]:
    """The fields, each filled in. Raises Missing, UnacceptableText."""
    fields = {name: require_printable(LABELS[name][0], form.get(name, ""), _LONGEST).strip() for name in names}
    for name, value in fields.items():
        if not value:
            raise Missing(LABELS[name])
    return fields


def fee_of(fields: Mapping[str, str]) -> Fee:
    """Raises FieldWrong."""
    kind, channel, yen = fields["kind"], fields["channel"], fields["yen"]
    is_amount = yen.isascii() and yen.isdigit() and len(yen) <= len(str(MOST_YEN))
    if kind not in KINDS or channel not in CHANNELS or not is_amount or int(yen) > MOST_YEN:
        raise FieldWrong
    return Fee(kind, channel, day_of(fields["start"]), int(yen))


def mayor_of(fields: Mapping[str, str]) -> MayorTerm:
    """Raises FieldWrong."""
    return MayorTerm(day_of(fields["start"]), None, fields["title"], fields["name"])


def day_of(text: str) -> date:
    """Raises FieldWrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldWrong from None
