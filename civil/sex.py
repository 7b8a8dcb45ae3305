"""性別 as it is stored and printed."""

from enum import IntEnum


class Sex(IntEnum):
    """Sex of a recorded person; the numbers are those stored in the database."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2

    @property
    def printed(self) -> str:
        """What the certificate shows; 【空欄】 says that the blank is meant."""
        return _PRINTED[self]


_PRINTED = {Sex.UNKNOWN: "【空欄】", Sex.MALE: "男", Sex.FEMALE: "女"}
