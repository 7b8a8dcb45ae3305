"""The texts of a snapshot that people wrote: names, addresses, words of a register. Found by the names of their fields."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, get_args, get_type_hints

FREE: Final = frozenset({
    "name", "furigana", "former_surname", "former_surname_furigana", "alias", "relationship", "domicile",
    "first_registrant", "address_before_move_in", "address_before_move", "nationality", "residence_status",
    "residence_period", "category", "card_number", "head_name", "address", "given_name", "given_name_furigana", "father",
    "mother", "adoptive_father", "adoptive_mother", "heading", "label", "content", "address_on_january_1", "disaster",
    "cause", "dwelling_address", "damage_number", "municipality_name", "title",
})  # fmt: skip
"""Not the numbers by which the books know a person, nor what is chosen from a list."""

CHOSEN: Final = frozenset({
    "amounts", "degree", "issuance_number", "koseki_number", "koseki_person_number", "municipality_code", "my_number",
    "person_number", "text",
})  # fmt: skip
"""Texts of the other sort: numbers, words of a list, and the spelling of a date that `RecordedDate` has checked."""

Path = tuple[str | int, ...]


def free_texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where each stands, and what it says; what is not recorded is left out."""
    if isinstance(value, tuple):
        for order, one in enumerate(value):
            yield from free_texts(one, (*path, order))
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if isinstance(inner, str) and field.name in FREE:
                yield (*path, field.name), inner
            else:
                yield from free_texts(inner, (*path, field.name))


def text_fields(kind: type[Any]) -> frozenset[str]:
    """The names of all fields of text in a dataclass and in those inside it."""
    return frozenset(_text_fields(kind, set()))


def _text_fields(kind: type[Any], seen: set[type[Any]]) -> Iterator[str]:
    if kind in seen:
        return
    seen.add(kind)
    hints = get_type_hints(kind)
    for field in fields(kind):
        for part in _parts(hints[field.name]):
            if part is str:
                yield field.name
            elif isinstance(part, type) and is_dataclass(part):
                yield from _text_fields(part, seen)


def _parts(hint: Any) -> Iterator[Any]:
    inner = get_args(hint)
    if not inner:
        yield hint
    for one in inner:
        yield from _parts(one)


def with_texts(snapshot: Any, texts: Mapping[Path, str]) -> Any:
    """The snapshot with other texts in these places. Raises what the snapshot raises."""
    for path, text in texts.items():
        snapshot = _with(snapshot, path, text)
    return snapshot


def _with(value: Any, path: Path, text: str) -> Any:
    if not path:
        return text
    first, *rest = path
    if isinstance(first, int):
        return (*value[:first], _with(value[first], tuple(rest), text), *value[first + 1 :])
    return replace(value, **{first: _with(getattr(value, first), tuple(rest), text)})
