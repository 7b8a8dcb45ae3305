import io
import json
import logging
from typing import Any

import structlog
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.web.logging import ALLOWED, log_fault, only_allowed
from tests.web.bodies import PIN, SERIAL, issuance_body
from tests.web.conftest import Edge


def _lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_members_that_are_not_on_the_list_are_dropped(log: io.StringIO) -> None:
    structlog.get_logger().info("asked", call="menus", pin=PIN, name="見本 太郎", serial=SERIAL, body={"pin": PIN})
    (line,) = _lines(log)
    assert line.keys() == {"event", "level", "timestamp", "call", "dropped"}
    assert line["dropped"] == 4


def test_a_listed_member_holds_no_japanese_text_and_no_structure(log: io.StringIO) -> None:
    structlog.get_logger().info("asked", call="見本 太郎", code={"pin": PIN}, count=3)
    (line,) = _lines(log)
    assert "call" not in line
    assert "code" not in line
    assert line["count"] == 3


def test_an_event_that_is_a_sentence_is_replaced(log: io.StringIO) -> None:
    structlog.get_logger().warning(f"PIN {PIN} was wrong")
    assert _lines(log)[0]["event"] == "unnamed_event"
    assert PIN not in log.getvalue()


def test_neither_pin_nor_serial_nor_number_is_on_the_list() -> None:
    forbidden = {
        "pin",
        "serial",
        "name",
        "address",
        "user_id",
        "request_id",
        "issuance_number",
        "body",
        "path",
        "query",
    }
    assert ALLOWED.isdisjoint(forbidden)


@given(st.dictionaries(st.sampled_from([*ALLOWED, "pin", "name"]), st.text() | st.lists(st.text()) | st.integers()))
def test_nothing_but_short_ascii_and_numbers_gets_through(line: dict[str, Any]) -> None:
    kept = only_allowed(None, "info", dict(line))
    assert kept.keys() <= ALLOWED
    for value in kept.values():
        assert isinstance(value, int) or (value.isascii() and len(value) <= 200)


def test_a_library_is_named_but_not_quoted(log: io.StringIO) -> None:
    try:
        raise ValueError(PIN)  # noqa: TRY301 - an exception with a traceback is wanted
    except ValueError:
        logging.getLogger("asyncpg").exception("row (%s) is wrong", SERIAL)
    (line,) = _lines(log)
    assert (line["event"], line["logger"], line["error"]) == ("library_message", "asyncpg", "ValueError")
    assert PIN not in log.getvalue()
    assert SERIAL not in log.getvalue()


def test_a_fault_without_traceback_can_be_logged(log: io.StringIO) -> None:
    log_fault("menus", ValueError(PIN))
    assert (_lines(log)[0]["error"], _lines(log)[0]["at"]) == ("ValueError", "")


async def test_the_access_log_has_neither_path_nor_query_nor_body(edge: Edge, log: io.StringIO) -> None:
    await edge.post("/v1/issuances", issuance_body())
    await edge.get(f"/v1/issuances/{SERIAL}?municipality_code=092029")
    first, second = _lines(log)
    assert (first["event"], first["call"], first["method"], first["status"]) == ("answer", "issuances", "POST", 200)
    assert (second["call"], second["code"]) == ("issuance_state", "no_such_issuance")
    assert SERIAL not in log.getvalue()
    assert PIN not in json.dumps({**first, "ms": 0, "timestamp": ""})
