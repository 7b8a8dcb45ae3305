"""The receipt (領収書) after the paper: printed once where money was kept, and nothing else hangs on it."""

from civil.clock import Clock
from kiosk_server.terminal.asking import City
from kiosk_server.terminal.journal import Journal
from kiosk_server.terminal.printer import PrintEnd, Printer
from kiosk_server.terminal.receipt_sheet import Receipt, draw_receipt
from kiosk_server.terminal.visit import Visit
from kiosk_server.web.logging import log_fault


class Receipts:
    """Prints them on the printer of the certificates."""

    def __init__(self, printer: Printer, journal: Journal, clock: Clock, city: City) -> None:
        self._printer = printer
        self._journal = journal
        self._clock = clock
        self._city = city

    async def give(self, visit: Visit) -> None:
        """Print what was kept of the money, and note the end in the visit. A fault of ours here takes nothing from the person."""
        receipt = self._of(visit)
        if receipt is None:
            return
        visit.receipt = "failed"
        try:
            end = await self._printed(visit.tag, receipt)
        except Exception as error:  # noqa: BLE001 - certificate and money are settled already
            log_fault("terminal", error)
        else:
            visit.receipt = "printed" if end is PrintEnd.PRINTED else "failed"

    async def _printed(self, tag: str, receipt: Receipt) -> PrintEnd:
        # Whoever goes away in the middle leaves it in the printer, where it says nothing about them.
        end = PrintEnd.UNKNOWN
        try:
            end = PrintEnd.REFUSED
            if await self._printer.is_ready():
                end = PrintEnd.UNKNOWN
                end = await self._printer.print(
                    draw_receipt(receipt), f"receipt-{receipt.reference}-{receipt.at:%H%M%S}"
                )
        finally:
            self._journal.write(tag, "receipt", end=end, yen=receipt.yen)
        return end

    def _of(self, visit: Visit) -> Receipt | None:
        """None where nothing was kept."""
        if visit.kind is None or visit.paid_by is None or visit.printed * visit.kind.fee_yen == 0:
            return None
        place, by = self._city.terminal, visit.paid_by
        return Receipt(
            city_name=self._city.name,
            terminal=f"{place.operator} {place.store} {place.terminal}",
            at=self._clock(),
            kind=visit.kind.kind,
            fee_yen=visit.kind.fee_yen,
            copies=visit.printed,
            paid_by=by,
            reference=visit.reference,
        )
