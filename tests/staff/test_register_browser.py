"""The counter of the resident registry in Chromium: a move in, a mistake and its mend, a move with its preview, a protected person."""

from datetime import timedelta

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from civil.calendar import jst_date
from civil.check_digits import resident_code
from civil.clock import utc_now
from tests.staff.desk import Desk


def days_hence(days: int) -> str:
    """A day before or after the demo's present day, typed the short way: R8.11.20."""
    day = jst_date(utc_now()) + timedelta(days)
    return f"R{day.year - 2018}.{day.month}.{day.day}"


def choose(desk: Desk, name: str, value: str) -> None:
    Select(desk.browser.find_element(By.NAME, name)).select_by_value(value)


def search(desk: Desk, **fields: str) -> None:
    desk.open("/registry")
    choose(desk, "purpose", "notification")
    desk.fill(**fields).press()


@pytest.fixture
def clerk(desk: Desk) -> Desk:
    return desk.sign_in("sato")


def focused(desk: Desk, name: str) -> WebElement:
    """What has the focus, once that is a field or button of this name: a browser gives it with the first picture of a page."""
    desk.until(lambda: desk.browser.execute_script("return document.activeElement.name") == name)
    return desk.browser.switch_to.active_element


def into_the_register(desk: Desk) -> None:
    """Draft, review, decision, final entry: each the focused button, by the keyboard alone."""
    for _ in range(4):
        focused(desk, "step" if desk.path == "/registry/entry" else "")
        desk.leaving(lambda: desk.browser.switch_to.active_element.send_keys(Keys.ENTER))
    assert "本登録しました" in desk.text


def moved_in(desk: Desk, serial: int, name: str, furigana: str) -> None:
    """Nobody of the name is found; so a 転入 is typed, with a date that cannot be read at first."""
    search(desk, name=name)
    assert "見つかりません" in desk.text
    desk.open("/registry").press('button[value="IN1"]')
    assert desk.barriers() == []
    desk.fill(
        occurred="きのう",
        all_i_address="栃木県足利市通二丁目１４番地",
        all_i_address_before_move_in="群馬県桐生市織姫町１番地",
    )
    desk.fill(
        p0_i_name=name,
        p0_i_furigana=furigana,
        p0_i_birth="S55.4.2",
        p0_i_relationship="世帯主",
        p0_i_domicile="群馬県桐生市織姫町１番地",
    )
    desk.fill(p0_i_first_registrant=name, p0_i_resident_code=resident_code(f"{serial:010}"))
    choose(desk, "p0_i_sex", "女")
    choose(desk, "identity_check", "passport")
    desk.press()
    assert "異動日・届出日が読み取れません" in desk.text
    assert desk.browser.find_element(By.NAME, "p0_i_name").get_attribute("value") == name
    desk.fill(occurred="1980").press()
    assert "異動日・届出日が読み取れません" in desk.text
    desk.fill(occurred=days_hence(-6)).press()
    assert "まだ何も登録していません" in desk.text
    assert desk.barriers() == []
    into_the_register(desk)


def opened(desk: Desk, **fields: str) -> None:
    search(desk, **fields)
    desk.press("td button.link")


def test_s1_1_a_move_in_from_search_to_final_entry_and_an_error_mended(clerk: Desk) -> None:
    moved_in(clerk, 7_000_000_001, "齋藤　渚", "サイトウ　ナギサ")
    opened(clerk, name="斉藤渚")
    assert "国内転入" in clerk.text
    assert "群馬県桐生市織姫町" in clerk.text
    assert clerk.barriers() == []


def test_s1_1_a_move_within_the_city_is_seen_before_it_is_made(clerk: Desk) -> None:
    moved_in(clerk, 7_000_000_002, "邉見　澪", "ヘンミ　ミオ")
    opened(clerk, furigana="へんみ みお")
    choose(clerk, "kind", "MV")
    clerk.press().fill(occurred=days_hence(-4), all_i_address="栃木県足利市本城三丁目２１４５番地")
    clerk.press()
    assert "本人確認の記録がありません" in clerk.text
    assert focused(clerk, "identity_check").get_attribute("aria-invalid") == "true"
    choose(clerk, "identity_check", "driving_licence")
    clerk.press()
    for part in ("栃木県足利市通二丁目１４番地", "栃木県足利市本城三丁目２１４５番地", "住民異動届受理通知"):
        assert part in clerk.text
    into_the_register(clerk)
    opened(clerk, address="本城三丁目2145", name="邉見")
    assert "転居" in clerk.text
    clerk.press('td.number a[href$="row=1"]')
    assert "過去の記載を表示しています" in clerk.text
    assert "本城三丁目" not in clerk.browser.find_element(By.CSS_SELECTOR, ".facts").text


