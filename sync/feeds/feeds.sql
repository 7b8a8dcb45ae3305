-- Files of any source, applied and compared as the role `sync`, one city and one transaction at a time.

-- name: enter_city
-- The city of this transaction.
SELECT set_config('kiosk.municipality', $1, true)

-- name: wait_for_turn
-- Files of one source are taken one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('feed/' || $1 || '/' || $2, 0))

-- name: position
-- The last file of the source ($2) that was applied, up to when the source is known, whether this very file ($3) was applied before, and
-- whether another difference ($5) was under its number ($4).
SELECT
    (SELECT max(r.file_number) FROM history.feed_receipt AS r
        WHERE r.municipality_code = $1 AND r.source = $2 AND r.result = 'applied') AS file_number,
    (SELECT s.fed_at FROM issuance.source AS s WHERE s.municipality_code = $1 AND s.source = $2) AS fed_at,
    EXISTS (SELECT FROM history.feed_receipt AS r
        WHERE r.municipality_code = $1 AND r.source = $2 AND r.result = 'applied' AND r.sha256 = $3) AS is_known,
    EXISTS (SELECT FROM history.feed_receipt AS r
        WHERE r.municipality_code = $1 AND r.source = $2 AND r.result = 'applied' AND r.file_number = $4
            AND r.layout = $5) AS is_taken

-- name: lock_city
-- Alone in the city: for a whole file.
SELECT shared.lock_city_for_bulk($1), set_config('kiosk.holds_city', $1, true)

-- name: advance
-- What the source ($2) knew until $3 is in our tables. The first file sets a limit of $4; staff set another.
INSERT INTO issuance.source (municipality_code, source, fed_at, age_limit)
VALUES ($1, $2, $3, $4)
ON CONFLICT (municipality_code, source) DO UPDATE SET fed_at = excluded.fed_at

-- name: receipt
-- One for each file that did something, has to wait, or was refused.
INSERT INTO history.feed_receipt (
    municipality_code, source, layout, file_number, as_of, sha256, records, changed, result, fault_line, fault_item, fault_reason, received_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: alert
-- Stays open until someone explains it.
INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, $2, $3)

-- name: doubts
-- Whom the comparison before put in doubt.
SELECT person_number, difference FROM issuance.source_doubt WHERE municipality_code = $1 AND source = $2

-- name: lock_persons
-- Sorted, before any of them is written; a permit in progress for one of them is waited for.
SELECT shared.lock_subjects_for_write($1, array_agg('person'::text), array_agg(number)) FROM unnest($2::text[]) AS number

-- name: clear
-- Found equal, or found otherwise than before.
DELETE FROM issuance.source_doubt WHERE municipality_code = $1 AND source = $2 AND person_number = ANY ($3::text[])

-- name: doubt
-- Nothing of this source is issued to them from this commit on.
INSERT INTO issuance.source_doubt (municipality_code, source, person_number, difference, since)
SELECT $1, $2, found.person_number, found.difference, $5
FROM unnest($3::text[], $4::text[]) AS found (person_number, difference)

-- name: comparison
-- One for each list that was compared.
INSERT INTO history.source_comparison (municipality_code, source, file_number, as_of, sha256, at_source, here, compared_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING comparison_id

-- name: difference
-- Who differs, and how.
INSERT INTO history.source_difference (municipality_code, comparison_id, position, person_number, difference)
SELECT $1, $2, found.position, found.person_number, found.difference
FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS found (person_number, difference, position)
