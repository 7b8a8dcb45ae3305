"""The OpenAPI 3.1 document of the centre protocol, made from the code that answers.

``python -m kiosk_server.web.openapi docs/openapi.json`` writes it.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.web import answers, wire
from kiosk_server.web.problems import PROBLEM_JSON, PROBLEMS, EdgeCode, ProblemCode, problem_document

PROTOCOL_VERSION: Final = "1.0"
_REF: Final = "#/components/schemas/{model}"
_BODIES: Final = (
    wire.ChallengeBody,
    wire.MenuBody,
    wire.IssuanceBody,
    wire.AccessBody,
    wire.OutcomeBody,
    wire.AlertBody,
)
_ANSWERS: Final = (
    answers.NoticeAnswer, answers.ChallengeAnswer, answers.MenuAnswer, answers.AccessAnswer, answers.StateAnswer,
)  # fmt: skip

_EVERY_CALL: Final = (EdgeCode.FAULT, RefusalCode.NOT_YOUR_CITY, RefusalCode.BUSY, RefusalCode.TIMED_OUT)
_WITH_BODY: Final = (RefusalCode.MALFORMED, EdgeCode.TOO_LARGE, EdgeCode.UNSUPPORTED)
_ISSUING: Final = (
    RefusalCode.NOT_IDENTIFIED,
    RefusalCode.NOT_AVAILABLE,
    RefusalCode.APPLICATION_WAITS,
    RefusalCode.CLOSED,
    RefusalCode.REQUEST_CONFLICT,
    RefusalCode.NOT_FRESH,
)


class _BodySchema(GenerateJsonSchema):
    """No member of a body takes null: what is optional is left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def openapi_document() -> dict[str, Any]:
    """The document as a JSON value."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "証明書交付センター・キオスク端末向け発行API / Certificate issuance for centres and kiosks",
            "version": PROTOCOL_VERSION,
            "description": "本プロジェクト独自の手順です。地方公共団体情報システム機構の仕様書ではありません。 / "
            "A protocol of this project's own; it is not J-LIS's interface specification.",
        },
        "security": [{"mutualTLS": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"mutualTLS": {"type": "mutualTLS"}},
            "schemas": {**_schemas(), "Problem": _problem_schema()},
        },
        "x-problems": {code.value: problem_document(code) for code in PROBLEMS},
    }


def openapi_json() -> bytes:
    """The document as it is served and kept in docs/."""
    return (json.dumps(openapi_document(), ensure_ascii=False, indent=2) + "\n").encode()


def main(arguments: Sequence[str]) -> None:
    """Write the document to the file named."""
    (target,) = arguments
    Path(target).write_bytes(openapi_json())


def _paths() -> dict[str, Any]:
    return {
        "/v1/challenges": {
            "post": _post("challenges", wire.ChallengeBody, {"200": _challenge_answer()}, (EdgeCode.NO_SUCH_PATH,))
        },
        "/v1/notice": {
            "parameters": [_city_parameter()],
            "get": _call("notice", {"200": _notice_answer()}, (RefusalCode.MALFORMED,)),
        },
        "/v1/menus": {"post": _post("menus", wire.MenuBody, {"200": _menu_answer()}, _ISSUING)},
        "/v1/issuances": {
            "post": _post(
                "issuances", wire.IssuanceBody, {"200": _pdf_answer()}, (*_ISSUING, RefusalCode.ALREADY_ANSWERED)
            )
        },
        "/v1/koseki_access_registrations": {
            "post": _post(
                "koseki_access_registrations",
                wire.AccessBody,
                {"200": _access_answer()},
                (
                    EdgeCode.NO_SUCH_PATH,
                    RefusalCode.NOT_IDENTIFIED,
                    RefusalCode.NOT_AVAILABLE,
                    RefusalCode.CLOSED,
                    RefusalCode.REQUEST_CONFLICT,
                ),
            )
        },
        "/v1/issuances/{issuance_number}": {
            "parameters": _issuance_parameters(),
            "get": _call(
                "issuance_state", {"200": _state_answer()}, (RefusalCode.MALFORMED, RefusalCode.NO_SUCH_ISSUANCE)
            ),
        },
        "/v1/issuances/{issuance_number}/outcome": {
            "parameters": _issuance_parameters(),
            "post": _post(
                "outcome",
                wire.OutcomeBody,
                {"204": {"description": "記録しました / Recorded; the same report again is 204 too"}},
                (RefusalCode.NO_SUCH_ISSUANCE, RefusalCode.OUTCOME_CONFLICT),
            ),
        },
        "/v1/alerts": {
            "post": _post("alerts", wire.AlertBody, {"202": {"description": "受け付けました / An alert is open"}}, ())
        },
    }


def _post(name: str, body: type[wire.Body], yes: dict[str, Any], codes: Sequence[ProblemCode]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model=body.__name__)}
    sent = {"required": True, "content": {answers.JSON: {"schema": schema}}}
    return {**_call(name, yes, (*_WITH_BODY, *codes)), "requestBody": sent}


def _call(name: str, yes: dict[str, Any], codes: Sequence[ProblemCode]) -> dict[str, Any]:
    return {"operationId": name, "responses": {**yes, **_problem_answers((*codes, *_EVERY_CALL))}}


def _problem_answers(codes: Sequence[ProblemCode]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status in sorted({PROBLEMS[code].status for code in codes}):
        same = [code for code in codes if PROBLEMS[code].status == status]
        examples = {code.value: {"value": problem_document(code)} for code in same}
        content = {PROBLEM_JSON: {"schema": {"$ref": _REF.format(model="Problem")}, "examples": examples}}
        found[str(status)] = {"description": " | ".join(PROBLEMS[code].title_en for code in same), "content": content}
        if any(PROBLEMS[code].may_retry for code in same):
            found[str(status)]["headers"] = {"Retry-After": _integer("秒 / seconds")}
    return found


def _challenge_answer() -> dict[str, Any]:
    described = (
        "カードが署名するもの。カードによる認証を有効にした市だけ / What the card signs, in cities that take cards"
    )
    return _json_answer(described, answers.ChallengeAnswer.__name__)


def _notice_answer() -> dict[str, Any]:
    return _json_answer("市からのお知らせ / What the city tells at its kiosks now", answers.NoticeAnswer.__name__)


def _menu_answer() -> dict[str, Any]:
    return _json_answer("発行できる証明書 / What may be had now", answers.MenuAnswer.__name__)


def _access_answer() -> dict[str, Any]:
    described = "本籍地利用登録の申請の状況 / Where the application of this card stands, the one sent or one before it"
    return _json_answer(described, answers.AccessAnswer.__name__)


def _state_answer() -> dict[str, Any]:
    return _json_answer("状態と結果 / State and outcome", answers.StateAnswer.__name__)


def _json_answer(description: str, model: str) -> dict[str, Any]:
    return {"description": description, "content": {answers.JSON: {"schema": {"$ref": _REF.format(model=model)}}}}


def _pdf_answer() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "description": "証明書 / The certificate; the same request again gives the same bytes",
        "headers": {
            "Issuance-Number": {"description": "発行番号", "required": True, "schema": text},
            "Content-Digest": {"description": "RFC 9530, sha-256", "required": True, "schema": text},
            "Document-Pages": _integer("ページ数 / pages"),
            "Fee": _integer("手数料(円) / fee in yen"),
        },
        "content": {answers.PDF: {}},
    }


def _integer(description: str) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": "integer", "minimum": 0}}


def _issuance_parameters() -> list[dict[str, Any]]:
    number = {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"}
    return [
        {"name": "issuance_number", "in": "path", "required": True, "schema": number},
        _city_parameter(),
    ]


def _city_parameter() -> dict[str, Any]:
    city = {"type": "string", "pattern": "^[0-9]{6}$"}
    return {"name": "municipality_code", "in": "query", "required": True, "schema": city}


def _schemas() -> dict[str, Any]:
    bodies = [(model, "validation") for model in _BODIES]
    results = [(model, "serialization") for model in _ANSWERS]
    _, of_bodies = models_json_schema(bodies, ref_template=_REF, schema_generator=_BodySchema)  # type: ignore[arg-type]
    _, of_answers = models_json_schema(results, ref_template=_REF)  # type: ignore[arg-type]
    return {**of_bodies["$defs"], **of_answers["$defs"]}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    document = problem_document(EdgeCode.FAULT)
    members: dict[str, Any] = dict.fromkeys(document, text)
    members["status"] = {"type": "integer"}
    members["code"] = {"type": "string", "enum": sorted(code.value for code in PROBLEMS)}
    members["field"] = {
        "type": "string",
        "description": "member names joined by dots, [n] for list items, $ for the whole body; never a value",
    }
    members["issuance_number"] = text
    members["registration"] = {"$ref": _REF.format(model=answers.AccessAnswer.__name__)}
    return {"type": "object", "description": "RFC 9457", "required": list(document), "properties": members}


if __name__ == "__main__":
    main(sys.argv[1:])
