"""What tells a reader that a file is of a city, and whole; the same for our own form and for those of other systems."""

from civil.check_digits import municipality_code_ok
from sync.feeds.items import Items
from sync.feeds.octet_lines import OctetLines


def require_city_code(header: Items) -> None:
    """The header names a municipality. Raises FileRefused."""
    if not municipality_code_ok(header.texts["municipality_code"]):
        raise header.refused(
            "municipality_code", "検査数字を含む6桁です。 / It is six digits with a right check digit."
        )


def require_count(told: Items, count: int) -> None:
    """The item `records` is how many there were. Raises FileRefused."""
    if told.number("records") != count:
        raise told.refused("records", f"件数が合いません(実際は{count})。 / The count is wrong: there are {count}.")


def require_content(trailer: Items, octets: OctetLines) -> None:
    """The item `sha256` is of every byte before the trailer. Raises FileRefused."""
    if trailer.digest("sha256") != octets.sha256_before:
        raise trailer.refused(
            "sha256",
            "内容と一致しません。送り直してください。 / The content is not what was digested; have it sent again.",
        )
