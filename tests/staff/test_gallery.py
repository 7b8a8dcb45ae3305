import re

from PIL import Image

from tests.staff.gallery import HEIGHT, PLACE, WIDTH, page


def test_the_gallery_shows_each_page_and_nothing_else() -> None:
    assert {picture.name for picture in PLACE.glob("*.png")} == set(re.findall(r"\((\S+\.png)\)", page()))
    assert (PLACE / "README.md").read_text(encoding="utf-8") == page()


def test_each_picture_is_a_whole_screen() -> None:
    for picture in PLACE.glob("*.png"):
        with Image.open(picture) as image:
            assert image.size == (WIDTH, HEIGHT), picture.name
