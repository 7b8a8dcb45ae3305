"""A printer over IPP, followed to its end: printed, out of paper, jammed, refused, or nobody knows. Never twice, never later."""

import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.terminal.ipp_messages import IppMalformed, Operation, Tag, read_answer, request
from kiosk_server.terminal.ipp_printer import IppPrinter, Patience, PrinterUrlWrong
from kiosk_server.terminal.printer import PrintEnd
from tests.terminal.ipp import ipp_printer

DOCUMENT = b"%PDF-1.7\n" + bytes(range(256)) * 600
QUICK = Patience(look=0.05, stopped=0.4, take_out=1, job=20, call=3)


def stopping(reason: str, seconds: float) -> str:
    """A printer that stops with a reason, for so long, and whose paper does not come out."""
    return f'echo "STATE: +{reason}" >&2; sleep {seconds}; exit 1'


async def test_the_document_comes_out_once_and_whole(tmp_path: Path) -> None:
    with ipp_printer(tmp_path) as tray:
        async with IppPrinter(tray.uri, QUICK) as printer:
            assert await printer.is_ready()
            assert await printer.print(DOCUMENT, "20261126-01-00000001-1") is PrintEnd.PRINTED
            assert await printer.is_ready()
        assert tray.papers() == [DOCUMENT]


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("media-empty", PrintEnd.OUT_OF_PAPER),
        ("media-needed", PrintEnd.OUT_OF_PAPER),
        ("media-jam", PrintEnd.JAMMED),
    ],
)
async def test_what_stopped_is_taken_out_and_never_comes_out_later(tmp_path: Path, reason: str, end: PrintEnd) -> None:
    with ipp_printer(tmp_path, stopping(reason, 2)) as tray:
        async with IppPrinter(tray.uri, Patience(look=0.05, stopped=0.3, take_out=8, job=20, call=3)) as printer:
            assert await printer.print(DOCUMENT, "number") is end
        assert tray.papers() == []


async def test_paper_that_is_filled_up_in_time_finishes_the_same_job(tmp_path: Path) -> None:
    trouble = 'echo "STATE: +media-empty" >&2; sleep 1; echo "STATE: -media-empty" >&2'
    with ipp_printer(tmp_path, trouble) as tray:
        async with IppPrinter(tray.uri, Patience(look=0.05, stopped=10, job=20, call=3)) as printer:
            assert await printer.print(DOCUMENT, "number") is PrintEnd.PRINTED
        assert tray.papers() == [DOCUMENT]


async def test_a_remark_is_no_trouble(tmp_path: Path) -> None:
    with ipp_printer(tmp_path, 'echo "STATE: +media-low,marker-supply-low" >&2; sleep 1') as tray:
        async with IppPrinter(tray.uri, QUICK) as printer:
            assert await printer.print(DOCUMENT, "number") is PrintEnd.PRINTED


async def test_a_job_that_the_printer_drops_is_refused(tmp_path: Path) -> None:
    with ipp_printer(tmp_path, "exit 1") as tray:
        async with IppPrinter(tray.uri, QUICK) as printer:
            assert await printer.print(DOCUMENT, "number") is PrintEnd.REFUSED


async def test_a_printer_that_accepts_and_never_finishes_is_not_known_and_not_ready(tmp_path: Path) -> None:
    with ipp_printer(tmp_path, "exec sleep 60") as tray:
        async with IppPrinter(tray.uri, Patience(look=0.05, stopped=0.5, take_out=1, job=1, call=3)) as printer:
            began = time.monotonic()
            assert await printer.print(DOCUMENT, "number") is PrintEnd.UNKNOWN
            assert time.monotonic() - began < 15
            assert not await printer.is_ready()


async def test_a_printer_that_dies_over_the_job_is_not_known(tmp_path: Path) -> None:
    with ipp_printer(tmp_path, "kill -KILL $PPID; sleep 5") as tray:
        async with IppPrinter(tray.uri, QUICK) as printer:
            assert await printer.print(DOCUMENT, "number") is PrintEnd.UNKNOWN
            assert not await printer.is_ready()


async def test_where_there_is_no_printer_nothing_was_sent(tmp_path: Path) -> None:
    with ipp_printer(tmp_path) as tray:
        tray.process.send_signal(signal.SIGKILL)
        tray.process.wait()
        async with IppPrinter(tray.uri, QUICK) as printer:
            assert not await printer.is_ready()
            assert await printer.print(DOCUMENT, "number") is PrintEnd.REFUSED


@pytest.mark.parametrize("uri", ["http://printer/", "ipp://", "printer", "ipp://user@printer/", ""])
def test_what_is_no_address_of_a_printer_is_refused(uri: str) -> None:
    with pytest.raises(PrinterUrlWrong):
        IppPrinter(uri)


@given(st.binary(max_size=400))
def test_whatever_a_printer_answers_is_read_or_refused(raw: bytes) -> None:
    for body in (raw, b"\x02\x00\x00\x00\x00\x00\x00\x01\x01" + raw):
        try:
            answer = read_answer(body)
        except IppMalformed:
            continue
        assert 0 <= answer.status <= 0xFFFF


@given(st.integers(1, 2**31 - 1), st.text("abc-", min_size=1, max_size=20))
def test_what_is_written_is_read_again(job: int, name: str) -> None:
    raw = request(Operation.PRINT_JOB, 1, [(Tag.INTEGER, "job-id", job), (Tag.NAME, "job-name", name)])
    # As an answer, in a second group.
    answer = read_answer(raw.replace(b"\x21\x00\x06job-id", b"\x02\x21\x00\x06job-id", 1))
    assert answer.first == {"job-id": (job,), "job-name": (name,)}