def to_the_certificate_of_moving_out(desk: Desk, name: str) -> None:
    """From the page of somebody who lives here, by the 転出届, to the 転出証明書 as it will look."""
    opened(desk, name=name)
    choose(desk, "kind", "OU1")
    desk.press().fill(
        occurred=days_hence(4), all_i_move_out_address="東京都足立区見本町１番地", all_i_move_out_head="見本　太郎"
    )
    choose(desk, "identity_check", "passport")
    desk.press()
    into_the_register(desk)
    desk.press('button[name="papers"]').fill(handed_to=name)
    paper = Select(desk.browser.find_element(By.NAME, "paper"))
    paper.select_by_index(len(paper.options) - 1)
    for field, value in (("applicant", "self"), ("identity_check", "passport")):
        choose(desk, field, value)
    assert desk.barriers() == []
    desk.press()
    picture = desk.browser.find_element(By.CSS_SELECTOR, "img.sheet")
    desk.until(lambda: bool(desk.browser.execute_script("return arguments[0].naturalWidth", picture)))


def test_s1_3_r_50_a_move_out_leads_to_its_certificate_which_takes_a_right_to_make(clerk: Desk) -> None:
    moved_in(clerk, 7_000_000_005, "冨樫　岬", "トガシ　ミサキ")
    to_the_certificate_of_moving_out(clerk, "冨樫　岬")
    assert "内容の確認: 転出証明書" in clerk.text
    assert "担当「個人番号」か「責任者」が要ります" in clerk.text
    assert clerk.browser.find_elements(By.CSS_SELECTOR, "main button.go") == []
    assert clerk.barriers() == []


def test_s1_2_an_inquiry_of_a_protected_person_shows_it_everywhere(clerk: Desk) -> None:
    moved_in(clerk, 7_000_000_003, "髙﨑　凪", "タカサキ　ナギ")
    opened(clerk, name="高崎凪")
    choose(clerk, "kind", "PM+")
    clerk.press().fill(occurred=days_hence(-3))
    choose(clerk, "identity_check", "passport")
    clerk.press()
    into_the_register(clerk)
    search(clerk, name="高崎")
    assert "支援措置" in clerk.browser.find_element(By.CSS_SELECTOR, "tbody").text
    clerk.press("td button.link")
    assert "住所などを本人以外に伝えないでください" in clerk.text
    assert "支援措置" in clerk.browser.find_element(By.CSS_SELECTOR, "tbody").text
    assert clerk.barriers() == []


def chosen_by_key(desk: Desk, name: str, letters: str) -> None:
    """A word of a list, by its beginning."""
    focus(desk, name).send_keys(letters)


def focus(desk: Desk, name: str) -> WebElement:
    """Tab on to a field."""
    for _ in range(40):
        if desk.browser.execute_script("return document.activeElement.name") == name:
            return desk.browser.switch_to.active_element
        desk.browser.switch_to.active_element.send_keys(Keys.TAB)
    raise AssertionError(name)


def test_s1_3_a_paper_is_asked_for_seen_and_made_by_the_keyboard_alone(clerk: Desk) -> None:
    moved_in(clerk, 7_000_000_004, "河合　湊", "カワイ　ミナト")
    opened(clerk, name="河合湊")
    clerk.press('a.button[href$="/papers"]')
    assert clerk.barriers() == []
    focused(clerk, "paper")
    chosen_by_key(clerk, "applicant", "本人")
    focus(clerk, "handed_to").send_keys("河合　湊")
    chosen_by_key(clerk, "identity_check", "旅券")
    focus(clerk, "o_domicile").send_keys(Keys.SPACE)
    clerk.leaving(lambda: clerk.browser.switch_to.active_element.send_keys(Keys.ENTER))
    assert "内容の確認: 住民票の写し" in clerk.text
    picture = clerk.browser.find_element(By.CSS_SELECTOR, "img.sheet")
    clerk.until(lambda: bool(clerk.browser.execute_script("return arguments[0].naturalWidth", picture) == 794))
    assert clerk.barriers() == []
    first = clerk.browser.current_window_handle
    focused(clerk, "").send_keys(Keys.ENTER)
    clerk.until(lambda: len(clerk.browser.window_handles) == 2)
    [paper] = set(clerk.browser.window_handles) - {first}
    clerk.browser.switch_to.window(paper)
    clerk.until(lambda: bool(clerk.browser.execute_script("return document.contentType") == "application/pdf"))
    clerk.browser.close()
    clerk.browser.switch_to.window(first)
    opened(clerk, name="河合湊")
    clerk.click("details.act summary")
    assert "河合　湊 (旅券) sato" in clerk.text


@pytest.mark.parametrize("size", [(1280, 720, 1.5), (1024, 768, 1)], ids=str)
@pytest.mark.parametrize(
    "path", ["/registry", "/registry/drafts", "/registry/protection", "/registry/ledgers", "/registry/figures"]
)
def test_the_pages_fit_a_small_screen(clerk: Desk, path: str, size: tuple[int, int, float]) -> None:
    clerk.resize(*size).open(path)
    assert not clerk.is_too_wide
    assert clerk.barriers() == []
    clerk.resize(1280, 720)
