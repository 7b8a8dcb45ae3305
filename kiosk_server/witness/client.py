"""Asking a witness for its cosignature, as C2SP tlog-witness has it."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp

from civil.errors import KioskError
from issuance_db.log.note import NoteMalformed, Signature, SignedCheckpoint, VerifierKey
from kiosk_server.witness.request import LEAVES_PATH, PATH, AddCheckpoint, AddLeaves

_SECONDS: Final = 10.0
_MOST_BYTES: Final = 65_536


class WitnessUnreachable(KioskError):
    """証人から応答がありません。 / The witness does not answer."""


class WitnessRefused(KioskError):
    """証人がチェックポイントを受け入れません。 / The witness refuses the checkpoint."""


class KeepsNoLeaves(KioskError):
    """この証人は葉を保存しません。 / This witness keeps cosignatures only, no leaves."""


class WitnessElsewhere(KioskError):
    """証人の記録は別の長さのログです。 / The witness last saw the log at another size."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


class WitnessClient:
    """One witness by its URL and public key."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: VerifierKey) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._key = key

    @property
    def name(self) -> str:
        """The name it signs under."""
        return self._key.name

    async def cosign(self, old_size: int, proof: Sequence[bytes], signed: SignedCheckpoint) -> Signature:
        """Its cosignature. Raises WitnessElsewhere (ask again from that size), WitnessRefused, WitnessUnreachable."""
        said = await self._post(PATH, str(AddCheckpoint(old_size, tuple(proof), signed)))
        try:
            given = [Signature.parse(line) for line in said.splitlines()]
        except NoteMalformed:
            raise WitnessRefused from None
        for signature in given:
            if self._key.verifies(signature, signed.checkpoint.text):
                return signature
        raise WitnessRefused

    async def keep_leaves(self, first: int, leaves: Sequence[bytes], signed: SignedCheckpoint) -> None:
        """Have it keep leaves up to a checkpoint, so that a rewritten one can be named. Raises as `cosign`."""
        await self._post(LEAVES_PATH, str(AddLeaves(first, tuple(leaves), signed)))

    async def _post(self, path: str, body: str) -> str:
        try:
            async with self._session.post(self._url + path, data=body.encode()) as response:
                said = (await response.content.read(_MOST_BYTES)).decode("utf-8", "replace")
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise WitnessUnreachable from None
        if status == HTTPStatus.CONFLICT and said.strip().isdecimal():
            raise WitnessElsewhere(int(said))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise WitnessUnreachable
        if status == HTTPStatus.NOT_FOUND and path == LEAVES_PATH:
            raise KeepsNoLeaves
        if status != HTTPStatus.OK:
            raise WitnessRefused
        return said


@asynccontextmanager
async def witness_client(url: str, key: VerifierKey, ca: Path | None) -> AsyncIterator[WitnessClient]:
    """A client for as long as the block lasts; `ca` (PEM) is whom to trust over HTTPS instead of the system's CAs."""
    tls = ssl.create_default_context(cafile=ca)
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(ssl=tls)) as session:
        yield WitnessClient(session, url, key)
