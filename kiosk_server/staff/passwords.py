"""Passwords of staff: argon2id at full cost; short, common and guessable ones are refused (NIST SP 800-63B, 3.1.1)."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from civil.errors import KioskError

_Made = TypeVar("_Made")
SHORTEST: Final = 12
LONGEST: Final = 128
_LEAST_SCORE: Final = 3
_JUDGED: Final = 72
"""Characters that are judged for being guessable: whoever types more is not guessed."""
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_INITIAL_GROUPS: Final = 4
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_AT_ONCE: Final = 2
"""Hashes made at the same time: each takes 64 MiB."""
_MOST_WAITING: Final = 20
"""Behind these nobody waits: a flood of tries must not keep people at a blank page."""


class WeakPassword(KioskError):
    """12文字以上の、推測されにくいパスワードにしてください。氏名、よくある単語、漏えいで知られた言葉は使えません。 /
    Choose at least 12 characters that nobody guesses: no names, common words, or passwords known from breaches."""


class TooManyPasswords(KioskError):
    """いま混み合っています。何も変わっていません。少し待って、もう一度操作してください。 /
    Too many are signing in right now. Nothing was changed. Wait a little and try again."""


class Passwords:
    """Makes and checks hashes, a few at a time, beside the event loop. Both raise TooManyPasswords."""

    def __init__(self) -> None:
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._asked = 0

    async def hash(self, password: str) -> str:
        """The encoded argon2id hash."""
        return await self._beside(_HASHER.hash, _plain(password))

    async def is_right(self, password: str, encoded: str | None) -> bool:
        """Whether it is the one; None, for no account, takes as long and is never right."""
        return await self._beside(_matches, password, encoded or _OF_NOBODY) and encoded is not None

    async def _beside(self, work: Callable[..., _Made], *typed: str) -> _Made:
        if self._asked >= _AT_ONCE + _MOST_WAITING:
            raise TooManyPasswords
        self._asked += 1
        try:
            async with self._at_once:
                return await asyncio.to_thread(work, *typed)
        finally:
            self._asked -= 1


def require_strong(password: str, *known: str) -> None:
    """Raise WeakPassword for a password too short, too long or too easy; ``known`` are words a guesser tries first."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise WeakPassword
    words: Sequence[str] = [word for word in known if word]
    if zxcvbn(plain[:_JUDGED], user_inputs=list(words))["score"] < _LEAST_SCORE:
        raise WeakPassword


def initial_password() -> str:
    """A password to be told once and changed at the first sign-in: 80 bits, without look-alikes."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(_INITIAL_GROUPS))
    return "-".join(groups)


def _matches(password: str, encoded: str) -> bool:
    try:
        return _HASHER.verify(encoded, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> str:
    # Keyboards and input methods differ in how they compose; the person typed the same.
    return unicodedata.normalize("NFKC", password)


_OF_NOBODY: Final = _HASHER.hash(secrets.token_hex())
