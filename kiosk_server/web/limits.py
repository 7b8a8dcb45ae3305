"""A request limit per credential and minute, in Redis, by keyed hash only.

It spares the service; it protects no PIN. Lockouts and failure budgets live in PostgreSQL and fail closed, so when Redis
is away this limit is simply not applied, and a figure says so.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from kiosk_server.web.metrics import Metrics

LEAST_PER_MINUTE: Final = 20
"""The protocol promises that the limit is never below this."""

_WINDOW_SECONDS: Final = 60
_LOOK_UP_SECONDS: Final = 0.5

# The members of a credential's minute are its request ids: one that is asked again does not count again.
_ADMIT: Final = """
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 0 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return math.max(1, redis.call('TTL', KEYS[1])) end
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3], 'NX')
return 0
"""


class RequestLimit(Protocol):
    """Tells whether a credential has asked too often."""

    async def wait_seconds(self, credential: bytes, request: bytes) -> int:
        """Count a request of a credential once; return 0 when it may pass, else the seconds to wait.

        Both are canonical bytes of the caller's making and must not be stored as they are.
        """
        ...


class KeyedHash(Protocol):
    """`keys.keyed_hash` with its key given."""

    def __call__(self, *parts: bytes) -> bytes:
        """A hash over the parts that cannot be made or guessed without the key."""
        ...


class NoRequestLimit:
    """No limit, for a process that has no Redis."""

    async def wait_seconds(self, credential: bytes, request: bytes) -> int:  # noqa: ARG002
        """Let everything pass."""
        return 0


@dataclass(frozen=True, slots=True)
class RedisRequestLimit:
    """The limit over all nodes that share a Redis. Raises ValueError when it would be below LEAST_PER_MINUTE."""

    redis: Redis
    keyed_hash: KeyedHash
    metrics: Metrics
    per_minute: int = LEAST_PER_MINUTE

    def __post_init__(self) -> None:
        """Hold the protocol's promise."""
        if self.per_minute < LEAST_PER_MINUTE:
            raise ValueError(f"the request limit must be at least {LEAST_PER_MINUTE} a minute")

    async def wait_seconds(self, credential: bytes, request: bytes) -> int:
        """See RequestLimit. While Redis is away everything passes and is counted as such."""
        key = f"limit:{self.keyed_hash(b'credential', credential).hex()}"
        member = self.keyed_hash(b"request", request)
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                return int(await self.redis.eval(_ADMIT, 1, key, member, str(self.per_minute), str(_WINDOW_SECONDS)))
        except (RedisError, OSError, TimeoutError):
            self.metrics.request_limit_unavailable()
            return 0
