"""Reading a layout table from TOML: every word of it is known, every item of the feed has its place, or it is refused."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sync.feeds.characters import CODECS
from sync.feeds.envelope import Layout
from sync.feeds.forms import FORMS
from sync.feeds.layout_table import LINE_ENDS, Column, LayoutTable, LayoutTableWrong, Line
from sync.feeds.table_characters import characters
from sync.feeds.whole_table import require_once, require_whole

_KEYS: Final = frozenset(
    {"title", "files", "encoding", "form", "line_end", "bad_rows", "characters", "header", "record", "trailer"}
)
_COLUMN_KEYS: Final = frozenset({"item", "name", "at", "bytes", "form", "words", "value"})
_BAD_ROWS: Final = {"set aside": True, "refuse": False}


def read_table(path: Path, layouts: Iterable[Layout]) -> LayoutTable:
    """The layout table in this file, for files of some of these layouts. Raises LayoutTableWrong, and OSError."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutTableWrong(path.name, "TOML", str(error)) from None
    return _Reading(path.name, told).table({layout.name: layout for layout in layouts})


class _Reading:
    """One table under way."""

    def __init__(self, name: str, told: Mapping[str, Any]) -> None:
        self._name = name
        self._told = told
        self._is_fixed = False

    def table(self, known: Mapping[str, Layout]) -> LayoutTable:
        self._known_keys("", self._told, _KEYS)
        form = self._one_of("form", ("csv", "fixed"))
        self._is_fixed = form == "fixed"
        line_end = LINE_ENDS[self._one_of("line_end", tuple(LINE_ENDS))]
        if not (line_end or self._is_fixed):
            raise self._wrong("line_end", "CSV の行には終わりが要ります。 / Lines of CSV have an end.")
        header, trailer = (
            self._line("header", self._told.get("header")),
            self._line("trailer", self._told.get("trailer")),
        )
        layouts = self._layouts(header, known)
        table = LayoutTable(
            name=self._name,
            title=self._text("title"),
            files=tuple(self._texts("files")),
            encoding=self._one_of("encoding", tuple(CODECS)),
            form="fixed" if self._is_fixed else "csv",
            line_end=line_end,
            sets_aside=_BAD_ROWS[self._one_of("bad_rows", tuple(_BAD_ROWS))],
            characters=characters(self._name, self._told.get("characters", {})),
            header=header,
            records=tuple(self._records()),
            trailer=trailer,
            layouts=layouts,
        )
        require_whole(table)
        return table

    def _wrong(self, place: str, reason: str) -> LayoutTableWrong:
        return LayoutTableWrong(self._name, place, reason)

    def _known_keys(self, place: str, told: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in told:
            if key not in known:
                raise self._wrong(f"{place}{key}", f"次のいずれかです。 / It is one of: {', '.join(sorted(known))}")

    def _text(self, key: str) -> str:
        text = self._told.get(key)
        if not isinstance(text, str) or not text:
            raise self._wrong(key, "文字列が要ります。 / A text is needed.")
        return text

    def _texts(self, key: str) -> list[str]:
        texts = self._told.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self._wrong(key, "文字列の並びです。 / It is a list of texts.")
        return texts

    def _one_of(self, key: str, words: Sequence[str]) -> str:
        word = self._text(key)
        if word not in words:
            raise self._wrong(key, f"次のいずれかです。 / It is one of: {', '.join(words)}")
        return word

    def _line(self, place: str, told: object) -> Line:
        if (
            not isinstance(told, dict)
            or not isinstance(told.get("mark"), str)
            or not isinstance(told.get("items"), list)
        ):
            raise self._wrong(place, "mark と items が要ります。 / It has mark and items.")
        self._known_keys(f"{place}.", told, {"mark", "items", "part"})
        mark: str = told["mark"]
        columns: list[Column] = []
        constants: dict[str, str] = {}
        if not (mark and mark.isascii() and mark.isprintable()):
            raise self._wrong(f"{place}.mark", "英数字です。 / It is of ASCII characters.")
        for number, item in enumerate(told["items"], start=1):
            column = self._column(f"{place}.items[{number}]", item)
            if column.value is not None:
                constants[column.item] = column.value
            else:
                self._require_place(f"{place}.items[{number}]", item, len(mark) + sum(c.size for c in columns))
                columns.append(column)
        require_once(self._name, place, [*(c.item for c in columns if c.item), *constants])
        return Line(mark, tuple(columns), constants)

    def _column(self, place: str, told: object) -> Column:
        if not isinstance(told, dict):
            raise self._wrong(place, '{ item = "…", … } と書きます。 / It is written { item = "…", … }.')
        self._known_keys(f"{place}.", told, _COLUMN_KEYS)
        column = Column(
            told.get("item", ""),
            told.get("bytes", 0),
            told.get("form", "text"),
            told.get("words", {}),
            told.get("value"),
        )
        if column.form not in FORMS:
            raise self._wrong(f"{place}.form", f"次のいずれかです。 / It is one of: {', '.join(FORMS)}")
        if column.value is None and self._is_fixed != (type(column.size) is int and column.size > 0):
            raise self._wrong(
                f"{place}.bytes",
                "固定長では必ず、CSV では書きません。 / It is there for fixed length, and not for CSV.",
            )
        texts = [column.item, *column.words, *column.words.values(), *([] if column.value is None else [column.value])]
        if not all(isinstance(text, str) for text in texts):
            raise self._wrong(place, '文字列は "…" で書きます。 / Texts are written "…".')
        return column

    def _require_place(self, place: str, told: Mapping[str, Any], before: int) -> None:
        if "at" in told and told["at"] != before + 1:
            raise self._wrong(
                f"{place}.at", f"長さの合計では{before + 1}です。 / By the sum of bytes it is {before + 1}."
            )

    def _layouts(self, header: Line, known: Mapping[str, Layout]) -> tuple[Layout, ...]:
        named = next((column for column in header.columns if column.item == "layout"), None)
        names = (
            [header.constants["layout"]] if "layout" in header.constants else [*named.words.values()] if named else []
        )
        for name in names:
            if name not in known:
                raise self._wrong("header.layout", f"次のいずれかです。 / It is one of: {', '.join(known)}")
        layouts = tuple(known[name] for name in dict.fromkeys(names))
        if not layouts or len({(layout.source, layout.record) for layout in layouts}) > 1:
            reason = "1つの連携元の、同じ項目のレイアウトを words か value で書きます。 / words or value name layouts of one source with the same items."
            raise self._wrong("header.layout", reason)
        return layouts

    def _records(self) -> Iterable[tuple[str, Line]]:
        told = self._told.get("record")
        lines = told if isinstance(told, list) else [told]
        for number, line in enumerate(lines, start=1):
            read = self._line(f"record[{number}]" if len(lines) > 1 else "record", line)
            yield line.get("part", "D"), read
