"""The calls of the centre protocol, each from its body to its answer."""

import re
from typing import Final, TypeVar

from aiohttp import web

from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import Caller, CredentialRequest, SessionCredential
from kiosk_server.issuing.service import IssuingService
from kiosk_server.web import answers, translate, wire
from kiosk_server.web.admission import Admission
from kiosk_server.web.body import read_body
from kiosk_server.web.caller import caller_of
from kiosk_server.web.json_body import read_json
from kiosk_server.web.limits import RequestLimit
from kiosk_server.web.malformed import MISSING, NOT_CANONICAL, UNKNOWN, MalformedBody, place
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.problems import Problem
from kiosk_server.web.settings import EdgeSettings

BodyType = TypeVar("BodyType", bound=wire.Body)

_MUNICIPALITY: Final = "municipality_code"
_MUNICIPALITY_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)
_ISSUANCE_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


class CentreRoutes:
    """One handler per call. Each raises Refusal, Problem or MalformedBody; the middleware answers those.

    A body is read before a slot is taken, and whatever asks a database stands inside the slot.
    """

    def __init__(
        self,
        service: IssuingService,
        limit: RequestLimit,
        metrics: Metrics,
        settings: EdgeSettings,
        *,
        takes_cards: bool = False,
    ) -> None:
        """Take the service behind the edge, the request limit, where figures go, the bounds, and whether cards are taken."""
        self._takes_cards = takes_cards
        self._service = service
        self._limit = limit
        self._settings = settings
        wait = settings.wait_seconds
        self._issuing = Admission(
            "issuing", metrics, in_flight=settings.in_flight, waiting=settings.waiting, wait_seconds=wait
        )
        self._reports = Admission(
            "reports", metrics, in_flight=settings.reports_in_flight, waiting=settings.waiting, wait_seconds=wait
        )

    async def notice(self, request: web.Request) -> web.Response:
        """GET /v1/notice?municipality_code=."""
        async with self._reports.slot():
            caller = await caller_of(request, self._service, _municipality_code(request))
            return answers.notice_response(await self._service.notice(caller))

    async def challenges(self, request: web.Request) -> web.Response:
        """POST /v1/challenges; routed only where cards are taken."""
        asked = translate.challenge_request(await self._body(request, wire.ChallengeBody))
        async with self._reports.slot():
            caller = await caller_of(request, self._service, asked.municipality_code)
            return answers.challenge_response(await self._service.challenge(caller, asked))

    async def menus(self, request: web.Request) -> web.Response:
        """POST /v1/menus."""
        asked = translate.menu_request(await self._body(request, wire.MenuBody))
        async with self._issuing.slot():
            caller = await caller_of(request, self._service, asked.municipality_code)
            await self._hold_to_limit("menus", asked)
            return answers.menu_response(await self._service.menu(caller, asked))

    async def issuances(self, request: web.Request) -> web.Response:
        """POST /v1/issuances."""
        asked = translate.issuance_request(await self._body(request, wire.IssuanceBody))
        async with self._issuing.slot():
            caller = await caller_of(request, self._service, asked.municipality_code)
            await self._hold_to_limit("issuances", asked)
            return answers.certificate_response(await self._service.issue(caller, asked))

    async def koseki_access_registrations(self, request: web.Request) -> web.Response:
        """POST /v1/koseki_access_registrations; routed only where cards are taken."""
        asked = translate.access_request(await self._body(request, wire.AccessBody))
        async with self._issuing.slot():
            caller = await caller_of(request, self._service, asked.municipality_code)
            await self._hold_to_limit("koseki_access_registrations", asked)
            return answers.access_response(await self._service.apply(caller, asked))

    async def issuance_state(self, request: web.Request) -> web.Response:
        """GET /v1/issuances/{issuance_number}?municipality_code=."""
        async with self._reports.slot():
            caller, number = await self._named_issuance(request)
            return answers.state_response(await self._service.state(caller, number))

    async def outcome(self, request: web.Request) -> web.Response:
        """POST /v1/issuances/{issuance_number}/outcome?municipality_code=."""
        _municipality_code(request)
        report = translate.outcome_report(await self._body(request, wire.OutcomeBody, query={_MUNICIPALITY}))
        async with self._reports.slot():
            caller, number = await self._named_issuance(request)
            await self._service.report_outcome(caller, number, report)
        return web.Response(status=204)

    async def alerts(self, request: web.Request) -> web.Response:
        """POST /v1/alerts."""
        body = await self._body(request, wire.AlertBody)
        async with self._reports.slot():
            caller = await caller_of(request, self._service, body.municipality_code)
            await self._service.open_alert(caller, translate.centre_alert(body))
        return web.Response(status=202)

    async def _body(
        self, request: web.Request, model: type[BodyType], query: frozenset[str] | set[str] = frozenset()
    ) -> BodyType:
        _require_query(request, query)
        value = read_json(await read_body(request, self._settings.body_seconds))
        return wire.read(model, value, wire.NEVER_ENABLED if self._takes_cards else wire.WITHOUT_CARDS)

    async def _named_issuance(self, request: web.Request) -> tuple[Caller, str]:
        caller = await caller_of(request, self._service, _municipality_code(request))
        number = request.match_info["issuance_number"]
        if _ISSUANCE_NUMBER.fullmatch(number) is None:
            raise Refusal(RefusalCode.NO_SUCH_ISSUANCE, "not_an_issuance_number")
        return caller, number

    async def _hold_to_limit(self, call: str, asked: CredentialRequest) -> None:
        who = asked.credential
        canonical = f"session/{who.token}".encode() if isinstance(who, SessionCredential) else who.canonical
        credential = f"{asked.municipality_code}/".encode() + canonical
        seconds = await self._limit.wait_seconds(credential, f"{call}/{asked.request_id}".encode())
        if seconds:
            raise Problem(RefusalCode.BUSY, retry_after=seconds)


def _municipality_code(request: web.Request) -> str:
    _require_query(request, {_MUNICIPALITY})
    codes = request.query.getall(_MUNICIPALITY, [])
    if not codes:
        raise MalformedBody(place("query", _MUNICIPALITY), MISSING)
    if len(codes) > 1 or _MUNICIPALITY_CODE.fullmatch(codes[0]) is None:
        raise MalformedBody(place("query", _MUNICIPALITY), NOT_CANONICAL)
    return codes[0]


def _require_query(request: web.Request, known: frozenset[str] | set[str]) -> None:
    for name in request.query:
        if name not in known:
            raise MalformedBody(place("query", name), UNKNOWN)
