"""The calendar, the seal and the tax year in Chromium: no barrier before, at the look and after, at 150 % zoom too."""

from datetime import timedelta
from pathlib import Path

from selenium.webdriver.common.by import By

import pdf
from civil.calendar import jst_date
from civil.clock import utc_now
from tests.staff.desk import Desk


def _fill(desk: Desk, form: str, **fields: str) -> None:
    """Days go in as scripts write them: how a browser takes keys for them differs by its language."""
    for name, text in fields.items():
        field = desk.browser.find_element(By.CSS_SELECTOR, f"form[action$='{form}'] [name={name}]")
        desk.browser.execute_script("arguments[0].value = arguments[1]", field, text)


def test_a_holiday_is_seen_stored_and_withdrawn_without_a_barrier(desk: Desk) -> None:
    day = (jst_date(utc_now()) + timedelta(days=300)).isoformat()
    desk.resize(1280, 720, 1.5)
    try:
        desk.sign_in("takahashi").open("/settings/hours")
        assert (desk.barriers(), desk.is_too_wide) == ([], False)
        _fill(desk, "special/preview", first_on=day)
        desk.press("form[action$='special/preview'] button.go")
        assert ("変わります" in desk.text, desk.barriers(), desk.is_too_wide) == (True, [], False)
        desk.fill(reason="祝日").press(".confirm button")
        assert (day in desk.text, desk.barriers(), desk.is_too_wide) == (True, [], False)
        desk.click("details.act summary")
        desk.fill(reason="取りやめ").press("details.act[open] button")
        assert "取下げ済み" in desk.text
    finally:
        desk.resize(1280, 720)


def test_a_seal_and_a_tax_year_are_looked_at_without_a_barrier(desk: Desk, tmp_path: Path) -> None:
    day = (jst_date(utc_now()) + timedelta(days=300)).isoformat()
    image = tmp_path / "seal.png"
    image.write_bytes(pdf.draw_specimen_seal("足利市長之印"))
    desk.sign_in("takahashi").open("/settings")
    _fill(desk, "seal/preview", start=day)
    desk.browser.find_element(By.CSS_SELECTOR, "form[action$='seal/preview'] [name=file]").send_keys(str(image))
    desk.press("form[action$='seal/preview'] button.go")
    shown = desk.browser.execute_script(
        "return [...document.querySelectorAll('img.seal')].map((one) => one.naturalWidth)"
    )
    assert (all(shown), len(shown), desk.barriers()) == (True, 2, [])
    desk.open("/settings")
    _fill(desk, "tax-year/preview", start=day, year="2090")
    desk.press("form[action$='tax-year/preview'] button.go")
    assert ("令和72年度" in desk.text, desk.barriers()) == (True, [])
