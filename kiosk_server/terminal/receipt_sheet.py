"""The receipt as a page: what was paid for, and when and where. Nothing about the person stands on it."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from civil.calendar import JST
from kiosk_server.exporting.pdf_table import FONT, font_file
from kiosk_server.issuing.request import Kind
from kiosk_server.terminal.payment import Method
from kiosk_server.terminal.words import catalogue

_LEFT: Final = 72
_VALUES: Final = 240
_RIGHT: Final = 523
_TOP: Final = 750
_LEADING: Final = 30
_MISSING: Final = "〓"
"""The printers' own sign for a letter that the font lacks."""
_PAID_BY: Final[dict[Method, str]] = {"cash": "現金 / Cash", "cashless": "キャッシュレス / Cashless"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What it says. `at` is an instant (UTC), `fee_yen` the fee of one copy."""

    city_name: str
    terminal: str
    at: datetime
    kind: Kind
    fee_yen: int
    copies: int
    paid_by: Method
    reference: str

    @property
    def yen(self) -> int:
        """What was paid and kept."""
        return self.fee_yen * self.copies


def draw_receipt(receipt: Receipt) -> bytes:
    """One page A4 (PDF), in Japanese and English."""
    font = TTFont(FONT, str(font_file()))
    registerFont(font)
    out = io.BytesIO()
    canvas = Canvas(out, A4, pageCompression=1)
    canvas.setTitle("領収書 / Receipt")

    def write(left: float, line: float, size: float, text: str) -> None:
        canvas.setFont(FONT, size)
        canvas.drawString(left, line, "".join(one if ord(one) in font.face.charToGlyph else _MISSING for one in text))

    write(_LEFT, _TOP, 24, "領収書")
    write(_LEFT + 90, _TOP, 14, "Receipt")
    write(_VALUES, _TOP - 54, 22, f"¥ {receipt.yen:,}")
    write(
        _LEFT,
        _TOP - 84,
        10,
        "証明書の手数料として、上の金額を領収しました。 / Received as the fee for the certificates below.",
    )
    for place, (name, value) in enumerate(_rows(receipt)):
        line = _TOP - 130 - place * _LEADING
        write(_LEFT, line, 10, name)
        write(_VALUES, line, 12, value)
        canvas.line(_LEFT, line - 9, _RIGHT, line - 9)
    write(_VALUES, _TOP - 150 - len(_rows(receipt)) * _LEADING, 14, receipt.city_name)
    canvas.save()
    return out.getvalue()


def _rows(receipt: Receipt) -> list[tuple[str, str]]:
    kind = f"kind.{receipt.kind.value}"
    return [
        ("証明書 / Certificate", f"{catalogue('ja')[kind]} / {catalogue('en')[kind]}"),
        ("手数料 / Fee", f"{receipt.fee_yen:,}円 / yen"),
        ("通数 / Copies", str(receipt.copies)),
        ("お支払い / Paid by", _PAID_BY[receipt.paid_by]),
        ("日時 / Date", f"{receipt.at.astimezone(JST):%Y-%m-%d %H:%M}"),
        ("端末 / Terminal", receipt.terminal),
        ("受付番号 / Reference", receipt.reference),
    ]
