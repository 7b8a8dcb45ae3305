"""Files that people write, in TOML: every fault of the form is told with its place and what to do."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Items = TypeVar("Items", bound=BaseModel)


class ItemsWrong(Exception):
    """The file is not of its form. `faults` are lines for a person, none of which quotes a value."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(*faults)
        self.faults = faults


def read_items(file: Path, form: type[Items]) -> Items:
    """The file in its form. Raises ItemsWrong, or OSError for the file itself."""
    try:
        return form.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ItemsWrong([f"TOML として読めません。 / This is not TOML in UTF-8: {_reason(error)}"]) from None
    except ValidationError as error:
        raise ItemsWrong(list(_of_the_form(error))) from None


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__


def _of_the_form(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        place = _place(fault["loc"])
        match fault["type"]:
            case "missing":
                yield f"{place}: ありません。書いてください。 / It is missing; write it."
            case "extra_forbidden":
                yield f"{place}: そのような項目はありません。綴りを確かめてください。 / There is no such item; look at its spelling."
            case "value_error":
                yield f"{place}: {fault['msg'].removeprefix('Value error, ')}"
            case _:
                yield f"{place}: 値が正しくありません。 / {fault['msg']}"


def _place(location: tuple[int | str, ...]) -> str:
    """Such as mayor[1].name; lists are counted from one, as a person counts."""
    words = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(words).removeprefix(".")
