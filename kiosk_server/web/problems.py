"""Problem documents (RFC 9457). One table gives each code its status and its words; nothing else answers an error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiohttp import web

from civil.errors import KioskError
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.web.answers import access_members
from kiosk_server.web.malformed import MalformedBody

PROBLEM_JSON: Final = "application/problem+json"


class EdgeCode(StrEnum):
    """Codes that only the web edge gives."""

    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    NO_SUCH_PATH = "no_such_path"
    WRONG_METHOD = "wrong_method"
    FAULT = "fault"
    NOT_READY = "not_ready"


ProblemCode = RefusalCode | EdgeCode


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What every problem of one code has in common."""

    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str
    retry_after: int | None = None
    """Seconds to say when the refusal itself gives none."""
    may_retry: bool = False
    """Whether a refusal's own `retry_after` is passed on."""
    has_number: bool = False
    """Whether the issuance number is passed on."""
    has_registration: bool = False
    """Whether it says where the application of the card stands."""


PROBLEMS: Final[Mapping[ProblemCode, ProblemKind]] = {
    RefusalCode.MALFORMED: ProblemKind(
        400,
        "要求の形式が正しくありません",
        "The request is malformed",
        "field の箇所を直して送り直してください。",
        "Correct the place named by field and send it again.",
    ),
    RefusalCode.NOT_IDENTIFIED: ProblemKind(
        401,
        "本人を確認できません",
        "Not identified",
        "カードと暗証番号を確かめてください。繰り返す場合は市の窓口へご案内ください。",
        "Check the card and the PIN. If it happens again, send the resident to the city's counter.",
    ),
    RefusalCode.NOT_AVAILABLE: ProblemKind(
        403,
        "この証明書は発行できません",
        "Not available",
        "市の窓口へご案内ください。",
        "Send the resident to the city's counter.",
    ),
    RefusalCode.APPLICATION_WAITS: ProblemKind(
        403,
        "本籍地利用登録の申請を審査中です",
        "The koseki access registration waits for a decision",
        "registration の日までに市が決めます。承認されるとこのカードで戸籍の証明書を取れます。",
        "The city decides by the day that registration names. Once it is accepted, the card takes certificates of its koseki.",
        has_registration=True,
    ),
    RefusalCode.NOT_YOUR_CITY: ProblemKind(
        403,
        "この市区町村または証明書は取り扱えません",
        "Not your city",
        "クライアント証明書の登録内容を市にご確認ください。",
        "Ask the city what this client certificate is registered for.",
    ),
    RefusalCode.CLOSED: ProblemKind(
        403,
        "ただいまサービス時間外です",
        "Closed",
        "サービス時間内にもう一度お試しください。",
        "Try again within service hours.",
        may_retry=True,
    ),
    RefusalCode.NO_SUCH_ISSUANCE: ProblemKind(
        404,
        "該当する発行はありません",
        "No such issuance",
        "発行番号を確かめてください。受け取った相手だけが照会できます。",
        "Check the issuance number. Only the caller that received it may ask.",
    ),
    RefusalCode.OUTCOME_CONFLICT: ProblemKind(
        409,
        "すでに別の結果が報告されています",
        "The outcome contradicts an earlier report",
        "記録は変更していません。市に連絡してください。",
        "Nothing was changed. Contact the city.",
    ),
    RefusalCode.ALREADY_ANSWERED: ProblemKind(
        410,
        "この要求には回答済みです",
        "Already answered",
        "証明書は再送できません。結果を発行番号で照会し、必要なら新しい request_id で申請してください。",
        "The certificate can no longer be sent again. Ask for its state by number; if needed, ask with a new request_id.",
        has_number=True,
    ),
    RefusalCode.REQUEST_CONFLICT: ProblemKind(
        422,
        "同じ request_id で異なる内容の要求です",
        "The request_id was used for another request",
        "新しい request_id で送ってください。",
        "Send it with a new request_id.",
    ),
    RefusalCode.NOT_FRESH: ProblemKind(
        503,
        "最新の記録であることを確認できません",
        "The record cannot be shown to be current",
        "しばらくしてから同じ request_id でもう一度お試しください。",
        "Try again later with the same request_id.",
        retry_after=10,
        may_retry=True,
    ),
    RefusalCode.BUSY: ProblemKind(
        503,
        "混み合っています",
        "Busy",
        "しばらくしてから同じ request_id でもう一度お試しください。",
        "Try again later with the same request_id.",
        retry_after=5,
        may_retry=True,
    ),
    RefusalCode.TIMED_OUT: ProblemKind(
        503,
        "時間内に完了しませんでした",
        "Timed out",
        "しばらくしてから同じ request_id でもう一度お試しください。二重に発行されることはありません。",
        "Try again later with the same request_id. It is never issued twice.",
        retry_after=5,
        may_retry=True,
    ),
    EdgeCode.TOO_LARGE: ProblemKind(
        413,
        "要求が大きすぎます",
        "Too large",
        "本文は 64 KiB 以内で送ってください。",
        "Send a body of at most 64 KiB.",
    ),
    EdgeCode.UNSUPPORTED: ProblemKind(
        415,
        "この形式の本文は受け付けません",
        "Unsupported content type",
        "Content-Type: application/json、圧縮なしで送ってください。",
        "Send Content-Type: application/json without a content encoding.",
    ),
    EdgeCode.NO_SUCH_PATH: ProblemKind(
        404,
        "このパスはありません",
        "No such path",
        "パスは /openapi.json にあります。",
        "The paths are in /openapi.json.",
    ),
    EdgeCode.WRONG_METHOD: ProblemKind(
        405,
        "このメソッドは使えません",
        "Wrong method",
        "Allow ヘッダーのメソッドを使ってください。",
        "Use a method of the Allow header.",
    ),
    EdgeCode.FAULT: ProblemKind(
        500,
        "システムの障害です",
        "Fault",
        "市に連絡してください。同じ request_id で再送しても二重に発行されることはありません。",
        "Contact the city. The same request_id may be sent again; it is never issued twice.",
    ),
    EdgeCode.NOT_READY: ProblemKind(
        503,
        "準備ができていません",
        "Not ready",
        "checks の fix に従ってください。",
        "Do what fix says under checks.",
    ),
}


