"""One certificate on one core, step by step, beside a plain script that makes the same page; taken in turns.

Processor time, since such machines are shared. Several of ours follow each other, as in a service: after a plain one, which goes through
a hundred times as much memory, the first would be measured with cold caches.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import median
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

import pdf
from keys.development_ca import IssuedCa, issue_document_certificate, make_development_ca
from keys.document_key import DocumentKey
from pdf.font_chain import IPAEX_MINCHO, IPAMJ_MINCHO
from tests.bench.bars import bars
from tests.bench.figures import Table, milliseconds, percentile
from tests.bench.plain_paper import PlainScript, is_intact, plain_script
from tests.pdf.samples import SNAPSHOT, named
from tests.pdf.sealing import sealed as sealed_as_issued

_STEPS: Final = ("seal", "plan", "compose", "inspect", "sign", "compare")
_MADE: Final = ("compose", "inspect", "sign")
"""What the plain script does too, and the inspection."""

_PLAIN: Final = ("plain draw", "plain sign")
_IN_A_ROW: Final = 5
_REPETITIONS: Final = 40
_QUICK: Final = 6
_VERIFIED: Final = 3
_WARM_UP: Final = 3
_COLUMNS: Final = (
    "font, key, persons", *_STEPS, "compose, inspect, sign", "all six", "plain: draw", "plain: sign", "plain together",
    "ratio to three", "ratio to six",
)  # fmt: skip
_NOTES: Final = (
    "plain: reportlab TTFont + pyHanko SimpleSigner (PAdES B-B) on the same planned page; it inspects nothing,",
    "and draws no tags, no ground and no code.",
    "Every document of ours was compared after signing, and some of each row verified by pyHanko.",
)
_NAMES: Final = ("見本　太郎", "手本　花子", "見本　一郎", "手本　正子")


@dataclass(slots=True)
class Seconds:
    """What each step took, one entry for each document."""

    steps: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        started = time.process_time()
        yield
        self.steps[name].append(time.process_time() - started)

    def totals(self, *names: str) -> list[float]:
        """The sum of these steps, for each document."""
        return [sum(one) for one in zip(*(self.steps[name] for name in names), strict=True)]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of page, key and font."""

    font: Path
    algorithm: str
    persons: int

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"{self.font.stem}, {self.algorithm}, {self.persons}"

    def snapshot(self, turn: int) -> pdf.ResidentRecordSnapshot:
        """A certificate that no other turn has: number, salt and one name differ."""
        names = (f"{_NAMES[0]}{'一二三四五六七'[turn % 7]}", *_NAMES[1 : self.persons])
        number = f"20261123-01-{turn:08}-5"
        return replace(SNAPSHOT, issuance_number=number, persons=named(*names), salt=turn.to_bytes(16, "big"))


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - one switch of the command line
    """One table: a row for each font, key and number of persons."""
    root = make_development_ca("見本ルート認証局", datetime.now(UTC))
    keys = {name: document_key(name, root) for name in ("ecdsa-p256", "rsa-2048")}
    fonts = [font for font in (IPAMJ_MINCHO, IPAEX_MINCHO) if font.exists()]
    rows: list[tuple[str, ...]] = []
    results: list[object] = []
    pictures: dict[str, str] = {}
    for font, (algorithm, key), persons in product(fonts, keys.items(), (1, 4)):
        case = Case(font, algorithm, persons)
        seconds = _run(case, key, root, _QUICK if quick else _REPETITIONS)
        rows.append(_row(case, seconds))
        results.append(_figures(case, seconds))
        pictures[case.name] = _picture(case, seconds)
    title = "paper: milliseconds for one certificate, one process, median (p95)"
    return [Table(title, _COLUMNS, rows, _NOTES, results, pictures[f"{fonts[0].stem}, rsa-2048, 4"])]


def _picture(case: Case, seconds: Seconds) -> str:
    medians = {step: median(seconds.steps[step]) for step in _STEPS}
    rows = [(step, taken, f"{milliseconds(taken)} ms") for step, taken in medians.items()]
    return bars(f"Processor time of one certificate, step by step ({case.name})", rows)


