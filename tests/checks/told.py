"""What a check tells when something is wrong."""

from collections.abc import Awaitable, Callable

import pytest

from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault, Wrong

Look = Callable[[Surroundings], Awaitable[str]]


async def wrong(look: Look, around: Surroundings) -> Fault:
    """The fault for which the look refuses service; it names its fix in both languages."""
    with pytest.raises(Wrong) as raised:
        await look(around)
    assert not isinstance(raised.value, Advice)
    return whole(raised.value.fault)


async def advice(look: Look, around: Surroundings) -> Fault:
    """The fault that the look only tells."""
    with pytest.raises(Advice) as raised:
        await look(around)
    return whole(raised.value.fault)


def whole(fault: Fault) -> Fault:
    """A fault with all of its words, Japanese first."""
    assert not any(text.isascii() for text in (fault.reason, fault.fix))
    assert fault.reason_en
    assert fault.fix_en
    return fault
