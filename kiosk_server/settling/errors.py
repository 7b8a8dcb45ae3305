"""What can be wrong with a statement as a whole."""

from civil.errors import KioskError


class OtherCity(KioskError):
    """別の市区町村のファイルです。 / The file belongs to another municipality."""


class StatementContradicts(KioskError):
    """同じ日・同じ版の別の内容が取り込み済みです。訂正なら版を1つ上げてもらってください。 /
    Another content was taken in under this day and edition. If it is a correction, ask for the next edition."""


class EditionOutOfOrder(KioskError):
    """版が続いていません。抜けている版を先に取り込んでください。 /
    The edition does not follow the one we have. Take in the missing one first."""


class StatementMissing(KioskError):
    """その日の明細を取り込んでいません。kiosk settle import を先に。 /
    No statement of that day was taken in. First: kiosk settle import FILE."""


class NotOneCentre(KioskError):
    """交付センターが1つに決まりません。--caller-id を指定してください。 /
    The city has not exactly one centre. Give --caller-id."""
