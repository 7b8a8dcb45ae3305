"""The table of event kinds as a page: `python -m registry.residents.event_table` prints what `docs/registry.md` has."""

import sys

from registry.residents.event_kinds import ANY_ITEM, EVENT_KINDS
from registry.residents.person_record import ITEM_NAMES
from registry.residents.rules import Before, Concerns, EventKind, Validation


def table() -> str:
    """Return the table in Markdown, one row for each kind, as `docs/registry.md` has it."""
    head = "| code | 異動事由 | article | class | who | date told | items | refused or alerted unless | follows | handed out | undone by |"
    return "\n".join([head, "|---|" + "---|" * 10, *map(_line, EVENT_KINDS.values())]) + "\n"


def _line(kind: EventKind) -> str:
    who = "・".join(before.value for before in Before if before in kind.before)
    if kind.concerns is not Concerns.ANYBODY:
        who += f"({kind.concerns.value})"
    cells = (
        kind.code, f"{kind.name}<br>{kind.english}", kind.article, kind.event_class.value + (f"・旧票は{kind.closes}" if kind.closes else ""),
        who, "" if kind.told is None else kind.told.value, _items(kind),
        "<br>".join([*(rule.value for rule in Validation if rule in kind.validations), *(["二人の職員"] if kind.two_persons else [])]),
        "<br>".join(follow.value for follow in kind.follow_ups), "<br>".join(notice.value for notice in kind.notices),
        kind.reversed_by or "",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _items(kind: EventKind) -> str:
    if kind.may_change == ANY_ITEM:
        return "番号・状態・消除・抑止・世帯番号のほかすべて"
    return "、".join(name for item, name in ITEM_NAMES.items() if item in kind.may_change)


if __name__ == "__main__":
    sys.stdout.write(table())
