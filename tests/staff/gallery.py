"""`python -m tests.staff.gallery`: the pages of the staff console into docs/gallery/staff, as they are at 1280 x 720."""

import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from civil.clock import utc_now
from tests.cli.command import Demo, demo_up, kiosk
from tests.staff.desk import Desk
from tests.staff.test_register_browser import to_the_certificate_of_moving_out
from tests.sync.seal_source import Seal, SealSource
from tests.terminal.screen import chromium

PLACE: Final = Path(__file__).parents[2] / "docs" / "gallery" / "staff"
WIDTH: Final = 1280
HEIGHT: Final = 720
_COLOURS: Final = 64
PICTURES: Final[Mapping[str, tuple[str, str, str]]] = {
    "home": ("takahashi", "", "はじめに — what waits, and the latest requests"),
    "history": ("takahashi", "/history", "発行履歴 — search"),
    "sheet": ("takahashi", "/sheet", "券面から調べる — from a sheet to its issuance"),
    "residents": ("takahashi", "/residents", "住民 — residents, at the counter"),
    "koseki-access": ("takahashi", "/koseki-access", "利用登録 — applications for koseki access, with the days left"),
    "registry": ("sato", "/registry", "住民基本台帳 — the counter of the resident registry"),
    "registry-figures": (
        "sato",
        "/registry/figures",
        "住民基本台帳の統計 — residents by age, and how the figures moved",
    ),
    "registry-protection": (
        "sato",
        "/registry/protection",
        "支援措置 — who is under a protective measure, and until when",
    ),
    "registry-ledgers": ("takahashi", "/registry/ledgers", "閲覧・台帳 — lists for inspection, and who inspected what"),
    "registry-operations": (
        "watanabe",
        "/registry/operations",
        "住民基本台帳の操作記録 — what was done with the registry",
    ),
    "stops": ("takahashi", "/stops", "停止・再開 — stopping and starting"),
    "alerts": ("takahashi", "/alerts", "警報 — alerts"),
    "sources": ("takahashi", "/sources", "連携元 — how fresh each source is, what is not well and what to do"),
    "source": ("takahashi", "/sources/of/seal", "一つの連携元 — one source, its age limit and shares"),
    "source-files": ("takahashi", "/sources/files", "受け取ったファイル — what became of each file"),
    "settlement": ("takahashi", "/settlement", "精算・突合 — the centre's statements, month by month"),
    "live": ("ito", "/live", "発行状況 — what is being issued now"),
    "counts": ("takahashi", "/counts", "集計 — counts and charts"),
    "settings": ("takahashi", "/settings", "市の設定 — what the city has set, by date"),
    "hours": ("takahashi", "/settings/hours", "受付時間 — each kind's hours by date, holidays, special windows"),
    "accounts": ("ito", "/accounts", "利用者 — accounts"),
    "safety": ("watanabe", "/safety", "安全点検報告 — the quarterly report on safety"),
    "operations": ("watanabe", "/operations", "操作記録 — who looked at and did what"),
}
_STEP_BY_STEP: Final = {
    "registry-person": "住民基本台帳の一人 — a resident and the household, as they are and as they were",
    "registry-paper": "証明書・通知 — a certificate of the counter, seen before it is made",
    "registry-move-out": "転出証明書 — handed out by a 転出届, its My Number masked until it is made",
    "issuance": "一通の発行 — one issuance, step by step",
    "then": "そのとき他に — who else was being served then",
}


def main() -> int:
    """Take every picture anew."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-staff-") as directory,
        demo_up(Path(directory) / "data", "--residents", "300", "--samples", "12") as demo,
        chromium() as browser,
    ):
        _ask(demo, Path(directory))
        _send(demo, Path(directory))
        desk = Desk(browser, demo).resize(WIDTH, HEIGHT)
        for name, (account, path, _) in PICTURES.items():
            desk.sign_in(account).open(path)
            _keep(desk, name)
        _one_resident(desk, demo)
        _one_issuance(desk)
        desk.sign_in("takahashi").open("/history?lang=en")
        _keep(desk, "english")
        to_the_certificate_of_moving_out(desk.open("?lang=ja"), demo.said["samples"][1]["name"])
        _keep(desk, "registry-move-out")
    (PLACE / "README.md").write_text(page(), encoding="utf-8")
    return 0


def page() -> str:
    """The page that shows them."""
    words = {name: told for name, (_, _, told) in PICTURES.items()} | _STEP_BY_STEP | {"english": "In English"}
    shown = "\n\n".join(f"**{told}**\n\n![{told}]({name}.png)" for name, told in words.items())
    return (
        "# The staff console\n\nAs Chromium draws it at 1280 x 720, from a running demo whose people are all invented. "
        f"`make staff-gallery` takes them anew.\n\n{shown}\n"
    )


def _ask(demo: Demo, place: Path) -> None:
    """Some certificates, and a PIN that was wrong."""
    for number, sample in enumerate(demo.said["samples"][:8]):
        pin = "0000" if number == 5 else sample["pin"]
        file = place / f"{number}.pdf"
        kiosk("request", "--serial", sample["serial"], "-o", file, "--data-dir", demo.data_dir, given=f"{pin}\n")


def _send(demo: Demo, place: Path) -> None:
    """A file of seals that has to wait, and one that is refused."""
    source = SealSource({"0000000101": Seal("0000000101", "A-1")}, begins=utc_now() - timedelta(hours=3))
    for number, name in enumerate(("見本　一郎", "")):
        file = place / f"seals-{number}.csv"
        file.write_bytes(source.change("0000000101", name=name))
        kiosk("feed", "apply", file, "--settings", demo.data_dir / "settings.env")


def _one_resident(desk: Desk, demo: Demo) -> None:
    desk.sign_in("sato").open("/registry")
    Select(desk.browser.find_element(By.NAME, "purpose")).select_by_value("notification")
    desk.fill(name=demo.said["samples"][0]["name"]).press()
    desk.press("td button.link")
    _keep(desk, "registry-person")
    desk.press('a.button[href$="/papers"]').fill(handed_to=demo.said["samples"][0]["name"])
    for name, value in (("applicant", "self"), ("identity_check", "passport")):
        Select(desk.browser.find_element(By.NAME, name)).select_by_value(value)
    desk.press()
    picture = desk.browser.find_element(By.CSS_SELECTOR, "img.sheet")
    desk.until(lambda: bool(desk.browser.execute_script("return arguments[0].naturalWidth", picture)))
    _keep(desk, "registry-paper")


def _one_issuance(desk: Desk) -> None:
    desk.sign_in("takahashi").open("/history")
    issued = next(row for row in desk.browser.find_elements(By.CSS_SELECTOR, "tbody tr") if "発行済み" in row.text)
    desk.leaving(issued.find_element(By.CSS_SELECTOR, "a").click)
    _keep(desk, "issuance")
    desk.press("main a.button")
    _keep(desk, "then")


def _keep(desk: Desk, name: str) -> None:
    with Image.open(BytesIO(desk.browser.get_screenshot_as_png())) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(PLACE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
