"""All makers on the same page, a few files each in turns, so that whatever else the machine does meets them alike."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import median
from typing import Final

import pdf
from keys.development_ca import IssuedCa, make_development_ca
from keys.document_key import DocumentKey
from pdf.font_chain import IPAEX_MINCHO, IPAMJ_MINCHO
from tests.bench.bars import bars
from tests.bench.figures import Table, milliseconds, percentile
from tests.bench.makers.job import write_job
from tests.bench.makers.process import MakerProcess, start
from tests.bench.paper import document_key
from tests.bench.plain_paper import is_intact

MAKERS: Final = ("ours", "ours_on_token", "by_reportlab", "by_typst", "by_fpdf2", "by_weasyprint", "by_pdfbox", "limit")
_BASE: Final = "by_reportlab"
_TURNS, _QUICK_TURNS = 40, 4
_EACH: Final = 5
_WARM_UP: Final = 20
_COLUMNS: Final = (
    "font, key: maker", "files/s a core", "p50 ms", "p99 ms", "of the processor, ms", "KB a file", "peak MB",
    "times reportlab",
)  # fmt: skip
_NOTES: Final = (
    "One page of four persons. ours: seal, plan, compose, inspect, sign and compare.",
    "The others are given the planned texts and places; they draw no code, tags or ground, and inspect nothing.",
    "ours, key on SoftHSM: the same key on a token, whose process is counted too.",
    "All but ours and pdfbox (Bouncy Castle) sign with pyHanko, PAdES B-B.",
    "limit: the page's operators deflated, 100 KB hashed, one signature. files/s a core: of processor time, of all threads.",
)


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: a row for each maker, font and key; every maker's last file is verified."""
    root = make_development_ca("見本ルート認証局", datetime.now(UTC))
    rows: list[tuple[str, ...]] = []
    results: list[object] = []
    fonts = [font for font in (IPAMJ_MINCHO, IPAEX_MINCHO) if font.exists()]
    for font, algorithm in product(fonts, ("rsa-2048", "ecdsa-p256")):
        with _running(font, document_key(algorithm, root), root) as makers:
            _ask_in_turns(makers, _QUICK_TURNS if quick else _TURNS)
            base = _processor(next(maker for maker in makers if maker.name == _BASE))
            for maker in makers:
                rows.append(_row(f"{font.stem}, {algorithm}: {shown(maker.name)}", maker, base))
                results.append(
                    {"font": font.stem, "key": algorithm, "maker": shown(maker.name), "ratio": base / _processor(maker)}
                )
    title = "makers: one signed page of four persons, a process each"
    return [Table(title, _COLUMNS, rows, _NOTES, results, _picture(rows))]


@contextmanager
def _running(font: Path, key: DocumentKey, root: IssuedCa) -> Iterator[list[MakerProcess]]:
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as directory, ExitStack() as ending:
        job = write_job(Path(directory), font, key, root)
        makers = [start(name, job) for name in MAKERS]
        for maker in makers:
            ending.callback(maker.end)
        yield makers
        for maker in makers:
            _verify(maker.name, Path(directory) / f"{maker.name}.pdf", root)


def _ask_in_turns(makers: list[MakerProcess], turns: int) -> None:
    for maker in makers:
        maker.ask(_WARM_UP)
    for _ in range(turns):
        for maker in makers:
            maker.made += maker.ask(_EACH)


def _verify(name: str, file: Path, root: IssuedCa) -> None:
    content = file.read_bytes()
    if name.startswith("ours"):
        assert not pdf.verify(content, [root.certificate_der]).problems
    elif name != "limit":
        assert is_intact(content, root), name


def shown(maker: str) -> str:
    """How tables call it."""
    return maker.removeprefix("by_").replace("ours_on_token", "ours, key on SoftHSM")


def _picture(rows: Sequence[tuple[str, ...]]) -> str:
    """Files a second of each maker with the first font and key; the limit would leave no room for the others."""
    first = [row for row in rows[: len(MAKERS)] if not row[0].endswith(": limit")]
    shortened = [(row[0].split(": ")[1], float(row[1]), f"{row[1]}  ({row[-1]})") for row in first]
    return bars(f"Signed pages a second on one core ({first[0][0].split(': ')[0]})", shortened)


def _processor(maker: MakerProcess) -> float:
    return median(one.processor for one in maker.made)


def _row(name: str, maker: MakerProcess, base: float) -> tuple[str, ...]:
    seconds = [one.seconds for one in maker.made]
    mean = sum(one.processor for one in maker.made) / len(maker.made)
    return (
        name, f"{1 / mean:.0f}", milliseconds(median(seconds)), milliseconds(percentile(seconds, 99)),
        milliseconds(_processor(maker)), f"{maker.made[-1].size / 1000:.0f}", f"{maker.peak_bytes() / 1e6:.0f}",
        f"{base / _processor(maker):.1f}x",
    )  # fmt: skip
