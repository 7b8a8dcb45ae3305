"""What is wrong before a body is looked at: paths, methods, types, sizes, and what is not HTTP at all."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from kiosk_server.staff.pages import PAGES
from kiosk_server.web.settings import EdgeSettings
from tests.web.bodies import menu_body
from tests.web.conftest import Answer, Edge, EdgeMaker
from tests.web.fake_issuing import NUMBER

MIB = 1024 * 1024


def assert_problem(answer: Answer, status: int, code: str) -> None:
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.document
    assert (document["status"], document["code"]) == (status, code)
    assert {"type", "title", "title_en", "detail", "detail_en"} <= document.keys()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/menus/",
        "/v1/challenges",
        "/v2/menus",
        "/v1/issuances/a/b/c",
        "/%00",
        "/v1/menus%2f",
        "//v1/menus",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_path_that_is_not_there(edge: Edge, path: str, method: str) -> None:
    assert_problem(await edge.send(method, path, None), 404, "no_such_path")


async def test_r_13_no_page_of_the_register_is_routed_for_centres_and_kiosks(edge: Edge) -> None:
    pages = [page for page in PAGES if page.path.startswith("/registry")]
    assert len(pages) > 20
    for page in pages:
        for path in (page.path, f"/staff{page.path}"):
            answer = await edge.send(page.method, path.replace("{", "x").replace("}", "x"), None)
            assert_problem(answer, 404, "no_such_path")


ALLOWED = {
    "/v1/notice": "GET",
    "/v1/menus": "POST",
    "/v1/issuances": "POST",
    f"/v1/issuances/{NUMBER}": "GET",
    f"/v1/issuances/{NUMBER}/outcome": "POST",
    "/v1/alerts": "POST",
    "/openapi.json": "GET",
}
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")


@pytest.mark.parametrize(
    ("path", "method"), [(path, method) for path in ALLOWED for method in METHODS if method != ALLOWED[path]]
)
async def test_a_method_that_is_not_allowed(edge: Edge, path: str, method: str) -> None:
    answer = await edge.send(method, path, None)
    assert_problem(answer, 405, "wrong_method")
    assert answer.headers["Allow"] == ALLOWED[path]


async def test_head_is_a_wrong_method_too(edge: Edge) -> None:
    answer = await edge.send("HEAD", "/openapi.json", None)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/problem+json"},
        {"Content-Type": "application/json; charset=shift_jis"},
        {"Content-Type": "nonsense"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br, identity"},
    ],
)
async def test_another_content_type_or_encoding_is_unsupported(edge: Edge, headers: dict[str, str]) -> None:
    answer = await edge.send("POST", "/v1/menus", json.dumps(menu_body()).encode(), headers)
    assert_problem(answer, 415, "unsupported")


async def test_a_body_without_content_type_is_unsupported(edge: Edge) -> None:
    assert_problem(await edge.send("POST", "/v1/menus", None), 415, "unsupported")


async def test_charset_utf_8_may_be_said(edge: Edge) -> None:
    headers = {"Content-Type": "Application/JSON; charset=UTF-8"}
    assert (await edge.send("POST", "/v1/menus", json.dumps(menu_body()).encode(), headers)).status == 200


async def test_64_kib_are_read(edge: Edge) -> None:
    raw = json.dumps(menu_body()).encode().ljust(64 * 1024)
    assert (await edge.send("POST", "/v1/menus", raw)).status == 200


async def test_one_byte_more_is_too_large(edge: Edge) -> None:
    answer = await edge.send("POST", "/v1/menus", json.dumps(menu_body()).encode().ljust(64 * 1024 + 1))
    assert_problem(answer, 413, "too_large")
    assert answer.headers["Connection"] == "close"


async def _mebibyte() -> AsyncIterator[bytes]:
    for _ in range(16):
        yield b" " * (MIB // 16)


async def test_a_mebibyte_in_chunks_is_too_large(edge: Edge) -> None:
    assert_problem(await edge.send("POST", "/v1/menus", _mebibyte()), 413, "too_large")


async def test_a_mebibyte_by_its_own_account_is_too_large(edge: Edge) -> None:
    assert_problem(await edge.send("POST", "/v1/menus", b" " * MIB), 413, "too_large")


HEAD = b"POST /v1/menus HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


async def test_a_body_that_is_too_large_is_answered_before_it_is_sent(edge: Edge) -> None:
    said = await edge.raw(HEAD + b"Content-Length: 1048576\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b'"too_large"' in said


async def test_a_body_that_is_too_large_is_never_asked_for(edge: Edge) -> None:
    said = await edge.raw(HEAD + b"Expect: 100-continue\r\nContent-Length: 1048576\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413 ")


async def test_a_body_is_asked_for_when_the_caller_waits_for_it(edge: Edge) -> None:
    raw = json.dumps(menu_body()).encode()
    length = f"Content-Length: {len(raw)}\r\nConnection: close\r\n".encode()
    said = await edge.raw(HEAD + b"Expect: 100-continue\r\n" + length + b"\r\n", raw)
    assert said.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("path", [b"/v1/menus", b"/nowhere", b"*"])
async def test_an_expectation_we_do_not_know_is_not_quoted(edge: Edge, path: bytes) -> None:
    said = await edge.raw(b"DELETE " + path + b" HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n")
    assert b"application/problem+json" in said
    assert b"miracles" not in said


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE-4186\r\n\r\n",
        b"BREW /v1/menus HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        HEAD + b"Content-Length: 4186x\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Bad Header\x00: 4186\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz-4186\r\n",
    ],
)
async def test_what_is_not_http_is_answered_with_a_problem_that_quotes_nothing(edge: Edge, sent: bytes) -> None:
    said = await edge.raw(sent)
    assert said.split(b" ")[1] == b"400"
    assert b"application/problem+json" in said
    assert b'"malformed"' in said
    assert b"4186" not in said
    assert b"Server: kiosk\r\n" in said


async def test_a_body_that_never_ends_is_timed_out(make_edge: EdgeMaker) -> None:
    edge: Edge = await make_edge(EdgeSettings(body_seconds=0.05))
    said = await edge.raw(HEAD + b"Content-Length: 10\r\n\r\n{")
    assert said.startswith(b"HTTP/1.1 503 ")
    assert b'"timed_out"' in said
    assert b"Retry-After: 5\r\n" in said


async def test_a_caller_that_hangs_up_in_the_middle_harms_nobody(edge: Edge) -> None:
    reading = asyncio.create_task(edge.raw(HEAD + b"Content-Length: 10\r\n\r\n{"))
    await edge.get("/openapi.json")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert (await edge.post("/v1/menus", menu_body())).status == 200


async def test_an_issuance_number_that_cannot_be_one_is_no_such_issuance(edge: Edge) -> None:
    for number in ("x" * 65, "%E7%95%AA", "a%20b", "other"):
        answer = await edge.get(f"/v1/issuances/{number}?municipality_code=092029")
        assert_problem(answer, 404, "no_such_issuance")


async def test_an_upgrade_is_not_followed(edge: Edge) -> None:
    wanted = b"Connection: Upgrade, close\r\nUpgrade: websocket\r\n"
    said = await edge.raw(b"GET /v1/menus HTTP/1.1\r\nHost: a\r\n" + wanted + b"\r\n")
    assert said.startswith(b"HTTP/1.1 405 ")


async def test_requests_on_one_connection_are_answered_one_by_one(edge: Edge) -> None:
    raw = json.dumps(menu_body()).encode()
    request = HEAD + f"Content-Length: {len(raw)}\r\n".encode()
    said = await edge.raw(request + b"\r\n" + raw + request + b"Connection: close\r\n\r\n" + raw)
    assert said.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert len(edge.fake.menus) == 2
