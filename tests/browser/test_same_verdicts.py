"""The page and `kiosk verify` say the same of any code: two programs in two languages, each the other's oracle."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from selenium.webdriver.chrome.webdriver import WebDriver

import kiosk_server.verification_page as page
from keys.cose import encoded, read_sign1, sign1
from keys.purpose import Purpose
from kiosk_server.verification_page.joining import joined
from pdf import FontChain
from pdf.visible_seal.judging import ReadPage, ReadSheets, judge
from pdf.visible_seal.published_keys import PublishedKeys, read_keys
from pdf.visible_seal.statement import code_text, read_token
from pdf.visible_seal.status_list import StatusList, read_status_list
from tests.browser.conftest import OpenPage
from tests.browser.sheets import CITY, DAY, NOW, ONE, SEAL_KEY, altered, key, made, published

_JUDGE_ALL = """
const [keys, lists, texts, now, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
(async () => {
  const published = await module_published.readKeys(bytes(keys));
  const list = async (month) => lists[month] ? module_published.readStatusList(bytes(lists[month]), published, month) : null;
  const said = [];
  for (const text of texts) said.push(await module_verdict.judge(text, { ...published, list }, now));
  return said.map(({ verdict, reason }) => [verdict, reason]);
})().then(done, (error) => done(String(error)));
"""


@dataclass(frozen=True)
class AtHand:
    """The same files for the program in Python."""

    files: page.Published

    def keys(self, municipality_code: str) -> PublishedKeys | None:
        return read_keys(self.files.keys) if municipality_code == CITY else None

    def status_list(self, municipality_code: str, month: str) -> StatusList | None:
        found = self.files.lists.get(month) if municipality_code == CITY else None
        return None if found is None else read_status_list(found)


def damaged(token: bytes) -> Iterator[str]:
    """Tokens with any bit turned, cut, lengthened, and texts that are no Base45."""
    for place, bit in product(range(len(token)), range(8)):
        yield code_text(token[:place] + bytes([token[place] ^ (1 << bit)]) + token[place + 1 :])
    yield from (code_text(token[:length]) for length in range(0, len(token), 17))
    yield from (code_text(token + more) for more in (b"\0", b"\xf6", token))
    text = code_text(token)
    yield from (
        text.lower().replace("ks1", "KS1"),
        text + "A",
        text + "AB",
        text[:-1],
        f"{text[:-3]}:::",
        "KS1:",
        "KS1:é",
        "KS2:AB",
    )


def otherwise_signed(token: bytes) -> Iterator[str]:
    """What the city's own key would never sign, signed with it; and claims in another encoding."""
    claims: dict[Any, Any] = read_claims(token)
    changes: tuple[dict[Any, Any], ...] = (
        {1: "092011"}, {1: 92029}, {2: b"number"}, {3: ""}, {3: "unheard_of"}, {4: -60}, {4: claims[4] + 1}, {4: 1.5}, {4: 1 << 60},
        {4: 253_402_214_400}, {4: 253_402_214_460}, {4: 0}, {5: [0, 1]}, {5: [2, 1]}, {5: [1]}, {5: [1, True]}, {5: {1: 1}},
        {6: bytes(15)}, {6: "sixteen letters!"}, {7: None}, {7: ""}, {8: []}, {9: 0}, {9: True}, {9: 1 << 40}, {10: [1, bytes(7)]},
        {10: [-1, bytes(8)]}, {10: [1 << 18, bytes(8)]}, {10: [1, 2]}, {11: 1}, {"1": 1},
        {4: int((NOW + DAY).timestamp()) // 60 * 60}, {4: int((NOW - 400 * DAY).timestamp()) // 60 * 60},
        {4: int((NOW - timedelta(days=100)).timestamp()) // 60 * 60}, {4: int((NOW - timedelta(minutes=1)).timestamp()) // 60 * 60},
    )  # fmt: skip
    yield from (code_text(sign1(SEAL_KEY, encoded(claims | change))) for change in changes)
    for name in claims:
        yield code_text(sign1(SEAL_KEY, encoded({one: value for one, value in claims.items() if one != name})))
    payload = encoded(claims)
    yield from (
        code_text(sign1(SEAL_KEY, other))
        for other in (b"", payload + b"\0", b"\xba\0\0\0\x0a" + payload[1:], b"\xbf" + payload[1:] + b"\xff")
    )
    yield code_text(sign1(SEAL_KEY, payload, {99: "more"}))
    yield code_text(sign1(key(Purpose.VISIBLE_SEAL, 9), payload))


def read_claims(token: bytes) -> dict[Any, Any]:
    statement = read_token(token).statement
    place = [statement.status.index, statement.status.secret]
    return {
        1: statement.municipality_code, 2: statement.issuance_number, 3: statement.kind, 4: int(statement.issued_at.timestamp()),
        5: [statement.page, statement.pages], 6: statement.page_digest, 7: statement.subject_name, 8: statement.subject_birth,
        9: statement.persons, 10: place,
    }  # fmt: skip


def said_by_the_page(browser: WebDriver, files: page.Published, texts: list[str]) -> list[list[str]]:
    lists = {month: b64encode(content).decode() for month, content in files.lists.items()}
    script = joined("verdict") + _JUDGE_ALL
    said: list[list[str]] = browser.execute_async_script(
        script, b64encode(files.keys).decode(), lists, texts, NOW.timestamp()
    )
    return said


def test_of_any_code_the_page_says_what_the_program_says(open_file: OpenPage, fonts: FontChain) -> None:
    token = made(ONE, fonts).tokens[0]
    assert sign1(SEAL_KEY, encoded(read_claims(token))) == token == sign1(SEAL_KEY, read_sign1(token).payload)
    texts = [code_text(token), code_text(altered(token)), *damaged(token), *otherwise_signed(token)]
    files = published()
    checks = [judge(ReadSheets((ReadPage((text,)),)), AtHand(files), NOW) for text in texts]
    expected = [[check.verdict.value, check.reason.value] for check in checks]
    assert len({reason for _, reason in expected}) >= 9
    assert said_by_the_page(open_file(files).browser, files, texts) == expected
