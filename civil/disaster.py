"""How far a dwelling was damaged: the degrees of 罹災証明書, as a feed names them and a form prints them.

Source: 災害に係る住家の被害認定基準運用指針 (内閣府); the certificate itself is 災害対策基本法 90条の2.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DEGREES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "total": "全壊",
        "large_half": "大規模半壊",
        "medium_half": "中規模半壊",
        "half": "半壊",
        "near_half": "準半壊",
        "partial": "準半壊に至らない（一部損壊）",
    }
)
