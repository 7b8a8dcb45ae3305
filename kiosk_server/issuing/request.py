"""What a centre or a terminal asks for, after the wire has been checked and before anything is decided."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal, Self

from cardauth import CardSignature, Credential


class Channel(StrEnum):
    """How a request reached the city; fees differ by it."""

    CENTRE = "centre"
    TERMINAL = "terminal"


class Kind(StrEnum):
    """Certificate kinds of the centre protocol that this service makes, each with its Japanese name."""

    label: str

    def __new__(cls, name: str, label: str = "") -> Self:
        """Take the name in the protocol, which is the value, and the label."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.label = label
        return kind

    RESIDENT_RECORD = "resident_record", "住民票の写し"
    RESIDENT_STATEMENT = "resident_statement", "住民票記載事項証明書"
    SEAL_REGISTRATION = "seal_registration", "印鑑登録証明書"
    KOSEKI_FULL = "koseki_full", "戸籍全部事項証明書"
    KOSEKI_INDIVIDUAL = "koseki_individual", "戸籍個人事項証明書"
    KOSEKI_SUPPLEMENT = "koseki_supplement", "戸籍の附票の写し"
    TAX_ASSESSMENT = "tax_assessment", "課税証明書"
    TAX_INCOME = "tax_income", "所得証明書"
    TAX_PAYMENT = "tax_payment", "納税証明書"
    DISASTER_DAMAGE = "disaster_damage", "罹災証明書"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who holds the TLS client certificate, for one city."""

    caller_id: str
    municipality_code: str
    channel: Channel
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Terminal:
    """The machine at which the resident stands."""

    operator: str
    store: str
    terminal: str


@dataclass(frozen=True, slots=True)
class ResidentRecordOptions:
    """What the resident chose to have printed; what is not chosen is omitted (住基法12条5項)."""

    relationship: bool = False
    domicile: bool = False
    my_number: bool = False
    nationality: bool = False
    residence_status: bool = False
    residence_card_number: bool = False


@dataclass(frozen=True, slots=True)
class ResidentStatementOptions(ResidentRecordOptions):
    """Which items of the record the resident wants stated; what is not chosen is not on the paper."""

    resident_since: bool = False
    address_since: bool = False
    previous_address: bool = False


STATEMENT_OPTIONS: Final = ("resident_since", "address_since", "previous_address")
"""What a statement may name beside the options of a resident record."""


@dataclass(frozen=True, slots=True)
class SessionCredential:
    """A sealed session that a menu gave; it stands for the credential within its time and count."""

    token: str = field(repr=False)


Presented = Credential | CardSignature
"""What a resident may present for a menu."""


@dataclass(frozen=True, slots=True)
class ChallengeRequest:
    """POST /v1/challenges."""

    municipality_code: str
    terminal: Terminal


@dataclass(frozen=True, slots=True)
class MenuRequest:
    """POST /v1/menus."""

    request_id: str
    municipality_code: str
    terminal: Terminal
    credential: Presented


@dataclass(frozen=True, slots=True)
class IssuanceRequest:
    """POST /v1/issuances. ``persons`` is the whole household, the asking person, or the person_refs a menu gave.

    So it is for a ``resident_statement``, whose options are ``ResidentStatementOptions``. A ``koseki_supplement`` is of the whole koseki or of the asking person; of the options it takes ``domicile``. The other kinds are
    asked for by the person alone, ``persons`` is then ``self``, without options.
    ``choice``: which one of several, such as the tax year, for kinds whose menu gives choices.
    """

    request_id: str
    municipality_code: str
    terminal: Terminal
    credential: Presented | SessionCredential
    kind: Kind
    persons: Literal["household", "koseki", "self"] | tuple[str, ...]
    options: ResidentRecordOptions
    form: Literal["household_list", "individual"] = "household_list"
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """POST /v1/koseki_access_registrations: who lives in another city asks to take koseki certificates of this one with the card.

    The card names nobody, so the applicant does; staff look whether the koseki knows them.
    """

    request_id: str
    municipality_code: str
    terminal: Terminal
    credential: CardSignature
    name: str = field(repr=False)
    birth_on: date = field(repr=False)
    domicile: str = field(repr=False)
    first_registrant: str = field(repr=False)


CredentialRequest = MenuRequest | IssuanceRequest | AccessRequest
"""A call that presents a credential, or the session that one opened."""


@dataclass(frozen=True, slots=True)
class AccessRegistration:
    """Where an application stands, and by which JST day staff decide it. Told to the card that applied, and to nobody else."""

    registration_number: str
    state: Literal["submitted", "accepted", "refused", "withdrawn", "expired"]
    due_on: date
    earlier_application_on: date | None = None
    """The JST day of an earlier request of the same card, where it is that one which stands and nothing was taken now."""


@dataclass(frozen=True, slots=True)
class MenuPerson:
    """One person of the household as the screen shows them; the reference is opaque and lives ten minutes."""

    person_ref: str
    name: str
    relationship: str | None


@dataclass(frozen=True, slots=True)
class MenuChoice:
    """One of several certificates of a kind, such as that of a tax year: what to ask with, and what the screen shows."""

    choice: str
    label: str


@dataclass(frozen=True, slots=True)
class MenuKind:
    """A kind on offer now, with its fee in yen and the options that may be chosen; with choices, one has to be chosen."""

    kind: Kind
    fee_yen: int
    options: tuple[str, ...]
    persons: tuple[MenuPerson, ...]
    closes_at: datetime
    choices: tuple[MenuChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """What this person may have now."""

    kinds: tuple[MenuKind, ...]
    session: str = field(repr=False)
    session_issuances: int
    session_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """A finished, recorded certificate: the bytes to send and the figures that go with them."""

    issuance_number: str
    content: bytes = field(repr=False)
    pages: int
    fee_yen: int


@dataclass(frozen=True, slots=True)
class IssuanceState:
    """State and outcome of one issuance, never the document."""

    issuance_number: str
    state: str
    kind: str
    recorded_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class OutcomeReport:
    """What became of an issuance, as the centre or the terminal saw it."""

    outcome: Literal["printed", "cancelled", "failed"]
    fee_collected: bool
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class CentreAlert:
    """An error on the centre's side about an issuance."""

    code: str
    issuance_number: str | None
    request_id: str | None
    detail: str
