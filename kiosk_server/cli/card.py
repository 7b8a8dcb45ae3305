"""`kiosk card`: invented My Number Cards for the demo city, in a virtual reader, in a real one, or in none."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from cardauth.card import CardPin, JpkiCard, LastTryWord
from cardauth.card.pcsc import connected, reader_names
from kiosk_server.cli.asking import Server, place_for_a_file, write_private
from kiosk_server.cli.card_asking import ask_by_card
from kiosk_server.cli.card_inserting import NotInserted, holding, inserter
from kiosk_server.cli.card_making import make_card
from kiosk_server.cli.card_specimen import require_specimen
from kiosk_server.cli.reading_pin import read_pin
from kiosk_server.cli.running_demo import data_dir_option, need, said_by
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.jpki.keeping import revoke_card
from kiosk_server.demo.virtual_card import InProcessTransport, VirtualCard
from kiosk_server.demo.virtual_card.card_file import NoSuchCard, counter_of, read_card
from kiosk_server.demo.virtual_card.vpcd import FIRST_PORT, lie_in_reader
from kiosk_server.issuing.request import Kind
from kiosk_server.processes.stopping import StopRequested, stop_requests

_SPECIMEN: Final = "見本のカードです。本物のマイナンバーカードではありません。 / A specimen, no real My Number Card."
_NO_READER: Final = "カードリーダーは使わず、見本のカードをこのプログラムの中で動かします。 / No reader: the specimen card runs inside this program."
_KINDS: Final = (Kind.RESIDENT_RECORD, Kind.SEAL_REGISTRATION, Kind.KOSEKI_FULL, Kind.KOSEKI_INDIVIDUAL)
_PIN_FILE: Final = click.option(
    "--pin-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="カードの暗証番号のファイル。なければ標準入力 / file with the card's own PIN; else standard input",
)


@click.group()
def card() -> None:
    """Invented cards of the demo city: a strict fake that production never accepts. The PIN is the card's own.

    架空の市のカード。本番では使えない。暗証番号はカード自身のもの。
    """


@card.command("make")
@click.option("--serial", required=True, help="kiosk up が示す住民の番号 / serial of a resident, as kiosk up shows it")
@click.option(
    "--generation",
    type=click.IntRange(1, 2),
    default=2,
    show_default=True,
    help="認証局の世代。市が知っているのは 2 / of the CA; the city knows the serials of 2",
)
@click.option(
    "--key",
    type=click.Choice(["rsa", "p384"]),
    default="rsa",
    show_default=True,
    help="p384 は次期カード / the next card",
)
@_PIN_FILE
@data_dir_option
def make(*, data_dir: Path, serial: str, generation: int, key: str, pin_file: Path | None) -> None:
    """Make the card of a resident; its name is the serial.

    住民のカードを作る。カードの名前は番号。
    """
    path = make_card(DemoDirectory(data_dir.absolute()), serial, generation, key, read_pin(pin_file))
    click.echo(_SPECIMEN, err=True)
    click.echo(path.stem)


@card.command("list")
@data_dir_option
def list_(data_dir: Path) -> None:
    """List the cards: name, PIN tries left, whether one lies in a virtual reader.

    カードの一覧。
    """
    for path in sorted(DemoDirectory(data_dir.absolute()).cards.glob("*.json")):
        left = counter_of(path).read()
        where = "挿入中 / in a reader" if inserter(path) else "-"
        click.echo(f"{path.stem}\t{left or '停止 / locked'}\t{where}")


@card.command("insert")
@click.argument("name")
@click.option(
    "--port",
    type=int,
    default=FIRST_PORT,
    show_default=True,
    help="仮想リーダーのポート / port of the virtual reader (vpcd)",
)
@data_dir_option
def insert(data_dir: Path, name: str, port: int) -> None:
    """Lay a card (its name, or a file) into a virtual reader, until Ctrl-C or kiosk card remove.

    仮想カードリーダーに置く。Ctrl-C か kiosk card remove で外す。
    """
    path = _find(data_dir, name)
    contents, behaviour = read_card(path)
    click.echo(_SPECIMEN, err=True)
    try:
        with stop_requests(), holding(path):
            lie_in_reader(VirtualCard(contents, counter_of(path), behaviour), port)
    except StopRequested:
        return


@card.command("remove")
@click.argument("name")
@data_dir_option
def remove(data_dir: Path, name: str) -> None:
    """Take a card out of its virtual reader.

    仮想カードリーダーから外す。
    """
    process = inserter(_find(data_dir, name))
    if process is None:
        raise NotInserted
    os.kill(process, signal.SIGTERM)


@card.command("revoke")
@click.argument("name")
@data_dir_option
def revoke(data_dir: Path, name: str) -> None:
    """Have the demo's authority revoke the card. One it has just called good passes for five minutes more.

    見本の認証局に失効させる。直前に有効と答えたものは5分間通る。
    """
    path = _find(data_dir, name)
    contents, behaviour = read_card(path)
    read = JpkiCard.open(InProcessTransport(VirtualCard(contents, counter_of(path), behaviour))).certificate
    revoke_card(DemoDirectory(data_dir.absolute()), read.authority_key_id or "", read.serial)
    click.echo("失効させました。 / Revoked.")


@card.command("readers")
def readers() -> None:
    """List the readers of PC/SC, real and virtual.

    カードリーダーの一覧。
    """
    for name in reader_names():
        click.echo(name)


@card.command("ask")
@click.argument("name", required=False)
@click.option("--reader", help="カードリーダーの名前(kiosk card readers) / a reader of PC/SC, by name")
@click.option("--kind", type=click.Choice([kind.value for kind in _KINDS]), default=_KINDS[0].value, show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=place_for_a_file,
    help="既定は発行番号.pdf / else NUMBER.pdf",
)
@click.option(
    "--spend-last-try",
    is_flag=True,
    help="あと1回間違えるとカードが止まるときも試す / try even when one more wrong PIN locks the card",
)
@_PIN_FILE
@data_dir_option
def ask(
    *,
    data_dir: Path,
    name: str | None,
    reader: str | None,
    kind: str,
    output: Path | None,
    pin_file: Path | None,
    spend_last_try: bool,
) -> None:
    """Ask for a certificate with a card: in a reader, or by its name without any reader. A real card gets no PIN.

    カードで証明書を請求する。リーダーに置いたカード、またはリーダーなしでカードの名前。本物のカードには暗証番号を送らない。
    """
    said = said_by(data_dir)
    city = need("--data-dir", None, said, "municipality_code")
    with _on_reader(data_dir, name, reader) as lying, CardPin(bytearray(read_pin(pin_file).encode())) as pin:
        word = LastTryWord(lying.certificate.der) if spend_last_try else None
        made = ask_by_card(_server(said), city, Kind(kind), lying, pin, word)
    target = output or Path(f"{made.issuance_number}.pdf")
    write_private(target, made.content)
    click.echo(f"発行番号 / issuance number: {made.issuance_number}\n保存先 / saved: {target}", err=True)


@contextmanager
def _on_reader(data_dir: Path, name: str | None, reader: str | None) -> Iterator[JpkiCard]:
    if reader is not None:
        with connected(reader) as transport:
            lying = JpkiCard.open(transport)
            require_specimen(DemoDirectory(data_dir.absolute()), lying.certificate)
            yield lying
        return
    path = _find(data_dir, name or "")
    contents, behaviour = read_card(path)
    click.echo(f"{_SPECIMEN}\n{_NO_READER}", err=True)
    yield JpkiCard.open(InProcessTransport(VirtualCard(contents, counter_of(path), behaviour)))


def _server(said: Any) -> Server:
    paths = (Path(need("--data-dir", None, said, each)) for each in ("ca_file", "client_cert", "client_key"))
    return Server(need("--data-dir", None, said, "centre_url"), *paths)


def _find(data_dir: Path, name: str) -> Path:
    """A card file, or the card of this name. Raises NoSuchCard."""
    candidates = (Path(name), DemoDirectory(data_dir.absolute()).cards / f"{name}.json")
    for path in candidates:
        if name and path.is_file():
            return path
    raise NoSuchCard
