"""What the database refuses, told without the data that it was about."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from registry.residents.errors import CancelledBefore, DraftNotReady, NumberTaken, RecordInconsistent

_NUMBERS: Final = frozenset({"person_pkey", "person_resident_code", "person_my_number"})


@contextmanager
def without_data() -> Iterator[None]:
    """Turn a refusal of the database into one of ours: the database's own message quotes the row."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as violation:
        constraint = violation.constraint_name or "not_null"
        if constraint in _NUMBERS:
            raise NumberTaken from None
        if constraint == "draft_step_once":
            raise DraftNotReady from None
        if constraint == "event_reversed_once":
            raise CancelledBefore from None
        raise RecordInconsistent(constraint) from None
    except asyncpg.DataError as fault:
        raise RecordInconsistent(type(fault).__name__) from None
