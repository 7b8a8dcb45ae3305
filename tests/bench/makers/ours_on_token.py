"""As `ours`, with the same key on a token of SoftHSM, behind a process of its own as in the product."""

import subprocess
from collections.abc import Callable

from keys.document_key import DocumentKey
from keys.tokens.place import KeyAddress
from keys.tokens.token_key import TokenKey
from tests.bench.makers import ours
from tests.bench.makers.job import Job
from tests.keys.tokens.softhsm import LABEL, PIN, new_token


def maker(job: Job) -> Callable[[int], bytes]:
    """Make the file of a turn."""
    return ours.maker_with(job, _on_token(job))


def _on_token(job: Job) -> DocumentKey:
    directory, key, address = job.directory / "token", job.key(), KeyAddress(LABEL, "bench", b"\x01")
    directory.mkdir()
    token = new_token(directory)
    where = ("--token", LABEL, "--pin", PIN, "--label", address.label, "--id", address.key_id.hex())
    command = ["softhsm2-util", "--import", str(job.directory / "key.pem"), *where]
    subprocess.run(command, check=True, capture_output=True)
    private = TokenKey(address, key.private_key.public_key(), token.access)
    return DocumentKey(private, key.certificate_der, key.chain_der)
