-- name: found
-- One page, newest first. Planned anew each time, so that what is not asked costs nothing.
-- Fee and pages are looked up for the page alone: a rare outcome is looked for among many.
WITH page AS (
    SELECT r.caller_id, r.request_id, r.issuance_number, r.state, r.result_code, r.kind, r.channel, r.accepted_at,
        r.terminal_operator, r.terminal_store, r.terminal_id, o.outcome, o.fee_collected
    FROM {requests} AS r
    LEFT JOIN history.outcome AS o ON o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
    WHERE {asked}
        AND ($12::timestamptz IS NULL OR (r.accepted_at, r.request_id) < ($12, $13::text))
    ORDER BY r.accepted_at DESC, r.request_id DESC
    LIMIT $14
)
SELECT p.caller_id, p.request_id, p.issuance_number, p.state, p.result_code, p.kind, p.channel, p.accepted_at, p.terminal_operator,
    p.terminal_store, p.terminal_id, i.fee_yen, i.pages, p.outcome, p.fee_collected
FROM page AS p
LEFT JOIN issuance.intent AS i ON i.municipality_code = $1 AND i.issuance_number = p.issuance_number
ORDER BY p.accepted_at DESC, p.request_id DESC

-- name: asked
-- Where a criterion is NULL it is not asked.
r.municipality_code = $1 AND r.call = 'issuances'
    AND ($3::timestamptz IS NULL OR r.accepted_at >= $3) AND ($4::timestamptz IS NULL OR r.accepted_at < $4)
    AND ($5::text IS NULL OR r.kind = $5) AND ($6::text IS NULL OR r.state = $6) AND ($7::text IS NULL OR r.result_code = $7)
    AND ($8::text IS NULL OR r.terminal_operator = $8) AND ($9::text IS NULL OR r.terminal_store = $9)
    AND ($10::text IS NULL OR r.terminal_id = $10)
    AND ($11::text IS NULL OR r.state = 'answered' AND ($11 = 'unknown' AND o.outcome IS NULL OR o.outcome = $11))

-- name: counted
-- How many there are, counted up to a limit.
SELECT count(*) FROM (
    SELECT FROM {requests} AS r
    LEFT JOIN history.outcome AS o ON o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
    WHERE {asked}
    LIMIT $12
) AS up_to

-- name: anybody
-- All requests of the city.
(SELECT a.* FROM issuance.request AS a WHERE $2::text IS NULL)

-- name: of_number
-- The request behind an issuance number, also of one that became void.
(
    SELECT a.* FROM issuance.intent AS n
    JOIN issuance.request AS a
        ON a.municipality_code = n.municipality_code AND a.caller_id = n.caller_id AND a.call = n.call AND a.request_id = n.request_id
    WHERE n.municipality_code = $1 AND n.issuance_number = $2
)

-- name: of_person
-- Whatever showed this person, somebody's koseki too, and what was refused because of them.
(
    SELECT a.* FROM issuance.request AS a
    JOIN (
        SELECT h.caller_id, h.request_id
        FROM history.issuance_subject AS s
        JOIN history.issuance AS h ON h.municipality_code = s.municipality_code AND h.issuance_number = s.issuance_number
        WHERE s.municipality_code = $1 AND s.person_number = $2
        UNION
        SELECT h.caller_id, h.request_id
        FROM history.issuance_koseki_person AS p
        JOIN history.issuance AS h ON h.municipality_code = p.municipality_code AND h.issuance_number = p.issuance_number
        WHERE p.municipality_code = $1 AND p.person_number = $2
        UNION
        SELECT f.caller_id, f.request_id FROM history.refusal_reason AS f
        WHERE f.municipality_code = $1 AND f.person_number = $2 AND f.call = 'issuances'
    ) AS about ON about.caller_id = a.caller_id AND about.request_id = a.request_id
    WHERE a.municipality_code = $1 AND a.call = 'issuances'
)

-- name: of_household
-- Whatever showed somebody as a member of this household.
(
    SELECT a.* FROM issuance.request AS a
    JOIN (
        SELECT DISTINCT h.caller_id, h.request_id
        FROM history.issuance_subject AS s
        JOIN history.issuance AS h ON h.municipality_code = s.municipality_code AND h.issuance_number = s.issuance_number
        WHERE s.municipality_code = $1 AND s.household_number = $2
    ) AS about ON about.caller_id = a.caller_id AND about.request_id = a.request_id
    WHERE a.municipality_code = $1 AND a.call = 'issuances'
)

-- name: holder
-- Whose user certificate it is; several issuers may have used one serial.
SELECT person_number FROM issuance.credential WHERE municipality_code = $1 AND serial = $2

-- name: members
-- Everyone an issuance showed as a member of this household.
SELECT DISTINCT s.person_number FROM history.issuance_subject AS s
WHERE s.municipality_code = $1 AND s.household_number = $2
ORDER BY s.person_number

-- name: request
-- One request with what became of it.
SELECT r.caller_id, r.request_id, r.issuance_number, r.state, r.result_code, r.kind, r.channel, r.accepted_at, r.deadline_at,
    r.terminal_operator, r.terminal_store, r.terminal_id, h.fee_yen, h.pages, h.instant, h.recorded_at,
    encode(h.snapshot_digest, 'hex') AS snapshot_digest, encode(h.document_digest, 'hex') AS document_digest,
    encode(h.file_digest, 'hex') AS file_digest, h.file_bytes, h.level_asked, h.level_made, h.level_reason,
    o.outcome, o.fee_collected, o.occurred_at, o.reported_by, o.reported_at
