"""What a running projection tells whoever watches it: metrics, screens, tests."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Progress:
    """How many persons a projection changed, removed from F6, and set aside because their row was refused."""

    changed: int = 0
    removed: int = 0
    held_back: int = 0

    def __add__(self, other: Self) -> "Progress":
        return Progress(self.changed + other.changed, self.removed + other.removed, self.held_back + other.held_back)


class Observer:
    """Does nothing; subclasses override what they want to hear of. Methods must not block, and see no personal data."""

    def leads(self, municipality_code: str) -> None:
        """This process now projects the city."""

    def waits(self, municipality_code: str) -> None:
        """Another process projects the city; told again at every try."""

    def applied(self, municipality_code: str, progress: Progress) -> None:
        """Pending changes were committed."""

    def interrupted(self, cause: str) -> None:
        """The work stopped and will be tried again; `cause` is an SQLSTATE or the name of an exception class."""

    def reconciled(self, municipality_code: str, differing: int) -> None:
        """The city, or a part of it, was compared with the register; so many persons differ."""

    def repaired(self, municipality_code: str, records: int, equal: int) -> None:
        """So many records were made anew after approval, and so many of them equal the register since."""

    def too_old(self, municipality_code: str) -> None:
        """A source of files has passed its age limit: its kinds are stopped until the next file."""

    def fed(self, municipality_code: str, result: str) -> None:
        """A file of another system was looked at: applied, repeated, overtaken, waiting, refused, equal or different."""
