"""Every scenario of the list has its file, its tests, and the three lines that say what happened where."""

import ast
import re
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_FILE = re.compile(r"test_mis_(?P<number>[0-9]{2})_[a-z_0-9]+\.py")
NUMBERS = [f"{number:02}" for number in range(1, 21)]


@pytest.mark.parametrize("number", NUMBERS)
def test_each_scenario_has_one_file_with_tests_of_its_name_and_a_docstring_of_three_lines(number: str) -> None:
    (file,) = _HERE.glob(f"test_mis_{number}_*.py")
    module = ast.parse(file.read_text(encoding="utf-8"))
    told = ast.get_docstring(module)
    assert told is not None
    heading, *lines = [line for line in told.splitlines() if line.strip()]
    assert heading.startswith(f"MIS-{number}")
    assert len(lines) >= 2
    names = [one.name for one in module.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    tests = [name for name in names if name.startswith("test_")]
    assert tests
    assert [name for name in tests if not name.startswith(f"test_mis_{number}_")] == []


def test_no_other_scenario_is_claimed() -> None:
    claimed = {match["number"] for file in _HERE.iterdir() if (match := _FILE.fullmatch(file.name))}
    assert claimed <= set(NUMBERS)
