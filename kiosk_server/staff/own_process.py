"""Looking at a file that somebody brought in a process of its own: it holds no key and no connection, and ends with the file."""

import asyncio
import os
import sys
from typing import Final

_KEPT: Final = ("PYTHONPATH", "LANG")
"""Of our environment; settings and what they point to are not that process's."""


async def told_of(module: str, content: bytes, seconds: float) -> bytes:
    """What ``module``, run as a program, says on its standard output of ``content`` on its standard input; nothing where it failed.

    Raises TimeoutError after ``seconds``. The process has ended when this returns.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", module,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            told, _ = await process.communicate(content)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return told
