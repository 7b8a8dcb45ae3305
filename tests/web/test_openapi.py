import json
from pathlib import Path
from typing import Any

from kiosk_server.web.openapi import main, openapi_document, openapi_json
from kiosk_server.web.problems import PROBLEMS
from tests.web.conftest import Edge

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_document_in_docs_is_current() -> None:
    assert KEPT.read_bytes() == openapi_json(), "run: python -m kiosk_server.web.openapi docs/openapi.json"


async def test_the_document_is_served(edge: Edge) -> None:
    answer = await edge.get("/openapi.json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.content == openapi_json()


def test_the_command_writes_the_document(tmp_path: Path) -> None:
    main([str(tmp_path / "openapi.json")])
    assert (tmp_path / "openapi.json").read_bytes() == openapi_json()


def test_what_this_version_does_not_take_is_not_advertised() -> None:
    text = openapi_json().decode()
    assert "centre_verified" not in text
    assert "card_signature" in text


def test_it_describes_what_is_routed_and_nothing_else() -> None:
    paths = openapi_document()["paths"]
    assert {path: set(item) - {"parameters"} for path, item in paths.items()} == {
        "/v1/challenges": {"post"},
        "/v1/notice": {"get"},
        "/v1/menus": {"post"},
        "/v1/issuances": {"post"},
        "/v1/koseki_access_registrations": {"post"},
        "/v1/issuances/{issuance_number}": {"get"},
        "/v1/issuances/{issuance_number}/outcome": {"post"},
        "/v1/alerts": {"post"},
    }


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        mine = {value for name, value in part.items() if name == "$ref"}
        return mine.union(*(_references(value) for value in part.values()))
    return set().union(*(_references(value) for value in part)) if isinstance(part, list) else set()


def test_every_reference_leads_somewhere() -> None:
    document = openapi_document()
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert _references(document) == names & _references(document)


def test_every_problem_type_points_into_the_document() -> None:
    document = json.loads(openapi_json())
    for code in PROBLEMS:
        assert document["x-problems"][code]["type"] == f"/openapi.json#/x-problems/{code}"
        assert document["x-problems"][code]["status"] == PROBLEMS[code].status


def test_no_body_takes_null() -> None:
    schemas = openapi_document()["components"]["schemas"]
    bodies = {name: schema for name, schema in schemas.items() if name.endswith("Body")}
    assert '"null"' not in json.dumps(bodies)
    assert all(schema["additionalProperties"] is False for schema in bodies.values())
