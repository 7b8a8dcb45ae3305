"""`python -m tests.terminal.gallery`: the screens of the kiosk terminal into docs/gallery/kiosk, as they are at 1280 x 1024."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from tests.cli.command import demo_up
from tests.terminal.conftest import Kiosk, kiosk_up
from tests.terminal.screen import Screen, chromium
from tests.terminal.walking import buy, identify, put

PLACE: Final = Path(__file__).parents[2] / "docs" / "gallery" / "kiosk"
_COLOURS: Final = 64
PICTURES: Final[Mapping[str, str]] = {
    "ja-language": "ことばを選ぶ — the start",
    "ja-card": "カードを置く — place the card",
    "ja-pin": "暗証番号 — the PIN",
    "ja-remove_card": "カードを取る(音と絵で知らせる) — take the card, with sound and picture until it is gone",
    "ja-kind": "証明書を選ぶ — what this person may have now",
    "ja-persons": "載せる人 — the persons",
    "ja-options": "載せる項目 — the options",
    "ja-copies": "通数 — copies, each a request of its own",
    "ja-confirm": "内容と手数料を確かめる — confirm, with the fee",
    "ja-pay": "支払い — pay",
    "ja-apply_name": "本籍地利用登録:名前をかなで — somebody of another city applies: the name, in kana",
    "ja-apply_confirm": "本籍地利用登録:内容を確かめる — what was typed, before the card signs it",
    "ja-take": "証明書を取る — take the paper",
    "ja-last_try": "あと1回 — the last try is spent only on the person's word",
    "ja-refused": "断るときも次にすることを言う — a refusal says what to do next, and nothing about why",
    "ja-card_left": "カードの取り忘れ — the card was left",
    "en-kind": "In English",
    "en-confirm": "In English: confirm",
    "ja-easy-pin": "やさしい日本語とふりがな — easy Japanese with furigana",
    "ja-easy-confirm": "やさしい日本語で確かめる — easy Japanese: confirm",
    "ja-easy-take": "やさしい日本語で受け取る — easy Japanese: take paper and receipt",
    "ne-kind": "नेपाली",
    "ne-pin": "नेपाली: पासवर्ड",
    "zh-Hans-confirm": "简体中文",
    "ko-options": "한국어",
    "vi-kind": "Tiếng Việt",
    "pt-pay": "Português",
    "large-pin": "大きな文字 — large text",
    "contrast-kind": "白黒反転 — high contrast",
}


def main() -> int:
    """Take every picture anew."""
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-screens-") as directory,
        demo_up(Path(directory) / "kiosk-data", "--residents", "200", "--samples", "12") as demo,
        kiosk_up(demo) as kiosk,
        chromium() as browser,
    ):
        screen = Screen(browser, kiosk.url)
        for language in ("ja", "en", "ja-easy", "zh-Hans", "ko", "vi", "pt", "ne"):
            _whole_way(screen, kiosk, language, _keep(screen, language))
        _application(screen)
        _refusal(screen, kiosk)
        with _looks(screen, "large"):
            put(screen.next("language", "ja", "card"), 0)
            _keep(screen, "large")("pin")
            screen.press("footer .stop").until("card_left")
            _keep(screen, "ja")("card_left")
            screen.press(".demo [value=take]").until("language")
        with _looks(screen, "contrast"):
            identify(screen, "ja", kiosk.sample(0), 0, _keep(screen, "contrast"))
            screen.press("footer .stop").until("language")
    (PLACE / "README.md").write_text(page(), encoding="utf-8")
    return 0


def page() -> str:
    """The page that shows them."""
    shown = "\n\n".join(f"**{words}**\n\n![{words}]({name}.png)" for name, words in PICTURES.items())
    return (
        "# The kiosk's screens\n\nAs Chromium draws them at 1280 x 1024, a 17 inch screen, from a running demo whose people are all invented. The striped\n"
        f"line at the foot is the demo's own: it stands for the hands of a person. `make kiosk-gallery` takes them anew.\n\n{shown}\n"
    )


def _whole_way(screen: Screen, kiosk: Kiosk, language: str, look: Callable[[str], None]) -> None:
    screen.open()
    identify(screen, language, kiosk.sample(kiosk.family), kiosk.family, look)
    buy(screen, "resident_record", look)
    screen.press("footer button.go").until("language")


def _application(screen: Screen) -> None:
    screen.next("language", "ja", "card").press("main .quiet").until("apply")
    for step, typed in (
        ("apply_name", "ミホン　ハナコ"),
        ("apply_birth", "19800401"),
        ("apply_domicile", "ホンシ゛ョウ3-2145"),
    ):
        screen.go(step)
        for key in typed:
            screen.press(f"[data-key='{key}']")
        _keep(screen, "ja")(step)
    screen.go("apply_registrant").press(".asked button").until("apply_confirm")
    _keep(screen, "ja")("apply_confirm")
    screen.press("footer .stop").until("language")


def _refusal(screen: Screen, kiosk: Kiosk) -> None:
    put(screen.next("language", "ja", "card"), 1)
    wrong = f"{(int(kiosk.sample(1)['pin']) + 1) % 10_000:04}"
    screen.type_pin(wrong).press("main button.go")
    screen.wait("return document.querySelector('.lead[role=alert]')").type_pin(wrong).go("last_try")
    _keep(screen, "ja")("last_try")
    screen.press("main button").until("pin").type_pin(wrong).go("refused")
    _keep(screen, "ja")("refused")
    screen.press("footer .stop").until("card_left").press(".demo [value=take]").until("language")


@contextmanager
def _looks(screen: Screen, look: str) -> Iterator[None]:
    screen.press(f"header button[value={look}]").wait(
        f"return document.documentElement.classList.contains('{look}') && document.readyState === 'complete'"
    )
    yield


def _keep(screen: Screen, prefix: str) -> Callable[[str], None]:
    PLACE.mkdir(parents=True, exist_ok=True)

    def keep(step: str) -> None:
        name = f"{prefix}-{step}"
        if name in PICTURES:
            picture = Image.open(BytesIO(screen.picture())).convert("RGB").quantize(_COLOURS)
            picture.save(PLACE / f"{name}.png", optimize=True)
            sys.stderr.write(f"{name}\n")

    return keep


if __name__ == "__main__":
    sys.exit(main())
