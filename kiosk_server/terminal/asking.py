"""Asking the city's issuing service: menus, certificates and outcomes, in the centre protocol's words."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from cardauth import CardSignature, Credential, SealedChallenge, signed_message
from kiosk_server.issuing.request import (
    STATEMENT_OPTIONS,
    AccessRegistration,
    AccessRequest,
    CentreAlert,
    Certificate,
    ChallengeRequest,
    IssuanceRequest,
    Kind,
    Menu,
    MenuRequest,
    OutcomeReport,
    ResidentRecordOptions,
    ResidentStatementOptions,
    SessionCredential,
    Terminal,
)
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.visit import Visit
from kiosk_server.web.client import AnswerBroken, CentreProblem, CentreUnreachable

_OPTIONS: Final = ("relationship", "domicile", "my_number", "nationality", "residence_status", "residence_card_number")
_WITH_PERSONS: Final = frozenset({Kind.RESIDENT_RECORD, Kind.RESIDENT_STATEMENT})
_TRIES: Final = 3
_PAUSE_SECONDS: Final = 2.0

PinOf = Literal["card", "city"]
"""Whose PIN is typed: the card's own, which the card checks before it signs, or the city's 暗証番号, which goes to the service."""
Reason = Literal["not_identified", "not_available", "closed", "busy", "unreachable", "fault"]
_REASONS: Final[dict[str, Reason]] = {
    "not_identified": "not_identified",
    "not_available": "not_available",
    "closed": "closed",
    "busy": "busy",
    "timed_out": "busy",
    "not_fresh": "busy",
}


class Service(Protocol):
    """The calls of `CentreClient` that a terminal makes."""

    async def notice(self, municipality_code: str) -> Mapping[str, str]:
        """What the city tells now, by language."""
        ...

    async def challenge(self, request: ChallengeRequest) -> SealedChallenge:
        """A challenge for a card at this terminal."""
        ...

    async def menus(self, request: MenuRequest) -> Menu:
        """What the person behind the credential may have now."""
        ...

    async def issue(self, request: IssuanceRequest) -> Certificate:
        """One certificate."""
        ...

    async def apply(self, request: AccessRequest) -> AccessRegistration:
        """An application for koseki access."""
        ...

    async def outcome(self, municipality_code: str, issuance_number: str, report: OutcomeReport) -> None:
        """Say what became of a certificate."""
        ...

    async def alert(self, municipality_code: str, alert: CentreAlert) -> None:
        """Open an alert for the city's staff."""
        ...


class NotGiven(Exception):
    """The service gave nothing. `reason` is one of the few that the screen has words for."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class ApplicationWaits(Exception):
    """The card is nobody's here yet: its application for koseki access stands as `registration` says."""

    def __init__(self, registration: AccessRegistration) -> None:
        super().__init__()
        self.registration = registration


