from datetime import timedelta

import pytest

from keys.development_ca import issue_server_certificate, make_development_ca
from keys.key_file import KEY_FILE
from keys.making_keys import STATEMENT_KEY_LIFE
from kiosk_server.checks import keys, tls
from kiosk_server.checks.surroundings import Surroundings
from tests.checks.conftest import MovableClock
from tests.checks.told import wrong
from tests.processes.nodes import Nodes

_YEAR = 365


async def test_keys_and_certificates_of_a_city_that_is_set_up_pass(around: Surroundings) -> None:
    assert await keys.keys(around) == "demo"
    assert "まで" in await keys.document_certificate(around)
    assert "まで" in await tls.tls(around)


async def test_keys_that_do_not_open_are_refused_without_showing_the_passphrase(
    around: Surroundings, site: Nodes
) -> None:
    site.directory.keys_passphrase.write_text("hush-hush")
    fault = await wrong(keys.keys, around)
    assert "passphrase" in fault.reason_en
    assert "KIOSK_KEYS_PASSPHRASE_FILE" in fault.fix_en
    assert "hush" not in str(fault)


async def test_a_key_file_that_was_changed_is_refused(around: Surroundings, site: Nodes) -> None:
    file = site.directory.keys / KEY_FILE
    file.write_text(file.read_text().replace('"version": 1', '"version": 2', 1))
    assert "altered" in (await wrong(keys.keys, around)).reason_en


@pytest.mark.parametrize("days", [-2, 10 * _YEAR + 2])
async def test_a_document_certificate_outside_its_dates_is_refused(
    around: Surroundings, clock: MovableClock, days: int
) -> None:
    clock.by = timedelta(days=days)
    fault = await wrong(keys.document_certificate, around)
    assert "signing documents is not valid now" in fault.reason_en
    assert "kiosk keys install" in fault.fix_en


async def test_without_a_key_of_the_visible_seal_in_force_nothing_is_served(
    around: Surroundings, clock: MovableClock
) -> None:
    assert "まで" in await keys.seal_keys(around)
    clock.by = STATEMENT_KEY_LIFE + timedelta(days=1)
    fault = await wrong(keys.seal_keys, around)
    assert "no key in force" in fault.reason_en
    assert "kiosk keys renew-seal" in fault.fix_en


async def test_a_tls_certificate_outside_its_dates_is_refused(around: Surroundings, clock: MovableClock) -> None:
    clock.by = timedelta(days=826)
    fault = await wrong(tls.tls, around)
    assert "TLS server certificate is not valid now" in fault.reason_en
    assert "KIOSK_TLS_CERTIFICATE" in fault.fix_en


async def test_a_tls_key_of_another_certificate_is_refused(
    around: Surroundings, site: Nodes, clock: MovableClock
) -> None:
    other = issue_server_certificate(make_development_ca("別の認証局", clock()), ["localhost"], clock())
    site.directory.private_key("server").write_bytes(other.private_key_pem)
    assert "not that of the certificate" in (await wrong(tls.tls, around)).reason_en


async def test_production_refuses_tls_certificates_of_a_demo(around: Surroundings, site: Nodes) -> None:
    admin = await site.database.connect()
    await admin.execute("UPDATE shared.installation SET marker = 'production'")
    assert "cannot be used in production" in (await wrong(tls.tls, around)).reason_en
