"""A clerk's screen in Chromium, over a running demo."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from civil.clock import utc_now
from kiosk_server.staff.second_factor import code_at
from tests.axe import barriers
from tests.cli.command import Demo
from tests.terminal.screen import PATIENCE

_IS_ANOTHER = "return !window.isTheOldPage && document.readyState === 'complete'"


@dataclass(frozen=True, slots=True)
class Desk:
    """One browser before one console."""

    browser: WebDriver
    demo: Demo
    cookies: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    codes: dict[str, str] = field(default_factory=dict, repr=False)

    def resize(self, width: int, height: int, zoom: float = 1) -> "Desk":
        """A screen of so many pixels, at a zoom."""
        size = {
            "width": round(width / zoom),
            "height": round(height / zoom),
            "deviceScaleFactor": zoom,
            "mobile": False,
        }
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        return self

    def open(self, path: str = "") -> "Desk":
        """A page below ``/staff``."""
        self.browser.get(f"{self.demo.said['staff_url']}{path}")
        return self

    def fill(self, **fields: str) -> "Desk":
        """Type into fields by their names."""
        for name, text in fields.items():
            field = self.browser.find_element(By.NAME, name)
            field.clear()
            field.send_keys(text)
        return self

    def press(self, selector: str = "main button.go") -> "Desk":
        """Click what leads to another page, and wait for that."""
        return self.leaving(lambda: self.click(selector))

    def click(self, selector: str) -> "Desk":
        """Click what a CSS selector finds."""
        self.browser.find_element(By.CSS_SELECTOR, selector).click()
        return self

    def leaving(self, act: Callable[[], object]) -> "Desk":
        """Do what leads to another page, and wait for that."""
        self.browser.execute_script("window.isTheOldPage = true")
        act()
        # Between two pages there is none to ask.
        wait = WebDriverWait(self.browser, PATIENCE, 0.05, ignored_exceptions=(WebDriverException,))
        wait.until(lambda _: self.browser.execute_script(_IS_ANOTHER))
        return self

    def until(self, is_so: Callable[[], bool]) -> "Desk":
        """Wait for what the page does by itself."""
        # Rows are replaced while they are counted.
        wait = WebDriverWait(self.browser, PATIENCE, 0.1, ignored_exceptions=(WebDriverException,))
        wait.until(lambda _: is_so())
        return self

    def sign_in(self, account_id: str) -> "Desk":
        """As one of the demo's staff; a code works once, so who signed in before comes back with the cookie."""
        self.browser.delete_all_cookies()
        if (cookie := self.cookies.get(account_id)) is not None:
            self.open("/sign-in").browser.add_cookie(cookie)
            return self.open()
        one = self.account(account_id)
        self.open("/sign-in").fill(account=account_id, password=one["password"]).press()
        self.fill(code=self.code(account_id)).press()
        assert self.path == "", self.text
        [self.cookies[account_id]] = [one for one in self.browser.get_cookies() if one["name"] == "kiosk_staff"]
        return self

    def code(self, account_id: str) -> str:
        """One that nobody has used: each works once, and the next comes within half a minute."""
        secret = bytes.fromhex(self.account(account_id)["secret"])
        self.until(lambda: code_at(secret, utc_now()) != self.codes.get(account_id))
        self.codes[account_id] = code_at(secret, utc_now())
        return self.codes[account_id]

    def account(self, account_id: str) -> dict[str, Any]:
        """What the demo's directory says of one of its staff."""
        kept = json.loads((self.demo.data_dir / "staff.json").read_text(encoding="utf-8"))
        return next(one for one in kept["accounts"] if one["account_id"] == account_id)

    @property
    def path(self) -> str:
        """Of the page that is shown, below ``/staff``."""
        return str(self.browser.current_url).removeprefix(str(self.demo.said["staff_url"])).partition("?")[0]

    @property
    def text(self) -> str:
        """Of the page."""
        return str(self.browser.execute_script("return document.body.innerText"))

    @property
    def is_too_wide(self) -> bool:
        """Whether the page as a whole would have to be pushed sideways."""
        return bool(
            self.browser.execute_script(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )

    def barriers(self) -> Sequence[str]:
        """What axe finds (WCAG 2.2 AA, and its best practices)."""
        return barriers(self.browser)
