"""The sources of the page: what other people wrote is as they wrote it, and the page's words are those of the program."""

import hashlib
import re
from pathlib import Path

from kiosk_server.issuing.request import Kind
from kiosk_server.verification_page import bundle, single_file
from kiosk_server.verification_page.joining import SOURCES, joined
from tests.browser.sheets import published

VENDORED = SOURCES / "vendor" / "zxing-wasm"
MODULES = sorted(SOURCES.glob("*.js"))
WORDS = (SOURCES / "words.js").read_text(encoding="utf-8")


def test_the_qr_reader_is_byte_for_byte_what_its_authors_published() -> None:
    lines = (VENDORED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.iterdir()
        if path.name != "SHA256SUMS"
    }
    assert found == listed
    # Its own script names the program it belongs to.
    assert listed["zxing_reader.wasm"] in (VENDORED / "reader.js").read_text(encoding="utf-8")
    documented = (Path(__file__).parents[2] / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert all(digest in documented for digest in listed.values())


def test_every_module_is_in_the_page_once_after_what_it_needs() -> None:
    script = joined("page")
    order = re.findall(r"^const module_(\w+) = ", script, re.MULTILINE)
    assert sorted(order) == [path.stem for path in MODULES]
    for use in re.finditer(r"^const \{[^}]*\} = module_(\w+);", script, re.MULTILINE):
        assert script.index(f"const module_{use[1]} = ") < use.start()
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)


def test_every_word_that_a_module_says_is_there_in_both_languages() -> None:
    pairs = re.findall(r'\["([^"]+)",\s+"([^"]+)"\]', WORDS)
    assert len(pairs) > 40
    assert all(re.search("[ぁ-ヿ一-龠]", japanese) and re.search("[A-Za-z]", english) for japanese, english in pairs)
    said = {
        name
        for path in MODULES
        for name in re.findall(r'(?:cannotTell|forged)\("(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert said > {"no_keys", "list_stale", "signature_wrong"}
    assert all(f"  {reason}: [" in WORDS for reason in said)


def test_every_kind_is_named_as_on_its_certificate() -> None:
    for kind in Kind:
        assert f'  {kind}: ["{kind.label}", "' in WORDS


def test_no_name_of_a_city_breaks_out_of_the_page() -> None:
    name = '見本<script>alert("市")</script>'
    for page in (single_file(name, published()), bundle(name)["index.html"]):
        assert b"<script>alert" not in page
        assert "見本&lt;script&gt;".encode() in page


def test_the_site_has_its_licences_with_it() -> None:
    files = bundle("見本市")
    assert b"Apache License" in files["LICENSE-zxing-cpp"]
    assert b"MIT License" in files["LICENSE-zxing-wasm"]
    assert files["zxing_reader.wasm"].startswith(b"\0asm")
