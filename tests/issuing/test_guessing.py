"""Guessing across many cards: the terminal is stopped, staff are told, and nothing is given away, whatever is guessed."""

import asyncio
import math
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardauth import NotIdentified, Reason, UserCertificate, hash_pins
from issuance_db.credentials import NewCredential, register_credentials
from issuance_db.pins import register_pins_bulk
from kiosk_server.issuing.environment import Environment
from kiosk_server.issuing.evening import evened, seconds_until_even
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import MenuRequest, Terminal
from tests.issuing.city import CENTRE, ISSUER, LONG_AGO, PIN, City
from tests.sync.registry_rows import CITY

KNOWN_FROM, UNKNOWN_FROM = 10_000, 500_000
HERE = Terminal("shop", "1", "1")


async def give_cards(city: City, count: int) -> list[UserCertificate]:
    """So many credentials of one person, each with the right PIN."""
    cards = [UserCertificate(ISSUER, str(KNOWN_FROM + number), PIN) for number in range(count)]
    staff = await city.database.connect("staff", CITY)
    new = [NewCredential(ISSUER, card.serial, "101", "card", LONG_AGO) for card in cards]
    await register_credentials(staff, new)
    await register_pins_bulk(staff, hash_pins(city.environment.keys, CITY, cards))
    return cards


def strangers(count: int) -> list[UserCertificate]:
    """So many credentials that nobody has."""
    return [UserCertificate(ISSUER, str(UNKNOWN_FROM + number), PIN) for number in range(count)]


class Guesser:
    """Tries PINs, each as a request of its own."""

    def __init__(self, city: City, environment: Environment | None = None) -> None:
        self._issuing = Issuing(environment or city.environment)
        self._number = 0

    async def answer(self, card: UserCertificate, pin: str, terminal: Terminal = HERE) -> tuple[str, int | None]:
        """What the caller is told: the code, and when to ask again."""
        self._number += 1
        tried = UserCertificate(card.issuer_key_id, card.serial, pin)
        try:
            await self._issuing.menu(CENTRE, MenuRequest(f"guess-{self._number}", CITY, terminal, tried))
        except Refusal as refusal:
            return refusal.code.value, refusal.retry_after
        return "ok", None


async def test_guessing_across_many_cards_stops_the_terminal_alike_for_every_credential(ashikaga: City) -> None:
    cards, others = await give_cards(ashikaga, 12), strangers(12)
    guesser, budget = Guesser(ashikaga), ashikaga.environment.limits.terminal_failures
    mixed = [card for pair in zip(cards, others, strict=True) for card in pair]
    answers = [await guesser.answer(card, "0000") for card in mixed]
    assert answers == [("not_identified", None)] * budget + [("busy", 600)] * (len(mixed) - budget)
    # The right PIN too, of a card that was never tried: a stopped terminal confirms nothing.
    assert {await guesser.answer(card, PIN) for card in mixed} == {("busy", 600)}


async def test_a_stopped_terminal_opens_one_alert_and_the_others_go_on(ashikaga: City) -> None:
    cards = await give_cards(ashikaga, 12)
    guesser, budget = Guesser(ashikaga), ashikaga.environment.limits.terminal_failures
    await asyncio.gather(*(guesser.answer(card, pin) for card in cards for pin in ("0000", "0001")))
    answers = await asyncio.gather(*(guesser.answer(card, "0002") for card in cards))
    assert {code for code, _ in answers} == {"busy"}
    alerts = await ashikaga.rows("SELECT cause, detail FROM history.alert")
    assert alerts == [{"cause": "guessing_stopped", "detail": "centre / shop / 1 / 1"}]
    (fresh,) = (await give_one_more(ashikaga),)
    assert await guesser.answer(fresh, PIN, Terminal("shop", "1", "2")) == ("ok", None)
    ashikaga.clock.advance(minutes=10)
    assert await guesser.answer(fresh, PIN) == ("ok", None)
    assert budget < 2 * len(cards)


async def give_one_more(city: City) -> UserCertificate:
    return await city.credential("101", "9")


async def test_who_guesses_slowly_is_stopped_for_the_day(ashikaga: City) -> None:
    limits = replace(ashikaga.environment.limits, terminal_failures_a_day=30)
    guesser = Guesser(ashikaga, replace(ashikaga.environment, limits=limits))
    cards = strangers(60)
    answers = []
    for number, card in enumerate(cards):
        if number % 10 == 0:
            ashikaga.clock.advance(minutes=10)
        answers.append((await guesser.answer(card, "0000"))[0])
    assert answers == ["not_identified"] * 30 + ["busy"] * 30