def _run(case: Case, key: DocumentKey, root: IssuedCa, repetitions: int) -> Seconds:
    fonts = pdf.FontChain([case.font, *({IPAEX_MINCHO} - {case.font})])
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as directory:
        plain = plain_script(case.font, key, root, _writer(Path(directory)))
    seconds = Seconds()
    for turn in range(-_WARM_UP, repetitions):
        measured = seconds if turn >= 0 else Seconds()
        snapshots = [case.snapshot((turn + _WARM_UP) * _IN_A_ROW + place) for place in range(_IN_A_ROW)]
        *_, ours = [_ours(snapshot, fonts, key, measured) for snapshot in snapshots]
        other = _plain(snapshots[-1], fonts, plain, measured)
        if 0 <= turn < _VERIFIED:
            assert not pdf.verify(ours, [root.certificate_der]).problems
            assert is_intact(other, root)
    return seconds


def _ours(snapshot: pdf.ResidentRecordSnapshot, fonts: pdf.FontChain, key: DocumentKey, seconds: Seconds) -> bytes:
    with seconds.step("seal"):
        sealed = sealed_as_issued(snapshot)
    with seconds.step("plan"):
        pages = pdf.with_codes(pdf.plan(snapshot, fonts), sealed)
    with seconds.step("compose"):
        document = pdf.compose(snapshot, pages, fonts)
    with seconds.step("inspect"):
        inspected = pdf.inspect(document.content, pages, fonts)
    with seconds.step("sign"):
        signed = pdf.sign(document, pdf.SignPermit(snapshot.issuance_number, inspected.digest), key)
    with seconds.step("compare"):
        pdf.compare(signed, inspected)
    return signed


def _plain(snapshot: pdf.ResidentRecordSnapshot, fonts: pdf.FontChain, plain: PlainScript, seconds: Seconds) -> bytes:
    pages = pdf.plan(snapshot, fonts)
    with seconds.step("plain draw"):
        content = plain.draw(pages)
    with seconds.step("plain sign"):
        return plain.sign(content)


def _row(case: Case, seconds: Seconds) -> tuple[str, ...]:
    drawn, signed = (milliseconds(median(seconds.steps[name])) for name in _PLAIN)
    steps = (milliseconds(median(seconds.steps[name])) for name in _STEPS)
    made, ours, plain = (seconds.totals(*names) for names in (_MADE, _STEPS, _PLAIN))
    ratios = (f"{_ratio(seconds, names):.1f}x" for names in (_MADE, _STEPS))
    return (case.name, *steps, _both(made), _both(ours), drawn, signed, _both(plain), *ratios)


def _figures(case: Case, seconds: Seconds) -> dict[str, object]:
    return {
        "case": case.name,
        "milliseconds": {step: median(taken) * 1000 for step, taken in seconds.steps.items()},
        "p95_milliseconds": {step: percentile(taken, 95) * 1000 for step, taken in seconds.steps.items()},
        "ratio": _ratio(seconds, _MADE),
        "ratio_to_all_steps": _ratio(seconds, _STEPS),
    }


def _ratio(seconds: Seconds, steps: tuple[str, ...]) -> float:
    return median(seconds.totals(*_PLAIN)) / median(seconds.totals(*steps))


def _both(taken: list[float]) -> str:
    return f"{milliseconds(median(taken))} ({milliseconds(percentile(taken, 95))})"


def document_key(algorithm: str, root: IssuedCa) -> DocumentKey:
    """A new key with a certificate of `root`."""
    private = (
        ec.generate_private_key(ec.SECP256R1())
        if algorithm == "ecdsa-p256"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    certificate = issue_document_certificate(root, private.public_key(), datetime.now(UTC))
    return DocumentKey(private, certificate.public_bytes(Encoding.DER), (root.certificate_der,))


def _writer(directory: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, content: bytes) -> Path:
        path = directory / name
        path.write_bytes(content)
        return path

    return write
