"""Archive files that somebody kept, renewed and checked with `kiosk`, against authorities on the loopback."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from pdf import FontChain, SignatureLevel
from pdf.levels.judging import STAMP_UNTRUSTED
from tests.cli.command import kiosk
from tests.pdf.every_kind import document_of
from tests.pdf.levels.making import raised
from tests.pdf.levels.pem import as_pem
from tests.pdf.levels.pki import Pki, running_pki
from tests.pdf.samples import SNAPSHOT


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Runs beside the test, so that the authorities answer while `kiosk` is waited for."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def pki(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Pki]:
    """Authorities that stand at the machine's own time, as the command does."""
    running = running_pki(tmp_path, signer_until="2050", tsa_until="2050")
    pki = asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result()
    pki.now = datetime.now(UTC)
    yield pki
    asyncio.run_coroutine_threadsafe(running.__aexit__(None, None, None), loop).result()


def made(pki: Pki, loop: asyncio.AbstractEventLoop, level: SignatureLevel) -> bytes:
    making = raised(pki, document_of(SNAPSHOT, FontChain()), level)
    return asyncio.run_coroutine_threadsafe(making, loop).result().content


@pytest.fixture
def kept(pki: Pki, loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Path:
    file = tmp_path / "kept.pdf"
    file.write_bytes(made(pki, loop, SignatureLevel.B_LTA))
    return file


@pytest.fixture
def trusting(pki: Pki, tmp_path: Path) -> tuple[str | Path, ...]:
    for name in ("root", "tsa-root"):
        (tmp_path / f"{name}.crt").write_bytes(as_pem(pki.certificate(name)))
    return ("--ca-file", tmp_path / "root.crt", "--tsa-ca-file", tmp_path / "tsa-root.crt")


def refresh(pki: Pki, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return kiosk("refresh", *arguments, "--tsa-url", pki.url("tsa/tsa2"))


def stamps(file: Path, trusting: tuple[str | Path, ...]) -> int:
    done = kiosk("verify", file, *trusting, "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, said["valid"], said["level"]) == (0, True, "B-LTA")
    return len(said["time_stamps"])


def test_a_kept_file_is_renewed_beside_the_original(pki: Pki, kept: Path, trusting: tuple[str | Path, ...]) -> None:
    before = kept.read_bytes()
    done = refresh(pki, kept, *trusting)
    assert (done.returncode, kept.read_bytes()) == (0, before)
    renewed = kept.with_name("kept.renewed.pdf")
    assert renewed.read_bytes().startswith(before)
    assert renewed.stat().st_mode & 0o777 == 0o600
    assert [stamps(file, trusting) for file in (kept, renewed)] == [2, 3]


def test_it_is_replaced_only_when_told(pki: Pki, kept: Path, trusting: tuple[str | Path, ...]) -> None:
    assert (refresh(pki, kept, *trusting, "--in-place")).returncode == 0
    assert stamps(kept, trusting) == 3
    assert [file.name for file in kept.parent.glob("*.pdf*")] == ["kept.pdf"]


def test_a_file_that_is_there_is_not_written_over(pki: Pki, kept: Path, trusting: tuple[str | Path, ...]) -> None:
    out = kept.with_name("other.pdf")
    out.write_bytes(b"precious")
    done = refresh(pki, kept, *trusting, "--out", out)
    assert (done.returncode, out.read_bytes()) == (ANSWER_IS_NO, b"precious")


def test_of_several_files_the_good_ones_are_renewed_and_the_others_named(
    pki: Pki, kept: Path, trusting: tuple[str | Path, ...]
) -> None:
    changed = kept.with_name("changed.pdf")
    changed.write_bytes(kept.read_bytes().replace(b"/Lang(ja-JP)", b"/Lang(en-US)", 1))
    done = refresh(pki, changed, kept, *trusting, "--json")
    said = json.loads(done.stdout)
    assert done.returncode == ANSWER_IS_NO
    assert [one["renewed"] is None for one in said] == [True, False]
    assert not changed.with_name("changed.renewed.pdf").exists()
    assert "変更されています" in said[0]["said"]


def test_a_file_below_b_lta_is_refused(
    pki: Pki, loop: asyncio.AbstractEventLoop, kept: Path, trusting: tuple[str | Path, ...]
) -> None:
    content = made(pki, loop, SignatureLevel.B_LT)
    kept.write_bytes(content)
    done = refresh(pki, kept, *trusting)
    assert done.returncode == ANSWER_IS_NO
    assert "B-LTA" in done.stdout
    assert kept.read_bytes() == content


def test_an_authority_that_does_not_answer_leaves_the_files_as_they_are(
    pki: Pki, kept: Path, trusting: tuple[str | Path, ...]
) -> None:
    before = kept.read_bytes()
    done = kiosk("refresh", kept, *trusting, "--in-place", "--tsa-url", "http://127.0.0.1:9/")
    assert (done.returncode, kept.read_bytes()) == (ANSWER_IS_NO, before)
    assert "Traceback" not in done.stderr


def test_an_authority_elsewhere_is_asked_over_tls_only(kept: Path, trusting: tuple[str | Path, ...]) -> None:
    done = kiosk("refresh", kept, *trusting, "--tsa-url", "http://tsa.example/")
    assert (done.returncode, "https://" in done.stderr) == (NOT_DONE, True)


def test_verify_without_the_authority_says_which_option_names_it(kept: Path, trusting: tuple[str | Path, ...]) -> None:
    done = kiosk("verify", kept, *trusting[:2])
    assert done.returncode == ANSWER_IS_NO
    assert STAMP_UNTRUSTED in done.stdout
    assert "--tsa-ca-file" in done.stdout
    assert "Do not take this file" not in done.stdout


def test_verify_says_level_times_and_completeness_in_words(kept: Path, trusting: tuple[str | Path, ...]) -> None:
    done = kiosk("verify", kept, *trusting)
    assert done.returncode == 0
    assert "署名レベル / signature level: B-LTA" in done.stdout
    assert done.stdout.count("タイムスタンプ / time-stamp: ") == 2
    assert "失効情報 / validation data: そろっています / complete" in done.stdout