async def test_three_guesses_lock_a_known_and_an_unknown_credential_alike(ashikaga: City) -> None:
    known, unknown = (await give_cards(ashikaga, 1))[0], strangers(1)[0]
    guesser = Guesser(ashikaga)
    for card in (known, unknown):
        answers = [await guesser.answer(card, pin) for pin in ("0000", "0001", "0002", PIN)]
        assert answers == [("not_identified", None)] * 4
    rows = await ashikaga.rows("SELECT failures, locked_at IS NOT NULL AS locked FROM issuance.pin_tries")
    assert rows == [{"failures": 3, "locked": True}] * 2


async def test_every_refusal_waits_for_its_even_time_whatever_was_wrong(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    sleep = asyncio.sleep

    async def watched(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr("kiosk_server.issuing.evening.asyncio.sleep", watched)
    known, unknown = (await give_cards(ashikaga, 1))[0], strangers(1)[0]
    guesser, step = Guesser(ashikaga), ashikaga.environment.limits.refusal_step.total_seconds()
    for card in (known, unknown):
        for pin in ("0000", "0001", "0002", PIN):
            await guesser.answer(card, pin)
    assert len(waited) == 8
    assert all(0 <= seconds <= step for seconds in waited)
    assert await guesser.answer(await give_one_more(ashikaga), PIN) == ("ok", None)
    assert len(waited) == 8


@given(st.floats(0, 100), st.floats(0.001, 1))
def test_an_even_time_is_the_next_whole_multiple_and_never_none(elapsed: float, step: float) -> None:
    wait = seconds_until_even(elapsed, step)
    steps = (elapsed + wait) / step
    assert 0 <= wait <= step * 1.000001
    assert steps == pytest.approx(round(steps), abs=1e-6)
    assert round(steps) >= 1
    assert seconds_until_even(elapsed, 0) == 0


async def test_only_who_is_not_identified_waits() -> None:
    began = time.monotonic()
    async with evened(timedelta(seconds=30)):
        pass
    with pytest.raises(ZeroDivisionError):
        async with evened(timedelta(seconds=30)):
            raise ZeroDivisionError
    assert time.monotonic() - began < 10
    with pytest.raises(NotIdentified):
        async with evened(timedelta(milliseconds=20)):
            raise NotIdentified(Reason.UNKNOWN)


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
async def test_ten_thousand_guesses_over_a_thousand_credentials_give_nothing_away(ashikaga: City) -> None:
    """Each credential ten times, from a thousand terminals, none of which is stopped: all answers are one, and so are their times."""
    limits = replace(ashikaga.environment.limits, caller_failures=20_000)
    guesser = Guesser(ashikaga, replace(ashikaga.environment, limits=limits))
    cards = [*await give_cards(ashikaga, 500), *strangers(500)]
    plan = [(card, guess) for guess in range(10) for card in cards]
    rng = random.Random(7)
    answers, took = set(), {True: [], False: []}  # type: tuple[set[tuple[str, int | None]], dict[bool, list[float]]]
    for round_of in range(10):
        batch = plan[round_of * 1000 : (round_of + 1) * 1000]
        rng.shuffle(batch)
        for number, (card, guess) in enumerate(batch):
            began = time.perf_counter()
            answers.add(await guesser.answer(card, f"{guess:04}", Terminal("shop", str(round_of), str(number))))
            took[int(card.serial) < UNKNOWN_FROM].append(time.perf_counter() - began)
    assert answers == {("not_identified", None)}
    assert abs(rank_test(took[True], took[False])) < 4


def rank_test(one: Sequence[float], other: Sequence[float]) -> float:
    """Mann and Whitney's statistic in standard deviations: beyond 4 the two are told apart (one in 16,000 by chance)."""
    ordered = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_, is_one) in enumerate(ordered, 1) if is_one)
    n, m = len(one), len(other)
    return (ranks - n * (n + m + 1) / 2) / math.sqrt(n * m * (n + m + 1) / 12)


def test_the_rank_test_tells_apart_what_differs() -> None:
    rng = random.Random(7)
    one, other = ([rng.gauss(mean, 1) for _ in range(5000)] for mean in (0, 0.1))
    assert abs(rank_test(one, other)) > 4
    assert abs(rank_test(one, [rng.gauss(0, 1) for _ in range(5000)])) < 4
