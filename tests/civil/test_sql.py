import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from civil import sql
from civil.sql import SqlFileMalformed

GOOD = """-- Statements of a room.

-- name: first_one
-- Why it is there.
SELECT $1::text
FROM x;

-- name: second
-- Another.
-- And more about it.
DELETE FROM y;
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an importable package to put files in."""
    folder = tmp_path / "sql_room"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    sql.load.cache_clear()
    yield folder
    sys.modules.pop("sql_room", None)
    sql.load.cache_clear()


def load(package: Path, text: str) -> dict[str, str]:
    (package / "queries.sql").write_text(text, encoding="utf-8")
    return dict(sql.load("sql_room", "queries.sql"))


def test_statements_are_found_by_name_with_their_comment(package: Path) -> None:
    statements = load(package, GOOD)
    assert list(statements) == ["first_one", "second"]
    assert statements["first_one"] == "-- Why it is there.\nSELECT $1::text\nFROM x;"


def test_the_mapping_cannot_be_changed(package: Path) -> None:
    load(package, GOOD)
    with pytest.raises(TypeError):
        sql.load("sql_room", "queries.sql")["second"] = "DROP"  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    [
        "-- name: a\n-- x\nSELECT 1;\n-- name: a\n-- y\nSELECT 2;",
        "-- name: a\nSELECT 1;",
        "-- name: a\n-- only a comment",
        "-- name: Not_Snake\n-- x\nSELECT 1;",
        "-- name: two words\n-- x\nSELECT 1;",
        "SELECT 1;",
        "SELECT 0;\n-- name: a\n-- x\nSELECT 1;",
    ],
    ids=["repeated", "no comment", "no statement", "capital", "two words", "no name", "text before the first"],
)
def test_a_malformed_file_is_refused(package: Path, text: str) -> None:
    with pytest.raises(SqlFileMalformed):
        load(package, text)
