"""A client of the centre protocol: what a centre's gateway does, for `kiosk request`, the demo and the tests."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import aiohttp
from aiohttp import ClientTimeout, hdrs

from cardauth import SealedChallenge
from civil.errors import KioskError
from kiosk_server.issuing.request import (
    AccessRegistration,
    AccessRequest,
    CentreAlert,
    Certificate,
    ChallengeRequest,
    IssuanceRequest,
    IssuanceState,
    Menu,
    MenuRequest,
    OutcomeReport,
)
from kiosk_server.web import translate
from kiosk_server.web.answers import (
    JSON,
    content_digest,
    read_access,
    read_challenge,
    read_menu,
    read_notice,
    read_state,
)
from kiosk_server.web.problems import PROBLEM_JSON
from kiosk_server.web.tls import client_context

_UNAVAILABLE: Final = 503
_FIRST_ERROR: Final = 400
_ANSWER_SECONDS: Final = 40.0
_LONGEST_WAIT_SECONDS: Final = 60
_SPREAD: Final = 0.5
"""Callers refused together come back spread over half as long again, and not together."""

Read = TypeVar("Read")
Sleep = Callable[[float], Awaitable[None]]
Chance = Callable[[], float]
"""A number from 0 up to 1, as random.random gives."""


class CentreProblem(KioskError):
    """サーバーが要求に応じませんでした。 / The server answered with a problem."""

    def __init__(
        self,
        code: str,
        status: int,
        title: str,
        detail: str,
        retry_after: int | None = None,
        field: str | None = None,
        issuance_number: str | None = None,
        registration: AccessRegistration | None = None,
    ) -> None:
        """Take the members of the problem document; `title` and `detail` in both languages, `retry_after` in seconds."""
        super().__init__(f"{code} ({status}): {title}. {detail}")
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.retry_after = retry_after
        self.field = field
        self.issuance_number = issuance_number
        self.registration = registration


class CentreUnreachable(KioskError):
    """サーバーと通信できません。アドレス、CA、クライアント証明書を確かめてください。 / The server cannot be reached; check its address, the CA and the client certificate."""


class AnswerBroken(KioskError):
    """応答が壊れています。印刷しないでください。 / The answer is damaged; do not print it."""


class CentreClient:
    """Use as an async context manager. Every call raises CentreProblem, CentreUnreachable or AnswerBroken."""

    def __init__(
        self,
        url: str,
        ca_file: Path,
        client_cert: Path,
        client_key: Path,
        *,
        tries: int = 3,
        sleep: Sleep = asyncio.sleep,
        chance: Chance = random.random,
    ) -> None:
        """Take the server's URL, its CA, and our certificate and key (PEM files); `tries` bounds what 503 repeats.

        Before it asks again it sleeps as long as Retry-After says and, as `chance` decides, up to half as long again.
        """
        self._url = url.rstrip("/")
        self._tls = client_context(ca_file, client_cert, client_key)
        self._tries = tries
        self._sleep = sleep
        self._chance = chance
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(ssl=self._tls)
        # Proxies and cookies of the environment have no business here.
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=ClientTimeout(total=_ANSWER_SECONDS), cookie_jar=aiohttp.DummyCookieJar()
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def notice(self, municipality_code: str) -> Mapping[str, str]:
        """What the city tells at its kiosks now, by language; empty without a notice."""
        _, raw = await self._call(hdrs.METH_GET, "/v1/notice", None, municipality_code)
        return _read(read_notice, raw)

    async def challenge(self, request: ChallengeRequest) -> SealedChallenge:
        """A challenge for a card at this terminal; sign `cardauth.signed_message` of it."""
        _, raw = await self._call(hdrs.METH_POST, "/v1/challenges", translate.challenge_json(request))
        return _read(read_challenge, raw)

    async def menus(self, request: MenuRequest) -> Menu:
        """What the person behind the credential may have now."""
        _, raw = await self._call(hdrs.METH_POST, "/v1/menus", translate.menu_json(request))
        return _read(read_menu, raw)

    async def issue(self, request: IssuanceRequest) -> Certificate:
        """One certificate, its digest checked. The same request id is sent again while the server says 503."""
        headers, raw = await self._call(hdrs.METH_POST, "/v1/issuances", translate.issuance_json(request))
        if headers.get("Content-Digest") != content_digest(raw):
            raise AnswerBroken
        return _read(lambda content: _certificate(headers, content), raw)

    async def apply(self, request: AccessRequest) -> AccessRegistration:
        """Apply for koseki access, or hear where the application of this card stands."""
        path = "/v1/koseki_access_registrations"
        _, raw = await self._call(hdrs.METH_POST, path, translate.access_json(request))
        return _read(read_access, raw)

    async def state(self, municipality_code: str, issuance_number: str) -> IssuanceState:
        """State and outcome of an issuance that this caller received."""
        _, raw = await self._call(hdrs.METH_GET, f"/v1/issuances/{issuance_number}", None, municipality_code)
        return _read(read_state, raw)

    async def outcome(self, municipality_code: str, issuance_number: str, report: OutcomeReport) -> None:
        """Report what became of an issuance."""
        path = f"/v1/issuances/{issuance_number}/outcome"
        await self._call(hdrs.METH_POST, path, translate.outcome_json(report), municipality_code)

    async def alert(self, municipality_code: str, alert: CentreAlert) -> None:
        """Open an alert about an issuance."""
        await self._call(hdrs.METH_POST, "/v1/alerts", translate.alert_json(municipality_code, alert))

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None, municipality_code: str | None = None
    ) -> tuple[Mapping[str, str], bytes]:
        tries = 0
        while True:
            tries += 1
            status, headers, raw = await self._once(method, path, body, municipality_code)
            if status < _FIRST_ERROR:
                return headers, raw
            problem = _problem(status, headers, raw)
            if status != _UNAVAILABLE or problem.retry_after is None or tries >= self._tries:
                raise problem
            wait = min(problem.retry_after, _LONGEST_WAIT_SECONDS)
            await self._sleep(wait * (1 + _SPREAD * self._chance()))

    async def _once(
        self, method: str, path: str, body: Mapping[str, Any] | None, municipality_code: str | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._session is None:
            raise CentreUnreachable
        query = {} if municipality_code is None else {"municipality_code": municipality_code}
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {} if body is None else {hdrs.CONTENT_TYPE: JSON}
        try:
            async with self._session.request(
                method, self._url + path, params=query, data=sent, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status, answer.headers, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CentreUnreachable from error


def _problem(status: int, headers: Mapping[str, str], raw: bytes) -> CentreProblem:
    if not headers.get(hdrs.CONTENT_TYPE, "").startswith(PROBLEM_JSON):
        raise AnswerBroken
    document = _read(json.loads, raw)
    if not isinstance(document, dict):
        raise AnswerBroken
    seconds, registration = headers.get(hdrs.RETRY_AFTER, ""), document.get("registration")
    return CentreProblem(
        code=str(document.get("code", "")),
        status=status,
        title=_both(document, "title"),
        detail=_both(document, "detail"),
        retry_after=int(seconds) if seconds.isdecimal() else None,
        field=document.get("field"),
        issuance_number=document.get("issuance_number"),
        registration=None if registration is None else _read(read_access, json.dumps(registration).encode()),
    )


def _both(document: Mapping[str, Any], name: str) -> str:
    return f"{document.get(name, '')} / {document.get(f'{name}_en', '')}"


def _certificate(headers: Mapping[str, str], content: bytes) -> Certificate:
    return Certificate(
        issuance_number=headers["Issuance-Number"],
        content=content,
        pages=int(headers["Document-Pages"]),
        fee_yen=int(headers["Fee"]),
    )


def _read(reader: Callable[[bytes], Read], raw: bytes) -> Read:
    try:
        return reader(raw)
    except (ValueError, KeyError):
        # pydantic's ValidationError is a ValueError and quotes names: it must not travel as the cause.
        raise AnswerBroken from None
