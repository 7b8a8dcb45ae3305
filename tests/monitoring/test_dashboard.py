"""The dashboard as Grafana's own classes read it: a word that they do not know does not come back."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.monitoring.shipped import dashboard


@pytest.fixture(autouse=True)
def kinds_of_panels() -> None:
    register_default_plugins()


def _lost(ours: object, theirs: object, place: str = "") -> Iterator[str]:
    """Where what came back is not what we ship; what they add of their own defaults is no matter."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for word, value in ours.items():
            yield from _lost(value, theirs.get(word), f"{place}/{word}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _lost(one, other, f"{place}/{number}")
    elif ours != theirs:
        yield place


def _unknown(shipped: Mapping[str, Any]) -> list[str]:
    read = Dashboard.from_json(dict(shipped))
    # What is drawn by a plugin that they do not know stays a mapping.
    plain = [f"/panels/{number}/type" for number, one in enumerate(read.panels or []) if isinstance(one.options, dict)]
    return [*plain, *_lost(shipped, json.loads(JSONEncoder().encode(read)))]


def test_grafana_knows_every_word_of_the_dashboard() -> None:
    assert _unknown(dashboard()) == []


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda panel: panel.update(tilte="x"), "/panels/0/tilte"),
        (lambda panel: panel.update(type="timeserie"), "/panels/0/type"),
        (lambda panel: panel["options"].update(leggend={}), "/panels/0/options/leggend"),
        (lambda panel: panel["targets"][0].update(expression="1"), "/panels/0/targets/0/expression"),
        (lambda panel: panel["fieldConfig"]["defaults"].update(units="s"), "/panels/0/fieldConfig/defaults/units"),
        (lambda panel: panel["gridPos"].update(width=3), "/panels/0/gridPos/width"),
    ],
)
def test_a_word_that_grafana_does_not_know_is_found(spoil: Callable[[Any], None], place: str) -> None:
    spoilt = copy.deepcopy(dict(dashboard()))
    spoil(spoilt["panels"][0])
    assert _unknown(spoilt) == [place]
