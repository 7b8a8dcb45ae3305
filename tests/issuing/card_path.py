"""The card path over the real API: HTTPS with mutual TLS, the real service and database, and cards of the fake authority."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cardauth import CardSignature, SealedChallenge, UserCertificateKey, signed_message
from cardauth.card import CardPin, JpkiCard
from issuance_db.credentials import NewCredential, register_credentials, renew
from keys.development_ca import (
    IssuedCertificate,
    issue_client_certificate,
    issue_server_certificate,
    make_development_ca,
)
from kiosk_server.demo.virtual_card import InProcessTransport, MemoryCounter, VirtualCard
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.request import (
    ChallengeRequest,
    IssuanceRequest,
    Kind,
    Menu,
    MenuRequest,
    SessionCredential,
    Terminal,
)
from kiosk_server.web.app import build_centre_app
from kiosk_server.web.client import CentreClient, CentreProblem
from kiosk_server.web.serving import serve
from kiosk_server.web.tls import server_context
from tests.cardauth.card.cards import RIGHT, card_key, contents, jpki
from tests.cardauth.trust.authority import Authority, certificate, open_authority
from tests.issuing.city import LONG_AGO, City
from tests.sync.registry_rows import CITY

HERE = Terminal("city", "hall", "kiosk-1")
ELSEWHERE = Terminal("city", "hall", "kiosk-2")


@dataclass
class CardPath:
    """A city whose front takes cards, and two callers: `front` and `other`."""

    city: City
    authority: Authority
    front: CentreClient
    other: CentreClient
    _number: int = 0

    async def give(self, person: str, serial: int, bearer: str = "card", usable_from: datetime = LONG_AGO) -> JpkiCard:
        """A card for a person, known to the city, lying on the reader of the terminal."""
        staff = await self.city.database.connect("staff", CITY)
        await register_credentials(staff, [new_credential(person, serial, bearer, usable_from)])
        return self.card(serial)

    def card(self, serial: int) -> JpkiCard:
        """A card that the authority has issued; whether the city knows it is another matter."""
        made = contents(certificate=certificate(serial=serial), private_key=card_key())
        return JpkiCard.open(InProcessTransport(VirtualCard(made, MemoryCounter())))

    async def challenge(self, terminal: Terminal = HERE, by: CentreClient | None = None) -> SealedChallenge:
        """A new challenge."""
        return await (by or self.front).challenge(ChallengeRequest(CITY, terminal))

    async def signed(self, card: JpkiCard, terminal: Terminal = HERE) -> CardSignature:
        """What the terminal sends once the resident has typed the card's PIN."""
        return sign(card, (await self.challenge(terminal)).challenge_id, terminal)

    def menu_request(self, presented: CardSignature, terminal: Terminal = HERE) -> MenuRequest:
        """A menu under an id of its own."""
        self._number += 1
        return MenuRequest(f"menu-{self._number}", CITY, terminal, presented)

    async def menu(self, presented: CardSignature, terminal: Terminal = HERE) -> Menu:
        """Ask for it."""
        return await self.front.menus(self.menu_request(presented, terminal))

    async def answer(self, card: JpkiCard, terminal: Terminal = HERE) -> str:
        """`ok`, or the code of the problem, for a menu with a fresh challenge."""
        return await self.answer_to(self.menu_request(await self.signed(card, terminal), terminal))

    async def answer_to(self, request: MenuRequest | IssuanceRequest, by: CentreClient | None = None) -> str:
        """`ok`, or the code of the problem."""
        client = by or self.front
        try:
            await (client.menus(request) if isinstance(request, MenuRequest) else client.issue(request))
        except CentreProblem as problem:
            return problem.code
        return "ok"

    def issuance(self, presented: CardSignature | SessionCredential) -> IssuanceRequest:
        """A request for the household's record at the kiosk."""
        asked = self.city.request(SessionCredential("replaced"))
        return replace(asked, credential=presented, terminal=HERE)

    async def reasons(self) -> list[str]:
        """Why requests were refused, as staff see it, oldest first."""
        rows = await self.city.rows("SELECT reason FROM history.refusal_reason ORDER BY ctid")
        return [str(row["reason"]) for row in rows]


def new_credential(person: str, serial: int, bearer: str = "card", usable_from: datetime = LONG_AGO) -> NewCredential:
    return NewCredential(jpki().current.key_id, str(serial), person, bearer, usable_from)  # type: ignore[arg-type]


async def renew_card(cards: CardPath, person: str, serial: int, earlier: int = 7001) -> None:
    """The registry learns that this person has a new card; at the same moment the old one stops."""
    staff = await cards.city.database.connect("staff", CITY)
    async with staff.transaction():
        replaced = UserCertificateKey(jpki().current.key_id, str(earlier))
        await renew(staff, new_credential(person, serial), replaced, cards.city.clock.now)


def sign(card: JpkiCard, challenge_id: str, terminal: Terminal = HERE) -> CardSignature:
    """The card's signature, with its own PIN."""
    with CardPin(bytearray(RIGHT.encode())) as pin:
        signature = card.sign(pin, signed_message(CITY, terminal, challenge_id))
    return CardSignature(card.certificate.der, challenge_id, signature)


@asynccontextmanager
async def card_path(ashikaga: City, directory: Path) -> AsyncIterator[CardPath]:
    now = datetime.now(UTC)
    ca = make_development_ca("card path", now)
    _write(directory, "ca", ca)
    _write(directory, "server", issue_server_certificate(ca, ["127.0.0.1"], now))
    for name in ("front", "other"):
        issued = issue_client_certificate(ca, name, now)
        _write(directory, name, issued)
        await _register_caller(ashikaga, name, hashlib.sha256(issued.certificate_der).digest())
    async with open_authority() as authority:
        authority.clock.now = ashikaga.clock.now
        environment = replace(ashikaga.environment, card_trust=authority.trust)
        app = build_centre_app(Issuing(environment), takes_cards=True)
        tls = server_context(directory / "server.crt", directory / "server.key", directory / "ca.crt")
        running = await serve(app, "127.0.0.1", 0, tls, stop_seconds=1)
        try:
            url = f"https://127.0.0.1:{running.port}"
            async with _client(url, directory, "front") as front, _client(url, directory, "other") as other:
                yield CardPath(ashikaga, authority, front, other)
        finally:
            await running.stop()


def _client(url: str, directory: Path, name: str) -> CentreClient:
    return CentreClient(url, directory / "ca.crt", directory / f"{name}.crt", directory / f"{name}.key", tries=1)


def _write(directory: Path, name: str, issued: IssuedCertificate) -> None:
    (directory / f"{name}.crt").write_bytes(issued.certificate_pem)
    (directory / f"{name}.key").write_bytes(issued.private_key_pem)


async def _register_caller(ashikaga: City, name: str, digest: bytes) -> None:
    staff = await ashikaga.database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds) "
        "VALUES ($1, $2, $3, 'terminal', $4)",
        CITY,
        name,
        digest,
        [Kind.RESIDENT_RECORD.value],
    )
