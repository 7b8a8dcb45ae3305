"""Days of people at the console, in Chromium: a clerk of reconciliation, a supervisor at night, somebody with a sheet of paper."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from selenium.webdriver.common.by import By

from civil.calendar import jst_date
from civil.clock import utc_now
from tests.cli.command import kiosk
from tests.settling.test_matching import content
from tests.staff.desk import Desk

_ROWS: Final = "main tbody tr"


def _certificate(desk: Desk, sample: dict[str, Any], file: Path) -> int:
    """What a kiosk is answered, into a file."""
    place = ("-o", file, "--data-dir", desk.demo.data_dir)
    return kiosk("request", "--serial", sample["serial"], *place, given=f"{sample['pin']}\n").returncode


def _history(desk: Desk) -> Sequence[dict[str, Any]]:
    """Newest first, as the command lists it."""
    rows: list[dict[str, Any]] = json.loads(kiosk("history", "list", "--json", "--data-dir", desk.demo.data_dir).stdout)
    return rows


def _file(desk: Desk, path: Path) -> Desk:
    desk.browser.find_element(By.CSS_SELECTOR, "main input[type=file]").send_keys(str(path))
    return desk.press()


def test_from_a_sheet_of_paper_to_everybody_whose_paper_it_may_have_been(desk: Desk, tmp_path: Path) -> None:
    people = desk.demo.said["samples"][2:5]
    sheets = [tmp_path / f"{number}.pdf" for number in range(len(people))]
    assert [_certificate(desk, one, file) for one, file in zip(people, sheets, strict=True)] == [0, 0, 0]
    _file(desk.sign_in("tanaka").open("/sheet"), sheets[1])
    assert "1バイトも違いません" in desk.text
    desk.press('main a.button[href$="/then"]')
    assert desk.barriers() == []
    links = [link.get_attribute("href") or "" for link in desk.browser.find_elements(By.CSS_SELECTOR, f"{_ROWS} td a")]
    assert len(links) >= len(people)
    named: set[str] = set()
    for link in links:
        desk.browser.get(link)
        cells = desk.browser.find_elements(By.CSS_SELECTOR, "main h2 + table tbody td:nth-child(2)")
        named |= {cell.text for cell in cells}
    assert {one["name"] for one in people} <= named
    desk.sign_in("watanabe").open("/operations?account=tanaka")
    assert "券面から:発行したファイル" in desk.text
    assert desk.text.count("発行の詳細を表示") >= len(links)


def test_a_supervisor_protects_somebody_at_night_and_sees_that_it_holds(desk: Desk, tmp_path: Path) -> None:
    person = desk.demo.said["samples"][5]
    assert _certificate(desk, person, tmp_path / "before.pdf") == 0
    desk.sign_in("tanaka").open("/residents").fill(name=person["name"], address="足利市").press().press("button.link")
    form = 'form[action$="/protect"]'
    desk.browser.execute_script("document.querySelector(arguments[0]).closest('details').open = true", form)
    desk.fill(ground="夜間の申出").press(f"{form} button")
    assert "直ちに効いています" in desk.text
    assert _certificate(desk, person, tmp_path / "after.pdf") != 0
    refused = _history(desk)[0]
    assert refused["state"] == "refused"
    desk.open("/history").press(f"{_ROWS} td a")
    assert "支援措置" in desk.text
    assert desk.barriers() == []
    # Who need not know reads that issuing is stopped, and no ground anywhere.
    desk.sign_in("suzuki").open("/history").press(f"{_ROWS} td a")
    assert "支援措置" not in desk.text
    desk.sign_in("watanabe").open("/operations?account=tanaka")
    assert "支援措置の設定" in desk.text
    assert "夜間の申出" not in desk.text
    desk.sign_in("tanaka").open("/residents").fill(name=person["name"], address="足利市").press().press("button.link")
    form = 'form[action$="/unprotect"]'
    desk.browser.execute_script("document.querySelector(arguments[0]).closest('details').open = true", form)
    desk.browser.find_element(By.CSS_SELECTOR, f"{form} input[name=reason]").send_keys("翌朝に確認")
    desk.press(f"{form} button")
    assert _certificate(desk, person, tmp_path / "again.pdf") == 0


def test_a_clerk_s_day_ends_with_no_difference_open(desk: Desk, tmp_path: Path) -> None:
    assert [_certificate(desk, one, tmp_path / "made.pdf") for one in desk.demo.said["samples"][6:8]] == [0, 0]
    today = jst_date(utc_now())
    issued = [row for row in _history(desk) if row["state"] == "answered"]
    lines = [_line(row, fee="999" if number == 0 else str(row["fee"])) for number, row in enumerate(issued[:2])]
    (tmp_path / "statement.csv").write_bytes(content(lines, day=today, closed_at=utc_now()))
    desk.sign_in("suzuki").open("/settlement")
    desk.browser.execute_script("document.querySelector('[name=on]').value = arguments[0]", today.isoformat())
    desk.click("[name=many]")
    _file(desk, tmp_path / "statement.csv")
    assert "明細を取り込み、突合しました" in desk.text
    assert desk.barriers() == []
    month = desk.open("/settlement").press(f'main tbody a[href$="{today:%Y-%m}"]').path
    assert "手数料が違う" in desk.text
    _tick_all(desk).fill(reason="料金表の誤り").press("button.go")
    assert "別の人の確認を待っています" in desk.text
    _tick_all(desk).press('button[formaction$="/confirm"]')
    assert "説明した人とは別の人" in desk.text
    desk.sign_in("takahashi").open(month)
    _tick_all(desk).press('button[formaction$="/confirm"]')
    assert "確認して閉じました" in desk.text
    assert "未処理の違いはありません" in desk.open(month).text
    desk.sign_in("suzuki").open("/history").press(f"{_ROWS} td a")
    assert "交付センターの明細" in desk.text


def _line(row: dict[str, Any], fee: str) -> list[str]:
    place = [row[name] for name in ("terminal_operator", "terminal_store", "terminal_id")]
    return [row["issuance_number"], row["kind"], *place, row["accepted_at"], "printed", fee]


def _tick_all(desk: Desk) -> Desk:
    boxes = desk.browser.find_elements(By.CSS_SELECTOR, "input[name^=difference_]")
    assert len(boxes) > 0
    desk.click("[data-tick-all] input")
    assert all(box.is_selected() for box in boxes)
    boxes[0].click()
    assert not desk.browser.find_element(By.CSS_SELECTOR, "[data-tick-all] input").is_selected()
    boxes[0].click()
    assert desk.browser.find_element(By.CSS_SELECTOR, "[data-tick-all] input").is_selected()
    return desk
