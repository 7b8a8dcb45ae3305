"""The bodies of the centre protocol. Unknown members, other types and second spellings are refused here.

`centre_verified` is a name of the protocol that this version does not take: it is refused by name and is not part of the
OpenAPI document. So is `card_signature` where the city has not enabled it.
"""

from typing import Annotated, Final, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from kiosk_server.web import fields
from kiosk_server.web.malformed import EITHER, MISSING, NOT_ENABLED, MalformedBody, from_validation

NEVER_ENABLED: Final = frozenset({"centre_verified"})
WITHOUT_CARDS: Final = NEVER_ENABLED | {"card_signature"}
"""Types of credentials that are refused by name where no authority of cards is trusted."""
MOST_PERSONS: Final = 20


class Body(BaseModel):
    """A body or a part of one: strict types, no unknown members, and errors that do not quote."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


BodyType = TypeVar("BodyType", bound=Body)


class TerminalBody(Body):
    """The machine at which the resident stands."""

    operator: fields.Id
    store: fields.Id
    terminal: fields.Id


class UserCertificateBody(Body):
    """利用者証明用電子証明書 and the city's PIN."""

    type: Literal["user_certificate"]
    issuer_key_id: fields.IssuerKeyId
    serial: fields.Serial
    pin: fields.Pin


class UserIdBody(Body):
    """利用者ID and the city's PIN, for cities that still use it."""

    type: Literal["user_id"]
    user_id: fields.UserIdText
    pin: fields.Pin


class CardSignatureBody(Body):
    """A card on a reader: its user certificate (DER), a challenge of POST /v1/challenges, and the card's signature."""

    type: Literal["card_signature"]
    certificate: fields.CertificateText
    challenge_id: fields.ChallengeId
    signature: fields.SignatureText


CredentialBody = Annotated[UserCertificateBody | UserIdBody | CardSignatureBody, Field(discriminator="type")]


class OptionsBody(Body):
    """What to print on a resident record; what is left out is false."""

    relationship: bool = False
    domicile: bool = False
    my_number: bool = False
    nationality: bool = False
    residence_status: bool = False
    residence_card_number: bool = False


def _different(references: list[str]) -> list[str]:
    if len(set(references)) != len(references):
        raise ValueError
    return references


def _shape(value: object) -> str | None:
    if isinstance(value, str):
        return "word"
    return "list" if isinstance(value, list) else None


_PersonRefs = Annotated[
    list[fields.PersonRef],
    Field(min_length=1, max_length=MOST_PERSONS, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_different),
]
Persons = Annotated[
    Annotated[Literal["household", "self"], Tag("word")] | Annotated[_PersonRefs, Tag("list")], Discriminator(_shape)
]


class ResidentRecordBody(Body):
    """住民票の写し: of whom, with what on it. One request is one copy."""

    kind: Literal["resident_record"]
    persons: Persons
    options: OptionsBody = OptionsBody()
    form: Literal["household_list", "individual"] = "household_list"


class StatementOptionsBody(OptionsBody):
    """Which items to state beside name, address, birth and sex; what is left out is not on the paper."""

    resident_since: bool = False
    address_since: bool = False
    previous_address: bool = False


class ResidentStatementBody(Body):
    """住民票記載事項証明書: of whom, with which items."""

    kind: Literal["resident_statement"]
    persons: Persons
    options: StatementOptionsBody = StatementOptionsBody()


class SealRegistrationBody(Body):
    """印鑑登録証明書: of the holder alone."""

    kind: Literal["seal_registration"]
    persons: Literal["self"] = "self"


class KosekiFullBody(Body):
    """戸籍全部事項証明書: of the koseki in which the holder lives."""

    kind: Literal["koseki_full"]
    persons: Literal["self"] = "self"


class KosekiIndividualBody(Body):
    """戸籍個人事項証明書: of the holder alone, from the koseki in which they live."""

    kind: Literal["koseki_individual"]
    persons: Literal["self"] = "self"


class SupplementOptionsBody(Body):
    """What to print at the head of a 戸籍の附票の写し; what is left out is false."""

    domicile: bool = False


class KosekiSupplementBody(Body):
    """戸籍の附票の写し: the addresses of everyone in the holder's koseki, or of the holder."""

    kind: Literal["koseki_supplement"]
    persons: Literal["koseki", "self"]
    options: SupplementOptionsBody = SupplementOptionsBody()


