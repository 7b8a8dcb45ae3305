"""What the terminal needs of a payment device, and a simulator of one."""

import asyncio
from typing import Literal, Protocol

Method = Literal["cash", "cashless"]


class Payment(Protocol):
    """Coins, notes and cashless. Amounts are yen. Change is the device's own business."""

    is_simulated: bool
    takes_money: bool
    """Whether there is a device at all; without one only what is free is offered."""

    def inserted(self) -> int:
        """How much has come in of what is being collected."""
        ...

    async def collect(self, yen: int) -> Method:
        """Take this much and return once it is in. Cancelled before, it gives back what had come in."""
        ...

    async def give_back(self, yen: int) -> bool:
        """Pay this much out again, the way it came in. False when the device cannot."""
        ...


class NoPayment:
    """No device: `collect` is never asked, since nothing that costs anything is offered."""

    is_simulated = False
    takes_money = False

    def inserted(self) -> int:
        """Nothing."""
        return 0

    async def collect(self, yen: int) -> Method:
        """Never; raises RuntimeError, which the machine takes for a fault of its own."""
        raise RuntimeError(f"{yen} yen, and no device to take them")

    async def give_back(self, yen: int) -> bool:
        """It has nothing to give."""
        return yen == 0


class SimulatedPayment:
    """Takes coins and cards that a test or the demo's own buttons put in. What comes in unasked falls through."""

    is_simulated = True
    takes_money = True

    def __init__(self) -> None:
        self.in_the_tray = 0
        """What lies in the tray for the person to take, in yen."""
        self.kept = 0
        """What the machine holds, in yen."""
        self.is_jammed = False
        """Whether giving back fails."""
        self._due = 0
        self._in = 0
        self._done: asyncio.Future[Method] | None = None

    def inserted(self) -> int:
        """As `Payment.inserted`."""
        return self._in

    def insert(self, yen: int) -> None:
        """A coin or a note."""
        if self._done is None or self._done.done():
            self.in_the_tray += yen
            return
        self._in += yen
        if self._in >= self._due:
            self.in_the_tray += self._in - self._due
            self._finish("cash")

    def hold_card(self) -> None:
        """A card or telephone with money on it. It pays the whole, and coins that lay in fall through."""
        if self._done is not None and not self._done.done():
            self.in_the_tray += self._in
            self._finish("cashless")

    async def collect(self, yen: int) -> Method:
        """As `Payment.collect`."""
        self._due, self._in = yen, 0
        self._done = asyncio.get_running_loop().create_future()
        try:
            return await self._done
        except asyncio.CancelledError:
            # The last coin and the cancelling may fall together: it is one or the other, never both.
            if not self._done.cancelled():
                self.kept -= yen
            self.in_the_tray += self._in
            self._in = 0
            raise
        finally:
            self._done = None

    async def give_back(self, yen: int) -> bool:
        """As `Payment.give_back`."""
        if self.is_jammed:
            return False
        self.kept -= yen
        self.in_the_tray += yen
        return True

    def _finish(self, method: Method) -> None:
        if self._done is not None:
            self.kept += self._due
            self._in = self._due
            self._done.set_result(method)
