"""Joins the page's modules into one script: a browser loads no module from a file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).parent
_IMPORT: Final = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)


def joined(first: str) -> str:
    """The module of this name after all that it needs, each a function that returns what it exports."""
    return '"use strict";\n' + "".join(map(_as_function, dict.fromkeys(_in_order(first))))


def _in_order(name: str) -> Iterator[str]:
    for _, needed in _IMPORT.findall(_source(name)):
        yield from _in_order(needed)
    yield name


def _as_function(name: str) -> str:
    source = _source(name)
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = module_\2;", source))
    exports = ", ".join(_EXPORT.findall(source))
    return f"const module_{name} = (() => {{\n{body}return {{ {exports} }};\n}})();\n"


def _source(name: str) -> str:
    return (SOURCES / f"{name}.js").read_text(encoding="utf-8")
