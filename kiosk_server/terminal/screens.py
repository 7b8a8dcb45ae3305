"""Drawing the page of the present step."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from issuance_db.kiosk_notices import JAPANESE, shown_in
from kiosk_server.terminal.flow import APPLYING, Step
from kiosk_server.terminal.machine import Machine
from kiosk_server.terminal.visit import MOST_TYPED
from kiosk_server.terminal.words import BY_NAME, LANGUAGES, Words

_DIGITS: Final = "1234567890"
_KEYS: Final = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm_")
"""What a 利用者ID is typed with, row by row."""
_NAME_KEYS: Final = (
    "アカサタナハマヤラワァヰヮ", "イキシチニヒミャリヲィヱヵ", "ウクスツヌフムユルンゥッヶ", "エケセテネヘメュレーェ゛゜", "オコソトノホモヨロョォ・　"
)  # fmt: skip
"""What names are typed with: what is read out at a counter is compared by people."""
_PLACE_KEYS: Final = (
    "アカサタナハマヤラワァ123", "イキシチニヒミャリヲィ456", "ウクスツヌフムユルンゥ789", "エケセテネヘメュレーェ0゛゜", "オコソトノホモヨロョォッ-　"
)  # fmt: skip
"""What domiciles are typed with."""
_KANA: Final = {Step.APPLY_BIRTH: (_DIGITS,), Step.APPLY_DOMICILE: _PLACE_KEYS}
_TEMPLATES: Final = {
    Step.READING: "working.html",
    Step.CHECKING: "working.html",
    Step.ISSUING: "working.html",
    Step.PRINTING: "working.html",
    Step.CARD_LEFT: "remove_card.html",
    **dict.fromkeys(APPLYING, "apply_typing.html"),
}
COINS: Final = (10, 50, 100, 500, 1000)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the screen says about the machine itself. Of the demo's cards only the names are shown."""

    city_name: str
    is_reader_virtual: bool
    is_payment_simulated: bool
    is_printer_simulated: bool
    tray_place: str = ""
    """Where a simulated printer puts its sheets; what is before the demo's own directory is left out."""
    inserted: Callable[[], int] = field(default=lambda: 0)
    tray: Callable[[], int] = field(default=lambda: 0)
    demo_cards: Sequence[str] = ()
    placed: Callable[[], int] = field(default=lambda: 0)
    takes_money: bool = True
    is_city_pin: bool = False
    takes_user_id: bool = False
    notice: Callable[[], Mapping[str, str]] = field(default=dict)


class Screens:
    """Pages from templates that escape what they are given."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._templates = Environment(
            loader=PackageLoader("kiosk_server.terminal", "page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def draw(self, machine: Machine) -> str:
        """The whole page, as HTML."""
        name = _TEMPLATES.get(machine.visit.step, f"{machine.visit.step}.html")
        return self._templates.get_template(name).render(self._said(machine))

    def _said(self, machine: Machine) -> dict[str, Any]:
        visit = machine.visit
        language = BY_NAME[visit.language]
        return {
            "visit": visit,
            "step": visit.step,
            "token": machine.token,
            "turn": machine.turn,
            "w": Words(language),
            "japanese": Words(LANGUAGES[0]),
            "lang": language.tag,
            "voices": language.voices,
            "is_easy": language.catalogue == "ja-easy",
            "languages": [(one, Words(one)) for one in LANGUAGES],
            "digits": _digits(shuffled="shuffled" in visit.looks),
            "setting": self._setting,
            "keys": _KEYS,
            "kana": _KANA.get(visit.step, _NAME_KEYS),
            "applying": APPLYING,
            "longest": MOST_TYPED.get(visit.step, 100),
            "coins": COINS,
            "notice": self._notice(visit.language if visit.step is Step.CARD else JAPANESE),
        }

    def _notice(self, language: str) -> tuple[str, str] | None:
        """Tag and words of what the city tells, for who reads this language."""
        shown = shown_in(self._setting.notice(), language)
        return None if shown is None else (BY_NAME[shown[0]].tag, shown[1])


def _digits(*, shuffled: bool) -> str:
    """The keys of the PIN pad, row by row; another order each time where somebody looks over a shoulder."""
    digits = list(_DIGITS)
    if shuffled:
        secrets.SystemRandom().shuffle(digits)
    return "".join(digits)
