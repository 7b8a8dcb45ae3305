"""The applicant of the demo city, at the console in Chromium."""

from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from tests.staff.desk import Desk


def test_the_applicant_of_the_demo_is_compared_accepted_and_ended(desk: Desk) -> None:
    desk.sign_in("takahashi").resize(1280, 720, 1.5).open("/koseki-access")
    assert (desk.barriers(), desk.is_too_wide) == ([], False)
    assert "あと5営業日" in desk.text
    desk.press("main td a")
    assert (desk.barriers(), desk.is_too_wide) == ([], False)
    assert "× 違い" not in desk.text
    Select(desk.browser.find_element(By.NAME, "card_check")).select_by_value("letter")
    desk.press("form[action$='/accept'] button")
    assert "承認しました" in desk.text
    assert (desk.barriers(), desk.is_too_wide) == ([], False)
    desk.click("details.act summary")
    Select(desk.browser.find_element(By.NAME, "end_cause")).select_by_value("asked")
    desk.click("input[name=sure]")
    desk.press("form[action$='/withdraw'] button")
    assert "直ちに効いています" in desk.text
    assert desk.barriers() == []
