"""The operations port: is the process alive, is it ready, what are its figures, what build is it. No personal data."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from kiosk_server.checks.wrong import Advice, Fault
from kiosk_server.web.app import add_call, add_no_such_path
from kiosk_server.web.metrics import Metrics
from kiosk_server.web.middleware import answering, secure
from kiosk_server.web.problems import EdgeCode, Problem

_CHECK_SECONDS: Final = 3.0
_ANSWER_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """One dependency. `check` returns None when it is there; what it raises counts as not being there.

    Advice is told, and changes nothing.
    """

    name: str
    check: Callable[[], Awaitable[Fault | None]]


_BROKEN: Final = Fault(
    "確認中にエラーが起きました。",
    "The check itself failed.",
    "依存サービスが動いているか、設定の宛先が正しいかを確かめてください。",
    "See whether the service runs and the settings point at it.",
)
_SLOW: Final = Fault(
    "時間内に応答がありません。",
    "There was no answer in time.",
    "依存サービスの負荷とネットワークを確かめてください。",
    "Look at the load of the service and at the network.",
)


async def _no_refresh() -> None:
    return


def build_operations_app(
    checks: Sequence[ReadinessCheck],
    metrics: Metrics,
    version: Mapping[str, str],
    refresh: Callable[[], Awaitable[None]] = _no_refresh,
) -> web.Application:
    """GET /health, /ready, /metrics and /version. `version` is answered as it is given; `refresh` renews figures to be read."""

    async def health(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.StreamResponse:
        found = await asyncio.gather(*(_look(check) for check in checks))
        results = [_result(check, state) for check, state in zip(checks, found, strict=True)]
        if any(state is not None and not isinstance(state, Advice) for state in found):
            raise Problem(EdgeCode.NOT_READY, members={"checks": results})
        return web.json_response({"status": "ready", "checks": results})

    async def figures(_request: web.Request) -> web.StreamResponse:
        await refresh()
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4}
        return web.Response(body=generate_latest(metrics.registry), headers=headers)

    async def build(_request: web.Request) -> web.StreamResponse:
        return web.json_response(dict(version))

    return build_app({"health": health, "ready": ready, "metrics": figures, "version": build})


def build_app(calls: Mapping[str, Handler]) -> web.Application:
    """An app that answers GET of these paths, by name, and nothing else."""
    # Its own figures: the calls of operators and probes are not the calls of centres.
    app = web.Application(middlewares=[answering(Metrics(), _ANSWER_SECONDS)])
    app.on_response_prepare.append(secure)
    for name, handler in calls.items():
        add_call(app, f"/{name}", hdrs.METH_GET, name, handler)
    add_no_such_path(app)
    return app


async def _look(check: ReadinessCheck) -> Fault | Advice | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check.check()
    except Advice as advice:
        return advice
    except TimeoutError:
        return _SLOW
    except Exception:  # noqa: BLE001 - a broken dependency breaks in its own ways, and its words may hold secrets
        return _BROKEN


def _result(check: ReadinessCheck, state: Fault | Advice | None) -> dict[str, object]:
    if state is None:
        return {"name": check.name, "ready": True}
    fault = state.fault if isinstance(state, Advice) else state
    return {
        "name": check.name,
        "ready": isinstance(state, Advice),
        "reason": fault.reason,
        "reason_en": fault.reason_en,
        "fix": fault.fix,
        "fix_en": fault.fix_en,
    }