FROM issuance.request AS r
LEFT JOIN history.issuance AS h ON h.municipality_code = r.municipality_code AND h.issuance_number = r.issuance_number
LEFT JOIN history.outcome AS o ON o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
WHERE r.municipality_code = $1 AND r.caller_id = $2 AND r.call = 'issuances' AND r.request_id = $3

-- name: steps
-- Everything that happened to a request, and whether each step still has the digest it was written with.
SELECT t.step, t.state, t.code, t.issuance_number, t.happened_at, encode(t.digest, 'hex') AS digest,
    t.digest = history.step_digest(
        t.previous_digest, t.salt, ARRAY[t.municipality_code, t.caller_id, t.call, t.request_id], t.step, t.state, t.code,
        t.issuance_number, t.happened_at
    ) AS whole
FROM history.transition AS t
WHERE t.municipality_code = $1 AND t.caller_id = $2 AND t.call = 'issuances' AND t.request_id = $3
ORDER BY t.step

-- name: reasons
-- The real reasons of refusals.
SELECT f.happened_at, f.reason, f.person_number FROM history.refusal_reason AS f
WHERE f.municipality_code = $1 AND f.caller_id = $2 AND f.call = 'issuances' AND f.request_id = $3
ORDER BY f.happened_at

-- name: shown
-- Everyone an issuance showed, with the name that the issuance record has today.
SELECT s.position, s.person_number, s.household_number, s.person_sequence, s.printed_as, s.asked_by, r.name
FROM history.issuance_subject AS s
LEFT JOIN issuance.resident_record AS r ON r.municipality_code = s.municipality_code AND r.person_number = s.person_number
WHERE s.municipality_code = $1 AND s.issuance_number = $2
ORDER BY s.position

-- name: shown_by_koseki
-- Whom it showed from a koseki beside those, with the registration by which one of them asked; the name is the koseki's of today.
SELECT p.koseki_person_number, p.registration_number, m.surname || '　' || m.given_name AS name
FROM history.issuance_koseki_person AS p
LEFT JOIN issuance.koseki_member AS m
    ON m.municipality_code = p.municipality_code AND m.koseki_person_number = p.koseki_person_number AND NOT m.removed
WHERE p.municipality_code = $1 AND p.issuance_number = $2 AND NOT EXISTS (
    SELECT FROM history.issuance_subject AS s
    WHERE s.municipality_code = p.municipality_code AND s.issuance_number = p.issuance_number AND s.person_number = p.person_number
)
ORDER BY p.position

-- name: stated
-- What the centre's statements say of an issuance, by its number or by its request, newest day and edition first, and what matching found of it.
SELECT l.statement_on, l.edition, l.line, l.outcome, l.fee_yen, l.occurred_at, ARRAY (
    SELECT DISTINCT s.finding FROM history.settlement AS s
    WHERE s.municipality_code = l.municipality_code AND s.caller_id = l.caller_id AND s.issuance_number = h.issuance_number
        AND s.statement_on = l.statement_on AND s.edition = l.edition
    ORDER BY s.finding
) AS findings
FROM history.issuance AS h
JOIN history.statement_line AS l ON l.municipality_code = h.municipality_code AND l.caller_id = h.caller_id
    AND (l.issuance_number = h.issuance_number OR l.issuance_number = '' AND l.request_id = h.request_id)
WHERE h.municipality_code = $1 AND h.issuance_number = $2
ORDER BY l.statement_on DESC, l.edition DESC, l.line

-- name: not_stated
-- The days of statements in which matching looked for an issuance and found no line.
SELECT DISTINCT s.statement_on, s.edition FROM history.settlement AS s
WHERE s.municipality_code = $1 AND s.issuance_number = $2 AND s.finding = 'not_in_statement'
ORDER BY s.statement_on DESC, s.edition DESC

-- name: sources
-- How old the data was at the permit.
SELECT s.source, s.sequence, s.as_of, extract(epoch FROM s.age)::float8 AS age_seconds FROM history.issuance_source AS s
WHERE s.municipality_code = $1 AND s.issuance_number = $2
ORDER BY s.source

-- name: then
-- Who else was being served around an instant, whichever node did it.
SELECT r.caller_id, r.request_id, r.issuance_number, r.state, r.result_code, r.kind, r.channel, r.accepted_at,
    r.terminal_operator, r.terminal_store, r.terminal_id, i.fee_yen, i.pages, o.outcome, o.fee_collected
FROM issuance.request AS r
LEFT JOIN issuance.intent AS i ON i.municipality_code = r.municipality_code AND i.issuance_number = r.issuance_number
LEFT JOIN history.outcome AS o ON o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.accepted_at BETWEEN $2 AND $3
ORDER BY r.accepted_at, r.request_id
LIMIT $4

-- name: sheet
-- What an issuance number stands for: the file that was made, and whether it still counts.
SELECT h.issuance_number, h.kind, h.recorded_at, h.pages, encode(h.file_digest, 'hex') AS file_digest, h.caller_id, h.request_id, r.state,
    o.outcome, w.state AS withdrawn
FROM history.issuance AS h
JOIN issuance.request AS r
    ON r.municipality_code = h.municipality_code AND r.caller_id = h.caller_id AND r.call = 'issuances' AND r.request_id = h.request_id
LEFT JOIN history.outcome AS o ON o.municipality_code = h.municipality_code AND o.issuance_number = h.issuance_number
LEFT JOIN history.seal_withdrawal AS w ON w.municipality_code = h.municipality_code AND w.issuance_number = h.issuance_number
WHERE h.municipality_code = $1 AND h.issuance_number = ANY ($2::text[])
ORDER BY h.issuance_number
