"""Which PIN is tried, on a fake token that counts tries and locks as real ones do: SoftHSM never locks."""

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pkcs11
import pytest
from pkcs11 import exceptions
from pkcs11.constants import TokenFlag

from keys.tokens.pin_memory import PinMemory
from keys.tokens.process import Refused, answered, log_in

RIGHT, WRONG = "271828", "000000"


@dataclass
class FakeToken:
    """Three wrong tries lock it. `crashes` is what opening it ends with, once, before the PIN is looked at or after."""

    flags: TokenFlag = field(default_factory=lambda: TokenFlag(0))
    tries: list[str] = field(default_factory=list)
    crashes: Exception | None = None

    def open(self, *, rw: bool, user_pin: str) -> str:
        assert rw is False, "who signs needs no right to write"
        self.tries.append(user_pin)
        if user_pin == RIGHT and self.crashes is None:
            self.flags = TokenFlag(0)
            return "session"
        if self.crashes is None or user_pin == WRONG:
            self._count()
        crash, self.crashes = self.crashes, None
        raise crash or exceptions.PinIncorrect

    def _count(self) -> None:
        if TokenFlag.USER_PIN_FINAL_TRY in self.flags:
            self.flags = TokenFlag.USER_PIN_LOCKED
        elif TokenFlag.USER_PIN_COUNT_LOW in self.flags:
            self.flags |= TokenFlag.USER_PIN_FINAL_TRY
        else:
            self.flags = TokenFlag.USER_PIN_COUNT_LOW


@pytest.fixture
def memory(tmp_path: Path) -> PinMemory:
    (tmp_path / "pin").write_text(RIGHT)
    return PinMemory(tmp_path, tmp_path / "pin")


def tried(token: FakeToken, memory: PinMemory) -> str:
    """`session`, or why there is none."""
    try:
        return cast("str", log_in(cast("pkcs11.Token", token), memory, memory.pin_file.read_text))
    except Refused as refused:
        return str(refused)


def write(memory: PinMemory, pin: str) -> None:
    memory.pin_file.unlink()
    memory.pin_file.write_text(pin)


def test_a_right_pin_leaves_nothing_to_remember(memory: PinMemory) -> None:
    token = FakeToken()
    assert [tried(token, memory) for _ in range(3)] == ["session"] * 3
    assert not memory.was_refused
    assert not memory.was_left_trying


def test_a_wrong_pin_is_tried_once_however_often_it_is_asked_for(memory: PinMemory) -> None:
    token = FakeToken()
    write(memory, WRONG)
    assert [tried(token, memory) for _ in range(10)] == ["pin_refused"] * 10
    assert token.tries == [WRONG]


def test_the_right_pin_in_a_new_file_is_tried_again(memory: PinMemory) -> None:
    token = FakeToken()
    write(memory, WRONG)
    tried(token, memory)
    write(memory, RIGHT)
    assert tried(token, memory) == "session"


@pytest.mark.parametrize(
    ("flag", "said"),
    [(TokenFlag.USER_PIN_LOCKED, "pin_locked"), (TokenFlag.USER_PIN_FINAL_TRY, "pin_refused")],
)
def test_a_locked_token_or_its_last_try_is_left_alone(memory: PinMemory, flag: TokenFlag, said: str) -> None:
    token = FakeToken(flag)
    assert tried(token, memory) == said
    assert token.tries == []


def test_a_lock_that_shows_only_at_the_try_is_remembered(memory: PinMemory) -> None:
    token = FakeToken(crashes=exceptions.PinLocked())
    assert tried(token, memory) == "pin_locked"
    assert tried(token, memory) == "pin_refused"
    assert len(token.tries) == 1


def test_a_try_whose_end_nobody_heard_is_not_repeated_if_the_token_counted_it(memory: PinMemory) -> None:
    token = FakeToken(crashes=exceptions.DeviceRemoved())
    write(memory, WRONG)
    with pytest.raises(exceptions.DeviceRemoved):
        tried(token, memory)
    assert tried(token, memory) == "pin_refused"
    assert token.tries == [WRONG]


def test_a_token_that_went_while_a_right_pin_was_tried_is_opened_when_it_is_back(memory: PinMemory) -> None:
    token = FakeToken(crashes=exceptions.DeviceRemoved())
    with pytest.raises(exceptions.DeviceRemoved):
        tried(token, memory)
    assert tried(token, memory) == "session"


def test_where_nothing_can_be_remembered_nothing_is_tried(memory: PinMemory) -> None:
    token = FakeToken()
    with pytest.raises(OSError, match="No such file"):
        tried(token, PinMemory(memory.directory / "nowhere", memory.pin_file))
    assert token.tries == []


@pytest.mark.parametrize(
    "error",
    [exceptions.DeviceRemoved, exceptions.SessionHandleInvalid, exceptions.DeviceError, exceptions.UserNotLoggedIn],
)
def test_whatever_the_module_says_of_a_lost_session_is_told_as_lost(error: type[Exception]) -> None:
    class Gone:
        key_type = pkcs11.KeyType.EC

        def sign(self, *_: Any, **__: Any) -> bytes:
            raise error

    assert answered(Gone(), {"sign": "00" * 32}) == {"error": "lost", "detail": error.__name__}


def test_a_module_that_hangs_ends_its_process_though_nobody_is_there_to_kill_it() -> None:
    code = "import time; from keys.tokens.process import within\nwith within(0.3): time.sleep(60)"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    assert done.returncode < 0, "ended by a signal"
    assert time.monotonic() - began < 20
