"""Every key that may be rotated is, on a running service, and a certificate that was issued before comes again to the byte."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from civil.clock import utc_now
from keys.document_certificate import certificate_request, install_document_certificate
from keys.file_provider import add_key_version
from keys.making_keys import add_document_key
from keys.purpose import Purpose
from kiosk_server.cli.asking import new_request_id, resident_record
from kiosk_server.cli.keys_rotation import ROTATED
from kiosk_server.issuing.request import IssuanceRequest, ResidentRecordOptions
from tests.cli.command import kiosk
from tests.keys.certificates import for_documents
from tests.processes.nodes import Node, Nodes
from tests.sync.registry_rows import CITY

PURPOSES = [purpose for purpose in map(Purpose, ROTATED) if purpose is not Purpose.DOCUMENT_SIGNATURE]


def rotate_all(site: Nodes) -> bytes:
    """Add the next document key with its certificate, which is returned, then a version of every other key."""
    directory, passphrase = site.directory.keys, site.directory.keys_passphrase.read_bytes()
    add_document_key(directory, passphrase, "rsa2048")
    pem = certificate_request(directory, passphrase, organisation="足利市", common_name="足利市長")
    now = utc_now()
    public_key = x509.load_pem_x509_csr(pem).public_key()
    der = for_documents(public_key, now - timedelta(days=1), now + timedelta(days=365))
    install_document_certificate(directory, passphrase, der, ())
    for purpose in PURPOSES:
        add_key_version(directory, passphrase, purpose)
    return der


async def until_taken_up(node: Node, site: Nodes, purpose: Purpose = PURPOSES[-1]) -> None:
    """Until the row of the process in shared.node names this new key, before which the others were added."""
    admin, give_up = await site.database.connect(), time.monotonic() + 30
    while not await admin.fetchval("SELECT bool_and(settings ? $1) FROM shared.node", f"key {purpose} 2"):
        assert time.monotonic() < give_up
        assert await node.wrong() == {}
        await asyncio.sleep(0.2)


async def issued(node: Node, request: IssuanceRequest) -> bytes:
    async with node.client() as client:
        return (await client.issue(request)).content


@pytest.fixture
async def request_of_a_resident(site: Nodes) -> IssuanceRequest:
    (credential,) = await site.household("7001")
    return resident_record(CITY, credential, ResidentRecordOptions())


async def test_every_key_is_rotated_on_a_running_service_without_a_stop(
    site: Nodes, request_of_a_resident: IssuanceRequest
) -> None:
    request, admin = request_of_a_resident, await site.database.connect()
    with site.up() as node:
        before = await issued(node, request)
        certificate = rotate_all(site)
        await until_taken_up(node, site)
        assert await issued(node, request) == before, "the same request, sealed and fingerprinted under the old keys"
        another = await issued(node, _again(request))
        assert certificate.hex().encode() in another.lower()
        assert certificate.hex().encode() not in before.lower()
        versions = await admin.fetch("SELECT key_version FROM issuance.kept_answer ORDER BY issuance_number")
        assert [row["key_version"] for row in versions] == [1, 2]
        assert await node.wrong() == {}


async def test_the_credential_index_is_rotated_and_moved_while_a_card_is_used(
    site: Nodes, request_of_a_resident: IssuanceRequest
) -> None:
    admin, passphrase = await site.database.connect(), site.directory.keys_passphrase.read_bytes()
    before = await admin.fetchval("SELECT credential_hash FROM issuance.pin")
    with site.up() as node:
        is_over = asyncio.Event()

        async def use() -> int:
            papers = 0
            while not is_over.is_set():
                assert await issued(node, _again(request_of_a_resident))
                papers += 1
            return papers

        using = asyncio.create_task(use())
        ago = utc_now() - timedelta(minutes=3)
        add_key_version(site.directory.keys, passphrase, Purpose.CREDENTIAL_INDEX, clock=lambda: ago)
        await until_taken_up(node, site, Purpose.CREDENTIAL_INDEX)
        move = ("keys", "move-index", "--by", "足利　花子", "--reason", "鍵の更新", "--settings", site.settings())
        done = await asyncio.to_thread(kiosk, *move)
        assert "version 2: PINs 1, counters 1" in done.stdout, done.stderr
        await asyncio.sleep(1)
        is_over.set()
        assert await using > 1
        assert await node.wrong() == {}
    assert await admin.fetchval("SELECT credential_hash FROM issuance.pin") != before
    assert await admin.fetchval("SELECT array_agg(failures) FROM issuance.pin_tries") == [0]


async def test_a_key_file_that_cannot_be_taken_up_is_told_and_service_goes_on(
    site: Nodes, request_of_a_resident: IssuanceRequest
) -> None:
    file = site.directory.keys / "keys.json"
    with site.up() as node:
        whole = file.read_text()
        file.write_text(whole.replace('"version": 1', '"version": 7', 1))
        give_up = time.monotonic() + 20
        while "cannot be taken up" not in str(await node.readiness()):
            assert time.monotonic() < give_up
            await asyncio.sleep(0.2)
        assert await issued(node, request_of_a_resident)
        file.write_text(whole)


async def test_the_log_goes_on_with_both_keys_until_the_old_one_is_ended(
    site: Nodes, request_of_a_resident: IssuanceRequest
) -> None:
    admin = await site.database.connect()

    async def signatures_under_the_last_checkpoint() -> int:
        note = await admin.fetchval("SELECT note FROM history.checkpoint ORDER BY tree_size DESC LIMIT 1")
        return 0 if note is None else note.rpartition("\n\n")[2].count("\n")

    with site.up() as node, site.up("logger", TOPOLOGY="single"):
        await issued(node, request_of_a_resident)
        give_up = time.monotonic() + 20
        while await signatures_under_the_last_checkpoint() != 1:
            assert time.monotonic() < give_up
            await asyncio.sleep(0.2)
        add_key_version(site.directory.keys, site.directory.keys_passphrase.read_bytes(), Purpose.LOG_CHECKPOINT)
        while await signatures_under_the_last_checkpoint() != 2:
            assert time.monotonic() < give_up + 20
            await issued(node, _again(request_of_a_resident))
            await asyncio.sleep(1)


def _again(request: IssuanceRequest) -> IssuanceRequest:
    return replace(request, request_id=new_request_id())
