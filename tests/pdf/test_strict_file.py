"""A file whose objects two readers could see differently is refused before anything in it is believed."""

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from pdf import FontChain, PageMismatch
from pdf.strict_file import objects_of
from tests.pdf.samples import SNAPSHOT, composed


@pytest.fixture(scope="module")
def content(fonts: FontChain) -> bytes:
    return composed(SNAPSHOT, fonts).content


def test_the_objects_are_those_that_qpdf_sees(content: bytes) -> None:
    found = objects_of(content)
    with pikepdf.open(BytesIO(content)) as file:
        assert len(file.objects) == len(found) - 1
        assert found[file.Root.objgen[0]].startswith(b"<</Type/Catalog")
        assert found[file.pages[0].obj.objgen[0]].startswith(b"<</Type/Page/")
    assert found[0] == content[: content.index(b"1 0 obj\n")]


def _appended(content: bytes) -> bytes:
    """An update as editors append it: object 1 anew, a second table, the first still there."""
    start = content.rindex(b"startxref\n") + len(b"startxref\n")
    before = int(content[start:].split()[0])
    entry = b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Prev %d>>\nstartxref\n" % (len(content), before)
    body = b"1 0 obj\n<</Type/Catalog>>\nendobj\n"
    return content + body + entry + b"%d\n%%%%EOF\n" % (len(content) + len(body))


def _written_by_another(content: bytes) -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(content)) as file:
        file.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue()


def _hidden(content: bytes) -> bytes:
    """Bytes between two objects, with every offset right."""
    objects = objects_of(content)
    body, offsets = objects[0], []
    for number, one in enumerate(objects[1:], 1):
        body += b"" if number != 3 else b"2 0 obj\n<<>>\nendobj\n"
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = content[content.rindex(b"trailer") : content.rindex(b"startxref")]
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects)) + entries
    return body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


def _offset_elsewhere(content: bytes) -> bytes:
    at = content.rindex(b"0000000000 65535 f \n") + 20
    return content[: at + 9] + b"7" + content[at + 10 :]


def _free(content: bytes) -> bytes:
    """One object that other readers are told not to see."""
    at = content.rindex(b" 00000 n \n")
    return content[:at] + b" 00000 f \n" + content[at + 10 :]


def _in_table(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """The cross-reference table, or what follows it, in another spelling of the same numbers."""

    def changed(content: bytes) -> bytes:
        table = content.rindex(b"\nxref\n") + 1
        assert old in content[table:]
        return content[:table] + content[table:].replace(old, new, 1)

    return changed


def _twice_begun(content: bytes) -> bytes:
    """Two places of a table, of which readers take the last."""
    return content + b"startxref\n9\n%%EOF\n"


def _another_table(content: bytes) -> bytes:
    return content.replace(b"/Info", b"/Prev 9/Info")


@pytest.mark.parametrize(
    "change",
    [
        _appended,
        _free,
        _another_table,
        _written_by_another,
        _hidden,
        _offset_elsewhere,
        _in_table(b"xref\n", b"xreg\n"),
        _in_table(b"f \n0000", b"f \n0_00"),
        _in_table(b"f \n0000", b"f \n   +"),
        _in_table(b"f \n0000", b"f \n    "),
        _in_table(b"xref\n0 ", b"xref\n0 0"),
        _in_table(b"xref\n0 ", b"xref\n0  "),
        _in_table(b"startxref\n", b"startxref\n0"),
        _in_table(b"startxref\n", b"startxref\n+"),
        _twice_begun,
        lambda _: b"",
        lambda _: b"%PDF-1.7\n",
    ],
)
def test_any_other_layout_is_refused(content: bytes, change: object) -> None:
    assert callable(change)
    with pytest.raises(PageMismatch):
        objects_of(change(content))


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_table_of_another_length_is_refused(content: bytes, count: int) -> None:
    right = b"xref\n0 %d\n" % len(objects_of(content))
    wrong = b"xref\n0 %d\n" % count
    with pytest.raises(PageMismatch):
        objects_of(content.replace(right, wrong))
