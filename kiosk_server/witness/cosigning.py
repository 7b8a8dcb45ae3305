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
from kiosk_server.witness.request import SIZE_TYPE, AddCheckpoint, AddLeaves

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

    def add_leaves(self, body: str) -> Answer:
        """Keep leaves that make the tree of a checkpoint which the log signed, within what was cosigned."""
        try:
            asked = AddLeaves.parse(body)
        except NoteMalformed:
            return Answer(HTTPStatus.BAD_REQUEST, "malformed\n")
        checkpoint = asked.signed.checkpoint
        if not any(_is_signed(asked.signed, key) for key in self._logs.get(checkpoint.origin, ())):
            return Answer(HTTPStatus.FORBIDDEN, "no signature of a log we know\n")
        kept, latest = self._notebook.frontier(checkpoint.origin), self._notebook.latest(checkpoint.origin)
        if asked.first != kept.size:
            return Answer(HTTPStatus.CONFLICT, f"{kept.size}\n", SIZE_TYPE)
        grown = kept.with_leaves(asked.leaves)
        agrees = latest is not None and (checkpoint.size < latest.checkpoint.size or checkpoint == latest.checkpoint)
        if not agrees or grown.root != checkpoint.root:
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, "not the leaves of the cosigned tree\n")
        self._notebook.append_leaves(checkpoint.origin, asked.leaves, grown)
        return Answer(HTTPStatus.OK, f"{grown.size}\n", SIZE_TYPE)

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
