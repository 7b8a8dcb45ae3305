"""The page of a file that takes long, in Chromium: it follows by itself, and tells the end."""

import asyncio
import threading
from collections.abc import Callable

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from tests.axe import barriers
from tests.settling.tables import csv_table, row
from tests.staff.office import Office
from tests.staff.test_settlement import DAY, UPLOAD, at_settlement, issued
from tests.staff.test_statement_jobs import _at_once, held
from tests.terminal.screen import PATIENCE

__all__ = ["_at_once", "held"]


def _until(browser: WebDriver, words: str) -> bool:
    """Whether the page comes to say so, without a hand."""
    wait = WebDriverWait(browser, PATIENCE, 0.1, ignored_exceptions=(WebDriverException,))
    return bool(wait.until(lambda _: words in str(browser.execute_script("return document.body.innerText"))))


def _open(browser: WebDriver, office: Office, cookie: str, path: str) -> None:
    browser.get(office.url("/sign-in"))
    browser.add_cookie({"name": "kiosk_staff", "value": cookie, "path": "/staff"})
    browser.get(office.url(path))


async def test_the_page_follows_by_itself_and_says_what_came_of_the_file(
    office: Office, browser: WebDriver, held: threading.Event
) -> None:
    def seen(words: str) -> Callable[[], bool]:
        return lambda: _until(browser, words)

    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    path = (await clerk.upload(UPLOAD, csv_table([row(number)]), **DAY)).path.removeprefix("/staff")
    [cookie] = [one.value for one in clerk.session.cookie_jar if one.key == "kiosk_staff"]
    # The browser waits in a thread of its own: the console answers from this one.
    await asyncio.to_thread(_open, browser, office, cookie, path)
    assert await asyncio.to_thread(seen("7 / 9 行"))
    assert await asyncio.to_thread(seen("自動で更新しています"))
    assert await asyncio.to_thread(barriers, browser) == []
    held.set()
    assert await asyncio.to_thread(seen("取り込み、突合しました"))
    await asyncio.to_thread(browser.delete_all_cookies)
    await asyncio.to_thread(browser.get, "about:blank")
