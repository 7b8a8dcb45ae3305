"""What the edge answers when the answer is yes."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from cardauth import SealedChallenge
from kiosk_server.issuing.request import (
    AccessRegistration,
    Certificate,
    IssuanceState,
    Kind,
    Menu,
    MenuChoice,
    MenuKind,
    MenuPerson,
)

PDF: Final = "application/pdf"
JSON: Final = "application/json"


class _Answer(BaseModel):
    # Readers let later members pass; a client of ours must survive a newer server.
    model_config = ConfigDict(frozen=True, from_attributes=True)


class MenuPersonAnswer(_Answer):
    """One person of the household as the screen shows them."""

    person_ref: str
    name: str
    relationship: str | None


class MenuChoiceAnswer(_Answer):
    """One of several certificates of a kind: what to ask with, and what the screen shows."""

    choice: str
    label: str


class MenuKindAnswer(_Answer):
    """A kind on offer now; the fee is in yen."""

    kind: Kind
    fee_yen: int
    options: tuple[str, ...]
    persons: tuple[MenuPersonAnswer, ...]
    choices: tuple[MenuChoiceAnswer, ...] = ()
    closes_at: datetime


class MenuAnswer(_Answer):
    """What this person may have now, and a session that stands for the credential."""

    kinds: tuple[MenuKindAnswer, ...]
    session: str
    session_issuances: int
    session_expires_at: datetime


class NoticeAnswer(_Answer):
    """What the city tells at its kiosks now, by language of the screen (BCP 47, and `ja-easy`); no members without a notice."""

    texts: Mapping[str, str]


class ChallengeAnswer(_Answer):
    """What the card is to sign, and until when; see docs/card.md for the bytes."""

    challenge_id: str
    expires_at: datetime


class StateAnswer(_Answer):
    """State and outcome of one issuance, never the document."""

    issuance_number: str
    state: str
    kind: str
    recorded_at: datetime | None
    outcome: str | None


class AccessAnswer(_Answer):
    """Where the application of this card stands, by which JST day it is decided, and when it was made, if by an earlier request."""

    registration_number: str
    state: Literal["submitted", "accepted", "refused", "withdrawn", "expired"]
    due_on: date
    earlier_application_on: date | None = None


def content_digest(content: bytes) -> str:
    """The Content-Digest header for a body (RFC 9530, sha-256)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def certificate_response(certificate: Certificate) -> web.Response:
    """The PDF with the figures that go with it. The fee is in yen."""
    headers = {
        "Issuance-Number": certificate.issuance_number,
        "Content-Digest": content_digest(certificate.content),
        "Document-Pages": str(certificate.pages),
        "Fee": str(certificate.fee_yen),
    }
    return web.Response(body=certificate.content, content_type=PDF, headers=headers)


def menu_response(menu: Menu) -> web.Response:
    """A menu as JSON."""
    return _json(MenuAnswer.model_validate(menu))


def notice_response(texts: Mapping[str, str]) -> web.Response:
    """A notice as JSON."""
    return _json(NoticeAnswer(texts=texts))


def challenge_response(challenge: SealedChallenge) -> web.Response:
    """A challenge as JSON."""
    return _json(ChallengeAnswer.model_validate(challenge))


def access_response(registration: AccessRegistration) -> web.Response:
    """Where an application stands, as JSON."""
    return _json(AccessAnswer.model_validate(registration))


def access_members(registration: AccessRegistration) -> Mapping[str, object]:
    """The same as a member of a problem document."""
    return AccessAnswer.model_validate(registration).model_dump(mode="json")


def state_response(state: IssuanceState) -> web.Response:
    """State and outcome as JSON."""
    return _json(StateAnswer.model_validate(state))


def read_menu(raw: bytes) -> Menu:
    """A menu from its JSON; raises pydantic.ValidationError, which quotes it."""
    answer = MenuAnswer.model_validate_json(raw)
    return Menu(
        kinds=tuple(_menu_kind(kind) for kind in answer.kinds),
        session=answer.session,
        session_issuances=answer.session_issuances,
        session_expires_at=answer.session_expires_at,
    )


def read_notice(raw: bytes) -> Mapping[str, str]:
    """The texts of a notice from its JSON; raises pydantic.ValidationError."""
    return NoticeAnswer.model_validate_json(raw).texts


def read_challenge(raw: bytes) -> SealedChallenge:
    """A challenge from its JSON; raises pydantic.ValidationError."""
    answer = ChallengeAnswer.model_validate_json(raw)
    return SealedChallenge(answer.challenge_id, answer.expires_at)


def read_access(raw: bytes) -> AccessRegistration:
    """Where an application stands, from its JSON; raises pydantic.ValidationError."""
    answer = AccessAnswer.model_validate_json(raw)
    return AccessRegistration(answer.registration_number, answer.state, answer.due_on, answer.earlier_application_on)


def read_state(raw: bytes) -> IssuanceState:
    """State and outcome from their JSON; raises pydantic.ValidationError."""
    answer = StateAnswer.model_validate_json(raw)
    return IssuanceState(answer.issuance_number, answer.state, answer.kind, answer.recorded_at, answer.outcome)


def _menu_kind(answer: MenuKindAnswer) -> MenuKind:
    persons = tuple(MenuPerson(person.person_ref, person.name, person.relationship) for person in answer.persons)
    choices = tuple(MenuChoice(one.choice, one.label) for one in answer.choices)
    return MenuKind(answer.kind, answer.fee_yen, answer.options, persons, answer.closes_at, choices)


def _json(answer: _Answer) -> web.Response:
    return web.Response(body=answer.model_dump_json().encode(), content_type=JSON)
