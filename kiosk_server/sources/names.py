"""What people call a source, and the days of a week in its settings."""

from collections.abc import Mapping
from typing import Final

SOURCE_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "registry": ("住民基本台帳", "resident registry"),
    "resident": ("住民記録", "residents"),
    "seal": ("印鑑登録", "seal registration"),
    "tax": ("税", "tax"),
    "disaster": ("罹災", "disaster"),
    "koseki": ("戸籍", "koseki"),
    "koseki_supplement": ("附票", "koseki supplement"),
    "certificate": ("利用者証明用電子証明書", "user certificates"),
    "unknown": ("不明(見出しを読めない)", "unknown (header unreadable)"),
}
"""Japanese and English, by the code that stands in the books and that commands take."""
WEEKDAY_CODES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As commands take them; the first is day 1 of ISO 8601."""


def named(source: str) -> str:
    """As a clerk calls it, and the code for the commands: 罹災 / disaster."""
    return f"{SOURCE_NAMES.get(source, (source, source))[0]} / {source}"
