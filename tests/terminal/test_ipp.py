"""A printer over IPP, followed to its end: printed, out of paper, jammed, refused, or nobody knows. Never twice, never later."""

import signal
import time
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.terminal.ipp_messages import Attribute, IppMalformed, Operation, Tag, read_answer, request
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


async def test_pages_that_came_out_of_a_job_without_an_end_are_not_refused(tmp_path: Path) -> None:
    with ipp_printer(tmp_path, f'cp "$1" "{tmp_path}/1.paper"; sleep 3; exit 1') as tray:
        async with IppPrinter(tray.uri, Patience(look=0.05, take_out=8, job=1, call=3)) as printer:
            assert await printer.print(DOCUMENT, "number") is PrintEnd.UNKNOWN
        assert tray.papers() == [DOCUMENT]


async def test_a_stop_that_was_put_right_does_not_explain_a_job_without_an_end(tmp_path: Path) -> None:
    trouble = 'echo "STATE: +media-empty" >&2; sleep 0.5; echo "STATE: -media-empty" >&2; sleep 3; exit 1'
    with ipp_printer(tmp_path, trouble) as tray:
        async with IppPrinter(tray.uri, Patience(look=0.05, take_out=8, job=1.5, call=3)) as printer:
            assert await printer.print(DOCUMENT, "number") is PrintEnd.UNKNOWN


@pytest.mark.parametrize(("status", "is_ready"), [(0x0000, True), (0x0501, False)])
async def test_a_printer_that_does_not_say_whose_jobs_it_holds_is_not_ready(status: int, *, is_ready: bool) -> None:
    server = TestServer(well_and_answering_get_jobs_with(status))
    await server.start_server()
    async with server, IppPrinter(f"ipp://127.0.0.1:{server.port}/ipp/print", QUICK) as printer:
        assert await printer.is_ready() is is_ready


def well_and_answering_get_jobs_with(status: int) -> web.Application:
    """A printer that is idle and well, and answers the question for its jobs with a status and no job."""
    state: list[Attribute] = [(Tag.ENUM, "printer-state", 3), (Tag.BOOLEAN, "printer-is-accepting-jobs", True)]
    well = request(Operation.GET_PRINTER_ATTRIBUTES, 1, state)
    # As an answer, in a second group.
    well = well[:2] + b"\0\0" + well[4:].replace(b"\x23\x00\x0dprinter-state", b"\x04\x23\x00\x0dprinter-state")

    async def answer(asked: web.Request) -> web.Response:
        is_jobs = int.from_bytes((await asked.read())[2:4]) == Operation.GET_JOBS
        return web.Response(body=b"\x02\0" + status.to_bytes(2) + b"\0\0\0\1\x01\x03" if is_jobs else well)

    app = web.Application()
    app.router.add_post("/ipp/print", answer)
    return app


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


@pytest.mark.parametrize(
    "uri", ["http://printer/", "ipp://", "printer", "ipp://user@printer/", "ipp://printer:70000/", "ipp://[::1", ""]
)
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
