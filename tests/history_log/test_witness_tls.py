"""The witness over HTTPS: only under the CA it was told to trust."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from civil.clock import utc_now
from issuance_db.log.note import COSIGNATURE, VerifierKey
from keys.development_ca import IssuedCa, issue_server_certificate, make_development_ca
from kiosk_server.processes.child import ChildProcess
from kiosk_server.settings import SettingsInvalid, read_settings
from kiosk_server.witness.client import WitnessUnreachable, witness_client
from tests.history_log.books import LOG
from tests.history_log.test_witness import TREE


@pytest.fixture
def ca(tmp_path: Path) -> IssuedCa:
    made = make_development_ca("witness CA", utc_now())
    issued = issue_server_certificate(made, ["127.0.0.1"], utc_now())
    for name, pem in (
        ("ca.pem", made.certificate_pem),
        ("w.pem", issued.certificate_pem),
        ("w.key", issued.private_key_pem),
    ):
        (tmp_path / name).write_bytes(pem)
    (tmp_path / "stranger.pem").write_bytes(make_development_ca("another CA", utc_now()).certificate_pem)
    return made


@pytest.fixture
def url(tmp_path: Path, ca: IssuedCa) -> Iterator[str]:
    tls = ("--tls-certificate", str(tmp_path / "w.pem"), "--tls-key", str(tmp_path / "w.key"))
    directory = ("--directory", str(tmp_path / "witness"), "--listen", "127.0.0.1:0")
    command = ("witness", *directory, "--log-key", str(LOG.verifier), *tls)
    child = ChildProcess("witness", None, tmp_path / "logs", command=command)
    try:
        yield child.wait_ready(60)["witness_url"]
    finally:
        child.ask_to_stop()
        child.finish()


async def test_i7_a_witness_over_https_is_the_one_of_our_ca(url: str, tmp_path: Path) -> None:
    assert url.startswith("https://")
    key = VerifierKey.parse((tmp_path / "witness" / "witness.vkey").read_text())
    assert key.algorithm == COSIGNATURE
    async with witness_client(url, key, tmp_path / "stranger.pem") as client:
        with pytest.raises(WitnessUnreachable):
            await client.cosign(0, (), TREE.signed(17))
    async with witness_client(url, key, tmp_path / "ca.pem") as client:
        assert (await client.cosign(0, (), TREE.signed(17))).name == "kiosk-witness"


@pytest.mark.parametrize(
    ("told", "is_taken"),
    [
        ("https://witness.example:8449", True),
        ("http://127.0.0.1:8449", True),
        ("http://witness.example:8449", False),
        ("http://192.0.2.1:8449", False),
        ("ftp://127.0.0.1", False),
    ],
)
def test_i7_checkpoints_leave_this_machine_over_https_only(
    monkeypatch: pytest.MonkeyPatch, told: str, *, is_taken: bool
) -> None:
    monkeypatch.setenv("KIOSK_WITNESS_URL", told)
    if is_taken:
        assert read_settings().witness_url == told
    else:
        with pytest.raises(SettingsInvalid, match="KIOSK_WITNESS_URL"):
            read_settings()
