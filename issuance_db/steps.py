"""What every statement that adds a step to a request's history may run into."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from issuance_db.database import DatabaseConflict


@contextmanager
def one_after_another() -> Iterator[None]:
    """Around a statement that adds a step. Raises DatabaseConflict when another transaction added one at the same moment."""
    try:
        yield
    except asyncpg.UniqueViolationError as collision:
        if collision.table_name != "transition":
            raise
        raise DatabaseConflict from None
