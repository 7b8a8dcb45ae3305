"""The process that speaks to a token: started as `python -m keys.tokens.process`, asked over its standard input.

A line of JSON in, a line of JSON out. The first line in says where the key is; then `{"sign": hex}` or `{"look": true}`. A
maker's module may hang, crash or keep its own threads: here it takes nobody with it, and can be killed. Whatever hangs for longer
than the limit ends this process by a signal, even if whoever started it is gone.
"""

import json
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, exceptions
from pkcs11.constants import TokenFlag

from keys.tokens.pin_memory import PinMemory

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_SHA256: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""DigestInfo of SHA-256, in front of the digest (RFC 8017, 9.2, note 1)."""
_MECHANISMS: Final = {KeyType.RSA: (Mechanism.RSA_PKCS, _SHA256), KeyType.EC: (Mechanism.ECDSA, b"")}
_PIN_WRONG: Final = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange, exceptions.PinExpired)
_PIN_LOCKED: Final = (exceptions.PinLocked,)
_ABSENT: Final = (exceptions.NoSuchKey, exceptions.MultipleObjectsReturned)

Answer = dict[str, Any]


class Refused(Exception):
    """What went wrong, as a word of the protocol."""


def main() -> None:
    """Open the session, say so, and answer until the input ends."""
    told = json.loads(sys.stdin.buffer.readline())
    try:
        with within(told["limit"]):
            key = _key(open_session(told), told)
    except Refused as refused:
        _say({"error": str(refused)})
        return
    except Exception as error:  # noqa: BLE001 - a module raises what it likes; only the name of the error is told
        _say({"error": "lost", "detail": type(error).__name__})
        return
    _say({"ready": True})
    for line in sys.stdin.buffer:
        with within(told["limit"]):
            answer = answered(key, json.loads(line))
        _say(answer)
        if "error" in answer:
            return


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Inside, the kernel ends this process after so many seconds, whatever a module is doing."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answered(key: Any, asked: Answer) -> Answer:
    """The signature, or that the key is still there; `lost` with the name of the error if anything goes wrong."""
    try:
        if "look" in asked:
            return {"there": key[Attribute.LABEL] is not None}
        mechanism, before = _MECHANISMS[key.key_type]
        return {"signature": key.sign(before + bytes.fromhex(asked["sign"]), mechanism=mechanism).hex()}
    except Exception as error:  # noqa: BLE001 - as above
        return {"error": "lost", "detail": type(error).__name__}


def log_in(token: pkcs11.Token, memory: PinMemory, read_pin: Callable[[], str], *, rw: bool = False) -> pkcs11.Session:
    """The session, unless the PIN was refused before or the token says that a wrong one would lock it."""
    with memory.one_at_a_time():
        if TokenFlag.USER_PIN_LOCKED in token.flags:
            raise Refused("pin_locked")
        is_unsure = memory.was_left_trying and TokenFlag.USER_PIN_COUNT_LOW in token.flags
        if memory.was_refused or is_unsure or TokenFlag.USER_PIN_FINAL_TRY in token.flags:
            raise Refused("pin_refused")
        pin = read_pin()
        memory.trying()
        try:
            session = token.open(rw=rw, user_pin=pin)
        except _PIN_WRONG:
            memory.refused()
            raise Refused("pin_refused") from None
        except _PIN_LOCKED:
            memory.refused()
            raise Refused("pin_locked") from None
        memory.accepted()
        return session


def open_session(told: Answer, *, rw: bool = False) -> pkcs11.Session:
    """The session that the first line asks for. Raises Refused, and what the module raises."""
    memory = PinMemory(Path(told["memory"]), Path(told["pin_file"]))
    token = pkcs11.lib(told["module"]).get_token(token_label=told["token"])
    return log_in(token, memory, lambda: _pin(memory.pin_file), rw=rw)


def _pin(file: Path) -> str:
    if file.stat().st_mode & _OTHERS:
        raise Refused("pin_file_open")
    return file.read_text(encoding="utf-8").rstrip("\r\n")


def _key(session: pkcs11.Session, told: Answer) -> pkcs11.Key:
    try:
        found = session.get_key(
            object_class=ObjectClass.PRIVATE_KEY, label=told["label"], id=bytes.fromhex(told["key_id"])
        )
    except _ABSENT:
        raise Refused("no_key") from None
    if found.key_type not in _MECHANISMS:
        raise Refused("no_key")
    return found


def _say(answer: Answer) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
