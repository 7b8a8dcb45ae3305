"""The face of issuing: what the web edge may ask, whatever stands behind it."""

from collections.abc import Mapping
from typing import Protocol

from cardauth import SealedChallenge
from kiosk_server.issuing.request import (
    AccessRegistration,
    AccessRequest,
    Caller,
    CentreAlert,
    Certificate,
    ChallengeRequest,
    IssuanceRequest,
    IssuanceState,
    Menu,
    MenuRequest,
    OutcomeReport,
)


class IssuingService(Protocol):
    """Each call raises ``Refusal`` when the answer is no; anything else that is raised is a fault of ours."""

    async def caller(self, certificate_sha256: bytes, municipality_code: str) -> Caller:
        """Who asks, for this city. Refuses with ``not_your_city``."""
        ...

    async def notice(self, caller: Caller) -> Mapping[str, str]:
        """What the city tells at its kiosks now, by language; empty without a notice."""
        ...

    async def challenge(self, caller: Caller, request: ChallengeRequest) -> SealedChallenge:
        """A challenge for the card at this terminal."""
        ...

    async def menu(self, caller: Caller, request: MenuRequest) -> Menu:
        """What the person behind the credential may have now."""
        ...

    async def issue(self, caller: Caller, request: IssuanceRequest) -> Certificate:
        """One certificate, recorded before it is returned. The same request again gives the same bytes."""
        ...

    async def apply(self, caller: Caller, request: AccessRequest) -> AccessRegistration:
        """Take an application for koseki access, or tell where the one of this card stands."""
        ...

    async def state(self, caller: Caller, issuance_number: str) -> IssuanceState:
        """State and outcome, only for the caller that received it; else ``no_such_issuance``."""
        ...

    async def report_outcome(self, caller: Caller, issuance_number: str, report: OutcomeReport) -> None:
        """Store the outcome once; the same again is accepted, a contradiction is ``outcome_conflict`` and an alert."""
        ...

    async def open_alert(self, caller: Caller, alert: CentreAlert) -> None:
        """Open an alert that stays open until someone explains the delivery."""
        ...
