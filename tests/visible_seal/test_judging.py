"""Verdicts about files: each fault has its own, and what cannot be told is not told."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

import pdf
from keys.purpose import Purpose
from pdf.verification import CHANGED, Verification
from pdf.visible_seal.checking import check_pdf
from pdf.visible_seal.judging import ReadPage, ReadSheets, judge
from pdf.visible_seal.published_files import PublishedFiles
from pdf.visible_seal.published_keys import PublishedKey
from pdf.visible_seal.statement import StatusPlace, code_text
from pdf.visible_seal.status_list import State
from pdf.visible_seal.verdict import Reason, SealCheck, Verdict
from tests.pdf.other_kinds import KOSEKI, SEAL_CERTIFICATE
from tests.pdf.samples import FOREIGN, JAPANESE, SNAPSHOT, named
from tests.pdf.sealing import KEY
from tests.visible_seal.sheets import CITY, FOREIGN_KEY, KEYS, LIST_KEY, LISTED, NOW, composed, file_of, publish

FAMILY = replace(SNAPSHOT, persons=(*named("葛󠄂西　花子", "𠮷田　一", "見本　三", "見本　四"), FOREIGN), specimen=True)
UNSIGNED = Verification(pages=1)


def check(content: bytes, published: PublishedFiles, now: datetime = NOW) -> SealCheck:
    return check_pdf(content, UNSIGNED, published, now)


def edited(content: bytes, find: bytes, put: bytes) -> bytes:
    """The file after a change of one page's drawing, written out whole by another program."""
    result = BytesIO()
    with pikepdf.open(BytesIO(content)) as file:
        drawing = file.pages[0].Contents.read_bytes()
        assert find in drawing
        file.pages[0].Contents = file.make_stream(drawing.replace(find, put, 1))
        file.save(result)
    return result.getvalue()


@pytest.mark.parametrize("snapshot", [FAMILY, SEAL_CERTIFICATE, KOSEKI], ids=["family", "seal", "koseki"])
def test_a_file_as_it_was_issued_is_a_genuine_statement_to_be_compared(tmp_path: Path, snapshot: pdf.Snapshot) -> None:
    found = check(file_of(snapshot), publish(tmp_path))
    assert (found.verdict, found.reason) == (Verdict.GENUINE_STATEMENT, Reason.STATEMENT_ISSUED)
    assert [one.page for one in found.statements] == list(range(1, pdf.page_count(snapshot) + 1))
    assert {one.subject_name for one in found.statements} == {snapshot.to_compare.name}
    assert found.status_as_of == LISTED


@pytest.mark.parametrize(
    ("state", "reason"), [("void", Reason.VOID), ("replaced", Reason.REPLACED)], ids=["void", "replaced"]
)
def test_a_sheet_that_no_longer_stands_is_void_as_of_the_lists_time(
    tmp_path: Path, state: State, reason: Reason
) -> None:
    found = check(file_of(SNAPSHOT), publish(tmp_path, state))
    assert (found.verdict, found.reason, found.status_as_of) == (Verdict.VOID_OR_REPLACED, reason, LISTED)


def test_a_number_that_was_never_issued_is_void(tmp_path: Path) -> None:
    published = publish(tmp_path, None)
    verdicts = [check(file_of(SNAPSHOT, place=StatusPlace(n, b"8 bytes!")), published).verdict for n in range(4)]
    assert verdicts.count(Verdict.VOID_OR_REPLACED) >= 3  # each free place guesses right once in 256


def test_a_changed_text_is_altered_though_the_code_is_true(tmp_path: Path) -> None:
    content = file_of(SNAPSHOT)
    shown = pdf.plan(SNAPSHOT, pdf.FontChain())[0]
    name = next(text for text in shown.texts if text.field == "person1.name")
    placed = b"1 0 0 1 %.2f %.2f Tm" % (name.x, name.y)
    with pikepdf.open(BytesIO(content)) as file:
        drawing = file.pages[0].Contents.read_bytes()
    start = drawing.index(placed)
    codes = drawing[drawing.index(b"<", start) + 1 : drawing.index(b">", start)]
    turned = codes[4:8] + codes[:4] + codes[8:]
    found = check(edited(content, placed + drawing[start + len(placed) : drawing.index(b">", start)],
                         placed + drawing[start + len(placed) : drawing.index(b"<", start) + 1] + turned), publish(tmp_path))  # fmt: skip
    assert (found.verdict, found.reason) == (Verdict.FORGED_OR_ALTERED, Reason.TEXT_CHANGED)


