"""How many connections there are, and from where too many came that did not sign in."""

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from kiosk_server.feed_sftp.limits import Limits

_REMEMBERED = 4096
_HOME = 64
"""Bits of an IPv6 address that one customer is given whole."""


def address_of(text: str) -> IPv4Address | IPv6Address:
    """The address of a peer; an IPv4 address written as IPv6 is that IPv4 address."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@dataclass(slots=True)
class Guard:
    """Of one port. `clock` counts seconds."""

    limits: Limits
    clock: Callable[[], float] = time.monotonic
    _open: Counter[str] = field(default_factory=Counter)
    """By address, none with zero."""
    _of_sender: Counter[str] = field(default_factory=Counter)
    _failures: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def admit(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether one more connection is answered; if it is, it is one until `leave`."""
        home = _home(address)
        times = self._failures.get(home, deque())
        while times and times[0] <= self.clock() - self.limits.throttle_seconds:
            times.popleft()
        is_full = (
            self._open.total() >= self.limits.connections or self._open[home] >= self.limits.connections_of_address
        )
        if len(times) >= self.limits.failures or is_full:
            return False
        self._open[home] += 1
        return True

    def sign_in(self, sender: str) -> bool:
        """Whether one more connection of this sender is taken; if it is, it is one until `leave`."""
        if self._of_sender[sender] >= self.limits.connections_of_sender:
            return False
        self._of_sender[sender] += 1
        return True

    def leave(self, address: IPv4Address | IPv6Address, sender: str | None) -> None:
        """An admitted connection ended; of a sender, where it had signed in."""
        home = _home(address)
        self._open[home] -= 1
        if self._open[home] == 0:
            del self._open[home]
        if sender is not None:
            self._of_sender[sender] -= 1

    def failed(self, address: IPv4Address | IPv6Address) -> None:
        """A connection that asked to be let in ended without."""
        home = _home(address)
        self._failures.setdefault(home, deque(maxlen=self.limits.failures)).append(self.clock())
        self._failures.move_to_end(home)
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)


def _home(address: IPv4Address | IPv6Address) -> str:
    return str(ip_network((address, _HOME), strict=False)) if isinstance(address, IPv6Address) else str(address)
