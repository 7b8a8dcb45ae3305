"""What can be wrong with a statement as a whole."""

from civil.errors import KioskError


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


class MonthClosed(KioskError):
    """その月の精算は締めてあります。取り込みや突合をするには、理由を書いて締めを解いてください。 /
    That month is closed. Reopen it with a reason before anything is taken in or matched."""


class TooManyDifferences(KioskError):
    """違いが多すぎます。月・センター・列の対応・版が正しいか確かめてください。何も記録していません。正しければ「違いが多くても記録する」に印を付けて(コマンドでは --even-if-many)、もう一度。 /
    There are too many differences. See whether month, centre, layout and edition are right. Nothing was recorded. If they are,
    tick 'record many differences' (of the command: --even-if-many) and do it again."""


class OtherPeriod(KioskError):
    """ファイルは指定した日の明細ではありません。日付かファイルを選び直してください。 /
    The file is not the statement of that day. Choose the right day or file."""
