"""The common oracles of all accidents, from the finished PDF and the books.

O1: what the PDF says is this request's number, household and options, and what the register held about each person then.
O2: a request has at most one answer, and without an answer there is no fee line.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from cardauth import UserCertificate
from civil.calendar import wareki
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from kiosk_server.issuing.request import Certificate, IssuanceRequest
from tests.system.reading import Reading, read

OMITTED: Final = "【省略】"
BLANK: Final = "【空欄】"
_BOOKED: Final = """
SELECT
    i.request_id, i.pages, i.fee_yen, i.accepted_at, i.instant,
    -- Withdrawn afterwards, when it was asked for again and somebody on it had been stopped.
    CASE WHEN EXISTS (SELECT FROM history.transition AS t WHERE t.municipality_code = i.municipality_code
        AND t.request_id = i.request_id AND t.caller_id = i.caller_id AND t.call = r.call AND t.state = 'withdrawn')
    THEN 'answered' ELSE r.state END AS state,
    (SELECT c.serial FROM issuance.credential AS c
        JOIN history.issuance_subject AS s ON s.person_number = c.person_number AND s.issuance_number = i.issuance_number
        WHERE s.asked_by AND c.serial = $2 AND c.issuer_key_id = $3) AS serial
FROM history.issuance AS i
JOIN issuance.request AS r USING (municipality_code, caller_id, request_id)
WHERE i.issuance_number = $1 AND r.issuance_number = i.issuance_number AND r.call = 'issuances'
"""
_AS_REGISTERED: Final = """
SELECT
    s.position, s.printed_as, p.name, p.furigana, p.alias, p.former_surname, p.birth_on, p.birth_text, p.sex, p.relationship,
    p.domicile, p.first_registrant, p.address_before_move, p.address_notified_on, p.nationality,
    concat_ws('　', p.address, p.building) AS address,
    NOT p.suppressed AND p.state = 'resident' AS may_be_shown,
    p.household_number = s.household_number AS is_of_household,
    (SELECT head.name FROM registry.household_history AS h
        JOIN history.issuance_subject AS hs ON hs.issuance_number = s.issuance_number AND hs.person_number = h.head_person_number
        JOIN registry.person_history AS head ON head.municipality_code = h.municipality_code
            AND head.person_number = hs.person_number AND head.history_number = hs.person_sequence
        WHERE h.municipality_code = s.municipality_code AND h.household_number = s.household_number
            AND h.sequence = s.household_sequence) AS head_name
FROM history.issuance_subject AS s
JOIN registry.person_history AS p ON p.municipality_code = s.municipality_code AND p.person_number = s.person_number
    AND p.history_number = s.person_sequence
WHERE s.issuance_number = $1
ORDER BY s.position
"""
_NEXT_EVENTS: Final = """
SELECT next.event_id, i.permitted_at
FROM history.issuance_subject AS s
JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
JOIN registry.person_history AS next ON next.municipality_code = s.municipality_code
    AND next.person_number = s.person_number AND next.history_number = s.person_sequence + 1
WHERE s.issuance_number = $1
UNION
SELECT next.event_id, i.permitted_at
FROM history.issuance_subject AS s
JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
JOIN registry.household_history AS next ON next.municipality_code = s.municipality_code
    AND next.household_number = s.household_number AND next.sequence = s.household_sequence + 1
