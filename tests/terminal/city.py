"""A service of the city that offers and makes what a test says, and remembers what it was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cardauth import SealedChallenge
from kiosk_server.issuing.request import (
    AccessRegistration,
    AccessRequest,
    CentreAlert,
    Certificate,
    ChallengeRequest,
    IssuanceRequest,
    Kind,
    Menu,
    MenuChoice,
    MenuKind,
    MenuPerson,
    MenuRequest,
    OutcomeReport,
)
from kiosk_server.web.client import CentreProblem

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
PERSONS = (MenuPerson("ref-1", "見本 太郎", "世帯主"), MenuPerson("ref-2", "見本 花子", "妻"))
RECORD = MenuKind(Kind.RESIDENT_RECORD, 200, ("relationship", "domicile"), PERSONS, NOW)
SEAL = MenuKind(Kind.SEAL_REGISTRATION, 300, (), (), NOW)
TAX = MenuKind(Kind.TAX_INCOME, 0, (), (), NOW, (MenuChoice("2026", "令和8年度"), MenuChoice("2025", "令和7年度")))
SUPPLEMENT = MenuKind(Kind.KOSEKI_SUPPLEMENT, 300, ("domicile",), (), NOW)
MENU = Menu((RECORD, SEAL, TAX, SUPPLEMENT), "sealed-session", 5, NOW + timedelta(minutes=10))
DOCUMENT = b"%PDF of somebody"


def problem(code: str, status: int = 403) -> CentreProblem:
    """The service's answer where it gives nothing."""
    return CentreProblem(code, status, "title", "detail")


@dataclass
class FakeService:
    """`asking.Service`; each error in `trouble` is raised once, in order, before it answers again."""

    menu: Menu = MENU
    trouble_of_notices: list[Exception] = field(default_factory=list)
    told: Mapping[str, str] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)
    challenged: list[ChallengeRequest] = field(default_factory=list)
    trouble_of_challenges: list[Exception] = field(default_factory=list)
    trouble_of_outcomes: list[Exception] = field(default_factory=list)
    fee_yen: int | None = None
    asked: list[MenuRequest | IssuanceRequest] = field(default_factory=list)
    applied: list[AccessRequest] = field(default_factory=list)
    registration: AccessRegistration = field(
        default_factory=lambda: AccessRegistration("12", "submitted", date(2026, 12, 3))
    )
    outcomes: list[tuple[str, str, bool]] = field(default_factory=list)
    alerts: list[CentreAlert] = field(default_factory=list)

    async def notice(self, municipality_code: str) -> Mapping[str, str]:
        assert municipality_code == "092029"
        self._fail(self.trouble_of_notices)
        return self.told

    async def challenge(self, request: ChallengeRequest) -> SealedChallenge:
        self.challenged.append(request)
        self._fail(self.trouble_of_challenges)
        return SealedChallenge(f"challenge-{len(self.challenged)}", NOW + timedelta(minutes=2))

    async def menus(self, request: MenuRequest) -> Menu:
        self.asked.append(request)
        self._fail(self.trouble)
        return self.menu

    async def issue(self, request: IssuanceRequest) -> Certificate:
        self.asked.append(request)
        self._fail(self.trouble)
        known = [one.request_id for one in self.issued()]
        number = f"20261126-01-{len(dict.fromkeys(known)):08}-0"
        fee = next(kind.fee_yen for kind in self.menu.kinds if kind.kind is request.kind)
        return Certificate(number, DOCUMENT, 1, fee if self.fee_yen is None else self.fee_yen)

    async def apply(self, request: AccessRequest) -> AccessRegistration:
        self.applied.append(request)
        self._fail(self.trouble)
        return self.registration

    async def outcome(self, municipality_code: str, issuance_number: str, report: OutcomeReport) -> None:
        assert municipality_code == "092029"
        self._fail(self.trouble_of_outcomes)
        self.outcomes.append((issuance_number, report.outcome, report.fee_collected))

    async def alert(self, municipality_code: str, alert: CentreAlert) -> None:
        assert municipality_code == "092029"
        self._fail(self.trouble_of_outcomes)
        self.alerts.append(alert)

    def issued(self) -> Sequence[IssuanceRequest]:
        """The requests for certificates."""
        return [one for one in self.asked if isinstance(one, IssuanceRequest)]

    @staticmethod
    def _fail(trouble: list[Exception]) -> None:
        if trouble:
            raise trouble.pop(0)
