"""Makes the verification page, as files for the city's web site and as one file that needs neither server nor network.

Its Content-Security-Policy lets it send nothing anywhere: the one file loads nothing, the files load only each other.
"""

import hashlib
import html
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kiosk_server.verification_page.joining import SOURCES, joined

_READER: Final = SOURCES / "vendor" / "zxing-wasm"
_WASM: Final = "zxing_reader.wasm"
_NOWHERE: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src blob:; media-src blob:"


@dataclass(frozen=True, slots=True)
class Published:
    """What the city publishes: the file of its keys, and the status lists by month (2026-11)."""

    keys: bytes
    lists: Mapping[str, bytes]


def single_file(city: str, published: Published) -> bytes:
    """The page with all that it needs inside. `city` is the name that is shown."""
    style = _text("style.css")
    scripts = [_reader_script(), joined("page")]
    policy = f"{_NOWHERE}; style-src {_hash(style)}; script-src {' '.join(map(_hash, scripts))} 'wasm-unsafe-eval'"
    lists = {month: _base64(content) for month, content in published.lists.items()}
    inside = json.dumps({"keys": _base64(published.keys), "lists": lists})
    return _page(
        city=html.escape(city),
        policy=policy,
        style=f"<style>{style}</style>",
        data=f'<script type="application/json" id="published">{inside}</script>\n'
        f'<script type="text/plain" id="qr-reader">{_base64((_READER / _WASM).read_bytes())}</script>',
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def bundle(city: str) -> Mapping[str, bytes]:
    """The page as files by name, for a directory beside `keys.cose` and `status/`, from where it takes them."""
    page = _page(
        city=html.escape(city),
        policy=f"{_NOWHERE}; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
        style='<link rel="stylesheet" href="style.css">',
        data="",
        scripts='<script src="reader.js"></script>\n<script src="verify.js"></script>',
    )
    return {
        "style.css": _text("style.css").encode(),
        "reader.js": _reader_script().encode(),
        "verify.js": joined("page").encode(),
        _WASM: (_READER / _WASM).read_bytes(),
        **{path.name: path.read_bytes() for path in sorted(_READER.glob("LICENSE*"))},
        "index.html": page,
    }


def _page(**parts: str) -> bytes:
    page = _text("index.html")
    for name, content in parts.items():
        page = page.replace(f"{{{{{name}}}}}", content)
    return page.encode()


def _reader_script() -> str:
    return (_READER / "reader.js").read_text(encoding="utf-8")


def _text(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{_base64(hashlib.sha256(content.encode()).digest())}'"


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