class Problem(KioskError):
    """要求に応じられません。 / The request is answered with a problem."""

    def __init__(
        self,
        code: ProblemCode,
        *,
        members: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Take the code, further members of the document, headers, and the seconds after which to ask again."""
        super().__init__()
        self.code = code
        self.members = dict(members or {})
        self.headers = dict(headers or {})
        self.retry_after = retry_after


def from_refusal(refusal: Refusal) -> Problem:
    """The problem a refusal becomes: its reason and whom it concerns stay inside.

    A code passes on only what the table lets it, so every `not_identified` is the same, byte for byte.
    """
    kind = PROBLEMS[refusal.code]
    members: dict[str, object] = {}
    if refusal.code is RefusalCode.MALFORMED and refusal.field is not None:
        members["field"] = refusal.field
    if kind.has_number and refusal.issuance_number is not None:
        members["issuance_number"] = refusal.issuance_number
    if kind.has_registration and refusal.registration is not None:
        members["registration"] = access_members(refusal.registration)
    return Problem(refusal.code, members=members, retry_after=refusal.retry_after if kind.may_retry else None)


def from_malformed(error: MalformedBody) -> Problem:
    """The problem a malformed body becomes: which place, and the rule it broke."""
    kind = PROBLEMS[RefusalCode.MALFORMED]
    words = {"detail": error.rule.ja + kind.detail, "detail_en": f"{error.rule.en} {kind.detail_en}"}
    return Problem(RefusalCode.MALFORMED, members={"field": error.field, **words})


def problem_response(problem: Problem) -> web.Response:
    """The answer on the wire."""
    kind = PROBLEMS[problem.code]
    headers = dict(problem.headers)
    seconds = kind.retry_after if problem.retry_after is None else problem.retry_after
    if seconds is not None:
        headers["Retry-After"] = str(max(1, seconds))
    if kind.status == web.HTTPUnauthorized.status_code:
        # RFC 9110 15.5.2 wants a challenge with every 401; the credential travels in the body.
        headers["WWW-Authenticate"] = 'Credential realm="issuance"'
    document = {**problem_document(problem.code), **problem.members}
    body = json.dumps(document, ensure_ascii=False).encode()
    return web.Response(status=kind.status, body=body, content_type=PROBLEM_JSON, headers=headers)


def problem_document(code: ProblemCode) -> dict[str, object]:
    """The members that every problem of this code has."""
    kind = PROBLEMS[code]
    return {
        "type": f"/openapi.json#/x-problems/{code}",
        "code": code.value,
        "status": kind.status,
        "title": kind.title,
        "title_en": kind.title_en,
        "detail": kind.detail,
        "detail_en": kind.detail_en,
    }
