"""The card's own rules: what is selected, what is verified, what a command gets for an answer.

Stricter than a real one: a PIN is taken only after the counter was asked for in the same selection, a malformed PIN is
refused without being counted, a signature is made only over exactly the DigestInfo (or digest) that the key's type wants,
and `violations` keeps what a client of ours must never send.
"""

import time
from collections.abc import Callable
from typing import Final

from kiosk_server.demo.virtual_card import files
from kiosk_server.demo.virtual_card.commands import LengthWrong, Received, receive
from kiosk_server.demo.virtual_card.contents import MOST_TRIES, Behaviour, CardContents, Counter
from kiosk_server.demo.virtual_card.signing import PayloadWrong, sign

ATR: Final = bytes.fromhex("3BE000FF8131FE4514")
_OK: Final = 0x9000
_PIN_BYTES: Final = 4
_GET_RESPONSE: Final = 0xC0
_FILE_NAME_BYTES: Final = 2
_SHORT: Final = 256
_ORDINARY: Final = Behaviour()


class Gone(Exception):
    """The card was taken away."""


class VirtualCard:
    """One card. It is powered on when made; `reset` and `power_off` are what a reader does to it."""

    def __init__(self, contents: CardContents, counter: Counter, behaviour: Behaviour = _ORDINARY) -> None:
        """Take what is on it, where its counter is kept, and how it behaves."""
        self.contents = contents
        self.behaviour = behaviour
        self.violations: list[str] = []
        self.answered = 0
        self._counter = counter
        self._was_ever_verified = False
        self.reset()

    def reset(self) -> None:
        """Forget everything but the counter: the application is not selected any more, the PIN not verified."""
        self._application = False
        self._file: int | None = None
        self._is_verified = False
        self._was_asked = False
        self._pending = b""

    def answer(self, raw: bytes) -> bytes:
        """The answer to one command, status word at the end. Raises Gone."""
        if self.behaviour.removed_after is not None and self.answered >= self.behaviour.removed_after:
            raise Gone
        if self.behaviour.slow_seconds:
            time.sleep(self.behaviour.slow_seconds)
        self.answered += 1
        try:
            data, status = self._decide(receive(raw))
        except LengthWrong:
            data, status = b"", 0x6700
        return data + status.to_bytes(2)

    def _decide(self, command: Received) -> tuple[bytes, int]:
        if command.extended and not self.behaviour.extended:
            return b"", 0x6700
        if command.ins == _GET_RESPONSE:
            return self._get_response(command)
        self._pending = b""
        if command.cla not in {0x00, 0x80}:
            return b"", 0x6E00
        rules: dict[tuple[int, int], Callable[[Received], tuple[bytes, int]]] = {
            (0x00, 0xA4): self._select,
            (0x00, 0xB0): self._read,
            (0x00, 0x20): self._verify,
            (0x80, 0x2A): self._sign,
        }
        rule = rules.get((command.cla, command.ins))
        return (b"", 0x6D00) if rule is None else rule(command)

    def _select(self, command: Received) -> tuple[bytes, int]:
        if command.expected is not None:
            return b"", 0x6700
        if command.head == (0x00, 0xA4, 0x04, 0x0C):
            return b"", self._select_application(command.data)
        if command.head != (0x00, 0xA4, 0x02, 0x0C):
            return b"", 0x6A86
        if len(command.data) != _FILE_NAME_BYTES:
            return b"", 0x6700
        return b"", self._select_file(int.from_bytes(command.data))

    def _select_application(self, name: bytes) -> int:
        self.reset()
        self._application = name == files.APPLICATION
        return _OK if self._application else 0x6A82

    def _select_file(self, file: int) -> int:
        has_pin = self.contents.pin is not None
        known = {*self._readable(), files.KEY, *([files.PIN] if has_pin else [])}
        if not self._application or file not in known:
            return 0x6A82
        self._file = file
        return _OK

    def _read(self, command: Received) -> tuple[bytes, int]:
        content = self._readable().get(self._file or 0)
        if content is None:
            return b"", 0x6986 if self._file is None else 0x6981
        if command.data or command.expected is None:
            return b"", 0x6700
        offset = (command.p1 << 8) + command.p2
        if command.p1 & 0x80 or offset >= len(content):
            return b"", 0x6A86 if command.p1 & 0x80 else 0x6B00
        return self._part(content[offset : offset + command.expected], command)

    def _part(self, part: bytes, command: Received) -> tuple[bytes, int]:
        if self.behaviour.fetched_answers and not command.extended:
            return self._announce(part)
        if len(part) == command.expected or (command.expected == _SHORT and not command.extended):
            return part, _OK
        if self.behaviour.names_lengths and len(part) <= _SHORT:
            return b"", 0x6C00 | len(part) % _SHORT
        return part, 0x6282

    def _announce(self, part: bytes) -> tuple[bytes, int]:
        self._pending = part
        return b"", 0x6100 | min(len(part), _SHORT) % _SHORT

    def _get_response(self, command: Received) -> tuple[bytes, int]:
        if command.head != (0x00, 0xC0, 0x00, 0x00) or command.data:
            return b"", 0x6A86
        if not self._pending or command.expected is None:
            return b"", 0x6985
        part, self._pending = self._pending[: command.expected], self._pending[command.expected :]
        return part, 0x6100 | min(len(self._pending), _SHORT) % _SHORT if self._pending else _OK

    def _verify(self, command: Received) -> tuple[bytes, int]:
        if (command.p1, command.p2) != (0x00, 0x80) or command.expected is not None:
            return b"", 0x6A86
        if self._file != files.PIN:
            return b"", 0x6986
        if not command.data:
            self._was_asked = True
            return b"", self._counted()
        return b"", self._tried(command.data)

    def _counted(self) -> int:
        if self._is_verified or (self.behaviour.counter_says_verified and self._was_ever_verified):
            return _OK
        left = self._counter.read()
        return 0x63C0 + left if left else 0x6984

    def _tried(self, given: bytes) -> int:
        asked, self._was_asked = self._was_asked, False
        if not asked:
            return self._broken("verify_without_asking", 0x6985)
        if len(given) != _PIN_BYTES or not given.isdigit():
            return self._broken("malformed_pin", 0x6A80)
        left = self._counter.read()
        if left == 0:
            return self._broken("verify_on_locked_card", 0x6984)
        self._is_verified = False
        # Written first: a card that loses power while it answers has counted the try.
        self._counter.write(left - 1)
        if given != (self.contents.pin or "").encode():
            return 0x63C0 + left - 1
        self._counter.write(MOST_TRIES)
        self._is_verified = self._was_ever_verified = True
        return _OK

    def _sign(self, command: Received) -> tuple[bytes, int]:
        if (command.p1, command.p2) != (0x00, 0x80):
            return b"", 0x6A86
        if self._file != files.KEY:
            return b"", 0x6986
        if not self._is_verified:
            return b"", self._broken("sign_without_pin", 0x6982)
        return (b"", 0x6700) if command.expected is None else self._signed(command)

    def _signed(self, command: Received) -> tuple[bytes, int]:
        try:
            signature = sign(self.contents.private_key, command.data, wrong=self.behaviour.wrong_signature)
        except PayloadWrong:
            return b"", self._broken("payload", 0x6A80)
        if self.behaviour.fetched_answers:
            return self._announce(signature)
        return signature[: command.expected], _OK

    def _broken(self, rule: str, status: int) -> int:
        self.violations.append(rule)
        return status

    def _readable(self) -> dict[int, bytes]:
        return files.readable_files(self.contents, self.behaviour.trailing_bytes)
