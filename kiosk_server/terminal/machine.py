"""The machine at work: what the person does and what reader, money, service and printer find, led through the table of steps."""

import asyncio
import contextlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from cardauth.card import LastTryWord
from kiosk_server.terminal.flow import BY_PERSON, BY_READER, Event, NotHere, Step, after, idle_seconds
from kiosk_server.terminal.reader import Reader, Sight
from kiosk_server.terminal.reading import READER, read_card
from kiosk_server.terminal.selling import Selling
from kiosk_server.terminal.visit import Visit
from kiosk_server.web.logging import log_fault

_NO_FIELDS: Final[Mapping[str, Sequence[str]]] = {}
LOOKS: Final = frozenset({"contrast", "large", "shuffled", "speech"})
_LOOKS_STAY_SECONDS: Final = 60.0

Work = Callable[[Visit], Awaitable[Event]]


@dataclass(frozen=True, slots=True)
class Pace:
    """`idle` stretches or shrinks every idle time, `watch` is the seconds between two looks at the reader, `monotonic` counts seconds."""

    idle: float = 1.0
    watch: float = 0.2
    monotonic: Callable[[], float] = time.monotonic


class Machine:
    """One screen for one person at a time. Use as an async context manager; every method belongs to its event loop.

    `token` stands in each form of the present page and is good once: a page that was left behind, a second tap, or a page that
    is no page of ours changes nothing.
    """

    def __init__(self, reader: Reader, selling: Selling, languages: frozenset[str], pace: Pace | None = None) -> None:
        self.visit = Visit()
        self.turn = 0
        self.token = ""
        self._reader = reader
        self._selling = selling
        self._languages = languages
        self._pace = pace or Pace()
        self._touched_at = 0.0
        self._is_card_there = False
        self._pin = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._works: Final[Mapping[Step, Work]] = {
            Step.CARD: selling.look_at_printer,
            Step.READING: self._read,
            Step.CHECKING: self._check,
            Step.PAY: selling.collect,
            Step.ISSUING: selling.issue,
            Step.PRINTING: selling.print,
            Step.RECEIPT: selling.give_receipt,
        }
        self.renew()

    async def __aenter__(self) -> Self:
        self._watcher = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        tasks = [task for task in (self._watcher, self._task) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._forget()

    def act(
        self, token: str, action: str, fields: Mapping[str, Sequence[str]] = _NO_FIELDS, pin: bytearray | None = None
    ) -> None:
        """What the page sent. Whatever does not fit the present step, or comes a second time, changes nothing."""
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return
        self.touch()
        if action == "look":
            self._look(fields)
        elif action in {event.value for event in BY_PERSON}:
            with contextlib.suppress(NotHere):
                self._by_person(Event(action), fields, bytearray() if pin is None else pin)

    def touch(self) -> None:
        """Somebody is there: the idle time begins anew."""
        self._touched_at = self._pace.monotonic()

    def renew(self) -> None:
        """Another page than before is to be seen, with forms of its own."""
        self.turn += 1
        self.token = secrets.token_urlsafe(24)
        self.touch()

    def idle_left(self) -> float | None:
        """Seconds until the visit ends if nobody touches the screen, or None."""
        limit = idle_seconds(self.visit.step)
        if limit is None:
            return None
        return max(0.0, limit * self._pace.idle - self._untouched())

    def _untouched(self) -> float:
        return self._pace.monotonic() - self._touched_at

    def _by_person(self, event: Event, fields: Mapping[str, Sequence[str]], pin: bytearray) -> None:
        visit = self.visit
        if event is Event.AGAIN and not self._may_go_again(visit):
            return
        if event is Event.WITHOUT_CARD and not self._selling.takes_user_id:
            return
        if event is Event.APPLY and self._selling.pin != "card":
            return
        if event is Event.NEXT:
            if visit.step is Step.LANGUAGE and not self._take_language(fields):
                return
            if visit.step is Step.PIN:
                self._pin = bytearray(pin)
            if visit.step is Step.LAST_TRY and visit.certificate is not None:
                visit.last_try = LastTryWord(visit.certificate.der)
            if not visit.choose(fields):
                visit.is_mistyped = True
                self.renew()
                return
        self._happen(event)

    @staticmethod
    def _may_go_again(visit: Visit) -> bool:
        return visit.most_copies > 0 if visit.step is Step.TAKE else visit.may_try_again

    def _take_language(self, fields: Mapping[str, Sequence[str]]) -> bool:
        wanted = fields.get("language", ("",))[0]
        if wanted not in self._languages:
            return False
        self.visit.language = wanted
        return True

    def _look(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.visit.looks ^= LOOKS & set(fields.get("look", ()))
        self.renew()

    def _happen(self, event: Event) -> None:
        step = after(self.visit.step, event, self.visit.path)
        if step is Step.CARD_LEFT:
            self._end()
            return
        if step is Step.LANGUAGE:
            self._forget()
        if event is Event.READER_GONE:
            self.visit.reason, self.visit.may_try_again = READER, False
        if step is Step.CARD:
            self.visit.reason, self.visit.tries_left, self.visit.last_try = "", None, None
            self.visit.user_id = ""
        self.visit.step, self.visit.is_mistyped = step, False
        self.renew()
        if step is Step.REMOVE_CARD and not self._is_card_there:
            self._happen(Event.CARD_GONE)
            return
        self._work_on(step)

    def _end(self) -> None:
        """Nothing of this person stays but the language of the last words to them, while their card still lies there."""
        language, looks = self.visit.language, self.visit.looks
        self._stop_work()
        self._forget()
        if self._is_card_there:
            self.visit = Visit(step=Step.CARD_LEFT, language=language, looks=looks)
        self.renew()

    def _forget(self) -> None:
        self._pin[:] = bytes(len(self._pin))
        self.visit.wipe()
        self.visit = Visit()

    def _work_on(self, step: Step) -> None:
        before, work = self._stop_work(), self._works.get(step)
        if work is not None:
            self._task = asyncio.create_task(self._run(self.visit, work, before))

    def _stop_work(self) -> asyncio.Task[None] | None:
        before, self._task = self._task, None
        if before is None or before is asyncio.current_task():
            return None
        before.cancel()
        return before

    async def _run(self, visit: Visit, work: Work, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        event = await self._worked(work, visit)
        if visit is self.visit:
            with contextlib.suppress(NotHere):
                self._happen(event)
        else:
            visit.wipe()

    async def _worked(self, work: Work, visit: Visit) -> Event:
        """The event that the work ends with; a fault of ours leaves nobody before a screen that waits for ever."""
        try:
            return await work(visit)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person's money is with staff then
            log_fault("terminal", error)
            return self._selling.after_fault(visit)

    async def _read(self, visit: Visit) -> Event:
        return self._selling.stopped(visit) or await read_card(
            self._reader, visit, asks_tries=self._selling.pin == "card"
        )

    async def _check(self, visit: Visit) -> Event:
        pin, self._pin = self._pin, bytearray()
        try:
            return await self._selling.identify(visit, self._reader, pin)
        finally:
            pin[:] = bytes(len(pin))
            visit.last_try = None

    async def _watch(self) -> None:
        """Whatever fails in one look, the next one is taken: what a person left on the screen has to be wiped."""
        while True:
            for look in (self._look_at_time, self._look_at_reader):
                try:
                    look()
                except Exception as error:  # noqa: BLE001 - a driver may raise anything
                    log_fault("terminal", error)
            await asyncio.sleep(self._pace.watch)

    def _look_at_time(self) -> None:
        left = self.idle_left()
        if left is not None and left <= 0:
            self._try(Event.IDLE)
        self._put_looks_back()

    def _put_looks_back(self) -> None:
        """Somebody made the letters large and went away without beginning: the next person finds the screen as it was."""
        is_left = self._untouched() >= _LOOKS_STAY_SECONDS * self._pace.idle
        if self.visit.step is Step.LANGUAGE and self.visit.looks and is_left:
            self._forget()
            self.renew()

    def _look_at_reader(self) -> None:
        sight = self._reader.sees()
        if sight is Sight.UNUSABLE:
            self._is_card_there = False
            self._try(Event.READER_GONE)
            return
        if self.visit.reason == READER:
            self._try(Event.READER_BACK)
        is_there = sight is Sight.CARD
        if is_there != self._is_card_there or (is_there and self.visit.step is Step.CARD):
            self._is_card_there = is_there
            self._try(Event.CARD_PLACED if is_there else Event.CARD_GONE)

    def _try(self, event: Event) -> None:
        if self.visit.user_id and self.visit.step in {Step.PIN, Step.CHECKING} and event in BY_READER:
            # Nobody waits for a card here: one that is laid down or taken away changes nothing.
            return
        with contextlib.suppress(NotHere):
            self._happen(event)
