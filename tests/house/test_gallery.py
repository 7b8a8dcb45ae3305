from pathlib import Path

from kiosk_server.demo.city import generate_city
from kiosk_server.demo.options import DEFAULT_RESIDENTS, DEFAULT_SEED
from kiosk_server.issuing.request import Kind
from tests.gallery.exhibits import EXHIBITS
from tests.gallery.pictures import index, pictures_of

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"


def test_every_kind_is_shown() -> None:
    """A new kind: an exhibit in tests/gallery/exhibits.py, then `make gallery ARGS=its-name`."""
    assert {one.kind for one in EXHIBITS} == set(Kind)


def test_every_exhibit_has_a_name_of_its_own_and_is_of_somebody_in_the_demo() -> None:
    assert len({one.name for one in EXHIBITS}) == len(EXHIBITS)
    assert {one.case for one in EXHIBITS} <= set(generate_city(DEFAULT_RESIDENTS, DEFAULT_SEED).cases)


def test_the_gallery_shows_each_exhibit_and_nothing_else() -> None:
    hung = {one.name: pictures_of(GALLERY, one.name) for one in EXHIBITS}
    assert [name for name, pictures in hung.items() if not pictures] == []
    assert {file for pictures in hung.values() for file in pictures} == set(GALLERY.glob("*.png"))
    assert (GALLERY / "README.md").read_text(encoding="utf-8") == index(EXHIBITS, GALLERY)
