"""What a verification can find, and what a person does about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

WHAT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "row_changed": "行が書き換えられています。 / The row was changed.",
        "row_removed": "行が削除されています。 / The row was removed.",
        "row_inserted": "記録の手順を通らずに入れられた行です。 / The row was inserted past the log.",
        "row_entered_twice": "同じ行の記録が二つあります。 / The row was entered twice.",
        "erased_unapproved": "承認のない消去です。 / Personal columns were erased without two approvals.",
        "entry_removed": "ログの葉に対応する記録が削除されています。 / The entry of a leaf was removed.",
        "entry_changed": "記録と葉が一致しません。 / The entry is not what its leaf says.",
        "leaf_missing": "葉の番号が飛んでいます。 / Leaf numbers have a gap: leaves were removed.",
        "leaf_unsigned": "署名付きチェックポイントに含まれない葉です。 / No signed checkpoint covers the leaf.",
        "node_changed": "木の節点が葉と一致しません。 / A stored node is not that of its leaves.",
        "checkpoint_changed": "保存されたチェックポイントが木と一致しません。 / A stored checkpoint is not that of the tree.",
        "checkpoint_unsigned": "チェックポイントに正しい署名がありません。 / A stored checkpoint has no valid signature.",
        "leaf_rewritten": "証人が保存した葉と異なります。行も記録も葉も作り直されています。 / "
        "The leaf is not the one that the witness kept: row, entry and leaf were made anew.",
        "tree_rewritten": "外部のチェックポイントと一致しません。この範囲の葉のいずれかが書き換えられました。 / "
        "The tree is not the one that was witnessed: among these leaves, one or more were rewritten.",
        "tree_shorter": "外部のチェックポイントより短いログです。末尾が失われています。 / "
        "The log is shorter than the witnessed one: its end was cut off.",
        "unbatched": "制限時間を過ぎても葉になっていない行です。 / The row has not become a leaf in time.",
        "step_missing": "経過の番号が飛んでいます。 / Steps of the request have a gap.",
        "step_changed": "経過の連鎖が切れています。 / The chain of steps is broken.",
        "state_differs": "経過と現在の状態が一致しません。 / The last step is not the state that the request or attempt has now.",
        "issuance_missing": "発行済みなのに履歴がありません。 / The attempt is recorded and history has no issuance.",
        "guard_off": "履歴を守るトリガーがないか、止められています。 / A trigger that guards history is missing or switched off.",
        "table_missing": "記録のある表がなくなっています。 / A table that was entered is gone.",
    }
)

FIX: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unbatched": "ロガー(kiosk serve logger)が動いているか確かめてください。動いているのに減らないなら改ざんを疑ってください。 / "
        "See whether kiosk serve logger runs. If it does and this stays, somebody has tampered.",
        "guard_off": "誰がいつ止めたかを調べ、kiosk db status で移行を確かめてから戻してください。 / "
        "Find out who did it and when; look at kiosk db status, then put it back.",
    }
)
_EVIDENCE: Final = (
    "データベースを変更せずに複製して保全し、証人のファイルおよび改ざん前のバックアップと比べ、責任者に報告してください。 / "
    "Keep a copy of the database as it is, compare with the witness's file and a backup from before, and report it."
)


@dataclass(frozen=True, slots=True)
class Row:
    """Where something was found: table and key, and what a person knows it by."""

    table: str
    key: str | None = None
    leaf_number: int | None = None
    issuance_number: str | None = None
    request_id: str | None = None

    def __str__(self) -> str:
        parts = [f"history.{self.table}" if "." not in self.table else self.table]
        parts += [] if self.key is None else [self.key]
        for label, value in (
            ("葉 / leaf", self.leaf_number),
            ("発行番号 / number", self.issuance_number),
            ("請求 / request", self.request_id),
        ):
            parts += [] if value is None else [f"{label} {value}"]
        return "  ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `detail` says more where there is more to say; no personal data."""

    what: str
    row: Row
    detail: str = ""

    @property
    def said(self) -> str:
        """What is wrong, for a person."""
        return WHAT[self.what] + (f" {self.detail}" if self.detail else "")

    @property
    def fix(self) -> str:
        """What to do about it."""
        return FIX.get(self.what, _EVIDENCE)


_NUMBER_PLACE: Final = MappingProxyType({"issuance": 0, "issuance_subject": 0, "outcome": 0, "settlement": 3})
_REQUEST_PLACE: Final = MappingProxyType({"transition": 2, "refusal_reason": 2})


def row_of(table: str, key: str | None, leaf_number: int | None, content: str | None = None) -> Row:
    """Name a row by its key (a JSON array), and by its columns (a JSON object) while it is there."""
    columns: Mapping[str, Any] = {} if content is None else json.loads(content)
    place = [] if key is None else json.loads(key)
    number = columns.get("issuance_number") or _at(place, _NUMBER_PLACE.get(table))
    request = columns.get("request_id") or _at(place, _REQUEST_PLACE.get(table))
    return Row(table, key, leaf_number, number, request)


def _at(key: list[Any], place: int | None) -> str | None:
    return None if place is None or place >= len(key) else str(key[place])
