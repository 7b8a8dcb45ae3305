"""What is asked wrongly gets the right problem, and nothing is written but the refusal."""

import io
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from keys.development_ca import issue_client_certificate, make_development_ca
from kiosk_server.issuing.request import ResidentRecordOptions
from kiosk_server.web.client import CentreClient, CentreProblem, CentreUnreachable
from kiosk_server.web.tls import client_context
from kiosk_server.web.translate import issuance_json
from tests.system.books import written
from tests.system.running import Service

Body = dict[str, Any]


def body_of(service: Service) -> Body:
    """A request that would be answered."""
    return issuance_json(service.samples[0].request(secrets.token_hex(8)))


@asynccontextmanager
async def posted(
    service: Service,
    body: bytes | Mapping[str, Any],
    path: str = "/v1/issuances",
    content_type: str = "application/json",
) -> AsyncIterator[aiohttp.ClientResponse]:
    tls = client_context(service.ca_file, service.client_cert, service.client_key)
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as session,
        session.post(service.centre_url + path, data=data, headers={"Content-Type": content_type}) as answer,
    ):
        yield answer


async def problem(service: Service, body: bytes | Mapping[str, Any], **how: Any) -> tuple[int, str, str | None]:
    """Status, code and field of the answer."""
    async with posted(service, body, **how) as answer:
        said = await answer.json(content_type="application/problem+json")
        return answer.status, said["code"], said.get("field")


def with_pin(body: Body, pin: object) -> Body:
    return body | {"credential": body["credential"] | {"pin": pin}}


def with_serial(body: Body, serial: str) -> Body:
    return body | {"credential": body["credential"] | {"serial": serial}}


MALFORMED: Mapping[str, tuple[Callable[[Body], Body], str]] = {
    "unknown member": (lambda body: body | {"priority": "high"}, "priority"),
    "unknown member within": (lambda body: body | {"terminal": body["terminal"] | {"floor": "2"}}, "terminal.floor"),
    "empty PIN": (lambda body: with_pin(body, ""), "credential.pin"),
    "PIN of letters": (lambda body: with_pin(body, "12a4"), "credential.pin"),
    "PIN of full-width digits": (lambda body: with_pin(body, "１２３４"), "credential.pin"),
    "PIN as a number": (lambda body: with_pin(body, 1234), "credential.pin"),
    "serial with leading zero": (
        lambda body: with_serial(body, "0" + body["credential"]["serial"]),
        "credential.serial",
    ),
    "serial with a sign": (lambda body: with_serial(body, "+7"), "credential.serial"),
    "no request id": (lambda body: {name: body[name] for name in body if name != "request_id"}, "request_id"),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_malformed_names_the_field_and_writes_nothing(service: Service, name: str) -> None:
    change, field = MALFORMED[name]
    async with written(service) as gained:
        assert await problem(service, change(body_of(service))) == (400, "malformed", field)
    assert not gained


async def test_body_of_a_mebibyte_is_too_large_and_writes_nothing(service: Service) -> None:
    body = body_of(service) | {"request_id": "x" * 2**20}
    async with written(service) as gained:
        assert (await problem(service, body))[:2] == (413, "too_large")
    assert not gained


async def test_what_is_no_json_writes_nothing(service: Service) -> None:
    async with written(service) as gained:
        assert (await problem(service, b"{"))[:2] == (400, "malformed")
        assert (await problem(service, b"{}", content_type="text/plain"))[:2] == (415, "unsupported")
    assert not gained


async def test_unknown_path_writes_nothing(service: Service) -> None:
    async with written(service) as gained:
        assert (await problem(service, body_of(service), path="/v2/issuances"))[:2] == (404, "no_such_path")
    assert not gained


async def test_other_city_is_not_the_callers_and_writes_nothing(service: Service) -> None:
    body = body_of(service) | {"municipality_code": "092011"}
    async with written(service) as gained:
        assert (await problem(service, body))[:2] == (403, "not_your_city")
    assert not gained


async def test_client_certificate_of_another_ca_gets_no_answer(service: Service, tmp_path: Path) -> None:
    certificate, key = tmp_path / "client.pem", tmp_path / "client.key"
    stranger = issue_client_certificate(
        make_development_ca("another CA", datetime.now(UTC)), "stranger", datetime.now(UTC)
    )
    certificate.write_bytes(stranger.certificate_pem)
    key.write_bytes(stranger.private_key_pem)
    async with (
        written(service) as gained,
        CentreClient(service.centre_url, service.ca_file, certificate, key) as client,
    ):
        with pytest.raises(CentreUnreachable):
            await client.issue(service.samples[0].request("from a stranger"))
    assert not gained


async def test_no_client_certificate_gets_no_answer(service: Service) -> None:
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.load_verify_locations(service.ca_file)
    connector = aiohttp.TCPConnector(ssl=bare)
    async with written(service) as gained, aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await session.post(f"{service.centre_url}/v1/issuances", json=body_of(service))
    assert not gained


async def test_wrong_pin_is_not_identified_and_writes_the_refusal_only(service: Service) -> None:
    sample = service.samples[1]
    body = issuance_json(sample.request(secrets.token_hex(8)))
    async with written(service) as gained:
        wrong = f"{(int(sample.pin) + 1) % 10_000:04}"
        assert (await problem(service, with_pin(body, wrong)))[:2] == (401, "not_identified")
    assert gained["history.refusal_reason"] == gained["issuance.request"] == 1
    assert_nothing_issued(gained)


async def test_unknown_card_is_not_identified_and_writes_the_refusal_only(service: Service) -> None:
    known = {sample.serial for sample in service.samples}
    serial = next(str(number) for number in range(1, len(known) + 2) if str(number) not in known)
    async with written(service) as gained:
        assert (await problem(service, with_serial(body_of(service), serial)))[:2] == (401, "not_identified")
    assert gained["history.refusal_reason"] == gained["issuance.request"] == 1
    assert_nothing_issued(gained)


async def test_same_id_gives_the_same_bytes_once_and_another_body_is_a_conflict(service: Service) -> None:
    request = service.samples[2].request(secrets.token_hex(8))
    async with service.client() as client:
        first = await client.issue(request)
        async with written(service) as gained:
            assert await client.issue(request) == first
            with pytest.raises(CentreProblem) as conflict:
                await client.issue(replace(request, options=ResidentRecordOptions(relationship=True)))
    assert (conflict.value.status, conflict.value.code) == (422, "request_conflict")
    assert_nothing_issued(gained)
    assert "issuance.request" not in gained


def assert_nothing_issued(gained: Mapping[str, int]) -> None:
    issued = (
        "issuance.intent",
        "issuance.intent_subject",
        "issuance.kept_answer",
        "history.issuance",
        "history.issuance_subject",
    )
    assert not {table: gained[table] for table in issued if table in gained}
