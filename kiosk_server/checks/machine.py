"""The machine `kiosk doctor` runs on, and the Redis it is told of."""

import platform
import shutil
import sys
from pathlib import Path
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault, Wrong

_OLDEST_PYTHON: Final = (3, 11)
_LEAST_FREE: Final = 512 * 2**20
_PYTHON: Final = Fault(
    "Python が古すぎます。",
    "This Python is too old.",
    "Python 3.11 以上を使ってください。",
    "Use Python 3.11 or newer.",
)
_REDIS: Final = Fault(
    "Redis の応答がありません。毎分の要求数を制限できません。",
    "Redis does not answer: requests are not limited per minute.",
    "起動しているか、KIOSK_REDIS_URL を確かめてください。",
    "Is it running? Look at KIOSK_REDIS_URL.",
)


async def python(_surroundings: Surroundings) -> str:
    """3.11 or newer."""
    if sys.version_info < _OLDEST_PYTHON:
        raise Wrong(_PYTHON)
    return platform.python_version()


async def disk(surroundings: Surroundings) -> str:
    """Room where the keys are."""
    there = (surroundings.settings.keys_directory or Path.cwd()).absolute()
    free = shutil.disk_usage(next(path for path in (there, *there.parents) if path.exists())).free
    if free < _LEAST_FREE:
        raise Advice(_almost_full(free // 2**20))
    return f"{free // 2**30} GiB 空き / free"


async def redis(surroundings: Surroundings) -> str:
    """Redis answers, where there is one. Without it we serve all the same: it holds no truth."""
    url = surroundings.settings.redis()
    if url is None:
        return "未設定(毎分の制限なし) / not set: no limit per minute"
    client = Redis.from_url(url)
    try:
        await client.ping()
    except (RedisError, OSError):
        raise Advice(_REDIS) from None
    finally:
        await client.aclose()
    return "OK"


def _almost_full(mebibytes: int) -> Fault:
    return Fault(
        f"空きが {mebibytes} MiB しかありません。",
        f"Only {mebibytes} MiB are free.",
        "空きを作ってください。",
        "Make room.",
    )
