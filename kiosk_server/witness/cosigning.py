"""What a witness decides: it cosigns a checkpoint of a log it trusts if its tree begins with the last one it saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from civil.clock import Clock
from issuance_db.log.note import NoteMalformed, SignatureMissing, SignedCheckpoint, SignerKey, VerifierKey
from issuance_db.log.proofs import is_consistent
from issuance_db.log.tree import EMPTY_ROOT
from kiosk_server.witness.notebook import Notebook
from kiosk_server.witness.request import SIZE_TYPE, AddCheckpoint

_TEXT: Final = "text/plain"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and type, as the protocol has them."""

    status: HTTPStatus
    body: str
    content_type: str = _TEXT


class Witness:
    """Cosigns under one name, for the logs whose keys it was given."""

    def __init__(
        self, notebook: Notebook, signer: SignerKey, logs: Mapping[str, tuple[VerifierKey, ...]], clock: Clock
    ) -> None:
        self._notebook = notebook
        self._signer = signer
        self._logs = logs
        self._clock = clock

    def add_checkpoint(self, body: str) -> Answer:
        """Answer one call. Nothing is answered with a cosignature before it is on the disk."""
        try:
            asked = AddCheckpoint.parse(body)
        except NoteMalformed:
            return Answer(HTTPStatus.BAD_REQUEST, "malformed\n")
        keys = self._logs.get(asked.signed.checkpoint.origin)
        if keys is None:
            return Answer(HTTPStatus.NOT_FOUND, "unknown log\n")
        if not any(_is_signed(asked.signed, key) for key in keys):
            return Answer(HTTPStatus.FORBIDDEN, "no signature of this log\n")
        return self._judge(asked)

    def _judge(self, asked: AddCheckpoint) -> Answer:
        checkpoint, latest = asked.signed.checkpoint, self._notebook.latest(asked.signed.checkpoint.origin)
        size, root = (0, EMPTY_ROOT) if latest is None else (latest.checkpoint.size, latest.checkpoint.root)
        if asked.old_size != size or (checkpoint.size == size and checkpoint.root != root):
            return Answer(HTTPStatus.CONFLICT, f"{size}\n", SIZE_TYPE)
        if not is_consistent(size, root, checkpoint.size, checkpoint.root, asked.proof):
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, "not consistent\n")
        now = self._clock()
        cosignature = self._signer.sign(checkpoint.text, now)
        self._notebook.append(asked.signed.with_signatures([cosignature]), now)
        return Answer(HTTPStatus.OK, f"{cosignature}\n")


def _is_signed(signed: SignedCheckpoint, key: VerifierKey) -> bool:
    try:
        signed.signature_of(key)
    except SignatureMissing:
        return False
    return True
