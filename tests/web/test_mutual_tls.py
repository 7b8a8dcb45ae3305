import asyncio
import ssl

import aiohttp
import pytest
from aiohttp import web

from kiosk_server.web.app import build_centre_app
from kiosk_server.web.serving import serve
from kiosk_server.web.tls import client_context
from tests.web.bodies import issuance_body, menu_body
from tests.web.conftest import Edge, Holder, Pki
from tests.web.fake_issuing import FakeIssuing


async def _status(edge: Edge, context: ssl.SSLContext) -> int:
    connector = aiohttp.TCPConnector(ssl=context)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post(f"{edge.url}/v1/menus", json=menu_body()) as answer,
    ):
        return answer.status


def _context_of(pki: Pki, holder: Holder) -> ssl.SSLContext:
    return client_context(pki.ca, holder.certificate, holder.key)


async def test_a_certificate_of_another_ca_does_not_pass_the_handshake(edge: Edge) -> None:
    with pytest.raises((aiohttp.ClientError, ssl.SSLError)):
        await _status(edge, _context_of(edge.pki, edge.pki.foreign))
    assert edge.fake.menus == []


async def test_no_client_certificate_does_not_pass_the_handshake(edge: Edge) -> None:
    with pytest.raises((aiohttp.ClientError, ssl.SSLError)):
        await _status(edge, ssl.create_default_context(cafile=edge.pki.ca))
    assert edge.fake.menus == []


async def test_a_server_certificate_is_no_client_certificate(edge: Edge) -> None:
    with pytest.raises((aiohttp.ClientError, ssl.SSLError)):
        await _status(edge, _context_of(edge.pki, edge.pki.server))


async def test_a_certificate_that_is_not_registered_has_no_city(edge: Edge) -> None:
    assert await _status(edge, _context_of(edge.pki, edge.pki.unregistered)) == 403
    assert edge.fake.menus == []


@pytest.mark.parametrize("path", ["/v1/menus", "/v1/issuances"])
async def test_another_city_is_not_yours(edge: Edge, path: str) -> None:
    body = {**(menu_body() if path == "/v1/menus" else issuance_body()), "municipality_code": "131016"}
    answer = await edge.post(path, body)
    assert (answer.status, answer.document["code"]) == (403, "not_your_city")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_tls_1_2_and_1_3_are_spoken(edge: Edge, version: ssl.TLSVersion) -> None:
    context = _context_of(edge.pki, edge.pki.centre)
    context.minimum_version = context.maximum_version = version
    assert await _status(edge, context) == 200


def test_nothing_older_is_spoken(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    for context in (server_tls, client_tls):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert context.verify_mode is ssl.CERT_REQUIRED
    assert client_tls.check_hostname


async def test_tls_1_3_is_taken_when_both_can(edge: Edge, client_tls: ssl.SSLContext) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", edge.port, ssl=client_tls)
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
    writer.transport.abort()


async def test_without_tls_nobody_is_a_caller() -> None:
    running = await serve(build_centre_app(FakeIssuing(b"")), "127.0.0.1", 0, None, stop_seconds=1)
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{running.port}/v1/menus", json=menu_body()) as answer,
        ):
            assert answer.status == 403
    finally:
        await running.stop()


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind(edge: Edge) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await serve(web.Application(), "127.0.0.1", edge.port, None)
