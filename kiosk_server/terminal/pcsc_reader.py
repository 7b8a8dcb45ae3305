"""A real reader over PC/SC: a thread follows what lies on it, and finds the service of readers again after it was gone."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from cardauth.card import Transport, TransportFault
from cardauth.card.pcsc import ReadersUnreachable, connected, pcsc
from cardauth.card.reader_watch import Happening, ReaderWatch
from cardauth.certificate import ReadCertificate
from kiosk_server.terminal.reader import Sight

_LOOK_SECONDS: Final = 0.5
_PAUSE_SECONDS: Final = 1.0
STALLED_SECONDS: Final = 10.0
"""A card answers everything that is asked of it in three; who is silent for longer has lost the person's patience."""
_AFTER: Final[Mapping[Happening, Sight]] = {
    Happening.READER_CAME: Sight.EMPTY,
    Happening.REMOVED: Sight.EMPTY,
    Happening.INSERTED: Sight.CARD,
    Happening.READER_WENT: Sight.UNUSABLE,
}

Takes = Callable[[ReadCertificate], bool]


class PcscReader:
    """`Reader` by the name that the service gives it. Use as a context manager."""

    is_virtual = False

    def __init__(self, name: str, takes: Takes = lambda _: True, *, stalled_seconds: float = STALLED_SECONDS) -> None:
        """Take the reader's name, which cards may be used, and after how long a silence it counts as unusable.

        Raises ReaderSupportMissing. A reader that is not there yet is waited for.
        """
        pcsc()
        self.name = name
        self.takes = takes
        self._stalled_seconds = stalled_seconds
        self._sight = Sight.UNUSABLE
        self._heard_at = time.monotonic()
        self._talking_since: float | None = None
        self._one_at_a_time = threading.Lock()
        self._is_lost = threading.Event()
        self._stop = threading.Event()
        # A service that never answers keeps nobody from stopping the terminal.
        self._thread = threading.Thread(target=self._watch, name="card reader", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(2 * _LOOK_SECONDS)

    def sees(self) -> Sight:
        """As `Reader.sees`."""
        since = self._talking_since
        silent_since = self._heard_at if since is None else min(since, self._heard_at)
        return Sight.UNUSABLE if time.monotonic() - silent_since > self._stalled_seconds else self._sight

    @contextmanager
    def connect(self) -> Iterator[Transport]:
        """As `Reader.connect`; who comes while another is at it waits."""
        with self._one_at_a_time:
            self._talking_since = time.monotonic()
            try:
                with connected(self.name) as transport:
                    yield transport
            except ReadersUnreachable:
                self._lost()
                raise
            finally:
                self._talking_since = None

    def _lost(self) -> None:
        self._sight = Sight.UNUSABLE
        self._is_lost.set()

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._is_lost.clear()
            with contextlib.suppress(TransportFault), ReaderWatch() as watch:
                self._follow(watch)
            self._sight = Sight.UNUSABLE
            self._heard_at = time.monotonic()
            self._stop.wait(_PAUSE_SECONDS)

    def _follow(self, watch: ReaderWatch) -> None:
        while not self._stop.is_set() and not self._is_lost.is_set():
            for event in watch.wait(_LOOK_SECONDS):
                if event.reader == self.name:
                    self._sight = _AFTER[event.happening]
            self._heard_at = time.monotonic()
