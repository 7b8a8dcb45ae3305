"""Figures for operations. Labels are names of ours from closed lists: no caller, no city's resident, no number."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

STEPS: Final = (
    "accept",
    "authenticate",
    "authorise",
    "snapshot",
    "compose",
    "inspect",
    "permit",
    "sign",
    "compare",
    "level",
    "record",
    "send",
    "outcome",
    "settle",
)
"""The steps of issuing, in their order."""

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counters and histograms of one process, in a registry of their own."""

    def __init__(self) -> None:
        """Start every figure at zero."""
        self.registry = CollectorRegistry()
        self._answers = Counter("kiosk_answers", "Answers by call and code", ["call", "code"], registry=self.registry)
        self._seconds = Histogram(
            "kiosk_answer_seconds", "Seconds to answer", ["call"], registry=self.registry, buckets=_SECONDS
        )
        self._steps = Histogram(
            "kiosk_step_seconds", "Seconds of a step of issuing", ["step"], registry=self.registry, buckets=_SECONDS
        )
        self._limit_away = Counter(
            "kiosk_request_limit_unavailable", "Requests let pass while Redis was away", registry=self.registry
        )
        self.alerts_open = Gauge(
            "kiosk_alerts_open", "Alerts nobody has dealt with", ["municipality_code"], registry=self.registry
        )
        self.valid_until = Gauge(
            "kiosk_valid_until_seconds",
            "When a key or certificate ends, in seconds since 1970",
            ["what"],
            registry=self.registry,
        )
        of_source = ["municipality_code", "source"]
        self._behind = Gauge(
            "kiosk_register_behind",
            "Changes of the register that are not applied yet",
            ["municipality_code"],
            registry=self.registry,
        )
        self._behind_seconds = Gauge(
            "kiosk_register_behind_seconds",
            "Age of the oldest change that is not applied yet",
            ["municipality_code"],
            registry=self.registry,
        )
        self._source_age = Gauge(
            "kiosk_source_age_seconds", "How long ago a source was known", of_source, registry=self.registry
        )
        self._source_limit = Gauge(
            "kiosk_source_age_limit_seconds", "At which age its kinds stop", of_source, registry=self.registry
        )
        self.in_flight = Gauge("kiosk_in_flight", "Requests being worked on", ["pool"], registry=self.registry)
        self.waiting = Gauge("kiosk_waiting", "Requests waiting for their turn", ["pool"], registry=self.registry)
        self.expected_wait = Gauge(
            "kiosk_expected_wait_seconds",
            "How long the newest request was expected to wait for its turn",
            ["pool"],
            registry=self.registry,
        )

    def answered(self, call: str, code: str, seconds: float) -> None:
        """Count an answer: the call by its name, the problem code or ``ok``."""
        self._answers.labels(call, code).inc()
        self._seconds.labels(call).observe(seconds)

    def request_limit_unavailable(self) -> None:
        """Count a request that was let pass because the limit could not be looked up."""
        self._limit_away.inc()

    def behind(self, municipality_code: str, sequences: float, seconds: float) -> None:
        """Say how far the issuance records are behind the register."""
        self._behind.labels(municipality_code).set(sequences)
        self._behind_seconds.labels(municipality_code).set(seconds)

    def source_age(self, municipality_code: str, source: str, age: float, limit: float) -> None:
        """Say how old (seconds) a source of files is, and how old it may become."""
        self._source_age.labels(municipality_code, source).set(age)
        self._source_limit.labels(municipality_code, source).set(limit)

    def forget_sources(self, municipality_code: str) -> None:
        """Nothing is known of them for now."""
        for gauge in (self._source_age, self._source_limit):
            gauge.remove_by_labels({"municipality_code": municipality_code})

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step of issuing, also one that fails. Raises ValueError for a name that is not in STEPS."""
        if name not in STEPS:
            raise ValueError("not a step of issuing")
        started = time.perf_counter()
        try:
            yield
        finally:
            self._steps.labels(name).observe(time.perf_counter() - started)
