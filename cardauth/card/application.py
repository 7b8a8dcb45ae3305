"""The 公的個人認証 AP of one card on the reader, for 利用者証明用電子証明書."""

from typing import Final, Self

from cardauth.card import names
from cardauth.card.apdu import SHORT_EXPECTED, Command
from cardauth.card.card_pin import CardPin
from cardauth.card.errors import (
    CardDataBroken,
    CardMisbehaved,
    CardRemoved,
    CardReset,
    LastTryNeedsWord,
    NotThisCard,
    OldResidentCard,
    PhoneNotTaken,
    SignatureWrong,
    TransportFault,
)
from cardauth.card.exchange import OK, exchange
from cardauth.card.last_try import LastTryWord
from cardauth.card.pin_check import tries_left, verify
from cardauth.card.reading import read_der, read_start, select_application, select_file
from cardauth.card.schemes import scheme_of, signature_is_good
from cardauth.card.transport import Transport
from cardauth.certificate import CertificateUnreadable, ReadCertificate, read_certificate

_NOT_VERIFIED: Final = 0x6982


class JpkiCard:
    """One card from its selection to its removal, for one thread. After a transport error it is dead: open another.

    Every method raises CardError in one of its kinds; none of them carries data of the card or of the person.
    """

    def __init__(self, transport: Transport, certificate: ReadCertificate, *, extended: bool) -> None:
        """Take what `open` has read."""
        self._transport = _UntilFault(transport)
        self._extended = extended
        self.certificate = certificate

    @classmethod
    def open(cls, transport: Transport, *, extended: bool = False) -> Self:
        """Select the application, look which kind of card it is, and read the certificate, without any PIN.

        Raises NotThisCard, OldResidentCard, PhoneNotTaken, CardDataBroken, CardMisbehaved, TransportFault.
        """
        if not select_application(transport, names.JPKI_APPLICATION):
            raise NotThisCard
        _require_card(_token_label(transport))
        certificate = _read(transport, names.USER_CERTIFICATE, extended=extended)
        return cls(transport, certificate, extended=extended)

    def ca_certificate(self) -> ReadCertificate:
        """The certificate of the issuing CA as the card has it; trust never comes from here."""
        return _read(self._transport, names.USER_CA_CERTIFICATE, extended=self._extended)

    def tries_left(self) -> int:
        """How many PIN tries are left, one or more. Raises CardLocked, PinlessCard, CounterUnknown."""
        return tries_left(self._transport)

    def sign(self, pin: CardPin, message: bytes, *, last_try: LastTryWord | None = None) -> bytes:
        """Check the PIN at the card and sign the message with its key: PKCS#1 v1.5 over SHA-256, or ECDSA over SHA-384 (DER).

        The counter is asked first. With one try left, a `last_try` that the resident gave for this very card is needed, or
        LastTryNeedsWord is raised and nothing is spent. Also raises WrongCardPin, CardLocked, PinlessCard, SignatureWrong.
        """
        scheme = scheme_of(self.certificate.public_key)
        if tries_left(self._transport) == 1 and not (last_try and last_try.spend(self.certificate.der)):
            raise LastTryNeedsWord
        verify(self._transport, pin)
        signature = self._signed(scheme.payload(message))
        if not signature_is_good(self.certificate.public_key, signature, message):
            raise SignatureWrong
        return signature

    def _signed(self, payload: bytes) -> bytes:
        if not select_file(self._transport, names.USER_KEY):
            raise CardMisbehaved
        answer = exchange(self._transport, Command(0x80, 0x2A, 0x00, 0x80, payload, expected=SHORT_EXPECTED))
        if answer.status == _NOT_VERIFIED:
            raise CardReset
        if answer.status != OK:
            raise CardMisbehaved(answer.status)
        return answer.data


class _UntilFault:
    """A transport that stays dead after its first error: nothing is sent to a card that may be another one by now."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._is_dead = False

    def send(self, command: bytearray) -> bytes:
        if self._is_dead:
            raise CardRemoved
        try:
            return self._transport.send(command)
        except TransportFault:
            self._is_dead = True
            raise


def _token_label(transport: Transport) -> str:
    if not select_file(transport, names.TOKEN_INFO):
        raise NotThisCard
    return read_start(transport, names.TOKEN_LABEL_BYTES).decode("ascii", errors="replace").rstrip(" \0")


def _require_card(label: str) -> None:
    if label == names.OLD_CARD_LABEL:
        raise OldResidentCard
    if label in names.PHONE_LABELS:
        raise PhoneNotTaken
    if label != names.CARD_LABEL:
        raise NotThisCard


def _read(transport: Transport, file: int, *, extended: bool) -> ReadCertificate:
    if not select_file(transport, file):
        raise CardDataBroken
    try:
        return read_certificate(read_der(transport, extended=extended))
    except CertificateUnreadable:
        raise CardDataBroken from None
