"""axe, which looks for barriers to people with disabilities."""

from functools import cache
from importlib.resources import files

from selenium.webdriver.chrome.webdriver import WebDriver

_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(
  (found) => done(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`)),
);
"""


def barriers(browser: WebDriver) -> list[str]:
    """What it finds on the page (WCAG 2.2 AA, and its best practices)."""
    browser.execute_script(_axe())
    found: list[str] = browser.execute_async_script(_RUN)
    return found


@cache
def _axe() -> str:
    return (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
