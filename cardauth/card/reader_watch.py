"""Cards that come and go, and readers that are plugged and unplugged, as the service of readers tells."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

from cardauth.card.pcsc import context, names_in, pcsc, require

_PLUGGING: Final = "\\\\?PnP?\\Notification"
_MILLISECONDS: Final = 1000


class Happening(StrEnum):
    """What happened at a reader."""

    INSERTED = "inserted"
    REMOVED = "removed"
    READER_CAME = "reader_came"
    READER_WENT = "reader_went"


@dataclass(frozen=True, slots=True)
class CardEvent:
    """Something that happened at the reader of this name."""

    happening: Happening
    reader: str


class ReaderWatch:
    """Use as a context manager. After ReadersUnreachable it is dead: open another once the service runs again."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._scard = pcsc()
        self._context: Any = None
        self._states: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._context = self._stack.enter_context(context(self._scard))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def wait(self, seconds: float) -> tuple[CardEvent, ...]:
        """What happened since the last call, or within `seconds`; nothing is no event. The first call tells what is there.

        Raises ReadersUnreachable when the service ends.
        """
        plugged = self._plugged()
        if plugged:
            return plugged
        asked = [*self._states.items(), (_PLUGGING, self._scard.SCARD_STATE_UNAWARE)]
        result, found = self._scard.SCardGetStatusChange(self._context, int(seconds * _MILLISECONDS), asked)
        if result == self._scard.SCARD_E_TIMEOUT:
            return ()
        require(self._scard, result)
        return self._moved({name: state for name, state, _ in found if name != _PLUGGING})

    def _plugged(self) -> tuple[CardEvent, ...]:
        there = set(names_in(self._scard, self._context))
        came = [CardEvent(Happening.READER_CAME, name) for name in sorted(there - self._states.keys())]
        went = [CardEvent(Happening.READER_WENT, name) for name in sorted(self._states.keys() - there)]
        for event in went:
            del self._states[event.reader]
        self._states |= {event.reader: self._scard.SCARD_STATE_UNAWARE for event in came}
        return (*came, *went)

    def _moved(self, found: Mapping[str, int]) -> tuple[CardEvent, ...]:
        events = []
        for name, state in found.items():
            before, now = (self._is_present(one) for one in (self._states[name], state))
            if before != now:
                events.append(CardEvent(Happening.INSERTED if now else Happening.REMOVED, name))
            self._states[name] = state & ~self._scard.SCARD_STATE_CHANGED
        return tuple(events)

    def _is_present(self, state: int) -> bool:
        return bool(state & self._scard.SCARD_STATE_PRESENT)
