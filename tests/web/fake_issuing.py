"""A FAKE of the issuing service, for tests of the web edge only: strict about what it is handed, with no rules of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from cardauth import CardSignature, SealedChallenge, UserCertificate, UserId
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
    Kind,
    Menu,
    MenuKind,
    MenuPerson,
    MenuRequest,
    OutcomeReport,
    SessionCredential,
)

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 not really\n"
NUMBER = "092029-1-000000001"
CITY = "092029"


@dataclass
class FakeIssuing:
    """Knows one caller by its certificate, gives one certificate, and raises what `fails_with` holds."""

    known_certificate: bytes
    fails_with: BaseException | None = None
    menus: list[MenuRequest] = field(default_factory=list)
    issuances: list[IssuanceRequest] = field(default_factory=list)
    applications: list[AccessRequest] = field(default_factory=list)
    registration: AccessRegistration = field(
        default_factory=lambda: AccessRegistration("12", "submitted", date(2026, 12, 1))
    )
    outcomes: dict[str, OutcomeReport] = field(default_factory=dict)
    alerts: list[CentreAlert] = field(default_factory=list)

    async def caller(self, certificate_sha256: bytes, municipality_code: str) -> Caller:
        assert len(certificate_sha256) == 32
        if certificate_sha256 != self.known_certificate or municipality_code != CITY:
            raise Refusal(RefusalCode.NOT_YOUR_CITY, "no_grant")
        return Caller("centre-1", municipality_code, Channel.CENTRE, frozenset({Kind.RESIDENT_RECORD}))

    async def notice(self, caller: Caller) -> Mapping[str, str]:
        self._check_caller(caller)
        return {"ja": "窓口は3階です。"}

    async def challenge(self, caller: Caller, request: ChallengeRequest) -> SealedChallenge:
        self._check_caller(caller)
        return SealedChallenge(f"{caller.caller_id}-{request.terminal.terminal}", NOON)

    async def menu(self, caller: Caller, request: MenuRequest) -> Menu:
        self._check(caller, request)
        assert isinstance(request.credential, UserCertificate | UserId | CardSignature)
        self.menus.append(request)
        persons = (MenuPerson("ref-1", "見本 太郎", "世帯主"), MenuPerson("ref-2", "見本 花子", None))
        kind = MenuKind(Kind.RESIDENT_RECORD, 200, ("relationship", "domicile"), persons, NOON)
        return Menu((kind,), "sealed-session", 5, NOON)

    async def issue(self, caller: Caller, request: IssuanceRequest) -> Certificate:
        self._check(caller, request)
        assert isinstance(request.credential, UserCertificate | UserId | CardSignature | SessionCredential)
        assert isinstance(request.persons, str | tuple)
        self.issuances.append(request)
        return Certificate(NUMBER, PDF, 1, 200)

    async def apply(self, caller: Caller, request: AccessRequest) -> AccessRegistration:
        self._check_caller(caller)
        assert isinstance(request.credential, CardSignature)
        self.applications.append(request)
        return self.registration

    async def state(self, caller: Caller, issuance_number: str) -> IssuanceState:
        self._check_caller(caller)
        self._require_known(issuance_number)
        report = self.outcomes.get(issuance_number)
        outcome = None if report is None else report.outcome
        return IssuanceState(issuance_number, "recorded", "resident_record", NOON, outcome)

    async def report_outcome(self, caller: Caller, issuance_number: str, report: OutcomeReport) -> None:
        self._check_caller(caller)
        self._require_known(issuance_number)
        assert report.occurred_at.tzinfo is not None
        if self.outcomes.setdefault(issuance_number, report) != report:
            raise Refusal(RefusalCode.OUTCOME_CONFLICT, "contradiction", issuance_number=issuance_number)

    async def open_alert(self, caller: Caller, alert: CentreAlert) -> None:
        self._check_caller(caller)
        self.alerts.append(alert)

    def _check(self, caller: Caller, request: MenuRequest | IssuanceRequest) -> None:
        self._check_caller(caller)
        assert request.municipality_code == caller.municipality_code
        assert 1 <= len(request.request_id) <= 64

    def _check_caller(self, caller: Caller) -> None:
        assert caller.caller_id == "centre-1"
        if self.fails_with is not None:
            raise self.fails_with

    def _require_known(self, issuance_number: str) -> None:
        if issuance_number != NUMBER:
            raise Refusal(RefusalCode.NO_SUCH_ISSUANCE, "unknown")
