"""Every screen that a person can come to see, with much on it, without a service or devices behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from kiosk_server.issuing.request import AccessRegistration, Kind, Menu, MenuChoice, MenuKind, MenuPerson
from kiosk_server.terminal.flow import APPLYING, Step
from kiosk_server.terminal.machine import Machine
from kiosk_server.terminal.screens import Screens, Setting
from kiosk_server.terminal.visit import Visit
from tests.terminal.city import NOW
from tests.terminal.test_words import REASONS

ALL_OPTIONS = (
    "relationship", "nationality", "residence_status", "residence_card_number", "my_number",
    "resident_since", "address_since", "previous_address",
)  # fmt: skip
"""What a statement of a foreign resident offers: no kind offers more."""
_FAMILY = tuple(
    MenuPerson(f"ref-{number}", "長谷川　茉莉花", relationship)
    for number, relationship in enumerate(("世帯主", "妻（未届）", "子", "子の妻", "妹の子", "夫の母"))
)
_YEARS = (MenuChoice("2026", "令和8年度（令和7年分）"), MenuChoice("2025", "令和7年度（令和6年分）"))
_DAMAGE = (
    MenuChoice("1", "令和元年東日本台風（令和元年10月12日）　栃木県足利市本城三丁目2145番地見本ハイツ足利本町101号室"),
)
_DAY, _DUE = date(2026, 11, 26), date(2026, 12, 3)


def _kind(kind: Kind) -> MenuKind:
    persons = _FAMILY if kind in {Kind.RESIDENT_RECORD, Kind.RESIDENT_STATEMENT} else ()
    choices = _YEARS if kind.value.startswith("tax_") else _DAMAGE if kind is Kind.DISASTER_DAMAGE else ()
    return MenuKind(kind, 450, ALL_OPTIONS if persons else (), persons, NOW, choices)


KINDS = {kind: _kind(kind) for kind in Kind}
MENU = Menu(tuple(KINDS.values()), "session", 5, NOW + timedelta(minutes=10))
_TYPED = {
    Step.APPLY_NAME: "ハセガワ　マリカ", Step.APPLY_BIRTH: "19800401",
    Step.APPLY_DOMICILE: "トチギケンアシカガシホンジョウ3チョウメ2145", Step.APPLY_REGISTRANT: "ハセガワ　イチロウ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """A screen and what is told on it; `setting` is what the machine is."""

    name: str
    visit: dict[str, Any]
    setting: dict[str, Any]

    def drawn(self, language: str, looks: frozenset[str] = frozenset()) -> str:
        """The page, as the machine of a city draws it: without the demo's own line."""
        shown = _Shown(Visit(language=language, looks=looks, **self.visit))
        setting = Setting("かすみがうら市", False, False, False, **self.setting)
        return Screens(setting).draw(cast("Machine", shown))


@dataclass
class _Shown:
    visit: Visit
    token: str = "token"
    turn: int = 1


def situations() -> Iterator[Situation]:
    """All of them."""
    for name, visit, setting in (*_until_the_menu(), *_choosing(), *_with_money(), *_endings()):
        step = visit.pop("step", None) or Step(name)
        yield Situation(name, {"step": step, **visit}, setting)


def _until_the_menu() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    yield "language", {}, {}
    yield "card", {}, {"takes_user_id": True, "takes_money": False}
    yield "user_id", {"is_mistyped": True}, {}
    yield "apply", {}, {}
    for step in APPLYING:
        yield step.value, {"typed": _TYPED, "is_mistyped": True}, {}
    yield "apply_confirm", {"typed": _TYPED}, {}
    yield "reading", {}, {}
    yield "pin", {}, {}
    yield "pin wrong", {"step": Step.PIN, "tries_left": 2}, {}
    yield "pin of the city", {"step": Step.PIN}, {"is_city_pin": True}
    yield "last_try", {"tries_left": 1}, {}
    yield "checking", {}, {}
    yield "remove_card", {}, {}
    yield "card_left", {}, {}
    for name, applies, registration in (
        ("submitted", True, AccessRegistration("12345", "submitted", _DUE)),
        ("again", True, AccessRegistration("12345", "submitted", _DUE, _DAY)),
        ("waits", False, AccessRegistration("12345", "submitted", _DUE, _DAY)),
        ("accepted", True, AccessRegistration("12345", "accepted", _DUE, _DAY)),
    ):
        yield f"applied {name}", {"step": Step.APPLIED, "applies": applies, "registration": registration}, {}


def _choosing() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    everyone = tuple(one.person_ref for one in _FAMILY)
    statement = {"menu": MENU, "kind": KINDS[Kind.RESIDENT_STATEMENT], "persons": everyone}
    supplement = {"menu": MENU, "kind": KINDS[Kind.KOSEKI_SUPPLEMENT]}
    yield "kind", {"menu": MENU}, {}
    yield "choice", {"menu": MENU, "kind": KINDS[Kind.TAX_ASSESSMENT]}, {}
    yield "choice of damage", {"step": Step.CHOICE, "menu": MENU, "kind": KINDS[Kind.DISASTER_DAMAGE]}, {}
    yield "persons", {**statement, "is_mistyped": True}, {}
    yield "scope", {"step": Step.PERSONS, **supplement}, {}
    yield "options", {**statement}, {}
    yield "copies", {**statement}, {}
    yield "confirm", {**statement, "options": frozenset(ALL_OPTIONS[:4]), "copies": 5}, {}
    yield "confirm scope", {"step": Step.CONFIRM, **supplement}, {}
    yield (
        "confirm a year",
        {"step": Step.CONFIRM, "menu": MENU, "kind": KINDS[Kind.TAX_ASSESSMENT], "choice": "2026"},
        {},
    )


def _with_money() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    bought = {"menu": MENU, "kind": KINDS[Kind.RESIDENT_STATEMENT], "copies": 3}
    yield "pay", {**bought}, {"inserted": lambda: 1000}
    yield "issuing", {**bought}, {}
    yield "printing", {**bought, "printed": 2}, {}
    yield "receipt", {**bought}, {}
    yield "take", {**bought, "printed": 3, "paid_by": "cash", "receipt": "failed"}, {}
    yield "staff", {"money_held": 1350}, {}


def _endings() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for reason in sorted(REASONS):
        refused = {"step": Step.REFUSED, "reason": reason, "may_try_again": True}
        yield f"refused {reason}", refused, {}
    some = {"step": Step.REFUSED, "reason": "jammed", "copies": 3, "printed": 1, "money_back": 900, "receipt": "failed"}
    yield "refused after one copy", some, {}
