"""Real readers over PC/SC, through pyscard: the extra `[card]`. Everything else works without it."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from cardauth.card.errors import CardRemoved, CardReset, TransportFault

_NOT_INSTALLED: Final = (
    "カードリーダーには pyscard が要ります。 / Card readers need pyscard: "
    "apt-get install gcc libc6-dev python3-dev libpcsclite-dev pcscd, then scripts/ensure-environment card"
)


class ReaderSupportMissing(TransportFault):
    """カードリーダー用の部品が入っていません。 / What talks to card readers is not installed."""


class ReadersUnreachable(TransportFault):
    """カードリーダーのサービス(pcscd)が動いていません。 / The service of card readers (pcscd) does not run."""


class ReaderBusy(TransportFault):
    """別のプログラムがカードを使っています。 / Another program uses the card."""


class PcscTransport:
    """`Transport` over one connection that nobody shares; use `connected`."""

    def __init__(self, scard: Any, handle: Any, protocol: int) -> None:
        """Take pyscard's module of PC/SC calls, the card's handle, and the protocol that the card speaks."""
        self._scard = scard
        self._handle = handle
        self._protocol = protocol

    def send(self, command: bytearray) -> bytes:
        """As `Transport.send`."""
        listed = list(command)
        try:
            result, answer = self._scard.SCardTransmit(self._handle, self._protocol, listed)
        finally:
            # The list is ours and pyscard's frames share it: a PIN in it goes before anybody sees them.
            listed[:] = [0] * len(listed)
        require(self._scard, result)
        if not answer:
            # Some readers call it a success when the card is pulled while it answers.
            raise CardRemoved
        return bytes(answer)


def pcsc() -> Any:
    """Pyscard's module of PC/SC calls. Raises ReaderSupportMissing, saying what to install."""
    try:
        return import_module("smartcard.scard")
    except ImportError:
        raise ReaderSupportMissing(_NOT_INSTALLED) from None


@contextmanager
def context(scard: Any) -> Iterator[Any]:
    """A connection to the service of readers. Raises ReadersUnreachable."""
    result, opened = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    require(scard, result)
    try:
        yield opened
    finally:
        scard.SCardReleaseContext(opened)


def reader_names() -> tuple[str, ...]:
    """The readers that are there, by the names that the service gives. Raises ReaderSupportMissing, ReadersUnreachable."""
    scard = pcsc()
    with context(scard) as opened:
        return names_in(scard, opened)


def names_in(scard: Any, opened: Any) -> tuple[str, ...]:
    """As `reader_names`, on an open context."""
    result, names = scard.SCardListReaders(opened, [])
    if result == scard.SCARD_E_NO_READERS_AVAILABLE:
        return ()
    require(scard, result)
    return tuple(names)


@contextmanager
def connected(reader: str) -> Iterator[PcscTransport]:
    """The card on this reader, for us alone; at the end it is reset, so that nothing stays verified.

    Raises CardRemoved when there is none, ReaderBusy, ReadersUnreachable, ReaderSupportMissing, TransportFault.
    """
    scard = pcsc()
    with context(scard) as opened:
        both = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, handle, protocol = scard.SCardConnect(opened, reader, scard.SCARD_SHARE_EXCLUSIVE, both)
        require(scard, result)
        try:
            yield PcscTransport(scard, handle, protocol)
        finally:
            with contextlib.suppress(Exception):
                scard.SCardDisconnect(handle, scard.SCARD_RESET_CARD)


def require(scard: Any, result: int) -> None:
    """Raise our error for a result that is none of success."""
    if result == scard.SCARD_S_SUCCESS:
        return
    if result in {scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD, scard.SCARD_E_READER_UNAVAILABLE}:
        raise CardRemoved
    if result == scard.SCARD_W_RESET_CARD:
        raise CardReset
    if result == scard.SCARD_E_SHARING_VIOLATION:
        raise ReaderBusy
    if result in {scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED, scard.SCARD_E_INVALID_HANDLE}:
        raise ReadersUnreachable
    raise TransportFault