def test_a_text_added_in_a_form_of_its_own_is_altered(tmp_path: Path) -> None:
    result = BytesIO()
    with pikepdf.open(BytesIO(file_of(SNAPSHOT))) as file:
        page = file.pages[0]
        font = page.Resources.Font["/F0"]
        form = file.make_stream(b"BT /F0 20 Tf 100 400 Td <0001> Tj ET")
        form.update(
            {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": pikepdf.Array([0, 0, 600, 900])}
        )
        form["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=font))
        page.Resources.XObject["/Added"] = form
        page.Contents = file.make_stream(page.Contents.read_bytes() + b"\n/Added Do\n")
        file.save(result)
    assert check(result.getvalue(), publish(tmp_path)).reason is Reason.TEXT_CHANGED


def test_pages_of_two_certificates_in_one_file_are_altered(tmp_path: Path) -> None:
    other = replace(FAMILY, issuance_number="092029-20261123-0000012346")
    result = BytesIO()
    with pikepdf.open(BytesIO(file_of(FAMILY))) as one, pikepdf.open(BytesIO(file_of(other))) as two:
        one.pages[1] = two.pages[1]
        one.save(result)
    found = check(result.getvalue(), publish(tmp_path))
    assert (found.verdict, found.reason) == (Verdict.FORGED_OR_ALTERED, Reason.PAGES_DISAGREE)


def test_a_page_taken_out_is_found(tmp_path: Path) -> None:
    result = BytesIO()
    with pikepdf.open(BytesIO(file_of(FAMILY))) as file:
        del file.pages[1]
        file.save(result)
    assert check(result.getvalue(), publish(tmp_path)).reason is Reason.PAGES_DISAGREE


def test_codes_that_changed_pages_are_found(tmp_path: Path) -> None:
    sealed = pdf.seal_pages(FAMILY, "resident_record", StatusPlace(12345, b"8 bytes!"), KEY)
    swapped = replace(sealed, tokens=tuple(reversed(sealed.tokens)))
    assert check(composed(swapped), publish(tmp_path)).reason is Reason.PAGES_DISAGREE


def test_a_code_signed_by_another_key_is_forged(tmp_path: Path) -> None:
    found = check(file_of(SNAPSHOT, FOREIGN_KEY), publish(tmp_path))
    assert (found.verdict, found.reason) == (Verdict.FORGED_OR_ALTERED, Reason.SIGNATURE_WRONG)
    assert found.statements == ()


def test_a_code_signed_with_the_key_of_the_lists_is_forged(tmp_path: Path) -> None:
    assert check(file_of(SNAPSHOT, LIST_KEY), publish(tmp_path)).reason is Reason.SIGNATURE_WRONG


def test_a_key_outside_its_dates_signs_nothing_that_counts(tmp_path: Path) -> None:
    later = replace(KEY.public, not_before=SNAPSHOT.issued_at + timedelta(days=1))
    ended = replace(KEY.public, not_after=SNAPSHOT.issued_at - timedelta(days=1))
    for name, public in (("later", later), ("ended", ended)):
        keys = (PublishedKey(Purpose.VISIBLE_SEAL, public), KEYS[1])
        found = check(file_of(SNAPSHOT), publish(tmp_path / name, keys=keys))
        assert (found.verdict, found.reason) == (Verdict.FORGED_OR_ALTERED, Reason.KEY_NOT_IN_FORCE)


def test_a_key_newer_than_the_file_of_keys_is_not_called_forged(tmp_path: Path) -> None:
    published = publish(tmp_path, listed=SNAPSHOT.issued_at - timedelta(days=1))
    found = check(file_of(SNAPSHOT, FOREIGN_KEY), published)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.KEYS_OLD)


def test_the_code_of_another_city_cannot_be_told_without_its_keys(tmp_path: Path) -> None:
    elsewhere = replace(SNAPSHOT, municipality_code="092011")
    found = check(file_of(elsewhere, FOREIGN_KEY), publish(tmp_path))
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.NO_KEYS)


def test_another_city_cannot_speak_for_this_one(tmp_path: Path) -> None:
    """Its genuine key, its genuine list, and a code that names our city."""
    publish(tmp_path, city="092011", keys=(PublishedKey(Purpose.VISIBLE_SEAL, FOREIGN_KEY.public), KEYS[1]))
    published = publish(tmp_path)
    assert check(file_of(SNAPSHOT, FOREIGN_KEY), published).reason is Reason.SIGNATURE_WRONG
    (tmp_path / CITY / "keys.cose").write_bytes((tmp_path / "092011" / "keys.cose").read_bytes())
    assert check(file_of(SNAPSHOT), published).reason is Reason.NO_KEYS


@pytest.mark.parametrize("code", ["../../etc", "", "092029/..", "０９２０２９", "0920299"])
def test_a_city_code_that_is_none_opens_no_file(tmp_path: Path, code: str) -> None:
    elsewhere = replace(SNAPSHOT, municipality_code=code)
    assert check(file_of(elsewhere), publish(tmp_path)).reason is Reason.NO_KEYS


@pytest.mark.parametrize("now", [LISTED + timedelta(days=2), LISTED - timedelta(hours=1)], ids=["expired", "clock"])
@pytest.mark.parametrize("state", ["issued", "void"])
def test_a_stale_list_tells_nothing_but_the_statement_is_shown(tmp_path: Path, state: State, now: datetime) -> None:
    found = check(file_of(SNAPSHOT), publish(tmp_path, state), now)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.LIST_STALE)
    assert found.statements[0].subject_name == JAPANESE.name
    assert found.status_as_of == LISTED


