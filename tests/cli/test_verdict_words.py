"""Whoever is told that a certificate was not found good is told what to do, in both languages."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk_server.cli import verify
from kiosk_server.cli.seal_source import SealSource
from kiosk_server.cli.seal_words import seal_as_json, show_seal
from kiosk_server.verification_page.joining import SOURCES
from pdf import Verification
from pdf.levels.judging import INCOMPLETE, STAMP_UNTRUSTED
from pdf.verification import CHANGED, NOT_A_PDF, UNSIGNED, UNTRUSTED
from pdf.visible_seal.verdict import Reason, SealCheck, Verdict

VERDICTS = {
    Reason.STATEMENT_ISSUED: Verdict.GENUINE_STATEMENT,
    Reason.VOID: Verdict.VOID_OR_REPLACED,
    Reason.REPLACED: Verdict.VOID_OR_REPLACED,
    Reason.CODE_MALFORMED: Verdict.FORGED_OR_ALTERED,
    Reason.SIGNATURE_WRONG: Verdict.FORGED_OR_ALTERED,
    Reason.KEY_NOT_IN_FORCE: Verdict.FORGED_OR_ALTERED,
    Reason.TEXT_CHANGED: Verdict.FORGED_OR_ALTERED,
    Reason.PAGES_DISAGREE: Verdict.FORGED_OR_ALTERED,
    Reason.FILE_CHANGED: Verdict.FORGED_OR_ALTERED,
}
"""What each reason is one of; the others are for no verdict."""

TO_DO = re.compile(
    r"(Compare|compare|[Dd]o not accept|Do not take|[Aa]sk|Get|[Nn]ame|Use|Choose|Take|Check|Show|Photograph|Look at|Make sure)\b"
)


def tells_what_to_do(words: str) -> bool:
    return "ください" in words and TO_DO.search(words) is not None


@pytest.mark.parametrize("reason", Reason)
def test_the_verdict_about_a_code_says_what_to_do(reason: Reason, capsys: pytest.CaptureFixture[str]) -> None:
    show_seal(SealCheck(VERDICTS.get(reason, Verdict.CANNOT_TELL), reason), SealSource(None, ""))
    assert tells_what_to_do(capsys.readouterr().out)


def test_who_checks_too_early_is_told_from_when_on_a_list_tells(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 11, 26, 5, 52, tzinfo=UTC)
    check = SealCheck(Verdict.CANNOT_TELL, Reason.LIST_OLDER, list_from=at)
    show_seal(check, SealSource(None, ""))
    assert "a list of 2026-11-26 14:52 JST or later" in capsys.readouterr().out
    assert seal_as_json(check, SealSource(None, ""))["list_from"] == at.isoformat()


@pytest.mark.parametrize(
    ("problem", "trusted"),
    [
        (UNTRUSTED, None),
        *((one, Path("ca.pem")) for one in (NOT_A_PDF, UNTRUSTED, STAMP_UNTRUSTED, CHANGED, UNSIGNED, INCOMPLETE)),
    ],
)
def test_the_verdict_about_a_signature_says_what_to_do(
    problem: str, trusted: Path | None, capsys: pytest.CaptureFixture[str]
) -> None:
    verify._show(Verification(problems=(problem,)), trusted)
    assert tells_what_to_do(capsys.readouterr().out.replace(problem, ""))


def test_the_page_says_what_to_do_for_every_reason() -> None:
    reasons = (SOURCES / "words.js").read_text(encoding="utf-8").split("REASONS = {")[1].split("\n};")[0]
    told = re.findall(r"^  (\w+): \[(.*?)\],$", reasons, re.MULTILINE | re.DOTALL)
    assert len(told) > len(Reason)
    assert [reason for reason, words in told if not tells_what_to_do(words)] == []
