"""The demo's authority answers on a thread of `kiosk up`: one process less to start, and it ends with the demo."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web

from kiosk_server.demo.jpki.serving import CRL_PATH, OCSP_PATH, Books, build_authority_app
from kiosk_server.embedded.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class ServedAuthority:
    """Where it answers."""

    ocsp_url: str
    crl_url: str


@contextmanager
def serving_authority(books: Books) -> Iterator[ServedAuthority]:
    """Answer on a free port of the loopback until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo authority", daemon=True)
    thread.start()
    runner = web.AppRunner(build_authority_app(books), access_log=None, handle_signals=False)
    try:
        base = asyncio.run_coroutine_threadsafe(_started(runner), loop).result()
        yield ServedAuthority(base + OCSP_PATH, base + CRL_PATH)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _started(runner: web.AppRunner) -> str:
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0).start()
    return f"http://{LOOPBACK}:{runner.addresses[0][1]}"
