"""The issuing service behind a gate: a process that is not fit answers nobody."""

from collections.abc import Mapping
from typing import Final

from cardauth import SealedChallenge
from kiosk_server.checks.fitness import Fitness
from kiosk_server.issuing.refusal import Refusal, RefusalCode, spread
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
from kiosk_server.issuing.service import IssuingService

RETRY_SECONDS: Final = 5


def require_fit_now(fitness: Fitness) -> None:
    """Raise ``Refusal`` (busy, which no caller takes as final) while anything is wrong with this process."""
    if not fitness.is_fit:
        raise Refusal(RefusalCode.BUSY, "not_fit", retry_after=spread(RETRY_SECONDS))


class FitIssuing:
    """``IssuingService`` that refuses every call, reports too, while the process is not fit."""

    def __init__(self, service: IssuingService, fitness: Fitness) -> None:
        self._service = service
        self._fitness = fitness

    async def caller(self, certificate_sha256: bytes, municipality_code: str) -> Caller:
        """As the service."""
        require_fit_now(self._fitness)
        return await self._service.caller(certificate_sha256, municipality_code)

    async def notice(self, caller: Caller) -> Mapping[str, str]:
        """As the service."""
        require_fit_now(self._fitness)
        return await self._service.notice(caller)

    async def challenge(self, caller: Caller, request: ChallengeRequest) -> SealedChallenge:
        """As the service."""
        require_fit_now(self._fitness)
        return await self._service.challenge(caller, request)

    async def menu(self, caller: Caller, request: MenuRequest) -> Menu:
        """As the service."""
        require_fit_now(self._fitness)
        return await self._service.menu(caller, request)

    async def issue(self, caller: Caller, request: IssuanceRequest) -> Certificate:
        """As the service."""
        require_fit_now(self._fitness)
        return await self._service.issue(caller, request)

    async def apply(self, caller: Caller, request: AccessRequest) -> AccessRegistration:
        """As the service."""
        require_fit_now(self._fitness)
        return await self._service.apply(caller, request)

    async def state(self, caller: Caller, issuance_number: str) -> IssuanceState:
        """As the service."""
        require_fit_now(self._fitness)
        return await self._service.state(caller, issuance_number)

    async def report_outcome(self, caller: Caller, issuance_number: str, report: OutcomeReport) -> None:
        """As the service."""
        require_fit_now(self._fitness)
        await self._service.report_outcome(caller, issuance_number, report)

    async def open_alert(self, caller: Caller, alert: CentreAlert) -> None:
        """As the service."""
        require_fit_now(self._fitness)
        await self._service.open_alert(caller, alert)
