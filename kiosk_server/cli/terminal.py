"""`kiosk terminal`: the kiosk's screen, in the browser of this machine."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import click

from civil.clock import utc_now
from civil.errors import KioskError
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.cli.talking import one_line
from kiosk_server.cli.terminal_demo import PORT, DemoWishes, demo_parts, patience_of
from kiosk_server.cli.terminal_missing import missing
from kiosk_server.processes.stopping import StopRequested, stop_requests
from kiosk_server.terminal.ipp_printer import IppPrinter
from kiosk_server.terminal.payment import NoPayment
from kiosk_server.terminal.pcsc_reader import PcscReader
from kiosk_server.terminal.printer import TrayPrinter
from kiosk_server.terminal.running import Devices, Parts, running_terminal
from kiosk_server.terminal.settings import TerminalSettings, read_terminal_settings


class DemoOrSettings(KioskError):
    """--demo か --settings のどちらか一つを指定してください。端末の設定ファイルの例は docs/terminal-example.toml です。 /
    Give either --demo or --settings FILE; docs/terminal-example.toml shows such a file."""


class FileSaysIt(KioskError):
    """--settings のときは、読取機・プリンター・暗証番号・ポートは設定ファイルに書いてください。 /
    With --settings, reader, printer, PIN and port stand in the file; write them there."""


@click.command()
@click.option("--demo", is_flag=True, help="動いているデモの端末として / as a terminal of the demo that is running")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="端末の設定ファイル(TOML)。docs/terminal.md / the settings file of a real terminal",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help=f"127.0.0.1 のポート(デモ。省くと {PORT}) / port, in the demo"
)
@click.option(
    "--number",
    type=click.IntRange(1, 99),
    help="デモの何台目の端末か。省くと 1 / which terminal of the demo it is; each has its own directory",
)
@click.option(
    "--reader",
    help="カードリーダーの名前(kiosk card readers)。省くと画面の上の見本のカード / a reader of PC/SC; else cards on the screen",
)
@click.option(
    "--pin",
    type=click.Choice(["card", "city"]),
    help="カードの暗証番号か、市の暗証番号か(デモ。省くと card) / whose PIN is typed, in the demo",
)
@click.option(
    "--user-id",
    is_flag=True,
    default=None,
    help="利用者IDも受け付ける(デモ) / take a user ID instead of a card too, in the demo",
)
@click.option(
    "--printer",
    help="IPP プリンター(ipp://…)。省くとデモの置き場所 / an IPP printer; else the demo's tray",
)
@click.option(
    "--printer-patience",
    type=click.FloatRange(0.5, 120),
    help="止まったプリンターを待つ秒数(デモ。省くと 20) / seconds for a printer that stopped to be put right, and to drop its job",
)
@click.option(
    "--json", "as_json", is_flag=True, help="準備ができたら標準出力に JSON を1行 / one line of JSON when ready"
)
@data_dir_option
def terminal(
    *,
    demo: bool,
    settings_file: Path | None,
    as_json: bool,
    data_dir: Path,
    **in_the_demo: Any,
) -> None:
    """Serve the kiosk's screen on this machine until Ctrl-C. Open the address it prints in a browser here.

    With --settings it is a real terminal: reader, printer and certificates by the file, no money. With --demo payment is simulated,
    and without --reader and --printer so are they, and the screen says so; with a reader, only specimens of this demo are taken.
    The certificates are asked for over mutual TLS, and printed, or put into DATA_DIR/terminal/tray (terminal-2 for --number 2).

    キオスク端末の画面を、この機械のブラウザーだけに出す。止めるには Ctrl-C。
    """
    wishes = DemoWishes(**in_the_demo)
    if demo == (settings_file is not None):
        raise DemoOrSettings
    if settings_file is not None and wishes != DemoWishes():
        raise FileSaysIt
    parts = (
        _real_parts(read_terminal_settings(settings_file, utc_now)) if settings_file else demo_parts(data_dir, wishes)
    )
    with stop_requests():
        try:
            asyncio.run(_serve(parts, as_json=as_json))
        except StopRequested:
            return


def _real_parts(said: TerminalSettings) -> Parts:
    return Parts(
        trust=said.trust,
        municipality_code=said.municipality_code,
        city_name=said.city_name,
        terminal=said.terminal,
        directory=said.directory,
        devices=Devices(
            PcscReader(said.reader), IppPrinter(said.printer, patience_of(said.printer_patience)), NoPayment()
        ),
        clock=utc_now,
        pin=said.pin,
        takes_user_id=said.takes_user_id,
        port=said.port,
    )


async def _serve(parts: Parts, *, as_json: bool) -> None:
    devices = parts.devices
    async with AsyncExitStack() as stack:
        if isinstance(devices.printer, IppPrinter):
            await stack.enter_async_context(devices.printer)
        if isinstance(devices.reader, PcscReader):
            stack.enter_context(devices.reader)
        url = await stack.enter_async_context(running_terminal(parts))
        if as_json:
            one_line({"url": url})
        else:
            _tell(parts, url)
        for line in await missing(parts):
            click.echo(line, err=True)
        await asyncio.Event().wait()


def _tell(parts: Parts, url: str) -> None:
    click.echo(f"この機械のブラウザーで開いてください / Open in a browser on this machine: {url}")
    if isinstance(parts.devices.printer, TrayPrinter):
        click.echo(f"証明書の置き場所 / certificates are put into: {parts.devices.printer.tray}")
    if parts.devices.cards is not None:
        click.echo("見本のカードと暗証番号 / Sample cards and their PINs:")
        for sample in parts.devices.cards.rack.samples:
            click.echo(f"  {sample.pin}  {sample.name}")
    click.echo("止めるには Ctrl-C / Ctrl-C stops it")
