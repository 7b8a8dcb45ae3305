"""The notice that tells the applicant what became of an application for koseki access: one page to fold into an envelope."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from civil.calendar import wareki
from civil.errors import KioskError
from issuance_db.koseki_access_review import Addressee
from kiosk_server.exporting.pdf_table import FONT, font_file
from kiosk_server.staff.terms import Term

_WIDTH, _HEIGHT = A4
_LEFT: Final = 25 * mm
_RIGHT: Final = _WIDTH - 25 * mm
_SIZE: Final = 11.0
_LEADING: Final = 19.0
_ACCEPTED: Final = (
    "承認しました。",
    "申請に使われたカードで、この市に本籍のある次の証明書を、コンビニエンスストアなどの端末で取ることができます。",
    "戸籍全部事項証明書、戸籍個人事項証明書、戸籍の附票の写し",
    "本籍・筆頭者・お名前が変わったとき、カード(電子証明書)を更新したときは使えなくなります。もう一度申請してください。",
    "Accepted: with the card that you applied with, you can take certificates of your koseki in this city at the terminals.",
)
_REFUSED: Final = (
    "承認しませんでした。",
    "もう一度申請することができます。ご不明な点は、市の窓口にお尋ねください。",
)
_NOT_YOU: Final = (
    "この申請に心当たりがないときは、すぐに市の窓口へご連絡ください。",
    "If you did not apply, please tell the city at once.",
)
_CAN_BE_ENDED: Final = "登録は、いつでも直ちに取り消すことができます。"


class NoticeNotDrawn(KioskError):
    """氏名か住所に、通知書の文字にない字があります。通知書は作っていません。番号と結果を控え、手書きなどで通知してください。 /
    Name or address has a character that the notice's font lacks. No notice was made: write it by other means."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What it says. ``refusal`` is None for an acceptance; ``addressee`` None where nobody was found in a koseki."""

    registration_number: int
    submitted_on: date
    decided_on: date
    addressee: Addressee | None
    mayor: str
    refusal: Term | None
    is_specimen: bool


def draw_notice(notice: Notice) -> bytes:
    """The PDF, one page. Raises NoticeNotDrawn."""
    font = TTFont(FONT, str(font_file()))
    registerFont(font)
    texts = [notice.mayor, *_to(notice.addressee), *_body(notice)]
    if any(ord(one) not in font.face.charToGlyph for text in texts for one in text):
        raise NoticeNotDrawn
    out = io.BytesIO()
    canvas = Canvas(out, A4, pageCompression=1)
    canvas.setTitle("本籍地利用登録申請の結果(通知)")
    if notice.is_specimen:
        _mark(canvas)
    _draw(canvas, notice)
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, notice: Notice) -> None:
    # The address stands where the window of a long envelope (長形3号) shows it.
    _lines(canvas, _HEIGHT - 30 * mm, _to(notice.addressee), _LEFT, 85 * mm)
    canvas.setFont(FONT, _SIZE)
    canvas.drawRightString(_RIGHT, _HEIGHT - 30 * mm, wareki(notice.decided_on))
    canvas.drawRightString(_RIGHT, _HEIGHT - 52 * mm, notice.mayor)
    canvas.setFont(FONT, 15)
    canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 88 * mm, "本籍地利用登録申請の結果について(通知)")
    _lines(canvas, _HEIGHT - 104 * mm, _body(notice), _LEFT, _RIGHT - _LEFT)


def _to(addressee: Addressee | None) -> Sequence[str]:
    if addressee is None:
        return ("(あて先なし)", "申請者　様")
    return (addressee.address or "(あて先は別に定める)", f"{addressee.name}　様")


def _body(notice: Notice) -> Sequence[str]:
    head = (f"受付番号　{notice.registration_number}", f"申請日　　{wareki(notice.submitted_on)}", "")
    if notice.refusal is None:
        return (*head, *_ACCEPTED, "", *_NOT_YOU, _CAN_BE_ENDED)
    ja, en = notice.refusal
    return (*head, _REFUSED[0], f"理由　{ja}", _REFUSED[1], f"Refused: {en}", "", *_NOT_YOU)


def _lines(canvas: Canvas, top: float, texts: Sequence[str], left: float, width: float) -> None:
    canvas.setFont(FONT, _SIZE)
    for text in texts:
        for line in _wrapped(text, width):
            canvas.drawString(left, top, line)
            top -= _LEADING
        top -= 3


def _wrapped(text: str, width: float) -> Sequence[str]:
    """Broken where it fills the width, between words where there are spaces in it."""
    lines = [""]
    for piece in text.split(" ") if text.isascii() else list(text):
        joined = f"{lines[-1]} {piece}" if text.isascii() and lines[-1] else lines[-1] + piece
        if lines[-1] and stringWidth(joined, FONT, _SIZE) > width:
            lines.append(piece)
        else:
            lines[-1] = joined
    return lines


def _mark(canvas: Canvas) -> None:
    """The demo's paper is no city's: 見本 across the page."""
    canvas.saveState()
    canvas.translate(_WIDTH / 2, _HEIGHT / 2)
    canvas.rotate(45)
    canvas.setFillGray(0.88)
    canvas.setFont(FONT, 150)
    canvas.drawCentredString(0, -50, "見本")
    canvas.restoreState()
