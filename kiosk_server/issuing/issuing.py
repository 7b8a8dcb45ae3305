"""The issuing service behind the web edge."""

from collections.abc import Mapping

from cardauth import SealedChallenge, seal_challenge
from issuance_db import city
from issuance_db.kiosk_notices import notice_at
from kiosk_server.issuing import issue, koseki_access, menu, outcomes
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import (
    AccessRegistration,
    AccessRequest,
    Caller,
    CentreAlert,
    Certificate,
    ChallengeRequest,
    Channel,
    IssuanceRequest,
    IssuanceState,
    Menu,
    MenuRequest,
    OutcomeReport,
)


class Issuing:
    """``IssuingService`` on the real database, keys and paper."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    async def caller(self, certificate_sha256: bytes, municipality_code: str) -> Caller:
        """Who asks, for this city. Refuses with ``not_your_city``."""
        async with self._environment.database.city(municipality_code) as connection:
            row = await city.caller(connection, municipality_code, certificate_sha256)
        if row is None:
            raise Refusal(RefusalCode.NOT_YOUR_CITY, "city_not_covered")
        return Caller(row.caller_id, municipality_code, Channel(row.channel), row.kinds)

    async def notice(self, caller: Caller) -> Mapping[str, str]:
        """What the city tells at its kiosks now, by language."""
        async with self._environment.database.city(caller.municipality_code) as connection:
            return await notice_at(connection, caller.municipality_code, self._environment.clock())

    async def challenge(self, caller: Caller, request: ChallengeRequest) -> SealedChallenge:
        """A challenge for the card at this terminal."""
        return seal_challenge(
            self._environment.keys,
            municipality_code=request.municipality_code,
            caller_id=caller.caller_id,
            terminal=request.terminal,
            now=self._environment.clock(),
        )

    async def menu(self, caller: Caller, request: MenuRequest) -> Menu:
        """What the person behind the credential may have now."""
        return await menu.menu(self._environment, caller, request)

    async def issue(self, caller: Caller, request: IssuanceRequest) -> Certificate:
        """One certificate, recorded before it is returned."""
        return await issue.issue(self._environment, caller, request)

    async def apply(self, caller: Caller, request: AccessRequest) -> AccessRegistration:
        """Take an application for koseki access, or tell where the one of this card stands."""
        return await koseki_access.apply(self._environment, caller, request)

    async def state(self, caller: Caller, issuance_number: str) -> IssuanceState:
        """State and outcome, only for the caller that received it."""
        return await outcomes.state_of(self._environment, caller, issuance_number)

    async def report_outcome(self, caller: Caller, issuance_number: str, report: OutcomeReport) -> None:
        """Store the outcome once."""
        await outcomes.report_outcome(self._environment, caller, issuance_number, report)

    async def open_alert(self, caller: Caller, alert: CentreAlert) -> None:
        """Open an alert that stays open until someone explains the delivery."""
        await outcomes.open_alert(self._environment, caller, alert)
