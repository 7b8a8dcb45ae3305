"""What a certificate kind declares. The pipeline asks these questions and knows no kind by name."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, Self

import asyncpg

import pdf
from cardauth import RefOwner
from issuance_db.city import CitySettings
from issuance_db.intents import Intent, KosekiSubject, Subject
from issuance_db.residents import DerivedMember
from issuance_db.sources import SourceRead
from keys.provider import KeyProvider
from kiosk_server.issuing.asked import Asked, Chosen
from kiosk_server.issuing.request import MenuChoice, MenuPerson

SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Moment:
    """The accept instant and now (both UTC), with the city as it is on the instant's day."""

    instant: datetime
    now: datetime
    city: CitySettings
    keys: KeyProvider


@dataclass(frozen=True, slots=True)
class Certifying:
    """What every certificate says of the city that certifies it, and the salt of this one."""

    instant: datetime
    city_name: str
    mayor: pdf.Mayor
    official_seal: pdf.OfficialSeal
    specimen: bool
    salt: bytes

    @classmethod
    def of(cls, moment: Moment) -> Self:
        """As ``on``, of a request's moment."""
        return cls.on(moment.instant, moment.city)

    @classmethod
    def on(cls, instant: datetime, city: CitySettings) -> Self:
        """From settings that were found complete. Raises ValueError for others."""
        if (
            city.mayor_title is None
            or city.mayor_name is None
            or city.seal_image is None
            or city.seal_valid_from is None
        ):
            message = "no request is let through without a mayor and a seal"
            raise ValueError(message)
        return cls(
            instant,
            city.name,
            pdf.Mayor(city.mayor_title, city.mayor_name),
            pdf.OfficialSeal(city.seal_image, city.seal_valid_from, city.seal_valid_until),
            city.marker == "demo",
            secrets.token_bytes(SALT_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What one read found, and that it may be issued.

    ``snapshot`` makes the certificate from nothing else, given its number; it may raise ``RecordContradictsItself``.
    ``my_numbers_of``: whose My Number it will unseal, so that each read is logged first.
    """

    subjects: tuple[Subject, ...]
    snapshot: Callable[[str], pdf.Snapshot] = field(repr=False)
    sources: tuple[SourceRead, ...] = ()
    koseki_persons: tuple[KosekiSubject, ...] = ()
    my_numbers_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the permit knows when it asks a kind for its own last look, under the locks."""

    intent: Intent
    snapshot: pdf.Snapshot
    holder_number: str
    household: Sequence[DerivedMember]
    chosen: Chosen
    now: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What a menu shows beside kind, fee and closing time."""

    options: tuple[str, ...] = ()
    persons: tuple[MenuPerson, ...] = ()
    choices: tuple[MenuChoice, ...] = ()


class CertificateKind(Protocol):
    """One kind of certificate."""

    async def read(self, connection: asyncpg.Connection, asked: Asked, moment: Moment) -> Reading:
        """Read once and decide by what was read. Raises ``Refusal``, ``RecordMoved``, ``RecordContradictsItself``."""

    async def offer(self, connection: asyncpg.Connection, owner: RefOwner, person_number: str, moment: Moment) -> Offer:
        """Whether a menu may show this kind, by the same rules. Raises what ``read`` raises."""

    def of_household(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """Those subjects that must be of the asking person's household."""

    async def look_again(self, connection: asyncpg.Connection, look: LastLook) -> None:
        """The kind's last look. Raises ``RecordMoved``, ``PersonDiffers`` or ``Refusal``."""

    def to_list(self, intent: Intent, printed_field: str) -> tuple[str, str] | None:
        """Whom to list, under which item, when this field cannot be printed; None where it belongs to no resident."""
