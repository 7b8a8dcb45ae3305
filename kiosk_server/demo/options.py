"""What a person may choose when starting a demo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DEFAULT_RESIDENTS: Final = 3_000
DEFAULT_SAMPLES: Final = 5
DEFAULT_SEED: Final = 20_260_401

Tell = Callable[[str], None]
"""Told in plain words, in both languages, what is being done."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`database_url` and `redis_url` name servers to use instead of embedded ones; the first as an administrator."""

    path: Path
    residents: int = DEFAULT_RESIDENTS
    samples: int | None = None
    """How many sample residents; None takes DEFAULT_SAMPLES or as many as there are."""
    seed: int = DEFAULT_SEED
    workers: int = 1
    """Processes that answer centres and terminals."""
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    postgres_settings: Mapping[str, str] = field(default_factory=dict)
    """For an embedded PostgreSQL, such as one that is thrown away after a minute."""