def test_a_list_from_before_the_certificate_does_not_call_it_void(tmp_path: Path) -> None:
    listed = SNAPSHOT.issued_at + timedelta(minutes=1)
    found = check(file_of(SNAPSHOT), publish(tmp_path, None, listed), listed + timedelta(hours=1))
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.LIST_OLDER)
    assert found.list_from is not None
    assert listed < found.list_from
    later = publish(tmp_path / "later", "issued", found.list_from)
    assert check(file_of(SNAPSHOT), later, found.list_from).verdict is Verdict.GENUINE_STATEMENT


def test_a_list_that_is_missing_damaged_or_signed_by_a_stranger_tells_nothing(tmp_path: Path) -> None:
    published = publish(tmp_path)
    file = tmp_path / CITY / "status" / "2026-11.cose"
    content = bytearray(file.read_bytes())
    for spoilt in (content[:-1] + bytes([content[-1] ^ 1]), b"", content[:1000]):
        file.write_bytes(bytes(spoilt))
        found = check(file_of(SNAPSHOT), published)
        assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.NO_LIST)
    file.unlink()
    assert check(file_of(SNAPSHOT), published).reason is Reason.NO_LIST


def test_without_any_published_files_nothing_is_called_forged(tmp_path: Path) -> None:
    found = check(file_of(SNAPSHOT), PublishedFiles(tmp_path / "nothing"))
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.NO_KEYS)


def test_a_file_changed_after_it_was_signed_is_altered_whatever_the_code_says(tmp_path: Path) -> None:
    found = check_pdf(file_of(SNAPSHOT), Verification(pages=1, problems=(CHANGED,)), publish(tmp_path), NOW)
    assert (found.verdict, found.reason) == (Verdict.FORGED_OR_ALTERED, Reason.FILE_CHANGED)


def test_a_file_without_our_codes_is_not_spoken_of(tmp_path: Path) -> None:
    plain = pdf.compose(SNAPSHOT, pdf.plan(SNAPSHOT, pdf.FontChain()), pdf.FontChain()).content
    published = publish(tmp_path)
    assert check(plain, published).reason is Reason.NO_CODE
    assert check(b"%PDF-1.7\n", published).reason is Reason.UNREADABLE
    assert check(b"a letter", published).reason is Reason.UNREADABLE


def code(snapshot: pdf.Snapshot, page: int = 0) -> str:
    sealed = pdf.seal_pages(snapshot, "resident_record", StatusPlace(12345, b"8 bytes!"), KEY)
    return code_text(sealed.tokens[page])


def pictures(*codes: tuple[str, ...]) -> ReadSheets:
    return ReadSheets(tuple(ReadPage(one) for one in codes))


def test_one_page_of_several_is_a_statement_about_that_page(tmp_path: Path) -> None:
    found = judge(pictures((code(FAMILY, 1),)), publish(tmp_path), NOW)
    assert found.verdict is Verdict.GENUINE_STATEMENT
    assert [(one.page, one.pages) for one in found.statements] == [(2, 2)]


def test_two_certificates_on_one_picture_are_checked_one_at_a_time(tmp_path: Path) -> None:
    other = code(replace(SNAPSHOT, issuance_number="092029-20261123-0000012346"))
    found = judge(pictures((code(SNAPSHOT), other)), publish(tmp_path), NOW)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.SEVERAL_SHEETS)


def test_a_scan_with_an_unreadable_page_is_not_judged(tmp_path: Path) -> None:
    found = judge(pictures((code(FAMILY),), ()), publish(tmp_path), NOW)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, Reason.CODE_MISSING)


def test_other_codes_beside_ours_are_left_alone(tmp_path: Path) -> None:
    found = judge(pictures(("https://example.com/", code(SNAPSHOT))), publish(tmp_path), NOW)
    assert found.verdict is Verdict.GENUINE_STATEMENT


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        ("KS2:AAAA", Verdict.CANNOT_TELL, Reason.NEWER_FORM),
        ("KS1:AAAA", Verdict.FORGED_OR_ALTERED, Reason.CODE_MALFORMED),
        ("https://example.com/", Verdict.CANNOT_TELL, Reason.NO_CODE),
    ],
)
def test_other_contents_have_their_own_verdicts(tmp_path: Path, text: str, verdict: Verdict, reason: Reason) -> None:
    found = judge(pictures((text,)), publish(tmp_path), NOW)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_the_worst_that_is_known_is_said(tmp_path: Path) -> None:
    published = publish(tmp_path, "void")
    forged = pdf.seal_pages(SNAPSHOT, "resident_record", StatusPlace(12345, b"8 bytes!"), FOREIGN_KEY).tokens[0]
    found = judge(pictures((code(SNAPSHOT), code_text(forged))), published, NOW)
    assert found.verdict is Verdict.FORGED_OR_ALTERED
    assert judge(pictures((code(SNAPSHOT),), ()), published, NOW).verdict is Verdict.VOID_OR_REPLACED


def test_no_verdict_says_that_a_sheet_is_genuine() -> None:
    assert {verdict.value for verdict in Verdict} == {
        "forged_or_altered", "void_or_replaced", "cannot_tell", "genuine_statement",
    }  # fmt: skip
