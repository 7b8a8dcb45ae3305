"""Whom a 戸籍の附票の写し shows: everyone in the koseki or the holder, and the first registrant where 戸籍の表示 is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kiosk_server.issuing.asked import Chosen


class _InKoseki(Protocol):
    @property
    def asks(self) -> bool: ...
    @property
    def is_first_registrant(self) -> bool: ...


_Person = TypeVar("_Person", bound=_InKoseki)


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for: of whom, and whether domicile and first registrant stand at the head."""

    chosen: Chosen
    with_domicile: bool

    @property
    def whole(self) -> bool:
        """Everyone recorded."""
        return self.chosen == "koseki"

    def printed(self, persons: Sequence[_Person]) -> Sequence[_Person]:
        """Whose addresses are printed."""
        return [one for one in persons if self.whole or one.asks]

    def shown(self, persons: Sequence[_Person]) -> Sequence[_Person]:
        """Who is printed, be it by name only."""
        return [one for one in persons if self.whole or one.asks or (self.with_domicile and one.is_first_registrant)]
