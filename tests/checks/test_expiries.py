"""Sixty days before a key or a certificate ends, it is named, with what to do; with a successor it is not."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client import generate_latest

from keys.document_certificate import certificate_request, install_document_certificate
from keys.ending_keys import end_key_version
from keys.making_keys import STATEMENT_KEY_LIFE, add_document_key, add_key_version
from keys.purpose import STATEMENT_PURPOSES, Purpose
from kiosk_server.checks import expiries
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.processes.expiry_figures import refresh_expiries
from kiosk_server.settings import read_settings
from kiosk_server.web.metrics import Metrics
from tests.checks.conftest import MovableClock
from tests.checks.told import advice
from tests.keys.certificates import certified, for_documents
from tests.processes.nodes import Nodes

_YEAR = 365
_TLS_DAYS = 825


async def test_what_ends_first_is_named(around: Surroundings) -> None:
    assert "TLS server certificate" in await expiries.expiries(around)


@pytest.mark.parametrize(
    ("days", "named", "command"),
    [
        (_TLS_DAYS, "TLS server certificate", "KIOSK_TLS_CERTIFICATE"),
        (STATEMENT_KEY_LIFE.days, "key visible_seal 1", "kiosk keys renew-seal"),
        (STATEMENT_KEY_LIFE.days, "key seal_status 1", "kiosk seal publish"),
        (10 * _YEAR, "certificate of document_signature 1", "kiosk keys rotate document_signature"),
        (20 * _YEAR, "CA of the callers", "KIOSK_TLS_CLIENT_CA"),
    ],
)
async def test_sixty_days_before_it_ends_it_is_named_with_what_to_do(
    around: Surroundings, clock: MovableClock, days: int, named: str, command: str
) -> None:
    clock.by = timedelta(days=days - 61)
    if days == _TLS_DAYS:
        assert await expiries.expiries(around)
    clock.by = timedelta(days=days - 59)
    fault = await advice(expiries.expiries, around)
    assert named in fault.reason_en
    assert re.search(r"5[89] days left", fault.reason_en)
    assert command in fault.fix_en


async def test_what_has_a_successor_is_not_named(around: Surroundings, site: Nodes, clock: MovableClock) -> None:
    directory, passphrase = site.directory.keys, site.directory.keys_passphrase.read_bytes()
    clock.by = STATEMENT_KEY_LIFE - timedelta(days=30)
    for purpose in STATEMENT_PURPOSES:
        add_key_version(directory, passphrase, purpose, not_before=clock())
    around.keys.refresh()
    assert "seal" not in (await advice(expiries.expiries, around)).reason_en


async def test_a_document_key_has_a_successor_once_that_one_is_certified(
    around: Surroundings, site: Nodes, clock: MovableClock
) -> None:
    directory, passphrase = site.directory.keys, site.directory.keys_passphrase.read_bytes()
    clock.by = timedelta(days=10 * _YEAR - 30)
    add_document_key(directory, passphrase, clock=clock)
    around.keys.refresh()
    assert "document_signature 1" in (await advice(expiries.expiries, around)).reason_en
    await certified_next_key(around, site, clock, timedelta(days=_YEAR))
    assert "document_signature" not in (await advice(expiries.expiries, around)).reason_en


async def test_a_key_that_was_ended_by_hand_is_not_named_while_another_goes_on(
    around: Surroundings, site: Nodes
) -> None:
    directory, passphrase = site.directory.keys, site.directory.keys_passphrase.read_bytes()
    for version in (1, 2):
        add_key_version(directory, passphrase, Purpose.PIN)
        end_key_version(directory, passphrase, Purpose.PIN, version)
        around.keys.refresh()
        assert await expiries.expiries(around)
        assert f"pin {version}" in [ending.name for ending in expiries.all_expiries(around)]


async def test_a_key_whose_successor_was_ended_before_it_is_named(
    around: Surroundings, site: Nodes, clock: MovableClock
) -> None:
    directory, passphrase = site.directory.keys, site.directory.keys_passphrase.read_bytes()
    await certified_next_key(around, site, clock, timedelta(days=20 * _YEAR))
    end_key_version(directory, passphrase, Purpose.DOCUMENT_SIGNATURE, 2)
    around.keys.refresh()
    clock.by = timedelta(days=10 * _YEAR - 30)
    assert "document_signature 1" in (await advice(expiries.expiries, around)).reason_en


async def test_the_certificate_of_a_key_that_was_ended_before_is_not_named(
    around: Surroundings, site: Nodes, clock: MovableClock
) -> None:
    directory, passphrase = site.directory.keys, site.directory.keys_passphrase.read_bytes()
    await certified_next_key(around, site, clock, timedelta(days=10 * _YEAR - 20))
    end_key_version(directory, passphrase, Purpose.DOCUMENT_SIGNATURE, 1)
    around.keys.refresh()
    clock.by = timedelta(days=10 * _YEAR - 50)
    reason = (await advice(expiries.expiries, around)).reason_en
    assert "document_signature 2" in reason
    assert "document_signature 1" not in reason


async def certified_next_key(around: Surroundings, site: Nodes, clock: MovableClock, life: timedelta) -> None:
    """The next document key, with a certificate of this life from now."""
    directory, passphrase = site.directory.keys, site.directory.keys_passphrase.read_bytes()
    add_document_key(directory, passphrase, clock=clock)
    pem = certificate_request(directory, passphrase, organisation="足利市", common_name="足利市長")
    der = for_documents(x509.load_pem_x509_csr(pem).public_key(), clock(), clock() + life)
    install_document_certificate(directory, passphrase, der, ())
    around.keys.refresh()


async def test_the_ca_of_the_witness_and_the_last_ca_of_cards_are_looked_at_too(
    site: Nodes, clock: MovableClock, tmp_path: Path
) -> None:
    ends = {"old": 100, "new": 400}
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    made = {
        name: certified(key, clock(), clock() + timedelta(days=days), name=name).public_bytes(Encoding.PEM)
        for name, days in ends.items()
    }
    (tmp_path / "cards.pem").write_bytes(made["old"] + made["new"])
    (tmp_path / "witness.pem").write_bytes(made["new"])
    settings = site.settings(JPKI_CA=tmp_path / "cards.pem", WITNESS_CA=tmp_path / "witness.pem")
    async with Surroundings(read_settings(settings), "centre", "front", clock) as around:
        clock.by = timedelta(days=90)
        assert await expiries.expiries(around), "the newer generation of the CA of cards goes on"
        clock.by = timedelta(days=390)
        reason = (await advice(expiries.expiries, around)).reason_en
    assert "CA of the witness new" in reason
    assert "CA of user certificates new" in reason
    assert "old" not in reason


async def test_every_end_is_a_figure(around: Surroundings) -> None:
    metrics = Metrics()
    refresh_expiries(around, metrics)
    shown = generate_latest(metrics.registry).decode()
    every = [ending.name for ending in expiries.all_expiries(around)]
    assert {"document_signature 1 certificate", "visible_seal 1", "tls_certificate 1", "tls_client_ca 1"} <= set(every)
    for name in every:
        assert f'kiosk_valid_until_seconds{{what="{name}"}}' in shown
