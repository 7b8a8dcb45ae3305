"""The front has the authority's lists before a card lies on any reader."""

import asyncio
from pathlib import Path

from kiosk_server.processes.card_trust import card_trust
from kiosk_server.settings import Settings
from tests.cardauth.card.cards import jpki
from tests.cardauth.trust.authority import open_authority


async def test_the_lists_are_fetched_when_the_front_starts(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(jpki().anchors_pem)
    async with open_authority() as authority:
        told = {"jpki_ca": tmp_path / "ca.pem", "jpki_crl_url": authority.sources.crl_url}
        async with card_trust(Settings().model_copy(update=told), "demo", authority.clock) as trust, asyncio.timeout(5):
            assert trust is not None
            await authority.lists_sent(len(jpki().generations)).wait()
        assert authority.books.asked == ["crl", "crl"]
