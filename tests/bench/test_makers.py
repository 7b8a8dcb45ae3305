"""What is compared is the same page: every maker's file holds every planned text, and its signature holds."""

import re
import subprocess
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.development_ca import make_development_ca
from pdf.font_chain import IPAEX_MINCHO
from tests.bench.makers.comparing import MAKERS
from tests.bench.makers.job import write_job
from tests.bench.makers.process import start
from tests.bench.paper import document_key
from tests.bench.plain_paper import is_intact


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "limit"])
def test_every_maker_makes_the_planned_page(name: str, tmp_path: Path) -> None:
    root = make_development_ca("見本ルート認証局", datetime.now(UTC))
    job = write_job(tmp_path, IPAEX_MINCHO, document_key("ecdsa-p256", root), root)
    maker = start(name, job)
    (made,) = maker.ask(1)
    maker.end()

    content = (tmp_path / f"{name}.pdf").read_bytes()
    assert len(content) == made.size
    assert is_intact(content, root)
    words = _letters(_read(tmp_path / f"{name}.pdf"))
    assert [text.text for text in job.pages()[0].texts if not re.search(_pattern(text.text), words)] == []


def test_a_maker_that_ends_is_not_taken_for_a_fast_one(tmp_path: Path) -> None:
    root = make_development_ca("見本ルート認証局", datetime.now(UTC))
    maker = start("ours", write_job(tmp_path, IPAEX_MINCHO, document_key("ecdsa-p256", root), root))
    maker.ask(1)
    maker.process.kill()
    with pytest.raises(RuntimeError):
        maker.ask(1)
    maker.end()


def _read(file: Path) -> str:
    run = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)  # noqa: S607
    return run.stdout.decode()


def _letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _pattern(text: str) -> str:
    """A file of PDFBox says a radical (⺠) where the character it stands for (民) was drawn, whenever a font has both."""
    return "".join(f"[{letter}⺀-⻳]" if "一" <= letter <= "鿿" else re.escape(letter) for letter in _letters(text))