class TaxBody(Body):
    """課税証明書, 所得証明書, 納税証明書: of the holder alone, of the tax year that `choice` names (2026 is 令和8年度)."""

    kind: Literal["tax_assessment", "tax_income", "tax_payment"]
    persons: Literal["self"] = "self"
    choice: fields.Choice


class DisasterDamageBody(Body):
    """罹災証明書: of the holder alone, of the damage whose number `choice` gives."""

    kind: Literal["disaster_damage"]
    persons: Literal["self"] = "self"
    choice: fields.Choice


CertificateBody = Annotated[
    ResidentRecordBody
    | ResidentStatementBody
    | SealRegistrationBody
    | KosekiFullBody
    | KosekiIndividualBody
    | KosekiSupplementBody
    | TaxBody
    | DisasterDamageBody,
    Field(discriminator="kind"),
]


def kinds_with_choice() -> frozenset[str]:
    """The kinds that are asked for with a choice, as the menu names them."""
    bodies = get_args(get_args(CertificateBody)[0])
    return frozenset(
        kind
        for body in bodies
        if "choice" in body.model_fields
        for kind in get_args(body.model_fields["kind"].annotation)
    )


class ChallengeBody(Body):
    """POST /v1/challenges."""

    municipality_code: fields.MunicipalityCode
    terminal: TerminalBody


class MenuBody(Body):
    """POST /v1/menus."""

    request_id: fields.Id
    municipality_code: fields.MunicipalityCode
    terminal: TerminalBody
    credential: CredentialBody


class IssuanceBody(Body):
    """POST /v1/issuances. Exactly one of `credential` and `session`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["credential"]}, {"required": ["session"]}]},
    )

    request_id: fields.Id
    municipality_code: fields.MunicipalityCode
    terminal: TerminalBody
    credential: CredentialBody | None = None
    session: fields.SessionToken | None = Field(default=None, repr=False)
    certificate: CertificateBody


class ApplicantBody(Body):
    """Who applies, as they say themselves: the card names nobody."""

    name: fields.PersonName
    birth_date: fields.BirthDate


class OwnKosekiBody(Body):
    """Which koseki they say is theirs."""

    domicile: fields.Domicile
    first_registrant: fields.PersonName


class AccessBody(Body):
    """POST /v1/koseki_access_registrations (本籍地利用登録), by card alone."""

    request_id: fields.Id
    municipality_code: fields.MunicipalityCode
    terminal: TerminalBody
    credential: CardSignatureBody
    applicant: ApplicantBody
    koseki: OwnKosekiBody


class OutcomeBody(Body):
    """POST /v1/issuances/{issuance_number}/outcome."""

    outcome: Literal["printed", "cancelled", "failed"]
    fee_collected: bool
    occurred_at: fields.Instant


class AlertBody(Body):
    """POST /v1/alerts: an error on the centre's side about an issuance, named by its number or its request."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["issuance_number"]}, {"required": ["request_id"]}]},
    )

    municipality_code: fields.MunicipalityCode
    code: fields.Id
    issuance_number: fields.IssuanceNumber | None = None
    request_id: fields.Id | None = None
    detail: fields.Note = ""


def read(model: type[BodyType], value: object, not_enabled: frozenset[str] = WITHOUT_CARDS) -> BodyType:
    """Return a body's value as the model, or raise MalformedBody naming the first place that is wrong."""
    _refuse_not_enabled(value, not_enabled)
    try:
        body = model.model_validate(value)
    except ValidationError as error:
        # Neither the message nor the cause of pydantic's error is safe to keep: both hold the input.
        raise from_validation(error) from None
    _check_alternatives(body)
    return body


def _refuse_not_enabled(value: object, not_enabled: frozenset[str]) -> None:
    credential = value.get("credential") if isinstance(value, dict) else None
    kind = credential.get("type") if isinstance(credential, dict) else None
    if isinstance(kind, str) and kind in not_enabled:
        raise MalformedBody("credential.type", NOT_ENABLED)


def _check_alternatives(body: Body) -> None:
    if isinstance(body, IssuanceBody) and (body.credential is None) == (body.session is None):
        raise MalformedBody("credential" if body.session is None else "session", EITHER)
    if isinstance(body, AlertBody) and body.issuance_number is None and body.request_id is None:
        raise MalformedBody("issuance_number", MISSING)
