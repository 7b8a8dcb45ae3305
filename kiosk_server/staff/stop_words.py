"""What the words of stops are called on a page: Japanese and English."""

from collections.abc import Mapping
from typing import Final

_STOP_CAUSES: Final = {
    "planned": ("計画", "planned"),
    "ordered": ("職員による", "ordered"),
    "mismatch": ("不一致による自動停止", "after a mismatch"),
}
BY_NAME: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "stop_cause": _STOP_CAUSES,
}
"""For `terms.term`."""
