"""Whom the front believes on the card path, as a start looks at it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from civil.clock import utc_now
from kiosk_server.checks.card_authority import card_authority
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.demo.jpki.generations import authority_name, make_generation
from kiosk_server.settings import SettingsInvalid, read_settings
from tests.cardauth.card.cards import NOW, jpki
from tests.checks.conftest import MovableClock
from tests.checks.told import wrong
from tests.processes.nodes import Nodes

Told = Callable[..., Surroundings]
OCSP = "http://127.0.0.1:1/ocsp"


@pytest.fixture
def told(site: Nodes, clock: MovableClock, tmp_path: Path) -> Told:
    """Make the surroundings of a front that is told of an authority."""

    def make(pem: bytes | None, ocsp: str | None = OCSP) -> Surroundings:
        file = tmp_path / "jpki.pem"
        if pem is not None:
            file.write_bytes(pem)
        settings = read_settings(site.settings())
        return Surroundings(
            settings.model_copy(update={"jpki_ca": file, "jpki_ocsp_url": ocsp}), "centre", "front", clock
        )

    return make


async def test_without_an_authority_no_card_is_taken_and_nothing_is_wrong(around: Surroundings) -> None:
    assert "no card is taken" in await card_authority(around)


async def test_the_latest_generation_is_the_one_that_counts(told: Told, clock: MovableClock) -> None:
    clock.by = NOW - utc_now()
    assert "2033" in await card_authority(told(jpki().anchors_pem))


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
async def test_what_is_no_ca_certificate_is_refused(told: Told, pem: bytes) -> None:
    assert "not acceptable" in (await wrong(card_authority, told(pem))).reason_en


async def test_a_real_authority_is_not_for_a_demo(told: Told) -> None:
    real = make_generation("ab" * 20, 7, NOW - timedelta(days=10), name=authority_name("Somebody else"))
    assert "those of a demo" in (await wrong(card_authority, told(real.pem))).reason_en


async def test_an_authority_whose_last_generation_has_ended_is_refused(told: Told, clock: MovableClock) -> None:
    clock.by = timedelta(days=365 * 10)
    assert "is not valid now" in (await wrong(card_authority, told(jpki().anchors_pem))).reason_en


async def test_an_authority_that_nobody_can_ask_is_refused_and_both_settings_are_named(told: Told) -> None:
    fix = (await wrong(card_authority, told(jpki().anchors_pem, None))).fix_en
    assert ("KIOSK_JPKI_OCSP_URL" in fix, "KIOSK_JPKI_CRL_URL" in fix) == (True, True)


async def test_a_file_that_is_not_there_is_told_by_its_setting(told: Told) -> None:
    with pytest.raises(SettingsInvalid, match="KIOSK_JPKI_CA"):
        await card_authority(told(None))


@pytest.mark.parametrize("url", ["ftp://authority.example/ocsp", "authority.example", "http://"])
def test_where_to_ask_is_an_address_of_the_web(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in ("KIOSK_JPKI_OCSP_URL", "KIOSK_JPKI_CRL_URL"):
        with monkeypatch.context() as patched:
            patched.setenv(name, url)
            with pytest.raises(SettingsInvalid, match=name):
                read_settings()
