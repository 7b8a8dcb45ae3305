"""The operations port of a centre process with several workers: what they say of themselves, in one place."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp
from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from kiosk_server.web.operations import build_app
from kiosk_server.web.problems import EdgeCode, Problem

_ANSWER_SECONDS: Final = 5.0
_FEWER: Final = {
    "reason": "一部のワーカーが応答していません。残りが受け付けています。",
    "reason_en": "Some workers do not serve; the others do.",
    "fix": "自動で再起動します。続くときはログの worker_ended と worker_did_not_start を確かめてください。",
    "fix_en": "They are started again. If it goes on, look for worker_ended and worker_did_not_start in the log.",
}


class Crew(Protocol):
    """The workers, as their leader knows them."""

    @property
    def ops_urls(self) -> Mapping[int, str]:
        """By the worker's number: where each that is ready tells of itself."""
        ...

    @property
    def restarts(self) -> int:
        """How often a worker was started again."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Figures(Collector):
    """Figures of every worker, each with the label `worker`, and of the workers themselves."""

    texts: Mapping[int, str]
    restarts: int

    def collect(self) -> Iterable[Metric]:
        """Figures of one name together, as the format wants them."""
        families: dict[str, Metric] = {}
        for worker, text in self.texts.items():
            for family in text_string_to_metric_families(text):
                together = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for name, labels, value, *_ in family.samples:
                    together.add_sample(name, {**labels, "worker": str(worker)}, value)
        yield GaugeMetricFamily("kiosk_centre_workers", "Workers that answer", value=len(self.texts))
        yield CounterMetricFamily("kiosk_centre_worker_restarts", "Workers started again", value=self.restarts)
        yield from families.values()


def build_crew_operations_app(crew: Crew, wanted: int, version: Mapping[str, str]) -> web.Application:
    """GET /health, /ready, /metrics and /version. Ready while one worker is; then says whether all of `wanted` are."""

    async def health(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.StreamResponse:
        answers = [document for document in (await _asked(crew, "/ready")).values() if isinstance(document, dict)]
        serving = [document for document in answers if document.get("status") == "ready"]
        workers = _workers(len(serving), wanted)
        if not serving:
            raise Problem(EdgeCode.NOT_READY, members={"checks": [*_checks(answers), workers]})
        return web.json_response({"status": "ready", "checks": [*_checks(serving), workers]})

    async def figures(_request: web.Request) -> web.StreamResponse:
        texts = {worker: text for worker, text in (await _asked(crew, "/metrics")).items() if isinstance(text, str)}
        registry = CollectorRegistry()
        registry.register(_Figures(texts, crew.restarts))
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4}
        return web.Response(body=generate_latest(registry), headers=headers)

    async def build(_request: web.Request) -> web.StreamResponse:
        return web.json_response(dict(version))

    return build_app({"health": health, "ready": ready, "metrics": figures, "version": build})


def _workers(serving: int, wanted: int) -> dict[str, object]:
    """An entry of /ready like those of the checks."""
    told = {"name": "workers", "ready": serving > 0, "serving": serving, "wanted": wanted}
    return told if serving == wanted else {**told, **_FEWER}


def _checks(documents: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Those of the first: the others look at the same things."""
    for document in documents[:1]:
        yield from document.get("checks", ())


async def _asked(crew: Crew, path: str) -> Mapping[int, object]:
    """By the worker's number: its answer, a document or a text; nothing of one that does not answer in time."""
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        urls = dict(crew.ops_urls)
        answers = await asyncio.gather(*(_ask(session, url + path) for url in urls.values()))
    return dict(zip(urls, answers, strict=True))


async def _ask(session: aiohttp.ClientSession, url: str) -> object:
    try:
        async with session.get(url) as answer:
            return await (answer.json(content_type=None) if "json" in answer.content_type else answer.text())
    except (OSError, TimeoutError, aiohttp.ClientError):
        return None
