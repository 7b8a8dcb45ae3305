from PIL import Image

from tests.terminal.gallery import PICTURES, PLACE, page
from tests.terminal.screen import HEIGHT, WIDTH


def test_the_gallery_shows_each_screen_and_nothing_else() -> None:
    assert {picture.stem for picture in PLACE.glob("*.png")} == set(PICTURES)
    assert (PLACE / "README.md").read_text(encoding="utf-8") == page()


def test_each_picture_is_a_whole_screen() -> None:
    for name in PICTURES:
        with Image.open(PLACE / f"{name}.png") as picture:
            assert picture.size == (WIDTH, HEIGHT)
