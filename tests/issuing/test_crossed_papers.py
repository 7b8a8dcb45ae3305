"""A paper that is sound in itself and somebody else's: what Yokohama's printers handed over in 2023."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

import pdf
from kiosk_server.issuing.paper import InspectedPaper, PaperFailed
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.issuing.city import CENTRE, City
from tests.issuing.read_pdf import text_of

Paper = InspectedPaper | PaperFailed


def once_made(city: City, monkeypatch: pytest.MonkeyPatch, changed: Callable[[InspectedPaper], Paper]) -> None:
    """Let every paper be changed after its inspection."""
    make = city.environment.paper.make

    async def made(sealed: pdf.Sealed) -> Paper:
        paper = await make(sealed)
        assert isinstance(paper, InspectedPaper)
        return changed(paper)

    monkeypatch.setattr(city.environment.paper, "make", made)


async def test_mis_01_papers_of_two_requests_that_change_places_reach_nobody(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ashikaga.registry.family("901", "201")
    await ashikaga.project()
    cards = await ashikaga.credential("101", "7001"), await ashikaga.credential("201", "7002")
    make, papers = ashikaga.environment.paper.make, list[Paper]()
    both_made = asyncio.Barrier(len(cards))

    async def crossed(sealed: pdf.Sealed) -> Paper:
        papers.append(own := await make(sealed))
        await both_made.wait()
        return next(paper for paper in papers if paper is not own)

    monkeypatch.setattr(ashikaga.environment.paper, "make", crossed)
    asked = (ashikaga.issuing.issue(CENTRE, ashikaga.request(card)) for card in cards)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [getattr(answer, "reason", None) for answer in answers] == ["quarantined", "quarantined"]
    intents = await ashikaga.rows("SELECT state, state_cause FROM issuance.intent")
    assert {(intent["state"], intent["state_cause"]) for intent in intents} == {("quarantined", "NumberMismatch")}
    assert await ashikaga.rows("SELECT FROM history.issuance") == []


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda paper: replace(paper, snapshot_digest=bytes(32)), "SnapshotMismatch"),
        (lambda paper: replace(paper, inspected=replace(paper.inspected, page_count=2)), "PageMismatch"),
        (lambda paper: replace(paper, inspected=replace(paper.inspected, tokens=(b"another",))), "VisibleSealMismatch"),
        (lambda paper: replace(paper, inspected=replace(paper.inspected, tokens=())), "VisibleSealMismatch"),
    ],
    ids=["snapshot", "pages", "code", "no code"],
)
async def test_paper_of_another_snapshot_is_quarantined_and_stops_the_kind(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch, change: Callable[[InspectedPaper], Paper], cause: str
) -> None:
    card = await ashikaga.credential("101", "7001")
    with monkeypatch.context() as patch:
        once_made(ashikaga, patch, change)
        with pytest.raises(Refusal) as caught:
            await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert (caught.value.code, caught.value.reason) == (RefusalCode.CLOSED, "quarantined")
    [intent] = await ashikaga.rows("SELECT state, state_cause FROM issuance.intent")
    assert (intent["state"], intent["state_cause"]) == ("quarantined", cause)
    with pytest.raises(Refusal) as stopped:
        await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert stopped.value.code is RefusalCode.CLOSED


async def test_what_inspection_read_as_the_number_is_the_number_of_the_answer(
    ashikaga: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list[str]()

    def remember(paper: InspectedPaper) -> Paper:
        read.append(paper.inspected.issuance_number)
        return paper

    once_made(ashikaga, monkeypatch, remember)
    card = await ashikaga.credential("101", "7001")
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert read == [certificate.issuance_number]
    assert certificate.issuance_number in text_of(certificate.content)
