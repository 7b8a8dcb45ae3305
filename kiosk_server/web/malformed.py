"""What is wrong with a request body, and where: a fixed sentence and the name of a place, never what was sent."""

import re
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from civil.errors import KioskError

WHOLE_BODY: Final = "$"
"""The name of the place when it is the body as a whole."""

_SAFE_NAME: Final = re.compile(r"[A-Za-z_]{1,40}", re.ASCII)
_UNION_PLACES: Final = frozenset(
    {
        ("credential",),
        ("certificate",),
        *(("certificate", kind, "persons") for kind in ("resident_record", "resident_statement")),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the protocol that a body broke, in both languages."""

    ja: str
    en: str


UNREADABLE: Final = Rule(
    "JSON(UTF-8、BOMなし)として読めません。", "The body is not JSON in UTF-8 without a byte order mark."
)
TOO_DEEP: Final = Rule("入れ子が深すぎます。", "The body is nested too deeply.")
REPEATED: Final = Rule("同じ名前の項目が二つあります。", "A member name occurs twice.")
NOT_TEXT: Final = Rule("文字として正しくありません。", "The text is not well-formed Unicode.")
MISSING: Final = Rule("必須の項目がありません。", "A required member is missing.")
UNKNOWN: Final = Rule("この項目はありません。", "There is no such member.")
WRONG_TYPE: Final = Rule("型が違います。", "The value has the wrong type.")
WRONG_COUNT: Final = Rule("個数が範囲外です。", "There are too few or too many items.")
NOT_CANONICAL: Final = Rule("決められた形の値ではありません。", "The value is not in its one allowed form.")
EITHER: Final = Rule(
    "credential と session のどちらか一つを送ってください。", "Send exactly one of credential and session."
)
NOT_ENABLED: Final = Rule(
    "この種類の認証は当市では有効になっていません。", "This city has not enabled this type of credential."
)
_RULE_OF_TYPE: Final = {
    "missing": MISSING,
    "extra_forbidden": UNKNOWN,
    "too_long": WRONG_COUNT,
    "too_short": WRONG_COUNT,
    "union_tag_not_found": WRONG_TYPE,
}
_TAG: Final = {"union_tag_invalid": NOT_CANONICAL, "union_tag_not_found": MISSING}
_TAG_OF_UNION: Final = {("credential",): "credential.type", ("certificate",): "certificate.kind"}


class MalformedBody(KioskError):
    """要求を読み取れません。 / The request is malformed."""

    def __init__(self, field: str, rule: Rule) -> None:
        """Take the place, as member names joined by dots with ``[n]`` for list items, and the broken rule."""
        super().__init__()
        self.field = field
        self.rule = rule


def place(parent: str, step: str | int) -> str:
    """Return the name of a place inside another.

    A member name that is not made of letters and underscores may be a value in disguise and is written ``*``.
    """
    if isinstance(step, int):
        return f"{parent}[{step}]"
    name = step if _SAFE_NAME.fullmatch(step) else "*"
    return name if parent == WHOLE_BODY else f"{parent}.{name}"


def from_validation(error: ValidationError) -> MalformedBody:
    """Turn the first finding of pydantic into ours. Its own messages quote the input and are not used."""
    finding = error.errors(include_url=False, include_context=False, include_input=False)[0]
    location, kind = finding["loc"], finding["type"]
    if location in _TAG_OF_UNION and kind in _TAG:
        return MalformedBody(_TAG_OF_UNION[location], _TAG[kind])
    return MalformedBody(_field_of(location), _rule_of(kind))


def _rule_of(finding: str) -> Rule:
    return _RULE_OF_TYPE.get(finding, WRONG_TYPE if finding.endswith("_type") else NOT_CANONICAL)


def _field_of(location: tuple[int | str, ...]) -> str:
    field = WHOLE_BODY
    for index, step in enumerate(location):
        # pydantic names the chosen member of a union in between; it is no part of the body.
        if location[:index] in _UNION_PLACES:
            continue
        field = place(field, step)
    return field
