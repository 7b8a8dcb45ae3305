"""One process that speaks to a token, as seen from the process that signs."""

import json
import os
import select
import subprocess
import sys
import time
from typing import Any, Final, Self

from keys.errors import TokenKeyAbsent, TokenLost, TokenPinLocked, TokenPinRefused
from keys.tokens.place import KeyAddress, TokenAccess

REFUSALS: Final = {
    "pin_refused": TokenPinRefused,
    "pin_file_open": TokenPinRefused,
    "pin_locked": TokenPinLocked,
    "no_key": TokenKeyAbsent,
}
_START_SECONDS: Final = 5.0
"""For the process to start and load its libraries, beside what the token itself may take."""
_READ_BYTES: Final = 65536


class Conversation:
    """Started with the session open. Every question is answered within the limit, or the process is ended: TokenLost."""

    def __init__(self, address: KeyAddress, access: TokenAccess) -> None:
        """Raises TokenLost, TokenPinRefused, TokenPinLocked, TokenKeyAbsent."""
        self._limit = access.limit
        self.owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "keys.tokens.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
        )
        told = {
            "module": str(access.module),
            "token": address.token,
            "label": address.label,
            "key_id": address.key_id.hex(),
            "pin_file": str(access.pin_file),
            "memory": str(access.memory),
            "limit": access.limit,
        }
        self._ask(told, access.limit + _START_SECONDS)

    @property
    def process_id(self) -> int:
        """Of the process that speaks to the token."""
        return self._process.pid

    def sign(self, prehash: bytes) -> bytes:
        """The raw signature of a SHA-256 digest. Raises TokenLost."""
        return bytes.fromhex(self._ask({"sign": prehash.hex()}, self._limit)["signature"])

    def look(self) -> None:
        """Whether the session and the key are still there. Raises TokenLost."""
        self._ask({"look": True}, self._limit)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        try:
            answer = self._answer(question, seconds)
        except (OSError, ValueError):
            self.close()
            raise TokenLost from None
        if "error" in answer:
            self.close()
            raise REFUSALS.get(answer["error"], TokenLost)
        return answer

    def _answer(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            raise OSError
        os.write(into.fileno(), json.dumps(question).encode() + b"\n")
        line, give_up, waiting = b"", time.monotonic() + seconds, select.poll()
        waiting.register(out, select.POLLIN)
        while not line.endswith(b"\n"):
            readable = waiting.poll(max(0.0, give_up - time.monotonic()) * 1000)
            read = os.read(out.fileno(), _READ_BYTES) if readable else b""
            if not read:
                raise OSError
            line += read
        answer: dict[str, Any] = json.loads(line)
        return answer
