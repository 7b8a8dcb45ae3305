"""What the words of stops and mismatches are called on a page: Japanese and English."""

from collections.abc import Mapping
from typing import Final

_STOP_CAUSES: Final = {
    "planned": ("計画", "planned"),
    "ordered": ("職員による", "ordered"),
    "mismatch": ("不一致による自動停止", "after a mismatch"),
}
_MISMATCHES: Final = {
    "PersonDiffers": ("載る人が違う", "another person"),
    "IdentityMismatch": ("記載が違う", "another text"),
    "NumberMismatch": ("発行番号が違う", "another number"),
    "PageMismatch": ("枚数が違う", "other pages"),
    "SealMismatch": ("公印が違う", "another official seal"),
    "VisibleSealMismatch": ("検証コードが違う", "another visible seal"),
    "GlyphMismatch": ("字の形が違う", "another glyph"),
    "FontMismatch": ("字体が違う", "another font"),
    "SnapshotMismatch": ("元の記録と違う", "another snapshot"),
    "SignatureMismatch": ("署名が合わない", "the signature does not fit"),
    "UpdateMismatch": ("署名の付け足しが合わない", "an update does not fit"),
    "PermitMismatch": ("許可したものと違う", "not what was permitted"),
    "PermitSpent": ("許可が使われていた", "the permit was spent"),
}
BY_NAME: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "stop_cause": _STOP_CAUSES,
    "mismatch": _MISMATCHES,
}
"""For `terms.term`."""
