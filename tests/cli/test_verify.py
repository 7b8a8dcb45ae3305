import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from pdf.visible_seal.status_list import State
from tests.cli.command import Demo, kiosk
from tests.cli.conftest import family
from tests.pdf.samples import SNAPSHOT
from tests.visible_seal.sheets import FOREIGN_KEY, as_file, file_of, printed, publish


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


def test_the_codes_of_a_file_just_issued_wait_for_the_next_list(demo: Demo, certificate: Path, tmp_path: Path) -> None:
    settings = demo.data_dir / "settings.env"
    assert kiosk("seal", "publish", tmp_path, "--settings", settings).returncode == 0
    told = ("verify", certificate, "--data-dir", demo.data_dir, "--seal-directory", tmp_path)
    said = json.loads(kiosk(*told, "--json").stdout)
    assert said["seal"]["published"] == str(tmp_path)
    assert (said["seal"]["verdict"], said["seal"]["reason"]) in {
        ("cannot_tell", "list_older"), ("genuine_statement", "statement_issued"),
    }  # fmt: skip
    (statement,) = said["seal"]["statements"]
    assert statement["issuance_number"] == said["issuance_number"]
    assert statement["subject_name"] == family(demo)["household"][0]
    shown = kiosk(*told).stdout
    assert statement["subject_name"] in shown
    assert f"{tmp_path} (指定された場所 / as told)" in shown


def test_beside_a_demo_its_own_published_files_are_used_and_named(demo: Demo, certificate: Path) -> None:
    done = kiosk("verify", certificate, "--data-dir", demo.data_dir)
    assert done.returncode == 0
    assert f"{demo.data_dir / 'published'} (デモが公開したもの / published by the demo)" in done.stdout
    said = json.loads(kiosk("verify", certificate, "--data-dir", demo.data_dir, "--json").stdout)["seal"]
    assert said["reason"] in {"list_older", "statement_issued"}
    assert [one["persons"] for one in said["statements"]] == [len(family(demo)["household"])]


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
def test_minutes_later_the_demos_list_knows_of_the_certificate(demo: Demo, certificate: Path) -> None:
    until = time.monotonic() + 240
    while (said := judged(demo, certificate))[1] == "list_older" and time.monotonic() < until:
        time.sleep(5)
    assert said == ("genuine_statement", "statement_issued")


def judged(demo: Demo, certificate: Path) -> tuple[str, str]:
    said = json.loads(kiosk("verify", certificate, "--data-dir", demo.data_dir, "--json").stdout)["seal"]
    return said["verdict"], said["reason"]


@pytest.mark.parametrize(
    ("state", "verdict", "code", "words"),
    [
        ("issued", "genuine_statement", 0, "見比べてください"),
        ("void", "void_or_replaced", ANSWER_IS_NO, "無効です"),
        ("replaced", "void_or_replaced", ANSWER_IS_NO, "無効です"),
    ],
)
def test_a_photograph_has_its_verdict_in_large_words_first_in_japanese(
    tmp_path: Path, state: State, verdict: str, code: int, words: str
) -> None:
    publish(tmp_path / "public", state, datetime.now(UTC))
    photograph = tmp_path / "photograph.jpg"
    photograph.write_bytes(as_file(printed(file_of(SNAPSHOT)).rotate(5, expand=True, fillcolor=128), "JPEG"))
    arguments = ("verify", photograph, "--seal-directory", tmp_path / "public")
    done = kiosk(*arguments)
    assert done.returncode == code
    assert words in done.stdout.splitlines()[1]
    assert "見本　太郎" in done.stdout
    assert "本物" not in done.stdout
    said = json.loads(kiosk(*arguments, "--json").stdout)["seal"]
    assert said["verdict"] == verdict
    assert said["statements"][0]["persons"] == 1
    assert "secret" not in json.dumps(said)


def test_a_forged_code_shows_no_facts_and_a_picture_without_keys_cannot_be_told(tmp_path: Path) -> None:
    publish(tmp_path / "public", "issued", datetime.now(UTC))
    scan = tmp_path / "scan.png"
    scan.write_bytes(as_file(printed(file_of(SNAPSHOT, FOREIGN_KEY))))
    done = kiosk("verify", scan, "--seal-directory", tmp_path / "public")
    assert done.returncode == ANSWER_IS_NO
    assert "偽造または改ざん" in done.stdout
    assert "見本　太郎" not in done.stdout
    without = kiosk("verify", scan, cwd=tmp_path)
    assert without.returncode == NOT_DONE
    assert "判定できません" in without.stdout
    assert "--seal-directory" in without.stdout
