"""docs/accidents.md names every scenario and its test, and nothing that is not there."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SCENARIOS: Final = tuple(f"MIS-{number:02}" for number in range(1, 21))
_ROW: Final = re.compile(r"^\| (MIS-\d\d) \|.*\(\.\./(tests/incidents/(test_mis_\d\d)_\w+\.py)\) \|$", re.MULTILINE)


def test_every_scenario_has_its_row_and_its_test_file() -> None:
    rows = _ROW.findall((ROOT / "docs" / "accidents.md").read_text(encoding="utf-8"))
    assert tuple(scenario for scenario, _, _ in rows) == SCENARIOS
    for scenario, path, stem in rows:
        assert stem == f"test_{scenario.lower().replace('-', '_')}"
        text = (ROOT / path).read_text(encoding="utf-8")
        assert text.startswith(f'"""{scenario}')
        assert re.search(rf"^(async )?def {stem}_", text, re.MULTILINE)


def test_every_incident_test_has_its_row() -> None:
    files = {path.name for path in (ROOT / "tests" / "incidents").glob("test_mis_*.py")}
    assert files == {Path(path).name for _, path, _ in _ROW.findall((ROOT / "docs" / "accidents.md").read_text())}
