"""From the PIN to the paper: menu, money, certificate, printer, outcome. What was paid is printed, given back, or with staff."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self

from cardauth import CardSignature, Credential, UserCertificate, UserId
from cardauth.card import CardPin, PinMalformed
from cardauth.credential import NotCanonical
from civil.clock import Clock
from kiosk_server.issuing.request import Menu
from kiosk_server.terminal.asking import ApplicationWaits, City, NotGiven, PinOf, new_request_id
from kiosk_server.terminal.flow import Event
from kiosk_server.terminal.guessing import WrongPins
from kiosk_server.terminal.journal import Journal
from kiosk_server.terminal.payment import Payment
from kiosk_server.terminal.printer import PrintEnd, Printer
from kiosk_server.terminal.reader import Reader
from kiosk_server.terminal.reading import sign
from kiosk_server.terminal.receipts import Receipts
from kiosk_server.terminal.reporting import CANCELLED, Reports
from kiosk_server.terminal.visit import Visit
from kiosk_server.web.logging import log_fault

_MAY_TRY_AGAIN: Final = frozenset({"busy", "unreachable", "session_over", "city_pin"})
_A_COPY: Final = timedelta(seconds=30)
"""What is kept of the session for each copy: the last one has to be asked for while it lasts."""


class Selling:
    """The works behind the steps; each returns the event it ends with. Use as an async context manager."""

    def __init__(self, city: City, payment: Payment, printer: Printer, journal: Journal, clock: Clock) -> None:
        self._city = city
        self._payment = payment
        self._printer = printer
        self._journal = journal
        self._clock = clock
        self._reports = Reports(city, journal)
        self._wrong_pins = WrongPins()
        self._receipts = Receipts(printer, journal, clock, city)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._reports.finish()

    def report_left(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Tell the outcomes of an earlier run that the service has not heard, as `journal.unreported` gives them."""
        self._reports.tell_left(lines)

    @property
    def pin(self) -> PinOf:
        """Whose PIN is typed here."""
        return self._city.pin

    @property
    def takes_user_id(self) -> bool:
        """Whether a 利用者ID may be typed here."""
        return self._city.takes_user_id

    async def look_at_printer(self, visit: Visit) -> Event:
        """Nobody pays at a machine that cannot print, or that still holds another person's paper."""
        if await self._printer.is_ready():
            await asyncio.Event().wait()  # the next event comes from the reader, which ends this work
        return _refused(visit, "printer")

    def stopped(self, visit: Visit) -> Event | None:
        """The refusal where too many wrong PINs were typed here lately, alike for every card; else None."""
        return _refused(visit, "busy") if self._wrong_pins.is_over else None

    async def identify(self, visit: Visit, reader: Reader, digits: bytearray) -> Event:
        """A challenge of the service, the card's PIN and signature, and the menu of whom the card belongs to.

        The digits are taken over and wiped, whatever happens; they go to the card and nowhere else. The city's PIN goes to the
        service and not to the card.
        """
        if self.pin == "city" or visit.user_id:
            return await self._identify_by_city_pin(visit, digits)
        try:
            pin = CardPin(digits)
        except PinMalformed:
            return Event.WRONG_PIN
        with pin:
            try:
                return await self._identify(visit, reader, pin)
            except ApplicationWaits as waits:
                visit.registration = waits.registration
                return Event.APPLIED
            except NotGiven as error:
                return _refused(visit, error.reason)

    async def _identify(self, visit: Visit, reader: Reader, pin: CardPin) -> Event:
        challenge_id, message = await self._city.challenge()
        signature = await sign(reader, visit, pin, message, self._wrong)
        pin.wipe()
        if isinstance(signature, Event):
            return signature
        if visit.certificate is None:
            return Event.CARD_LOST
        presented = CardSignature(visit.certificate.der, challenge_id, signature)
        if visit.applies:
            visit.registration = await self._city.apply(visit, presented)
            return Event.APPLIED
        return self._identified(visit, await self._city.menu(presented))

    async def _identify_by_city_pin(self, visit: Visit, digits: bytearray) -> Event:
        try:
            presented = _credential(visit, digits.decode("ascii", "replace"))
        except NotCanonical:
            return Event.WRONG_PIN
        if presented is None:
            return _refused(visit, "not_identified")
        try:
            return self._identified(visit, await self._city.menu(presented))
        except NotGiven as error:
            # The service tells nobody whether it is the PIN: it may be typed again until it is locked.
            return _refused(visit, "city_pin" if error.reason == "not_identified" else error.reason)

    def _wrong(self) -> None:
        if self._wrong_pins.count():
            self._reports.tell_guessing()

    def _identified(self, visit: Visit, menu: Menu) -> Event:
        if not self._payment.takes_money:
            menu = replace(menu, kinds=tuple(kind for kind in menu.kinds if kind.fee_yen == 0))
        visit.menu, visit.used = menu, 0
        return Event.IDENTIFIED if menu.kinds or self._payment.takes_money else _refused(visit, "no_money")

    async def collect(self, visit: Visit) -> Event:
        """Take the money for all copies, while the session lasts. Cancelled, or too late, the device gives back what had come in."""
        if not await self._printer.is_ready():
            # The look before the card ends when the card is there, which may be before the printer answered.
            return _refused(visit, "printer")
        try:
            async with asyncio.timeout(self._seconds_to_pay(visit)):
                return await self._collect(visit)
        except TimeoutError:
            return _refused(visit, "session_over")

    def _seconds_to_pay(self, visit: Visit) -> float:
        """Until the session is over for what was chosen. Raises TimeoutError when it is."""
        if visit.menu is None:
            raise AssertionError
        left = visit.menu.session_expires_at - self._clock() - _A_COPY * visit.copies
        if left <= timedelta(0):
            raise TimeoutError
        return left.total_seconds()

    async def _collect(self, visit: Visit) -> Event:
        yen = visit.fee_yen
        if yen > 0:
            method = visit.paid_by = await self._payment.collect(yen)
            # Held before it is written: a line that the disk does not take leaves the money with the staff.
            visit.money_held += yen
            self._journal.write(visit.tag, "collected", yen=yen, method=method)
        return Event.PAID

    async def issue(self, visit: Visit) -> Event:
        """Have one copy made: one request, one number, one fee line."""
        request_id = new_request_id()
        visit.used += 1
        try:
            certificate = await self._city.issue(visit, request_id)
        except NotGiven as error:
            self._journal.write(visit.tag, "not_issued", request_id=request_id)
            return await self._give_back(visit, error.reason)
        self._journal.write(visit.tag, "issued", request_id=request_id, issuance_number=certificate.issuance_number)
        if certificate.fee_yen != _fee(visit):
            # The fee changed between menu and issue: nobody gets paper at another price than the one they agreed to.
            self._ended(visit, certificate.issuance_number, CANCELLED)
            return await self._give_back(visit, "not_available")
        visit.document = certificate
        return Event.ISSUED

    async def print(self, visit: Visit) -> Event:
        """Print the copy at hand, once, and follow it to its end."""
        certificate, visit.document = visit.document, None
        if certificate is None:
            raise AssertionError
        number, fee = certificate.issuance_number, _fee(visit)
        end = await self._printer.print(certificate.content, number)
        self._ended(visit, number, end, yen=fee)
        if end is not PrintEnd.PRINTED:
            return await self._not_printed(visit, end)
        visit.printed += 1
        visit.money_held -= fee
        return Event.PRINTED_ALL if visit.printed == visit.copies else Event.PRINTED_ONE

    async def give_receipt(self, visit: Visit) -> Event:
        """For what was printed and paid. What becomes of it changes nothing about certificate and money."""
        await self._receipts.give(visit)
        return Event.REFUSED if visit.reason else Event.RECEIPT_OVER

    def after_fault(self, visit: Visit) -> Event:
        """What a fault of ours leads to: what was paid is with the staff, on the screen even when it cannot be written."""
        if not visit.money_held:
            return _refused(visit, "fault")
        try:
            return self._to_staff(visit, "fault")
        except OSError as error:
            log_fault("terminal", error)
            return Event.TO_STAFF

    async def _not_printed(self, visit: Visit, end: PrintEnd) -> Event:
        if end.is_certain:
            return await self._give_back(visit, end.value)
        return self._to_staff(visit, end.value)

    async def _give_back(self, visit: Visit, reason: str) -> Event:
        """Everything that was paid and not printed."""
        yen = visit.money_held
        visit.reason, visit.may_try_again = reason, False
        if yen > 0 and not await self._payment.give_back(yen):
            return self._to_staff(visit, reason)
        visit.money_back, visit.money_held = yen, 0
        if yen > 0:
            self._journal.write(visit.tag, "given_back", yen=yen)
        return Event.PRINTED_SOME if visit.printed else Event.REFUSED

    def _to_staff(self, visit: Visit, reason: str) -> Event:
        visit.reason, visit.may_try_again = reason, False
        if visit.money_held:
            self._journal.write(visit.tag, "left_to_staff", yen=visit.money_held)
        return Event.TO_STAFF

    def _ended(self, visit: Visit, number: str, end: str, **more: int) -> None:
        at = self._journal.write(visit.tag, "print_ended", issuance_number=number, end=end, **more)
        if end != PrintEnd.UNKNOWN:
            self._reports.tell(visit.tag, number, end, at)


def _refused(visit: Visit, reason: str) -> Event:
    """Nothing was taken."""
    visit.reason, visit.may_try_again = reason, reason in _MAY_TRY_AGAIN
    return Event.REFUSED


def _credential(visit: Visit, pin: str) -> Credential | None:
    """What the city's PIN belongs to; None for a card that does not say who issued it. Raises NotCanonical."""
    if visit.user_id:
        return UserId(visit.user_id, pin)
    certificate = visit.certificate
    if certificate is None or certificate.authority_key_id is None:
        return None
    return UserCertificate(certificate.authority_key_id, certificate.serial, pin)


def _fee(visit: Visit) -> int:
    return 0 if visit.kind is None else visit.kind.fee_yen
