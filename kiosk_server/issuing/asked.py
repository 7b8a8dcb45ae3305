"""Who asks for what: an accepted request with the persons chosen, as numbers."""

from dataclasses import dataclass
from typing import Literal

from cardauth import Authenticated
from kiosk_server.issuing.request import Caller, IssuanceRequest

Chosen = Literal["household", "koseki", "self"] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what: the accepted request with the persons chosen, as numbers."""

    caller: Caller
    request: IssuanceRequest
    authenticated: Authenticated
    chosen: Chosen
    household_at_menu: tuple[str, int] | None = None
    """Number and sequence of the household when the menu named the chosen persons."""
