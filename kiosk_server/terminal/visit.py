"""Everything the process knows about the one person at the screen, in one object that is dropped at the end."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from cardauth.card import LastTryWord
from cardauth.certificate import ReadCertificate
from cardauth.credential import user_id_ok
from civil.text import text_fault
from kiosk_server.issuing.request import AccessRegistration, Certificate, Kind, Menu, MenuKind, MenuPerson
from kiosk_server.terminal.flow import APPLYING, Step, choosing
from kiosk_server.terminal.payment import Method

MOST_COPIES = 5
MOST_TYPED: Final[Mapping[Step, int]] = {Step.APPLY_BIRTH: 8, Step.APPLY_DOMICILE: 200}
"""How long what is typed for an application may be, where it is no name."""
_LONGEST_NAME: Final = 100
_BORN_SINCE: Final = date(1873, 1, 1)
Scope = Literal["koseki", "self"]


@dataclass(slots=True)
class Visit:
    """From the first touch to the last. Never logged, never stored; `wipe` empties it and it is thrown away."""

    step: Step = Step.LANGUAGE
    language: str = "ja"
    looks: frozenset[str] = frozenset()
    """Of `machine.LOOKS`."""
    tag: str = field(default_factory=lambda: secrets.token_hex(8))
    """Ties the money lines of one visit together; random, and known to nobody else."""
    certificate: ReadCertificate | None = field(default=None, repr=False)
    """That of the card that was placed; a card with another one is another person's."""
    user_id: str = field(default="", repr=False)
    """The 利用者ID that was typed instead of placing a card."""
    typed: dict[Step, str] = field(default_factory=dict, repr=False)
    """What somebody of another city has typed for a koseki access registration, by screen."""
    applies: bool = False
    """Whether all of it was confirmed: the card that is placed next signs the application."""
    registration: AccessRegistration | None = field(default=None, repr=False)
    """Where that application stands."""
    tries_left: int | None = None
    """What the card said after a wrong PIN."""
    last_try: LastTryWord | None = field(default=None, repr=False)
    """The person's word that the last PIN try may be spent."""
    menu: Menu | None = field(default=None, repr=False)
    kind: MenuKind | None = field(default=None, repr=False)
    choice: str | None = field(default=None, repr=False)
    persons: tuple[str, ...] = field(default=(), repr=False)
    scope: Scope = "koseki"
    options: frozenset[str] = field(default=frozenset(), repr=False)
    copies: int = 1
    printed: int = 0
    used: int = 0
    """How many of the session's issuances were asked for."""
    document: Certificate | None = field(default=None, repr=False)
    """The one certificate between the service and the printer."""
    paid_by: Method | None = None
    receipt: Literal["", "printed", "failed"] = ""
    """What became of the receipt; nothing where there was none to give."""
    is_mistyped: bool = False
    """Whether the present step said no to what was sent last."""
    reason: str = ""
    may_try_again: bool = False
    """Whether the screen offers to begin again with the same card; never once money was taken."""
    money_back: int = 0
    money_held: int = 0
    """Yen taken and neither earned nor given back; what staff have to settle when it cannot be given back."""

    @property
    def path(self) -> tuple[Step, ...]:
        """What is asked for the chosen kind."""
        kind = self.kind
        return choosing(
            has_choices=bool(kind and kind.choices),
            has_persons=bool(kind and (len(kind.persons) > 1 or self.has_scope)),
            has_options=bool(kind and kind.options),
        )

    @property
    def born(self) -> date:
        """The birth date that was typed. Raises KeyError, ValueError before."""
        return date.fromisoformat(self.typed[Step.APPLY_BIRTH])

    @property
    def has_scope(self) -> bool:
        """Whether the kind is of a whole koseki or of the holder alone, as the person likes."""
        return self.kind is not None and self.kind.kind is Kind.KOSEKI_SUPPLEMENT

    @property
    def most_copies(self) -> int:
        """How many copies may be asked for in one go."""
        return 0 if self.menu is None else min(MOST_COPIES, self.menu.session_issuances - self.used)

    @property
    def fee_yen(self) -> int:
        """What all copies cost together."""
        return 0 if self.kind is None else self.kind.fee_yen * self.copies

    @property
    def reference(self) -> str:
        """What the person tells the staff, and the staff look up in the journal."""
        return self.tag[:8].upper()

    def choose_kind(self, name: str) -> bool:
        """Take a kind of the menu, and forget what was chosen for another one. False for what is not on the menu."""
        found = next((kind for kind in self._kinds() if kind.kind == name), None)
        if found is None:
            return False
        if found is not self.kind:
            self.kind, self.choice, self.options, self.scope = found, None, frozenset(), "koseki"
            self.persons = tuple(person.person_ref for person in found.persons)
        self.copies, self.printed, self.receipt, self.paid_by = 1, 0, "", None
        return True

    def choose(self, fields: Mapping[str, Sequence[str]]) -> bool:
        """Take what the form of the present step says. False when it says nothing that may be chosen."""
        choosers: Mapping[Step, Callable[[], bool]] = {
            Step.USER_ID: lambda: self._take_user_id(_one(fields, "user_id")),
            **{step: lambda: self._type(fields) for step in APPLYING},
            Step.APPLY_CONFIRM: self._confirm_application,
            Step.KIND: lambda: self.choose_kind(_one(fields, "kind")),
            Step.CHOICE: lambda: self._choose_choice(_one(fields, "choice")),
            Step.PERSONS: lambda: (
                self._choose_scope(fields) if self.has_scope else self._choose_persons(fields.get("person", ()))
            ),
            Step.OPTIONS: lambda: self._choose_options(fields.get("option", ())),
            Step.COPIES: lambda: self._choose_copies(_one(fields, "copies")),
        }
        return choosers.get(self.step, lambda: True)()

    def named(self) -> tuple[MenuPerson, ...]:
        """The persons chosen, as the menu named them."""
        return tuple(person for person in self._persons() if person.person_ref in self.persons)

    def label_of_choice(self) -> str:
        """What the menu calls the choice made."""
        choices = () if self.kind is None else self.kind.choices
        return next((one.label for one in choices if one.choice == self.choice), "")

    def wipe(self) -> None:
        """Forget the person. What other parts still hold of this object says nothing any more."""
        self.__init__()  # type: ignore[misc] # every field as at the beginning, those of tomorrow too

    def _kinds(self) -> tuple[MenuKind, ...]:
        return () if self.menu is None else self.menu.kinds

    def _persons(self) -> tuple[MenuPerson, ...]:
        return () if self.kind is None else self.kind.persons

    def _take_user_id(self, typed: str) -> bool:
        if not user_id_ok(typed):
            return False
        self.user_id = typed
        return True

    def _type(self, fields: Mapping[str, Sequence[str]]) -> bool:
        is_own = self.step is Step.APPLY_REGISTRANT and "me" in fields
        typed = self.typed[Step.APPLY_NAME] if is_own else _one(fields, "typed").strip()
        longest = MOST_TYPED.get(self.step, _LONGEST_NAME)
        if not 0 < len(typed) <= longest or text_fault(typed) is not None:
            return False
        if self.step is Step.APPLY_BIRTH and _birth(typed) is None:
            return False
        self.typed[self.step] = typed
        return True

    def _confirm_application(self) -> bool:
        self.applies = set(self.typed) == set(APPLYING)
        return self.applies

    def _choose_choice(self, choice: str) -> bool:
        if self.kind is None or choice not in {one.choice for one in self.kind.choices}:
            return False
        self.choice = choice
        return True

    def _choose_scope(self, fields: Mapping[str, Sequence[str]]) -> bool:
        match _one(fields, "scope"):
            case "koseki" | "self" as scope:
                self.scope = scope
                return True
            case _:
                return False

    def _choose_persons(self, wanted: Sequence[str]) -> bool:
        chosen = tuple(one.person_ref for one in self._persons() if one.person_ref in wanted)
        if not chosen or not set(wanted) <= set(chosen):
            return False
        self.persons = chosen
        return True

    def _choose_options(self, wanted: Sequence[str]) -> bool:
        if self.kind is None or not set(wanted) <= set(self.kind.options):
            return False
        self.options = frozenset(wanted)
        return True

    def _choose_copies(self, wanted: str) -> bool:
        if not (wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= self.most_copies):
            return False
        self.copies, self.printed = int(wanted), 0
        return True


def _birth(digits: str) -> date | None:
    """Eight digits as the day that they are; None where there is no such day."""
    try:
        born = date.fromisoformat(digits) if digits.isascii() and digits.isdecimal() else None
    except ValueError:
        return None
    return born if born is not None and born >= _BORN_SINCE else None


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    values = fields.get(name, ())
    return values[0] if len(values) == 1 else ""