@dataclass(frozen=True, slots=True)
class City:
    """Whose service is asked, and by which machine."""

    service: Service
    municipality_code: str
    terminal: Terminal
    pin: PinOf = "card"
    takes_user_id: bool = False
    """Whether a 利用者ID with the city's PIN may be typed instead of placing a card."""
    pause_seconds: float = _PAUSE_SECONDS
    name: str = ""
    """The city's own, for the receipt."""

    async def notice(self) -> Mapping[str, str]:
        """What the city tells now, by language. Raises CentreProblem, CentreUnreachable, AnswerBroken."""
        return await self.service.notice(self.municipality_code)

    async def challenge(self) -> tuple[str, bytes]:
        """A challenge of the service, and what the card has to sign for it. Raises NotGiven."""
        try:
            given = await self.service.challenge(ChallengeRequest(self.municipality_code, self.terminal))
        except (CentreProblem, CentreUnreachable, AnswerBroken) as error:
            raise NotGiven(reason_of(error)) from None
        return given.challenge_id, signed_message(self.municipality_code, self.terminal, given.challenge_id)

    async def menu(self, presented: CardSignature | Credential) -> Menu:
        """What the person may have, by the card's signature or with the city's PIN. Raises NotGiven, ApplicationWaits."""
        asked = MenuRequest(new_request_id(), self.municipality_code, self.terminal, presented)
        try:
            return await self.service.menus(asked)
        except (CentreProblem, CentreUnreachable, AnswerBroken) as error:
            if isinstance(error, CentreProblem) and error.registration is not None:
                raise ApplicationWaits(error.registration) from None
            raise NotGiven(reason_of(error)) from None

    async def apply(self, visit: Visit, presented: CardSignature) -> AccessRegistration:
        """Apply for koseki access with what was typed, or hear where the application of this card stands. Raises NotGiven."""
        asked = AccessRequest(
            new_request_id(), self.municipality_code, self.terminal, presented, visit.typed[Step.APPLY_NAME], visit.born,
            visit.typed[Step.APPLY_DOMICILE], visit.typed[Step.APPLY_REGISTRANT],
        )  # fmt: skip
        try:
            return await self.service.apply(asked)
        except (CentreProblem, CentreUnreachable, AnswerBroken) as error:
            raise NotGiven(reason_of(error)) from None

    async def issue(self, visit: Visit, request_id: str) -> Certificate:
        """One copy of what was chosen. An answer that was lost is asked for again under the same id. Raises NotGiven."""
        asked = self._request(visit, request_id)
        for left in reversed(range(_TRIES)):
            try:
                return await self.service.issue(asked)
            except (CentreUnreachable, AnswerBroken) as error:
                if not left:
                    raise NotGiven(reason_of(error)) from None
                await asyncio.sleep(self.pause_seconds)
            except CentreProblem as error:
                raise NotGiven(reason_of(error)) from None
        raise AssertionError

    async def report(
        self, issuance_number: str, outcome: Literal["printed", "failed", "cancelled"], at: datetime, *, collected: bool
    ) -> None:
        """Say what became of a certificate. Raises CentreProblem, CentreUnreachable, AnswerBroken."""
        await self.service.outcome(self.municipality_code, issuance_number, OutcomeReport(outcome, collected, at))

    async def alert_guessing(self, request_id: str) -> None:
        """Say that too many wrong PINs of cards were typed here. Raises CentreProblem, CentreUnreachable, AnswerBroken."""
        at = self.terminal
        alert = CentreAlert("wrong_card_pins", None, request_id, f"{at.operator} / {at.store} / {at.terminal}")
        await self.service.alert(self.municipality_code, alert)

    def _request(self, visit: Visit, request_id: str) -> IssuanceRequest:
        if visit.menu is None or visit.kind is None:
            raise AssertionError
        kind = visit.kind.kind
        return IssuanceRequest(
            request_id=request_id,
            municipality_code=self.municipality_code,
            terminal=self.terminal,
            credential=SessionCredential(visit.menu.session),
            kind=kind,
            persons=_persons(visit, kind),
            options=_options(visit, kind),
            choice=visit.choice,
        )


def new_request_id() -> str:
    """An id that no request had before."""
    return uuid.uuid4().hex


def reason_of(error: CentreProblem | CentreUnreachable | AnswerBroken) -> Reason:
    """The neutral reason for the screen."""
    if isinstance(error, CentreUnreachable):
        return "unreachable"
    return "fault" if isinstance(error, AnswerBroken) else _REASONS.get(error.code, "fault")


def _persons(visit: Visit, kind: Kind) -> Literal["household", "koseki", "self"] | tuple[str, ...]:
    if kind is Kind.KOSEKI_SUPPLEMENT:
        return visit.scope
    if kind not in _WITH_PERSONS or visit.kind is None:
        return "self"
    return "household" if len(visit.persons) == len(visit.kind.persons) else visit.persons


def _options(visit: Visit, kind: Kind) -> ResidentRecordOptions:
    chosen = {name: name in visit.options for name in _OPTIONS}
    if kind is not Kind.RESIDENT_STATEMENT:
        return ResidentRecordOptions(**chosen)
    return ResidentStatementOptions(**chosen, **{name: name in visit.options for name in STATEMENT_OPTIONS})
