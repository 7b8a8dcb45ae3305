"""A centre process with a signature level set, from its settings file to the certificate that a centre receives."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from kiosk_server.issuing.request import IssuanceRequest, Kind, ResidentRecordOptions, Terminal
from kiosk_server.processes.starting import certificates_in
from pdf import SignatureLevel, verify
from tests.pdf.levels.pem import as_pem
from tests.pdf.levels.pki import running_pki
from tests.processes.nodes import Nodes
from tests.sync.registry_rows import CITY


async def test_a_certificate_of_the_running_service_carries_its_time_stamp(site: Nodes, tmp_path: Path) -> None:
    (card,) = await site.household("7001")
    request = IssuanceRequest(
        "levels", CITY, Terminal("test", "1", "1"), card, Kind.RESIDENT_RECORD, "household", ResidentRecordOptions()
    )
    async with running_pki(tmp_path, tsa_until="2050") as pki:
        pki.now = datetime.now(UTC)
        stamps = pki.certificate("tsa-root")
        await asyncio.to_thread((tmp_path / "tsa.crt").write_bytes, as_pem(stamps))
        with site.up(
            SIGNATURE_LEVEL="B-T",
            TSA_URL=pki.url("tsa/tsa"),
            TSA_CA=tmp_path / "tsa.crt",
            DOCUMENT_CA=site.directory.ca,
        ) as node:
            async with node.client() as client:
                content = (await client.issue(request)).content
    roots = certificates_in(site.directory.ca)
    told = await asyncio.to_thread(lambda: verify(content, roots, stamp_roots=[stamps]))
    assert (told.problems, told.level, len(told.time_stamps)) == ((), SignatureLevel.B_T, 1)


async def test_a_level_without_its_authorities_does_not_start(site: Nodes) -> None:
    assert "KIOSK_TSA_URL" in site.refused(SIGNATURE_LEVEL="B-LTA")
