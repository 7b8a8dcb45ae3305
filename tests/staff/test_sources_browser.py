"""Sources, their files and their settings in Chromium: no barrier, nothing pushed sideways, at 150 % zoom and on a tablet too."""

import pytest
from selenium.webdriver.common.by import By

from tests.staff.desk import Desk

PAGES = ("/sources", "/sources/files", "/sources/aside", "/sources/of/seal")


@pytest.mark.parametrize(("width", "height", "zoom"), [(1280, 720, 1.0), (1280, 720, 1.5), (768, 1024, 1.0)])
def test_each_page_is_without_a_barrier_on_any_screen(desk: Desk, width: int, height: int, zoom: float) -> None:
    desk.resize(width, height, zoom)
    try:
        desk.sign_in("takahashi")
        for path in PAGES:
            for language in ("ja", "en"):
                desk.open(f"{path}?lang={language}")
                assert (path, desk.barriers(), desk.is_too_wide) == (path, [], False)
    finally:
        desk.open("/sources?lang=ja").resize(1280, 720)


def test_a_limit_is_seen_and_stored_without_a_barrier(desk: Desk) -> None:
    desk.sign_in("takahashi").open("/sources").press('a[href$="/sources/of/koseki_supplement"]')
    form = "form[action$='limit/preview']"
    field = desk.browser.find_element(By.CSS_SELECTOR, f"{form} [name=hours]")
    field.clear()
    field.send_keys("30")
    desk.click(f"{form} [name=rest_7]").press(f"{form} button.go")
    assert ("変わります" in desk.text, "日" in desk.text, desk.barriers(), desk.is_too_wide) == (True, True, [], False)
    desk.fill(reason="日曜は附票のファイルが来ない").press(".confirm button")
    assert ("変更しました" in desk.text, "30.0" in desk.text) == (True, True)


def test_the_table_of_sources_is_sorted_by_its_headings(desk: Desk) -> None:
    desk.sign_in("takahashi").open("/sources")
    heading = "thead th:nth-child(3) button"
    for _ in range(2):
        desk.click(heading)
    known = [cell.text for cell in desk.browser.find_elements(By.CSS_SELECTOR, "tbody td:nth-of-type(2)")]
    assert len(known) > 3
    assert known == sorted(known, reverse=True)