WHERE s.issuance_number = $1
"""
_MANY_ANSWERS: Final = """
SELECT i.request_id FROM issuance.intent AS i WHERE i.state = 'recorded' GROUP BY i.caller_id, i.request_id HAVING count(*) > 1
"""
_FEES: Final = """
SELECT r.request_id FROM history.issuance AS i JOIN issuance.request AS r USING (municipality_code, caller_id, request_id)
WHERE r.call = 'issuances' AND i.request_id = ANY ($1)
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request, the certificate that came for it, and the card behind the request or its session."""

    request: IssuanceRequest
    certificate: Certificate
    card: UserCertificate


async def complaints(books: asyncpg.Connection, delivery: Delivery) -> list[str]:
    """O1: everything that is wrong with one answer. `books` may read the books and the register."""
    reading = read(delivery.certificate.content)
    return [
        *_pages(reading, delivery.certificate),
        *await _request(books, reading, delivery),
        *_persons(reading, delivery.request, await books.fetch(_AS_REGISTERED, delivery.certificate.issuance_number)),
    ]


async def outdated(books: asyncpg.Connection, issuance_number: str, done: Mapping[int, datetime]) -> list[str]:
    """Promise 2: events about somebody on the certificate that were committed (`done`) before its permit was given."""
    return [
        f"event {row['event_id']} was committed before the permit"
        for row in await books.fetch(_NEXT_EVENTS, issuance_number)
        if row["event_id"] in done and done[row["event_id"]] < row["permitted_at"]
    ]


async def more_than_one_answer(books: asyncpg.Connection) -> list[str]:
    """O2: the requests in the books that were answered more than once."""
    return [row["request_id"] for row in await books.fetch(_MANY_ANSWERS)]


async def charged(books: asyncpg.Connection, request_ids: Collection[str]) -> list[str]:
    """Which of these requests have a fee line, once for each line."""
    return sorted(row["request_id"] for row in await books.fetch(_FEES, list(request_ids)))


def _pages(reading: Reading, certificate: Certificate) -> list[str]:
    wrong = []
    if {page.issuance_number for page in reading.pages} != {certificate.issuance_number}:
        wrong.append(f"発行番号 {[page.issuance_number for page in reading.pages]}, not {certificate.issuance_number}")
    total = certificate.pages
    if [(page.place, page.pages) for page in reading.pages] != [(n, total) for n in range(1, total + 1)]:
        wrong.append(f"pages {[(page.place, page.pages) for page in reading.pages]}")
    if [page.certifies for page in reading.pages] != [False] * (total - 1) + [True]:
        wrong.append("the certification is not on the last page alone")
    wrong += [f"unexpected {line!r}" for page in reading.pages for line in page.unexpected]
    return wrong


async def _request(books: asyncpg.Connection, reading: Reading, delivery: Delivery) -> list[str]:
    serial, issuer = delivery.card.serial, delivery.card.issuer_key_id
    row = await books.fetchrow(_BOOKED, reading.pages[0].issuance_number, serial, issuer)
    if row is None:
        return [f"{reading.pages[0].issuance_number} is not in the books"]
    told = {
        "request_id": (row["request_id"], delivery.request.request_id),
        "pages": (row["pages"], delivery.certificate.pages),
        "fee": (row["fee_yen"], delivery.certificate.fee_yen),
        "state": (row["state"], "answered"),
        "serial": (row["serial"], serial),
    }
    return [f"{name} {booked!r}, not {asked!r}" for name, (booked, asked) in told.items() if booked != asked]


def _persons(reading: Reading, request: IssuanceRequest, rows: list[asyncpg.Record]) -> list[str]:
    printed = [row for row in rows if row["printed_as"] == "person"]
    wrong = [] if all(row["is_of_household"] for row in rows) else ["somebody of another household"]
    wrong += [] if all(row["may_be_shown"] for row in rows) else ["somebody who may not be shown"]
    if len(printed) != len(reading.persons):
        return [*wrong, f"{len(reading.persons)} persons, not {len(printed)}"]
    for row, cells in zip(printed, reading.persons, strict=True):
        expected = _expected(dict(row), request)
        wrong += [
            f"{label} {cells.get(label)!r}, not {value!r}"
            for label, value in expected.items()
            if cells.get(label) != value
        ]
    addresses, heads = {page.address for page in reading.pages}, {page.head for page in reading.pages}
    if addresses != {row["address"] for row in printed}:
        wrong.append(f"住所 {addresses}")
    head = {rows[0]["head_name"] or BLANK} if request.options.relationship else {OMITTED}
    if heads != head:
        wrong.append(f"世帯主 {heads}, not {head}")
    return wrong


def _expected(row: Mapping[str, Any], request: IssuanceRequest) -> dict[str, str]:
    options, is_foreign = request.options, row["nationality"] is not None
    birth = RecordedDate(row["birth_on"], row["birth_text"])
    notified = row["address_notified_on"]
    expected = {
        "氏名": row["name"],
        "生年月日": birth.printed_seireki() if is_foreign else birth.printed_wareki(),
        "性別": Sex(row["sex"]).printed,
        "続柄": (row["relationship"] or BLANK) if options.relationship else OMITTED,
        "異動前住所": row["address_before_move"] or BLANK,
        "届出日": BLANK if notified is None else wareki(notified),
    }
    if not options.my_number:
        expected["個人番号"] = OMITTED
    if is_foreign:
        expected["国籍・地域"] = row["nationality"] if options.nationality else OMITTED
        return expected | ({"通称": row["alias"]} if row["alias"] else {})
    expected["本籍"] = (row["domicile"] or BLANK) if options.domicile else OMITTED
    expected["筆頭者"] = (row["first_registrant"] or BLANK) if options.domicile else OMITTED
    return expected | ({"旧氏": row["former_surname"]} if row["former_surname"] else {})
