from pathlib import Path

import pypdfium2
import pytest

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from tests.cli.command import Demo, kiosk
from tests.cli.conftest import family


def test_the_right_pin_brings_the_whole_household_on_paper(demo: Demo, certificate: Path) -> None:
    document = pypdfium2.PdfDocument(certificate)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert all(name in text for name in family(demo)["household"])
    assert certificate.stat().st_mode & 0o077 == 0


def test_a_seal_certificate_is_asked_for_by_its_kind_alone(demo: Demo, tmp_path: Path) -> None:
    sample = family(demo)
    file = tmp_path / "seal.pdf"
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "--kind", "seal_registration", "-o", file)
    done = kiosk("request", *arguments, given=sample["pin"] + "\n")
    assert done.returncode == 0, done.stderr
    document = pypdfium2.PdfDocument(file)
    (text,) = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert sample["name"] in text
    assert "登録された印影と相違ない" in text
    assert "見本" in text


@pytest.mark.parametrize("told", [("--persons", "household"), ("--option", "domicile")])
def test_a_kind_of_the_holder_alone_takes_no_choices(demo: Demo, told: tuple[str, str]) -> None:
    sample = family(demo)
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "--kind", "koseki_full", *told)
    done = kiosk("request", *arguments, given=sample["pin"] + "\n")
    assert done.returncode == NOT_DONE
    assert "of the holder alone" in done.stderr


def test_a_tax_certificate_is_asked_for_with_its_year(demo: Demo, tmp_path: Path) -> None:
    sample = family(demo)
    file = tmp_path / "tax.pdf"
    told = ("--kind", "tax_income", "--choice", "2026", "-o", file)
    done = kiosk(
        "request", "--serial", sample["serial"], "--data-dir", demo.data_dir, *told, given=sample["pin"] + "\n"
    )
    assert done.returncode == 0, done.stderr
    document = pypdfium2.PdfDocument(file)
    (text,) = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert sample["name"] in text
    assert "令和8年度（令和7年分）" in text


@pytest.mark.parametrize("told", [("tax_income",), ("seal_registration", "--choice", "2026")])
def test_a_choice_is_told_where_it_is_needed_and_nowhere_else(demo: Demo, told: tuple[str, ...]) -> None:
    sample = family(demo)
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "--kind", *told)
    done = kiosk("request", *arguments, given=sample["pin"] + "\n")
    assert done.returncode == NOT_DONE
    assert "need --choice" in done.stderr


@pytest.mark.parametrize("told", [("--persons", "household"), ("--option", "my_number")])
def test_a_supplement_is_told_what_it_may_choose(demo: Demo, told: tuple[str, str]) -> None:
    sample = family(demo)
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "--kind", "koseki_supplement", *told)
    done = kiosk("request", *arguments, given=sample["pin"] + "\n")
    assert done.returncode == NOT_DONE
    assert "koseki or self" in done.stderr


def test_a_record_does_not_take_the_items_of_a_statement(demo: Demo) -> None:
    sample = family(demo)
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "--option", "resident_since")
    done = kiosk("request", *arguments, given=sample["pin"] + "\n")
    assert done.returncode == NOT_DONE
    assert "household or self" in done.stderr


def test_a_statement_is_asked_for_with_its_items(demo: Demo, tmp_path: Path) -> None:
    sample = family(demo)
    file = tmp_path / "statement.pdf"
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "--kind", "resident_statement")
    done = kiosk("request", *arguments, "--option", "resident_since", "-o", file, given=sample["pin"] + "\n")
    assert done.returncode == 0, done.stderr
    document = pypdfium2.PdfDocument(file)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert "住民となった日" in text
    assert "本籍" not in text


def test_a_wrong_pin_is_told_in_words_with_what_to_do_next(demo: Demo, tmp_path: Path) -> None:
    sample = demo.said["samples"][-1]
    wrong = f"{(int(sample['pin']) + 1) % 10_000:04}"
    pin_file = tmp_path / "pin"
    pin_file.write_text(wrong + "\n")
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "--pin-file", pin_file)
    done = kiosk("request", *arguments, "-o", tmp_path / "x.pdf")
    assert done.returncode == ANSWER_IS_NO
    assert "not_identified" in done.stderr
    assert "Three wrong PINs in a row lock" in done.stderr
    assert not (tmp_path / "x.pdf").exists()
    assert wrong not in done.stderr


@pytest.mark.parametrize("spelling", [["--pin", "1234"], ["--pin=1234"]])
def test_a_pin_is_never_an_argument(spelling: list[str]) -> None:
    done = kiosk("request", "--serial", "1", *spelling)
    assert done.returncode == NOT_DONE
    assert "No such option" in done.stderr
    assert "1234" not in done.stderr


def test_without_a_demo_it_says_what_to_give(tmp_path: Path) -> None:
    done = kiosk("request", "--serial", "1", cwd=tmp_path, given="1234\n")
    assert done.returncode == NOT_DONE
    assert "Give --url" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_is_one_line(demo: Demo) -> None:
    arguments = ("--url", "https://127.0.0.1:1", "--serial", "1", "--data-dir", demo.data_dir)
    done = kiosk("request", *arguments, given="1234\n")
    assert done.returncode == NOT_DONE
    assert done.stderr.count("\n") == 1


def test_a_pin_of_another_form_is_named_and_not_quoted(demo: Demo) -> None:
    done = kiosk("request", "--serial", "1", "--data-dir", demo.data_dir, given="98765\n")
    assert done.returncode == NOT_DONE
    assert "four digits" in done.stderr
    assert "98765" not in done.stderr


def test_a_place_where_no_file_can_be_written_is_told_before_anything_is_issued(demo: Demo, tmp_path: Path) -> None:
    sample = family(demo)
    told = ("--serial", sample["serial"], "--data-dir", demo.data_dir)
    before = kiosk("history", "list", "--json", "--data-dir", demo.data_dir).stdout
    done = kiosk("request", *told, "-o", tmp_path / "nowhere" / "certificate.pdf", given=sample["pin"] + "\n")
    assert done.returncode == NOT_DONE
    assert f"{tmp_path}/nowhere/certificate.pdf: No such file or directory" in done.stderr
    assert kiosk("history", "list", "--json", "--data-dir", demo.data_dir).stdout == before


def test_what_was_issued_and_could_not_be_kept_can_be_asked_for_again(demo: Demo, tmp_path: Path) -> None:
    sample = family(demo)
    told = ("--serial", sample["serial"], "--data-dir", demo.data_dir)
    done = kiosk("request", *told, "-o", "/dev/full", given=sample["pin"] + "\n")
    assert done.returncode == NOT_DONE
    request_id = done.stderr.split("--request-id ")[-1].split()[0]
    file = tmp_path / "again.pdf"
    again = kiosk("request", *told, "--request-id", request_id, "-o", file, given=sample["pin"] + "\n")
    assert again.returncode == 0
    assert file.read_bytes().startswith(b"%PDF")
