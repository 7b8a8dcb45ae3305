"""`kiosk terminal`: the kiosk's screen, in the browser of this machine."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import click

from civil.clock import utc_now
from civil.errors import KioskError
from kiosk_server.cli.card_specimen import is_specimen
from kiosk_server.cli.running_demo import NotTold, data_dir_option, said_by
from kiosk_server.cli.talking import one_line
from kiosk_server.demo.city import MUNICIPALITY_NAME
from kiosk_server.demo.directory import DemoDirectory, make_private
from kiosk_server.demo.jpki.keeping import kept_jpki
from kiosk_server.issuing.request import Terminal
from kiosk_server.processes.stopping import StopRequested, stop_requests
from kiosk_server.terminal.demo_desk import CardHands, CardRack, SampleCard
from kiosk_server.terminal.ipp_printer import IppPrinter, Patience, PrinterUrlWrong
from kiosk_server.terminal.pcsc_reader import PcscReader
from kiosk_server.terminal.printer import Printer, TrayPrinter
from kiosk_server.terminal.reader import VirtualReader
from kiosk_server.terminal.running import DemoTerminal, Running, Trust, running_terminal

_CARDS: Final = 12
_PLACE: Final = "terminal"


class NoDemo(NotTold):
    """動いているデモがありません。先に kiosk up --demo を起動してください(場所が違うときは --data-dir)。 /
    No demo is running. Start kiosk up --demo first (and name its --data-dir if it has another one)."""


class PrinterMiswritten(KioskError):
    """--printer は ipp://プリンター/ipp/print の形で指定してください。 / Write --printer as ipp://printer/ipp/print."""


@click.command()
@click.option(
    "--demo", is_flag=True, required=True, help="動いているデモの端末として / as a terminal of the demo that is running"
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8480, show_default=True, help="127.0.0.1 のポート / port"
)
@click.option(
    "--reader",
    "reader_name",
    help="カードリーダーの名前(kiosk card readers)。省くと画面の上の見本のカード / a reader of PC/SC; else cards on the screen",
)
@click.option(
    "--printer",
    "printer_uri",
    help="IPP プリンター(ipp://…)。省くとデモの置き場所 / an IPP printer; else the demo's tray",
)
@click.option(
    "--printer-patience",
    type=click.FloatRange(0.5, 120),
    default=Patience().stopped,
    show_default=True,
    help="止まったプリンターを待つ秒数 / seconds for a printer that stopped to be put right, and to drop its job",
)
@click.option(
    "--json", "as_json", is_flag=True, help="準備ができたら標準出力に JSON を1行 / one line of JSON when ready"
)
@data_dir_option
def terminal(
    *,
    demo: bool,
    port: int,
    reader_name: str | None,
    printer_uri: str | None,
    printer_patience: float,
    as_json: bool,
    data_dir: Path,
) -> None:
    """Serve the kiosk's screen on this machine until Ctrl-C. Open the address it prints in a browser here.

    Payment is simulated, and without --reader and --printer so are they, and the screen says so; the certificates are asked
    for over mutual TLS, as a real terminal does, and printed, or else put into DATA_DIR/terminal/tray. With a reader, only
    specimens of this demo are taken.

    キオスク端末の画面を、この機械のブラウザーだけに出す。止めるには Ctrl-C。
    """
    del demo
    directory = DemoDirectory(data_dir.absolute())
    said = said_by(data_dir)
    known = directory.read("city")
    if not said or known is None:
        raise NoDemo
    printer = _printer(directory, printer_uri, Patience(stopped=printer_patience, take_out=printer_patience))
    reader = _reader(directory, known, reader_name)
    put_together = _put_together(directory, said, reader, printer, port)
    with stop_requests():
        try:
            asyncio.run(_serve(put_together, as_json=as_json))
        except StopRequested:
            return


def _printer(directory: DemoDirectory, uri: str | None, patience: Patience) -> IppPrinter | TrayPrinter:
    if uri is None:
        return TrayPrinter(directory.path / _PLACE / "tray")
    try:
        return IppPrinter(uri, patience)
    except PrinterUrlWrong:
        raise PrinterMiswritten from None


def _reader(directory: DemoDirectory, known: Mapping[str, Any], name: str | None) -> PcscReader | CardHands:
    if name is not None:
        return PcscReader(name, lambda certificate: is_specimen(directory, certificate))
    samples = [SampleCard(row["name"], row["serial"], row["pin"]) for row in known["samples"][:_CARDS]]
    return CardHands(CardRack(samples, kept_jpki(directory, utc_now()).current, utc_now()), VirtualReader())


def _put_together(
    directory: DemoDirectory, said: Mapping[str, Any], reader: PcscReader | CardHands, printer: Printer, port: int
) -> DemoTerminal:
    make_private(directory.path / _PLACE)
    return DemoTerminal(
        trust=Trust(said["terminal_url"], directory.ca, directory.certificate(_PLACE), directory.private_key(_PLACE)),
        municipality_code=said["municipality_code"],
        city_name=MUNICIPALITY_NAME,
        terminal=Terminal("kiosk terminal", "demo", "1"),
        journal=directory.path / _PLACE / "journal.jsonl",
        printer=printer,
        reader=reader.reader if isinstance(reader, CardHands) else reader,
        cards=reader if isinstance(reader, CardHands) else None,
        clock=utc_now,
        port=port,
    )


async def _serve(demo: DemoTerminal, *, as_json: bool) -> None:
    async with AsyncExitStack() as stack:
        if isinstance(demo.printer, IppPrinter):
            await stack.enter_async_context(demo.printer)
        if isinstance(demo.reader, PcscReader):
            stack.enter_context(demo.reader)
        running = await stack.enter_async_context(running_terminal(demo))
        if as_json:
            one_line({"url": running.url})
        else:
            _tell(demo, running)
        await asyncio.Event().wait()


def _tell(demo: DemoTerminal, running: Running) -> None:
    click.echo(f"この機械のブラウザーで開いてください / Open in a browser on this machine: {running.url}")
    if demo.cards is not None:
        click.echo("見本のカードと暗証番号 / Sample cards and their PINs:")
        for sample in demo.cards.rack.samples:
            click.echo(f"  {sample.pin}  {sample.name}")
    click.echo("止めるには Ctrl-C / Ctrl-C stops it")
