"""The demo's witness: one more process with a directory of its own, which no database role can reach.

In real life it runs on another machine, under somebody else's hands.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from keys.provider import KeyProvider
from kiosk_server.demo.city import MUNICIPALITY_CODE
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.embedded.ports import LOOPBACK, free_port
from kiosk_server.log_signer import log_signer
from kiosk_server.settings import Settings
from kiosk_server.witness.notebook import opened

NAME: Final = "witness"
_SIGNS_AS: Final = "kiosk-witness"
_ORIGIN: Final = Settings.model_fields["log_origin"].default
INTERVAL_SECONDS: Final = 60
LIMIT_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class DemoWitness:
    """How it is started, where it answers, and the public keys on both sides."""

    command: Sequence[str]
    url: str
    witness_key: str
    log_key: str
    file: str


def prepare_witness(directory: DemoDirectory, keys: KeyProvider) -> DemoWitness:
    """Make its key at the first start, choose a port, and keep how it is started."""
    log_key = log_signer(keys, _ORIGIN, MUNICIPALITY_CODE).verifier
    with opened(directory.witness) as notebook:
        witness_key = notebook.signer(_SIGNS_AS).verifier
        file = notebook.file(log_key.name)
    address = f"{LOOPBACK}:{free_port()}"
    command = ("witness", "--directory", str(directory.witness), "--name", _SIGNS_AS)
    trusted = ("--log-key", str(log_key), "--listen", address)
    witness = DemoWitness((*command, *trusted), f"http://{address}", str(witness_key), str(log_key), str(file))
    directory.keep(NAME, asdict(witness))
    return witness


def kept_witness(directory: DemoDirectory) -> DemoWitness:
    """What `prepare_witness` made last."""
    return DemoWitness(**directory.read(NAME) or {})
