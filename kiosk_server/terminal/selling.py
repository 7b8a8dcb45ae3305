"""From the PIN to the paper: menu, money, certificate, printer, outcome. What was paid is printed, given back, or with staff."""

import asyncio
from datetime import datetime
from types import TracebackType
from typing import Final, Literal, Self

from cardauth import CardSignature
from cardauth.card import CardPin, PinMalformed
from kiosk_server.terminal.asking import City, NotGiven, new_request_id
from kiosk_server.terminal.flow import Event
from kiosk_server.terminal.journal import Journal
from kiosk_server.terminal.payment import Payment
from kiosk_server.terminal.printer import PrintEnd, Printer
from kiosk_server.terminal.reader import Reader
from kiosk_server.terminal.reading import sign
from kiosk_server.terminal.visit import Visit
from kiosk_server.web.client import AnswerBroken, CentreProblem, CentreUnreachable

_REPORT_PAUSE_SECONDS: Final = 5.0
_LAST_REPORTS_SECONDS: Final = 5.0
_MAY_TRY_AGAIN: Final = frozenset({"busy", "unreachable"})

Outcome = Literal["printed", "failed", "cancelled"]


class Selling:
    """The works behind the steps; each returns the event it ends with. Use as an async context manager."""

    def __init__(self, city: City, payment: Payment, printer: Printer, journal: Journal) -> None:
        self._city = city
        self._payment = payment
        self._printer = printer
        self._journal = journal
        self._reports: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._reports:
            _, late = await asyncio.wait(self._reports, timeout=_LAST_REPORTS_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def look_at_printer(self, visit: Visit) -> Event:
        """Nobody pays at a machine that cannot print, or that still holds another person's paper."""
        if await self._printer.is_ready():
            await asyncio.Event().wait()  # the next event comes from the reader, which ends this work
        visit.reason, visit.may_try_again = "printer", False
        return Event.REFUSED

    async def identify(self, visit: Visit, reader: Reader, digits: bytearray) -> Event:
        """A challenge of the service, the card's PIN and signature, and the menu of whom the card belongs to.

        The digits are taken over and wiped, whatever happens; they go to the card and nowhere else.
        """
        try:
            pin = CardPin(digits)
        except PinMalformed:
            return Event.WRONG_PIN
        with pin:
            try:
                return await self._identify(visit, reader, pin)
            except NotGiven as error:
                visit.reason, visit.may_try_again = error.reason, error.reason in _MAY_TRY_AGAIN
                return Event.REFUSED

    async def _identify(self, visit: Visit, reader: Reader, pin: CardPin) -> Event:
        challenge_id, message = await self._city.challenge()
        signature = await sign(reader, visit, pin, message)
        pin.wipe()
        if isinstance(signature, Event):
            return signature
        if visit.certificate is None:
            return Event.CARD_LOST
        visit.menu = await self._city.menu(CardSignature(visit.certificate.der, challenge_id, signature))
        return Event.IDENTIFIED

    async def collect(self, visit: Visit) -> Event:
        """Take the money for all copies. Leaving the step cancels this, and the device gives back what had come in."""
        yen = visit.fee_yen
        if yen > 0:
            method = await self._payment.collect(yen)
            self._journal.write(visit.tag, "collected", yen=yen, method=method)
            visit.money_held += yen
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
            at = self._journal.write(
                visit.tag, "print_ended", issuance_number=certificate.issuance_number, end="refused"
            )
            self._report(visit.tag, certificate.issuance_number, "cancelled", at)
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
        at = self._journal.write(visit.tag, "print_ended", issuance_number=number, end=end.value, yen=fee)
        if end.is_certain:
            self._report(visit.tag, number, "printed" if end is PrintEnd.PRINTED else "failed", at)
        if end is not PrintEnd.PRINTED:
            return await self._not_printed(visit, end)
        visit.printed += 1
        visit.money_held -= fee
        return Event.PRINTED_ALL if visit.printed == visit.copies else Event.PRINTED_ONE

    async def _not_printed(self, visit: Visit, end: PrintEnd) -> Event:
        if end.is_certain:
            return await self._give_back(visit, end.value)
        return self._to_staff(visit, end.value)

    async def _give_back(self, visit: Visit, reason: str) -> Event:
        """Everything that was paid and not printed."""
        yen = visit.money_held
        visit.reason, visit.may_try_again = reason, False
        if yen == 0:
            return Event.REFUSED
        if not await self._payment.give_back(yen):
            return self._to_staff(visit, reason)
        self._journal.write(visit.tag, "given_back", yen=yen)
        visit.money_back, visit.money_held = yen, 0
        return Event.REFUSED

    def _to_staff(self, visit: Visit, reason: str) -> Event:
        visit.reason, visit.may_try_again = reason, False
        if visit.money_held:
            self._journal.write(visit.tag, "left_to_staff", yen=visit.money_held)
        return Event.TO_STAFF

    def _report(self, tag: str, number: str, outcome: Outcome, at: datetime) -> None:
        task = asyncio.create_task(self._report_until_heard(tag, number, outcome, at))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def _report_until_heard(self, tag: str, number: str, outcome: Outcome, at: datetime) -> None:
        while True:
            try:
                await self._city.report(number, outcome, at, collected=outcome == "printed")
            except (CentreUnreachable, AnswerBroken):
                await asyncio.sleep(_REPORT_PAUSE_SECONDS)
            except CentreProblem as problem:
                self._journal.write(tag, "reported", issuance_number=number, end=problem.code)
                return
            else:
                self._journal.write(tag, "reported", issuance_number=number, end=f"{outcome} heard")
                return


def _fee(visit: Visit) -> int:
    return 0 if visit.kind is None else visit.kind.fee_yen
