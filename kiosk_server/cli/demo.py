"""`kiosk demo --once FILE.pdf`: the whole thing, from nothing to a signed certificate and back to nothing."""

import tempfile
import time
from pathlib import Path

import click

from cardauth import UserCertificate
from kiosk_server.cli.asking import Server, ask, resident_record, write_private
from kiosk_server.cli.talking import one_line, progress
from kiosk_server.demo.city import MUNICIPALITY_CODE
from kiosk_server.demo.options import DEFAULT_RESIDENTS, DEFAULT_SEED, DemoOptions
from kiosk_server.demo.provisioning import Sample
from kiosk_server.demo.running import RunningDemo, running_demo
from kiosk_server.issuing.request import Certificate, ResidentRecordOptions
from kiosk_server.processes.stopping import stop_requests

_LARGEST = 4
# Nothing outlives the command, so nothing need outlive a power failure.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


@click.command()
@click.option(
    "--once",
    "output",
    required=True,
    metavar="FILE.pdf",
    type=click.Path(path_type=Path, dir_okay=False),
    help="作る PDF / the PDF to write",
)
@click.option(
    "--residents",
    type=click.IntRange(1, 200_000),
    default=DEFAULT_RESIDENTS,
    show_default=True,
    help="架空の住民の数 / how many residents to invent",
)
@click.option(
    "--seed",
    type=int,
    default=DEFAULT_SEED,
    show_default=True,
    help="同じ数なら同じ市 / the same seed makes the same city",
)
def demo(output: Path, residents: int, seed: int) -> None:
    """Start everything in a temporary place, ask for one resident's 住民票 as the centre would, write it, and stop.

    One line of JSON about it goes to standard output. For a demo that keeps running: kiosk up --demo

    一時的な場所で全体を起動し、1人分の住民票を請求して書き出し、すべて止めて消す。動かし続けるには kiosk up --demo
    """
    started = time.monotonic()
    write_private(output, b"")  # what cannot be written is said now, not after a minute
    with stop_requests(), tempfile.TemporaryDirectory(prefix="kiosk-demo-") as place:
        options = DemoOptions(Path(place), residents, None, seed, postgres_settings=_FAST)
        with running_demo(options, progress()) as (running, _):
            sample = _family(running)
            certificate = _ask(running, sample)
            write_private(output, certificate.content)
        described = _described(certificate, sample)
    one_line(described | {"seconds": round(time.monotonic() - started, 2)})


def _family(running: RunningDemo) -> Sample:
    """The largest household that fits on one page: it shows most."""
    return max(running.samples, key=lambda sample: len(sample.household) * (len(sample.household) <= _LARGEST))


def _ask(running: RunningDemo, sample: Sample) -> Certificate:
    server = Server(running.centre_url, Path(running.ca_file), Path(running.client_cert), Path(running.client_key))
    credential = UserCertificate(sample.issuer_key_id, sample.serial, sample.pin)
    options = ResidentRecordOptions(relationship=True, domicile=True)
    return ask(server, resident_record(MUNICIPALITY_CODE, credential, options))


def _described(certificate: Certificate, sample: Sample) -> dict[str, object]:
    return {
        "issuance_number": certificate.issuance_number,
        "kind": "resident_record",
        "name": sample.name,
        "household": sample.household,
        "pages": certificate.pages,
        "bytes": len(certificate.content),
    }
