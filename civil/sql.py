"""Loads the named statements of a `.sql` file that lies beside the code using it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from civil.errors import KioskError

_NAME_LINE = re.compile(r"^-- name:(?P<name>.*)$", re.MULTILINE)
_NAME = re.compile(r" [a-z][a-z0-9_]*")


class SqlFileMalformed(KioskError):
    """SQLファイルの書式が正しくありません。 / The SQL file is malformed."""


@cache
def load(package: str, filename: str) -> Mapping[str, str]:
    """Return the statements of a file by name, read once per process.

    Takes the dotted package and the file name inside it. Each block is a line `-- name: snake_case`, a comment line
    that says what the statement is for, then the statement. Returns a read-only mapping from name to comment and
    statement. Raises SqlFileMalformed for a bad or repeated name, a missing comment or an empty statement, and
    FileNotFoundError where there is no such file.
    """
    text = resources.files(package).joinpath(filename).read_text(encoding="utf-8")
    statements: dict[str, str] = {}
    for name, body in _blocks(text, filename):
        if name in statements:
            raise SqlFileMalformed(f"{filename}: {name} が重複しています。 / {name} is repeated.")
        statements[name] = body
    return MappingProxyType(statements)


def _blocks(text: str, filename: str) -> Iterator[tuple[str, str]]:
    heads = list(_NAME_LINE.finditer(text))
    if _has_statement(text[: heads[0].start()] if heads else text):
        raise SqlFileMalformed(f"{filename}: 名前のない文があります。 / A statement has no name.")
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        if not _NAME.fullmatch(head["name"].rstrip()):
            raise SqlFileMalformed(f"{filename}: 名前が正しくありません。 / A name is not snake_case.")
        name, body = head["name"].strip(), text[head.end() : end].strip()
        if not body.startswith("-- ") or not _has_statement(body):
            raise SqlFileMalformed(
                f"{filename}: {name} に説明か文がありません。 / {name} lacks its comment or statement."
            )
        yield name, body


def _has_statement(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("--") for line in text.splitlines())
