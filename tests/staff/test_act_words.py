"""Whoever reads the operation log reads words, whichever act the code records."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk_server.staff.terms import ACTS

_ROOT: Final = Path(__file__).parents[2]
_ROOMS: Final = ("issuance_db", "kiosk_server", "sync")
_ACT: Final = 2
"""Which argument of `record_act` is the act."""


def _acts_of_the_code() -> set[str]:
    files = (file for room in _ROOMS for file in (_ROOT / room).rglob("*.py"))
    return {act for file in files for act in _acts(ast.parse(file.read_text(encoding="utf-8")))}


def _acts(module: ast.Module) -> Iterator[str]:
    """Said in the call itself, or by the name `act`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_act" and len(node.args) > _ACT:
            yield from _texts(node.args[_ACT])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "act":
            yield from _texts(node.value)


def _texts(node: ast.expr) -> Iterator[str]:
    branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    for branch in branches:
        if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
            yield branch.value


def test_every_act_of_the_code_has_words_in_both_languages() -> None:
    acts = _acts_of_the_code()
    assert {"stop_set", "suppression_set", "suppression_lifted", "feed_numbers_begin_anew"} <= acts
    assert [act for act in sorted(acts) if act not in ACTS or ACTS[act][0].isascii()] == []
