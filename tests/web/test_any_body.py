"""Rules that hold for every body there is: no fault of ours, and no error that repeats what was sent."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk_server.web import translate, wire
from kiosk_server.web.app import build_centre_app
from kiosk_server.web.json_body import read_json
from kiosk_server.web.malformed import MalformedBody
from kiosk_server.web.problems import from_malformed, problem_response
from kiosk_server.web.serving import serve
from kiosk_server.web.tls import client_context, server_context
from tests.web.bodies import PIN, alert_body, issuance_body, menu_body, outcome_body
from tests.web.conftest import Pki
from tests.web.fake_issuing import NUMBER, FakeIssuing

OUTCOME = f"/v1/issuances/{NUMBER}/outcome?municipality_code=092029"
PATHS = {"/v1/menus": menu_body, "/v1/issuances": issuance_body, OUTCOME: outcome_body, "/v1/alerts": alert_body}
MODELS: list[tuple[type[wire.Body], Callable[[], dict[str, Any]]]] = [
    (wire.MenuBody, menu_body),
    (wire.IssuanceBody, issuance_body),
    (wire.OutcomeBody, outcome_body),
    (wire.AlertBody, alert_body),
]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def _places(body: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in body.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from _places(value, (*before, name))


@st.composite
def spoiled(draw: st.DrawFn, good: Callable[[], dict[str, Any]]) -> bytes:
    """A right body with one member replaced, removed or added, as JSON (or nearly)."""
    body = good()
    *parents, last = draw(st.sampled_from(sorted(_places(body))))
    part = body
    for name in parents:
        part = part[name]
    match draw(st.sampled_from(["replace", "remove", "add"])):
        case "replace":
            part[last] = draw(VALUES)
        case "remove":
            del part[last]
        case _:
            part[draw(st.text())] = draw(VALUES)
    return json.dumps(body).encode()


@pytest.mark.parametrize(("model", "good"), MODELS)
@given(data=st.data())
def test_reading_a_spoiled_body_gives_a_value_or_malformed(
    model: type[wire.Body], good: Callable[[], dict[str, Any]], data: st.DataObject
) -> None:
    body = _read(model, data.draw(spoiled(good)))
    match body:
        case MalformedBody():
            assert body.__cause__ is None
        case wire.MenuBody():
            assert wire.read(wire.MenuBody, translate.menu_json(translate.menu_request(body))) == body
        case wire.IssuanceBody():
            assert wire.read(wire.IssuanceBody, translate.issuance_json(translate.issuance_request(body))) == body
        case wire.OutcomeBody():
            assert wire.read(wire.OutcomeBody, translate.outcome_json(translate.outcome_report(body))) == body
        case wire.AlertBody():
            again = translate.alert_json(body.municipality_code, translate.centre_alert(body))
            assert wire.read(wire.AlertBody, again) == body
        case _:
            pytest.fail("a body of no call")


def _read(model: type[wire.Body], raw: bytes) -> wire.Body | MalformedBody:
    try:
        return wire.read(model, read_json(raw))
    except MalformedBody as error:
        return error


MARK = "ZQ7JX"
"""A text that no sentence of ours contains."""


@pytest.mark.parametrize(("model", "good"), MODELS)
@given(data=st.data(), shape=st.sampled_from(["{}", " {}", "{}\n", "{}\u0000", "１{}", "-{}"]))
def test_no_error_repeats_a_value(
    model: type[wire.Body], good: Callable[[], dict[str, Any]], data: st.DataObject, shape: str
) -> None:
    body = good()
    *parents, last = data.draw(st.sampled_from(sorted(_places(body))))
    part = body
    for name in parents:
        part = part[name]
    marked = shape.format(MARK)
    part[last] = data.draw(
        st.sampled_from([marked, [marked], {marked: marked}, {"type": marked}, {"type": {marked: 1}}])
    )
    read = _read(model, json.dumps(body).encode())
    if isinstance(read, MalformedBody):
        answer = problem_response(from_malformed(read))
        assert isinstance(answer.body, bytes)
        assert MARK not in answer.body.decode()
        assert PIN not in answer.body.decode()
        assert MARK not in repr(read)


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_malformed(raw: bytes) -> None:
    read = _read(wire.MenuBody, raw)
    assert isinstance(read, MalformedBody)
    assert read.__cause__ is None


@contextmanager
def _server(pki: Pki) -> Iterator[Callable[[str, bytes], int]]:
    """A server that lives over many examples, and a call that returns the status of one answer."""
    with asyncio.Runner() as runner:
        tls = server_context(pki.server.certificate, pki.server.key, pki.ca)
        app = build_centre_app(FakeIssuing(pki.centre.sha256))
        running = runner.run(serve(app, "127.0.0.1", 0, tls, stop_seconds=1))
        session = runner.run(_session(pki, running.port))

        async def post(path: str, raw: bytes) -> int:
            headers = {"Content-Type": "application/json"}
            async with session.post(path, data=raw, headers=headers) as answer:
                await answer.read()
                kind = answer.content_type
                assert answer.status < 400 or kind == "application/problem+json"
                return answer.status

        try:
            yield lambda path, raw: runner.run(post(path, raw))
        finally:
            runner.run(session.close())
            runner.run(running.stop())


async def _session(pki: Pki, port: int) -> aiohttp.ClientSession:
    context = client_context(pki.ca, pki.centre.certificate, pki.centre.key)
    return aiohttp.ClientSession(f"https://127.0.0.1:{port}", connector=aiohttp.TCPConnector(ssl=context))


@pytest.mark.parametrize("path", PATHS)
def test_no_body_is_a_fault(pki: Pki, path: str) -> None:
    with _server(pki) as post:

        @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
        @given(raw=spoiled(PATHS[path]) | st.binary(max_size=300))
        def never_a_fault(raw: bytes) -> None:
            assert post(path, raw) in {200, 202, 204, 400, 403, 409}

        never_a_fault()
