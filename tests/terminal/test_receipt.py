"""The receipt: for what was paid and came out, without a word about the person, and whatever becomes of it changes nothing else."""

import asyncio
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from kiosk_server.issuing.request import Kind
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.journal import unsettled
from kiosk_server.terminal.printer import PrintEnd
from kiosk_server.terminal.receipt_sheet import Receipt, draw_receipt
from kiosk_server.terminal.words import catalogue
from tests.terminal.bench import PIN, Bench, FakePrinter, terminal
from tests.terminal.city import NOW, PERSONS, FakeService, problem


def text_of(sheet: bytes) -> str:
    with pypdfium2.PdfDocument(BytesIO(sheet)) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


async def taken_home(bench: Bench, copies: int = 1) -> None:
    await bench.to_pay(copies)
    bench.payment.insert(1000)
    await bench.until(Step.TAKE)


async def test_it_says_kind_fee_copies_date_and_terminal_and_nothing_about_the_person(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService()) as bench:
        await taken_home(bench, copies=2)
        (sheet,) = bench.printer.receipts
        said, visit = text_of(sheet), bench.machine.visit
        for wanted in (
            "領収書",
            "¥ 400",
            "住民票の写し",
            "200円",
            "2026-11-26 10:00",
            "見本市 本庁 1",
            "現金",
            visit.reference,
        ):
            assert wanted in said
        secrets = (*(one.name.split()[1] for one in PERSONS), *(one.person_ref for one in PERSONS))
        issued = [title for _, title in bench.printer.printed]
        assert not [one for one in (*secrets, *issued, PIN, "123456789", visit.tag) if one in said]
        assert visit.receipt == "printed"
        assert bench.books()[-1]["what"] in {"receipt", "reported"}
        assert bench.moved("receipt") == 400


@pytest.mark.parametrize("end", [PrintEnd.OUT_OF_PAPER, PrintEnd.REFUSED, PrintEnd.UNKNOWN, OSError("no printer")])
async def test_one_that_does_not_come_out_changes_neither_outcome_nor_money(
    tmp_path: Path, end: PrintEnd | Exception
) -> None:
    async with terminal(tmp_path, FakeService(), FakePrinter(receipt_ends=[end])) as bench:
        await taken_home(bench, copies=2)
        assert bench.machine.visit.receipt == "failed"
        assert (bench.payment.kept, bench.payment.in_the_tray) == (400, 600)
        await bench.see(lambda: len(bench.service.outcomes) == 2)
        assert len(bench.printer.receipts) == 1
    assert [outcome for _, outcome, _ in bench.service.outcomes] == ["printed", "printed"]
    assert unsettled(bench.path) == {}


async def test_who_got_one_of_three_copies_gets_a_receipt_for_one_and_the_rest_back(tmp_path: Path) -> None:
    service = FakeService()
    printer = FakePrinter(after_printing=lambda: service.trouble.append(problem("not_available")))
    async with terminal(tmp_path, service, printer) as bench:
        await bench.to_pay(copies=3)
        bench.payment.hold_card()
        await bench.until(Step.REFUSED)
        (sheet,) = printer.receipts
        assert "¥ 200" in text_of(sheet)
        assert "キャッシュレス" in text_of(sheet)
        assert (bench.machine.visit.money_back, bench.machine.visit.receipt) == (400, "printed")
    assert unsettled(bench.path) == {}


async def test_who_put_in_coins_is_reminded_of_the_change_and_not_with_what_is_free(tmp_path: Path) -> None:
    reminder = catalogue("en")["take.change"]
    async with terminal(tmp_path, FakeService()) as bench:
        await taken_home(bench)
        assert reminder in bench.drawn()
        bench.does("again")
        bench.does("next", kind="tax_income")
        bench.does("next", choice="2026")
        bench.does("next", copies="1")
        bench.does("next")
        await bench.until(Step.TAKE)
        assert reminder not in bench.drawn()


async def test_what_is_free_and_what_did_not_come_out_has_none(tmp_path: Path) -> None:
    async with terminal(tmp_path, FakeService(), FakePrinter([PrintEnd.JAMMED])) as bench:
        await bench.to_pay()
        bench.payment.hold_card()
        await bench.until(Step.REFUSED)
        bench.does("stop")
        await bench.identify()
        bench.does("next", kind="tax_income")
        bench.does("next", choice="2026")
        bench.does("next", copies="1")
        bench.does("next")
        await bench.until(Step.TAKE)
        assert bench.printer.receipts == []
        assert bench.machine.visit.receipt == ""


@dataclass
class Hanging(FakePrinter):
    """Takes the receipt and never ends."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def print(self, document: bytes, title: str) -> PrintEnd:
        if title.startswith("receipt-"):
            self.begun.set()
            await asyncio.Event().wait()
        return await super().print(document, title)


async def test_nobody_has_to_wait_for_it(tmp_path: Path) -> None:
    printer = Hanging()
    async with terminal(tmp_path, FakeService(), printer) as bench:
        await bench.to_pay()
        bench.payment.hold_card()
        await printer.begun.wait()
        steps = [bench.step]
        bench.does("stop")
        assert [*steps, bench.step] == [Step.RECEIPT, Step.LANGUAGE]
        await bench.see(lambda: bench.books()[-1]["what"] in {"receipt", "reported"} and bench.moved("receipt") == 200)
    assert [line["end"] for line in bench.books() if line["what"] == "receipt"] == ["unknown"]
    assert [outcome for _, outcome, _ in bench.service.outcomes] == ["printed"]


def test_a_letter_that_the_font_lacks_is_shown_to_be_lacking() -> None:
    sheet = draw_receipt(Receipt("見本市", "𓀀 1", NOW, Kind.TAX_INCOME, 300, 1, "cash", "A1B2C3D4"))
    assert "〓 1" in text_of(sheet)
