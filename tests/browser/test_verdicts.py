"""Every verdict, from the single file with the network off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from keys.purpose import Purpose
from pdf import FontChain, StatusPlace
from pdf.visible_seal.status_list import State
from tests.browser.conftest import OpenPage
from tests.browser.pictures import as_jpeg, photographed, printed
from tests.browser.sheets import DAY, NOW, ONE, PLACE, Sheets, altered, key, keys_file, made, published, with_sealed

FORGED = "forged_or_altered"
GENUINE = ("genuine_statement", "statement_issued")
OTHER_CITY = replace(ONE, municipality_code="092011")


@pytest.fixture(scope="session")
def one(fonts: FontChain) -> Sheets:
    return made(ONE, fonts)


def photo(sheets: Sheets) -> bytes:
    return as_jpeg(photographed(printed(sheets.file)[0]))


def test_a_photo_at_an_angle_shows_the_facts_to_compare_and_never_says_genuine_sheet(
    open_file: OpenPage, one: Sheets
) -> None:
    page = open_file(published())
    assert page.choose(photo(one)) == GENUINE
    assert page.fact("name") == "見本　太郎"
    assert page.fact("birth") == "昭和60年4月1日"
    assert page.fact("kind") == "住民票の写し"
    assert page.fact("persons") == "1人"
    assert page.fact("number") == ONE.issuance_number
    assert page.fact("page") == "1/1"
    assert "見比べて" in page.text("#verdict h2")
    assert "お手元の紙が本物だという判定ではありません" in page.text()
    assert page.complaints() == []
    assert {address.split(":")[0] for address in page.requests()} <= {"file", "blob", "data"}


def test_the_citys_own_pdf_is_read_and_so_is_a_clean_scan(open_file: OpenPage, family: Sheets) -> None:
    page = open_file(published())
    assert page.choose(family.file) == GENUINE
    assert page.fact("page") == "1/2、2/2"
    page.press("again")
    assert page.choose(*(as_jpeg(scan) for scan in printed(family.file, 200))) == GENUINE
    assert page.fact("page") == "1/2、2/2"


def test_the_camera_reads_page_after_page_of_a_printed_certificate(open_file: OpenPage) -> None:
    page = open_file(published())
    assert page.scan() == GENUINE
    assert "全2ページのうち" in page.text(".missing")
    assert page.scan() == GENUINE
    assert page.fact("name") == "葛󠄂西　花子"
    assert page.fact("page") == "1/2、2/2"
    assert "全2ページを確認しました" in page.text(".complete")


def test_an_altered_token_is_forged(open_file: OpenPage, one: Sheets, fonts: FontChain) -> None:
    page = open_file(published())
    assert page.choose(with_sealed(ONE, fonts, (altered(one.tokens[0]),)).file) == (FORGED, "signature_wrong")
    assert page.facts() == 0


def test_a_token_of_a_stranger_in_the_citys_name_is_forged(open_file: OpenPage, fonts: FontChain) -> None:
    stranger = made(ONE, fonts, key(Purpose.VISIBLE_SEAL, 2))
    assert open_file(published()).choose(stranger.file) == (FORGED, "signature_wrong")
    older = replace(published(), keys=keys_file(at=NOW - 5 * DAY))
    assert open_file(older).choose(stranger.file) == ("cannot_tell", "keys_old")


def test_a_code_whose_content_is_cut_is_forged(open_file: OpenPage, one: Sheets, fonts: FontChain) -> None:
    cut = with_sealed(ONE, fonts, (one.tokens[0][:-1],))
    assert open_file(published()).choose(cut.file) == (FORGED, "code_malformed")


def test_a_date_of_issue_outside_the_dates_of_the_key_is_forged(open_file: OpenPage, fonts: FontChain) -> None:
    old = made(replace(ONE, issued_at=NOW - 400 * DAY), fonts)
    assert open_file(published()).choose(old.file) == (FORGED, "key_not_in_force")


def test_a_code_of_another_city_tells_nothing(open_file: OpenPage, fonts: FontChain) -> None:
    other = made(OTHER_CITY, fonts, key(Purpose.VISIBLE_SEAL, 3))
    assert open_file(published()).choose(other.file) == ("cannot_tell", "no_keys")


@pytest.mark.parametrize("state", ["void", "replaced"])
def test_a_withdrawn_certificate_is_void_as_of_the_list(open_file: OpenPage, one: Sheets, state: State) -> None:
    page = open_file(published({PLACE: state}))
    assert page.choose(one.file) == ("void_or_replaced", state)
    assert "状態リストの日時" in page.text(".as-of")


def test_a_place_that_was_never_given_is_void(open_file: OpenPage, fonts: FontChain) -> None:
    invented = made(ONE, fonts, place=StatusPlace(1 << 18, bytes(8)))
    assert open_file(published()).choose(invented.file) == ("void_or_replaced", "void")


def test_a_stale_list_tells_nothing_not_even_void(open_file: OpenPage, one: Sheets) -> None:
    for state in ("issued", "void"):
        page = open_file(published({PLACE: state}, at=NOW - DAY, valid=DAY))
        assert page.choose(one.file) == ("cannot_tell", "list_stale")
        assert "今も有効かは判定できません" in page.text()


def test_a_sheet_of_today_that_is_newer_than_the_list_is_not_called_void(open_file: OpenPage, fonts: FontChain) -> None:
    today = made(replace(ONE, issued_at=NOW - timedelta(minutes=2)), fonts, place=StatusPlace(1 << 18, bytes(8)))
    assert open_file(published(at=NOW - timedelta(minutes=1))).choose(today.file) == ("cannot_tell", "list_older")


def test_a_month_without_a_list_tells_nothing(open_file: OpenPage, fonts: FontChain) -> None:
    old = made(replace(ONE, issued_at=NOW - 200 * DAY), fonts)
    assert open_file(published()).choose(old.file) == ("cannot_tell", "no_list")


def test_a_list_that_another_key_signed_tells_nothing(open_file: OpenPage, one: Sheets) -> None:
    good = published()
    lists = {month: content[:-1] + bytes([content[-1] ^ 1]) for month, content in good.lists.items()}
    assert open_file(replace(good, lists=lists)).choose(one.file) == ("cannot_tell", "no_list")


def test_damaged_keys_leave_a_page_that_says_so(open_file: OpenPage) -> None:
    good = published()
    page = open_file(replace(good, keys=good.keys[:-1] + bytes([good.keys[-1] ^ 1])))
    assert "このページの中身が壊れているか、足りません" in page.text()
    assert page.run("return document.getElementById('buttons').disabled")


def test_pages_of_two_certificates_are_not_one(open_file: OpenPage, family: Sheets, one: Sheets) -> None:
    page = open_file(published())
    assert page.choose(as_jpeg(printed(family.file)[0])) == GENUINE
    assert page.choose(one.file) == ("cannot_tell", "several_sheets")
    page.press("again")
    assert page.choose(one.file) == GENUINE


def test_a_forged_page_among_good_ones_stays_in_sight(open_file: OpenPage, one: Sheets, fonts: FontChain) -> None:
    page = open_file(published())
    page.choose(with_sealed(ONE, fonts, (altered(one.tokens[0]),)).file)
    assert page.choose(one.file) == (FORGED, "signature_wrong")


def test_what_cannot_be_read_is_no_verdict(open_file: OpenPage, one: Sheets) -> None:
    page = open_file(published())
    blank = as_jpeg(printed(one.file)[0].crop((0, 0, 1200, 1200)))
    assert page.choose(blank) == ("cannot_tell", "no_code")
    assert page.choose(b"%PDF-1.7 nothing") == ("cannot_tell", "no_code_in_pdf")
    assert page.choose(b"no picture") == ("cannot_tell", "unreadable")
