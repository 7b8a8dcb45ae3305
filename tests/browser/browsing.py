"""The page in Chromium, as a person uses it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE = 30
"""Seconds until a page that does not answer is given up."""


@dataclass(frozen=True, slots=True)
class Page:
    """The verification page, open and ready."""

    browser: WebDriver
    directory: Path

    @classmethod
    def open(cls, browser: WebDriver, directory: Path, address: str) -> "Page":
        """Open it and wait until its buttons work, or it has said why not. `directory` takes the files that are chosen."""
        page = cls(browser, directory)
        page._log("performance"), page._log("browser")
        browser.get(address)
        page.wait("return document.documentElement.dataset.ready || document.getElementById('verdict').dataset.verdict")
        return page

    def choose(self, *files: bytes) -> tuple[str, str]:
        """Choose files as one choice; the verdict and its reason."""
        paths = []
        for number, content in enumerate(files):
            paths.append(self.directory / f"chosen-{number}")
            paths[-1].write_bytes(content)
        self._forget()
        self.browser.find_element(By.ID, "files").send_keys("\n".join(map(str, paths)))
        return self._verdict()

    def scan(self) -> tuple[str, str]:
        """Press the camera's button; the verdict and its reason."""
        self._forget()
        self.browser.find_element(By.ID, "scan").click()
        return self._verdict()

    def start_anew(self) -> None:
        """Forget the certificate that was looked at, if there was one."""
        self.run("document.getElementById('again').click()")

    def press(self, name: str) -> None:
        """Press a button."""
        self.browser.find_element(By.ID, name).click()

    def text(self, selector: str = "#verdict") -> str:
        """What is seen in an element."""
        return self.browser.find_element(By.CSS_SELECTOR, selector).text

    def fact(self, name: str) -> str:
        """The value of a fact in large type."""
        return self.text(f"[data-fact={name}] .value")

    def facts(self) -> int:
        """How many facts are shown."""
        return len(self.browser.find_elements(By.CSS_SELECTOR, "#verdict dd"))

    def requests(self) -> set[str]:
        """Every address that was asked for since the page was opened."""
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return {event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"}

    def complaints(self) -> list[Any]:
        """What the browser had to complain of, breaches of the policy too."""
        return [entry["message"] for entry in self._log("browser")]

    def run(self, script: str) -> Any:
        """What a script gives."""
        return self.browser.execute_script(script)

    def wait(self, script: str) -> None:
        """Wait until a script gives something true."""
        WebDriverWait(self.browser, PATIENCE, 0.05).until(lambda _: self.run(script))

    def _log(self, kind: str) -> list[dict[str, Any]]:
        """What came since it was last asked."""
        entries: list[dict[str, Any]] = self.browser.execute("getLog", {"type": kind})["value"]
        return entries

    def _forget(self) -> None:
        self.run("delete document.getElementById('verdict').dataset.verdict")

    def _verdict(self) -> tuple[str, str]:
        self.wait(
            "return document.getElementById('verdict').dataset.verdict && !document.getElementById('buttons').disabled"
        )
        found = self.run("return {...document.getElementById('verdict').dataset}")
        return found["verdict"], found["reason"]
