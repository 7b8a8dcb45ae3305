"""What is kept from one certificate to the next is form parts and glyphs: nothing of a person."""

import gc
import secrets
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import pytest

from keys.document_key import DocumentKey
from pdf import FontChain, Sealed, SignPermit, Snapshot, compare, compose, inspect, plan, sign, with_codes
from pdf.file_structure import kept_forms
from tests.pdf.other_kinds import SEAL_CERTIFICATE
from tests.pdf.samples import JAPANESE, SNAPSHOT
from tests.pdf.sealing import sealed

_LETTERS = "山川田中村木林森石岡島崎原野池沢谷辺橋本"


def _secret_word() -> str:
    """A name that stands nowhere else in this process."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))


def _issued(snapshot: Snapshot, key: DocumentKey, fonts: FontChain) -> bytes:
    made: Sealed = sealed(snapshot)
    pages = with_codes(plan(snapshot, fonts), made)
    document = compose(snapshot, pages, fonts)
    inspected = inspect(document.content, pages, fonts)
    signed = sign(document, SignPermit(snapshot.issuance_number, inspected.digest), key)
    compare(signed, inspected)
    return signed


def _holding(spellings: tuple[str | bytes, ...]) -> Iterator[object]:
    """Every text and every bytes alive in which one of the spellings stands."""
    own = {id(spelling) for spelling in spellings}
    for container in gc.get_objects():
        for held in _held(container):
            if isinstance(held, str | bytes) and id(held) not in own:
                yield from (held for one in spellings if type(one) is type(held) and one in held)  # type: ignore[operator]


def _held(container: object) -> Iterator[object]:
    """What it holds; what the collector does not keep track of, such as a dict or tuple of texts alone, with all it holds."""
    for held in gc.get_referents(container):
        yield held
        if not gc.is_tracked(held):
            yield from _held(held)


def _spellings(word: str) -> tuple[str | bytes, ...]:
    coded = word.encode("utf-16-be").hex().upper()
    return (f"{word}", word.encode(), word.encode("utf-16-be"), coded, coded.encode())


def test_the_search_finds_what_is_kept() -> None:
    word = _secret_word()
    kept = [f"見本　{word}", word.encode(), f"手本　{word}", f"{word}様", f"{word}町"]
    holders = {"text": kept[2]}, (kept[3],), lru_cache(lambda text, other: (text, other))
    holders[2](kept[4], 1)
    alone = kept[:2]
    del kept[2:]
    gc.collect()
    found = list(_holding(_spellings(word)))
    assert {id(one) for one in found} >= {id(one) for one in alone}
    assert {one for one in found if isinstance(one, str)} >= {f"手本　{word}", f"{word}様", f"{word}町"}


def test_nothing_of_a_person_outlives_their_certificate(fonts: FontChain, key: DocumentKey) -> None:
    def one(word: str) -> None:
        person = replace(JAPANESE, name=word, address_before_move=f"{word}町")
        _issued(replace(SNAPSHOT, persons=(person,), head_name=word, address=f"{word}市"), key, fonts)
        holder = replace(SEAL_CERTIFICATE.holder, name=word)
        _issued(replace(SEAL_CERTIFICATE, holder=holder), key, fonts)

    words = [_secret_word() for _ in range(2)]
    backwards = [word[::-1] for word in words]
    for word in words:
        one(word)
    del words, word
    gc.collect()
    for turned in backwards:
        assert list(_holding(_spellings(turned[::-1]))) == []


def test_form_parts_are_alike_whoever_they_were_made_for(fonts: FontChain, key: DocumentKey) -> None:
    for name in ("見本　太郎", "手本　花子"):
        _issued(replace(SNAPSHOT, persons=(replace(JAPANESE, name=name),)), key, fonts)
        assert len(kept_forms()) == 1


@pytest.mark.parametrize("registered", [True, False])
def test_a_residents_own_seal_is_in_no_form_part(fonts: FontChain, key: DocumentKey, *, registered: bool) -> None:
    snapshot = SEAL_CERTIFICATE if registered else SNAPSHOT
    _issued(snapshot, key, fonts)
    (part,) = kept_forms()
    assert part.content.count(b"/Subtype/Image") == 2  # the city's seal and its opacity
