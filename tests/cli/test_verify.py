import json
from pathlib import Path

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from tests.cli.command import Demo, kiosk


def test_a_certificate_as_it_was_sent_is_valid(demo: Demo, certificate: Path) -> None:
    done = kiosk("verify", certificate, "--ca-file", demo.said["ca_file"], "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert said["valid"]
    assert said["trusted"]
    assert said["pages"] == 1
    assert said["issuance_number"]


def test_one_edited_byte_makes_it_invalid(demo: Demo, certificate: Path, tmp_path: Path) -> None:
    content = bytearray(certificate.read_bytes())
    content[content.index(b"/MediaBox") + 2] ^= 1
    edited = tmp_path / "edited.pdf"
    edited.write_bytes(content)
    assert kiosk("verify", edited, "--data-dir", demo.data_dir).returncode in {ANSWER_IS_NO, NOT_DONE}
    appended = tmp_path / "appended.pdf"
    appended.write_bytes(certificate.read_bytes() + b"\n% more\n")
    assert kiosk("verify", appended, "--data-dir", demo.data_dir).returncode == ANSWER_IS_NO


def test_a_signer_nobody_vouches_for_is_not_trusted(certificate: Path, tmp_path: Path) -> None:
    done = kiosk("verify", certificate, cwd=tmp_path)
    assert done.returncode == ANSWER_IS_NO
    assert "--ca-file" in done.stdout
    assert "Traceback" not in done.stderr


def test_another_file_and_none_are_unreadable(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("not a PDF")
    assert kiosk("verify", other).returncode == NOT_DONE
    assert kiosk("verify", tmp_path / "nothing.pdf").returncode == NOT_DONE
