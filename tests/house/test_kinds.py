"""Every list that has to name the certificate kinds names them all: what a person who adds one may forget, fails here by name."""

from pathlib import Path

import pytest

from kiosk_server.demo.city import DemoSettings
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.request import Channel, Kind
from kiosk_server.sources.names import SOURCE_NAMES
from kiosk_server.web.openapi import openapi_document
from pdf.planning import forms
from pdf.snapshots import SNAPSHOTS
from sync.feeds.fed_source import FedSource
from sync.feeds.fed_sources import FED_SOURCES
from tests.pdf.free_text import CHOSEN, FREE, text_fields

DOCS = Path(__file__).parents[2] / "docs"


def test_every_kind_has_its_declaration_and_nothing_else_has_one() -> None:
    assert set(KINDS) == set(Kind)


def test_every_kind_has_a_label_of_its_own() -> None:
    labels = [kind.label for kind in Kind]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_every_snapshot_has_its_form_and_its_title() -> None:
    assert set(forms()) == set(SNAPSHOTS)
    titles = [snapshot.document_title for snapshot in SNAPSHOTS]
    assert len(set(titles)) == len(titles)


def test_every_kind_may_be_asked_for() -> None:
    body = openapi_document()["components"]["schemas"]["IssuanceBody"]["properties"]["certificate"]
    assert set(body["discriminator"]["mapping"]) == set(Kind)


def test_every_kind_has_a_fee_in_the_demo() -> None:
    assert {(kind, channel) for kind, channel, _ in DemoSettings().fees} == {
        (kind.value, channel.value) for kind in Kind for channel in Channel
    }


@pytest.mark.parametrize("page", ["architecture.md", "city-example.toml"])
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_named_in_the_documentation(page: str, kind: Kind) -> None:
    text = (DOCS / page).read_text(encoding="utf-8").replace("`", "")
    assert f"{kind.value} {kind.label}" in " ".join(text.replace("#", "").split())


@pytest.mark.parametrize("snapshot", SNAPSHOTS)
def test_every_text_of_a_snapshot_is_tried_or_said_to_be_chosen_from_a_list(snapshot: type[object]) -> None:
    """A field that is in neither list of `tests/pdf/free_text.py` would never be tried with another text."""
    assert text_fields(snapshot) <= FREE | CHOSEN


def test_no_text_is_in_both_lists_or_in_one_for_nothing() -> None:
    assert frozenset() == FREE & CHOSEN
    assert frozenset().union(*map(text_fields, SNAPSHOTS)) == FREE | CHOSEN


@pytest.mark.parametrize("source", FED_SOURCES, ids=lambda source: source.name)
def test_every_source_has_a_name_for_staff(source: FedSource) -> None:
    assert source.name in SOURCE_NAMES
