"""Asking for a certificate as a terminal with a card does: challenge, PIN to the card, signature to the server."""

import asyncio
from dataclasses import dataclass

from cardauth import CardSignature, signed_message
from cardauth.card import CardPin, JpkiCard, LastTryWord
from kiosk_server.cli.asking import TERMINAL, Server, new_request_id
from kiosk_server.issuing.request import Certificate, ChallengeRequest, IssuanceRequest, Kind, ResidentRecordOptions
from kiosk_server.web.client import CentreClient


@dataclass(frozen=True, slots=True)
class _Asking:
    municipality_code: str
    kind: Kind


def ask_by_card(
    server: Server, municipality_code: str, kind: Kind, card: JpkiCard, pin: CardPin, last_try: LastTryWord | None
) -> Certificate:
    """The certificate of whom the card belongs to; the PIN is wiped once the card has signed. Raises CardError, CentreProblem, CentreUnreachable, AnswerBroken."""
    return asyncio.run(_ask(server, _Asking(municipality_code, kind), card, pin, last_try))


async def _ask(
    server: Server, asking: _Asking, card: JpkiCard, pin: CardPin, last_try: LastTryWord | None
) -> Certificate:
    city = asking.municipality_code
    async with CentreClient(server.url, server.ca_file, server.client_cert, server.client_key) as client:
        challenge = await client.challenge(ChallengeRequest(city, TERMINAL))
        message = signed_message(city, TERMINAL, challenge.challenge_id)
        with pin:  # wiped before anything else is waited for
            signature = card.sign(pin, message, last_try=last_try)
        signed = CardSignature(card.certificate.der, challenge.challenge_id, signature)
        return await client.issue(_request(asking, signed))


def _request(asking: _Asking, signed: CardSignature) -> IssuanceRequest:
    return IssuanceRequest(
        request_id=new_request_id(),
        municipality_code=asking.municipality_code,
        terminal=TERMINAL,
        credential=signed,
        kind=asking.kind,
        persons="household" if asking.kind is Kind.RESIDENT_RECORD else "self",
        options=ResidentRecordOptions(),
    )
