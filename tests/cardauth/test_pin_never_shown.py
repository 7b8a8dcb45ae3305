"""No repr, exception, log line or rendered traceback shows a PIN, wherever a try breaks off."""

import io
import json
import logging
import re
from collections.abc import Callable

import asyncpg
import pytest
import structlog
from rich.console import Console
from rich.traceback import Traceback

import cardauth.pin_hash
from cardauth import NotCanonical, UserCertificate, UserId, authenticate, hash_pin
from issuance_db import pins
from tests.cardauth.world import CITY, ISSUER, NOW, WRONG, World, demo_keys

PIN = "8391"
# Not as a part of an address, a digest or a longer number, which may hold any four digits.
SHOWN = re.compile(r"(?<![0-9a-fA-F])8391(?![0-9a-fA-F])")


def rendered(error: BaseException) -> str:
    """The error as every renderer in use would show it, with the local variables of every frame."""
    structured = structlog.tracebacks.ExceptionDictTransformer(
        show_locals=True, locals_max_string=10_000, locals_max_length=1_000, max_frames=200
    )((type(error), error, error.__traceback__))
    screen = io.StringIO()
    trace = Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=10_000
    )
    Console(file=screen, width=500).print(trace)
    return json.dumps(structured, default=repr) + screen.getvalue() + repr(error) + str(error)


@pytest.mark.parametrize("credential", [UserCertificate(ISSUER, "77", PIN), UserId("somebody", PIN)])
def test_a_credential_does_not_show_its_pin(credential: UserCertificate | UserId) -> None:
    assert not SHOWN.search(f"{credential!r} {credential} {credential.canonical!r}")


@pytest.mark.parametrize("wrong", ["839", "83911", "８３９１", "8391\n", " 8391", "8391\x00", "-391"])
def test_a_pin_that_is_no_pin_is_not_shown_either(wrong: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        UserCertificate(ISSUER, "77", wrong)
    assert str(caught.value) == "credential.pin is not in canonical form"


def test_a_hashed_pin_does_not_show_itself() -> None:
    hashed = hash_pin(demo_keys(), CITY, UserCertificate(ISSUER, "77", PIN))
    assert not SHOWN.search(repr(hashed))
    assert "argon2" not in repr(hashed)


def _break_statement(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(pins, "_SQL", {**pins._SQL, name: "SELECT nothing FROM nowhere WHERE $1 = $1"})


def _break_hash(monkeypatch: pytest.MonkeyPatch, _name: str) -> None:
    def fail(*_: object) -> bool:
        raise MemoryError

    monkeypatch.setattr(cardauth.pin_hash, "verify_secret", fail)


BREAKS: dict[str, Callable[[pytest.MonkeyPatch, str], None]] = {
    **dict.fromkeys(("lock", "charge", "find_certificate", "settle"), _break_statement),
    "slow hash": _break_hash,
}


@pytest.mark.parametrize("at", BREAKS)
async def test_a_try_that_breaks_does_not_show_the_pin(world: World, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    card = await world.registered()
    BREAKS[at](monkeypatch, at)
    tried = UserCertificate(card.issuer_key_id, card.serial, PIN)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, MemoryError)) as caught:
        await authenticate(world.store(), tried, call=world.request(), keys=world.keys, now=NOW)
    assert "authenticate" in rendered(caught.value)
    assert not SHOWN.search(rendered(caught.value))


async def test_a_refused_try_does_not_show_the_pin(world: World) -> None:
    card = await world.registered()
    tried = UserCertificate(card.issuer_key_id, card.serial, PIN)
    with pytest.raises(Exception, match="could not be identified") as caught:
        await authenticate(world.store(), tried, call=world.request(), keys=world.keys, now=NOW)
    assert not SHOWN.search(rendered(caught.value))


async def test_nothing_is_logged_or_printed_about_a_try(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    card = await world.registered()
    await world.answer(card, PIN)
    await world.answer(card, WRONG)
    written = caplog.text + "".join(capsys.readouterr())
    assert not SHOWN.search(written)
    assert card.canonical.decode() not in written


async def test_the_database_does_not_hold_the_pin_in_the_clear(world: World) -> None:
    card = world.card(PIN)
    await world.give(card)
    await world.register(card)
    await world.answer(card, PIN)
    held = ""
    for table in ("pin", "pin_tries", "pin_charge"):
        async with world.staff.city(CITY) as connection:
            held += repr(await connection.fetch(f"SELECT * FROM issuance.{table}"))
    assert not SHOWN.search(held)
    assert "argon2id" in held


def test_the_renderer_would_show_a_pin_that_is_a_local_variable() -> None:
    def careless(pin: str) -> int:
        return int(pin) // 0

    with pytest.raises(ZeroDivisionError) as caught:
        careless(PIN)
    assert SHOWN.search(rendered(caught.value))
