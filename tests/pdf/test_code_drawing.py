"""The code as it is drawn: module for module what another encoder makes, and read back whatever it says."""

import re

import pypdfium2
import segno
from hypothesis import assume, given
from hypothesis import strategies as st

from pdf.file_writer import FileWriter, reference
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from pdf.visible_seal.base45 import from_base45, to_base45
from pdf.visible_seal.drawing import add_image, modules, operators, pixels
from pdf.visible_seal.reading import PAINTED_OF_A_MODULE, paint_place, text_in
from pdf.visible_seal.seal_code import SealCode
from pdf.visible_seal.statement import PREFIX, code_text

_QUIET = 4
_BITS_BEFORE = {False: 4 + 9, True: 4 + 11}
"""Of an alphanumeric segment (ISO/IEC 18004, 7.4.4), below version 10 and from there on."""


def tokens() -> st.SearchStrategy[bytes]:
    """Of the length of ours."""
    return st.binary(min_size=100, max_size=319)


def _by_segno(text: str) -> list[str]:
    code = segno.make_qr(text, error="m", mask=0, boost_error=False)
    white = "f" * _QUIET
    rows = [white + "".join("0" if dark else "f" for dark in row) + white for row in code.matrix]
    beside = ["f" * len(rows[0])] * _QUIET
    return [*beside, *rows, *beside]


def _ends_at_a_byte(text: str, side: int) -> bool:
    """Whether text and terminator fill whole bytes: there segno 1.6.6 adds one more, which the standard does not ask for."""
    version = (side - 2 * _QUIET - 17) // 4
    bits = _BITS_BEFORE[version > 9] + 11 * (len(text) // 2) + 6 * (len(text) % 2) + 4
    return bits % 8 == 0


def _is_one_segment(text: str) -> bool:
    """Whether no digits follow each other so long that ZXing writes them as numbers (ISO/IEC 18004, annex J), which segno does not."""
    return re.search(r"[0-9]{12}|[0-9]{6}$", text) is None


@given(tokens())
def test_each_module_is_where_another_encoder_puts_it(token: bytes) -> None:
    text = code_text(token)
    rows = modules(text)
    assume(_is_one_segment(text) and not _ends_at_a_byte(text, len(rows)))
    assert rows == _by_segno(text)


def test_the_quiet_zone_is_four_modules_wide() -> None:
    rows = modules(PREFIX + to_base45(bytes(150)))
    assert {*rows[:_QUIET], *rows[-_QUIET:]} == {"f" * len(rows)}
    assert {row[:_QUIET] + row[-_QUIET:] for row in rows} == {"f" * 2 * _QUIET}
    assert rows[_QUIET][_QUIET : _QUIET + 8] == "0000000f"


def test_a_module_is_four_by_four_pixels() -> None:
    assert pixels(["0f0", "fff", "00f"]) == bytes.fromhex("0f00" * 4 + "fff0" * 4 + "00f0" * 4)


def _file(token: bytes) -> bytes:
    """A page with the code and nothing else."""
    file = FileWriter()
    catalog, tree = file.take_number(), file.take_number()
    image = add_image(file, SealCode(token, bytes(16)))
    content = file.add_stream(b"", operators())
    size = (PAGE_WIDTH, PAGE_HEIGHT)
    page = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Resources<</XObject<</SealCode %d 0 R>>>>/Contents %d 0 R>>"
    number = file.add(page % (tree, *size, image, content))
    file.put(tree, b"<</Type/Pages/Count 1/Kids[%b]>>" % reference(number))
    file.put(catalog, b"<</Type/Catalog/Pages %d 0 R>>" % tree)
    return file.finish(b"/Root %d 0 R" % catalog)


def _painted(token: bytes, *, drawn: bool = True) -> bytes:
    content = _file(token) if drawn else _file(token).replace(b" Do Q", b" DP Q")
    with pypdfium2.PdfDocument(content) as document:
        page = document[0]
        return paint_place(page.raw, len(modules(code_text(token))) * PAINTED_OF_A_MODULE)


@given(tokens())
def test_what_is_painted_is_read_back(token: bytes) -> None:
    assert text_in(_painted(token)) == code_text(token)


@given(st.binary(max_size=319))
def test_base45_gives_the_bytes_back(content: bytes) -> None:
    assert from_base45(to_base45(content)) == content


def test_base45_is_that_of_the_standard() -> None:
    known = {b"AB": "BB8", b"Hello!!": "%69 VD92EX0", b"base-45": "UJCLQE7W581", b"ietf!": "QED8WEX0"}
    assert {content: to_base45(content) for content in known} == known


def test_a_place_without_a_code_says_nothing() -> None:
    assert text_in(_painted(bytes(150), drawn=False)) is None


def test_ink_beside_the_code_is_no_code() -> None:
    painted = bytearray(_painted(bytes(150)))
    painted[:10] = bytes(10)
    assert text_in(bytes(painted)) is None
