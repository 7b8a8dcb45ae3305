"""Sealed references to persons of a household: what a menu shows and an issuance names instead of a number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cardauth.errors import PersonRefRefused, Reason
from cardauth.sealed_text import Fields, from_milliseconds, seal_text, to_milliseconds, unseal_text
from cardauth.sessions import LIFETIME
from keys.errors import SealBroken
from keys.provider import KeyProvider

_USE: Final = "person_ref/1"


@dataclass(frozen=True, slots=True)
class RefOwner:
    """To whom a reference was given: the city, the caller, and the credential by its first keyed hash."""

    municipality_code: str
    caller_id: str
    credential_hash: bytes

    def fields(self) -> Fields:
        """The owner as it is sealed into a reference."""
        return {"city": self.municipality_code, "caller": self.caller_id, "credential": self.credential_hash.hex()}


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Whom the menu showed: the person (宛名番号), and the household with the sequence it had then."""

    person_number: str
    household_number: str
    household_sequence: int


def seal_person_ref(keys: KeyProvider, owner: RefOwner, person: PersonRef, now: datetime) -> str:
    """Make an opaque url-safe reference, another one each time, good for ten minutes from `now`."""
    return seal_text(
        keys,
        _USE,
        {
            **owner.fields(),
            "person": person.person_number,
            "household": person.household_number,
            "sequence": person.household_sequence,
            "expires": to_milliseconds(now + LIFETIME),
        },
    )


def open_person_ref(keys: KeyProvider, owner: RefOwner, text: str, now: datetime) -> PersonRef:
    """Open a reference that its owner presents; raises PersonRefRefused.

    Number and sequence of the household are to be compared with what they are now: a changed household needs a new menu.
    """
    try:
        fields, _ = unseal_text(keys, _USE, text)
    except SealBroken:
        raise PersonRefRefused(Reason.REF_ALTERED) from None
    if any(fields[name] != value for name, value in owner.fields().items()):
        raise PersonRefRefused(Reason.REF_ELSEWHERE)
    if now >= from_milliseconds(int(fields["expires"])):
        raise PersonRefRefused(Reason.REF_EXPIRED)
    return PersonRef(str(fields["person"]), str(fields["household"]), int(fields["sequence"]))
