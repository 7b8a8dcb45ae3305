-- name: requests
-- A request every nine seconds for years: most issued, one in forty refused; a few shop chains with many shops, a few terminals of our own.
INSERT INTO issuance.request (
    municipality_code, caller_id, call, request_id, fingerprint, kind, channel, terminal_operator, terminal_store, terminal_id,
    accepted_at, deadline_at, lease_token, lease_until, state, result_code, issuance_number
)
SELECT $1, 'centre', 'issuances', 'r' || lpad(n::text, 10, '0'), '\x00', (array[
        'resident_record', 'resident_record', 'resident_record', 'seal_registration', 'seal_registration', 'tax_income', 'koseki_full'
    ])[1 + n % 7],
    CASE WHEN n % 19 = 0 THEN 'terminal' ELSE 'centre' END, 'chain-' || n % 12, 'shop-' || (n::bigint * 2654435761 % 55000),
    't' || n % 3, at.accepted, at.accepted + interval '10 s', n, at.accepted + interval '10 s',
    CASE WHEN n % 40 = 0 THEN 'refused' ELSE 'answered' END, CASE WHEN n % 40 = 0 THEN 'not_identified' ELSE 'issued' END,
    CASE WHEN n % 40 = 0 THEN NULL ELSE 'n' || lpad(n::text, 10, '0') END
FROM generate_series($2::int, $3::int) AS n
CROSS JOIN LATERAL (SELECT timestamptz '2019-01-01 00:00+09' + n * interval '9 s' AS accepted) AS at

-- name: intents
-- Behind each issued one.
INSERT INTO issuance.intent (
    municipality_code, issuance_number, caller_id, call, request_id, lease_token, kind, channel, fee_yen, instant, pages,
    snapshot_digest, document_digest, state, proposed_at, permitted_at, ended_at
)
SELECT r.municipality_code, r.issuance_number, r.caller_id, r.call, r.request_id, r.lease_token, r.kind, r.channel, 200, r.accepted_at, 1,
    '\x00', '\x00', 'recorded', r.accepted_at, r.accepted_at, r.accepted_at
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.issuance_number BETWEEN 'n' || lpad($2::int::text, 10, '0') AND 'n' || lpad($3::int::text, 10, '0')
    AND r.lease_token BETWEEN $2::int AND $3::int

-- name: issuances
-- The same in the books.
INSERT INTO history.issuance (
    municipality_code, issuance_number, caller_id, request_id, kind, channel, terminal_operator, terminal_store, terminal_id, fee_yen,
    pages, accepted_at, instant, recorded_at, snapshot_digest, document_digest, file_digest, file_bytes
)
SELECT r.municipality_code, r.issuance_number, r.caller_id, r.request_id, r.kind, r.channel, r.terminal_operator, r.terminal_store,
    r.terminal_id, 200, 1, r.accepted_at, r.accepted_at, r.accepted_at, '\x00', '\x00', '\x00', 100000
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.issuance_number IS NOT NULL AND r.lease_token BETWEEN $2::int AND $3::int

-- name: subjects
-- One of 150,000 residents each.
INSERT INTO history.issuance_subject (
    municipality_code, issuance_number, position, person_number, person_sequence, household_number, household_sequence, printed_as,
    asked_by
)
SELECT r.municipality_code, r.issuance_number, 1, lpad((r.lease_token * 7919 % 150000)::text, 10, '0'), 1,
    lpad((r.lease_token * 7919 % 150000 / 3)::text, 10, '0'), 1, 'holder', true
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.issuance_number IS NOT NULL AND r.lease_token BETWEEN $2::int AND $3::int

-- name: outcomes
-- Nearly all printed.
INSERT INTO history.outcome (municipality_code, issuance_number, outcome, fee_collected, occurred_at, reported_by)
SELECT r.municipality_code, r.issuance_number, CASE WHEN r.lease_token % 500 = 0 THEN 'failed' ELSE 'printed' END, true, r.accepted_at,
    'centre'
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.issuance_number IS NOT NULL AND r.lease_token % 1000 <> 1 AND r.lease_token BETWEEN $2::int AND $3::int

-- name: range_index
-- To fill the books from the requests part by part; gone before anything is measured.
CREATE INDEX request_part ON issuance.request (lease_token)

-- name: range_index_gone
-- As said.
DROP INDEX issuance.request_part
