"""The kiosk's screen in Chromium, touched as a person touches it."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import which
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE = 60
_INSTALL = "apt-get install --no-install-recommends chromium chromium-driver fonts-noto-cjk fonts-noto-core"
WIDTH, HEIGHT = 1280, 1024
"""A 17 inch screen, the reference of the terminal's measures."""


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """One browser of the kiosk's size. Raises AssertionError with the line to install it."""
    program, driver = which("chromium"), which("chromedriver")
    assert program is not None, _INSTALL
    assert driver is not None, _INSTALL
    options = ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in ("headless=new", "disable-dev-shm-usage", "autoplay-policy=no-user-gesture-required"):
        options.add_argument(f"--{argument}")
    if os.geteuid() == 0:
        # Chromium's sandbox refuses to start as root; it opens nothing here but our own page.
        options.add_argument("--no-sandbox")
    with Chrome(options, Service(driver)) as browser:
        resize(browser)
        yield browser


def resize(browser: WebDriver, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Give its window another size; without one, that of the kiosk."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen at an address."""

    browser: WebDriver
    url: str

    def open(self) -> "Screen":
        """Load it."""
        self.browser.get(self.url)
        return self

    @property
    def step(self) -> str:
        """Which step it shows."""
        return str(self.run("return document.documentElement.dataset.step || ''"))

    def until(self, step: str) -> "Screen":
        """Wait for a step."""
        self.until_one_of((step,))
        return self

    def until_one_of(self, steps: Collection[str]) -> str:
        """Wait for one of several steps; which one it is."""
        WebDriverWait(self.browser, PATIENCE, 0.05).until(
            lambda _: self.run("return document.readyState") == "complete" and self.step in steps,
            f"never at {steps}",
        )
        return self.step

    def press(self, selector: str) -> "Screen":
        """Touch what a CSS selector finds."""
        self.browser.find_element(By.CSS_SELECTOR, selector).click()
        return self

    def next(self, name: str, value: str, then: str) -> "Screen":
        """Touch a button of a choice."""
        return self.press(f"button[name='{name}'][value='{value}']").until(then)

    def go(self, then: str) -> "Screen":
        """Touch the button that leads on."""
        return self.press("main button.go").until(then)

    def type_pin(self, pin: str) -> "Screen":
        """Touch the digits."""
        for digit in pin:
            self.press(f"[data-digit='{digit}']")
        return self

    def text(self, selector: str = "main") -> str:
        """What is read there."""
        return self.browser.find_element(By.CSS_SELECTOR, selector).text

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script gives."""
        return self.browser.execute_script(script, *arguments)

    def wait(self, script: str) -> "Screen":
        """Wait until a script gives something true."""
        WebDriverWait(self.browser, PATIENCE, 0.05).until(lambda _: self.run(script), script)
        return self

    def complaints(self) -> list[str]:
        """What the browser had to complain of since it was last asked."""
        return [entry["message"] for entry in self.browser.execute("getLog", {"type": "browser"})["value"]]

    def picture(self) -> bytes:
        """A PNG of it, standing still."""
        self.run("for (const one of document.getAnimations()) one.cancel()")
        return self.browser.get_screenshot_as_png()
