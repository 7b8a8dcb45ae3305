-- What follows from a comparison of F6 with the registry. Runs as the role `sync`, in the turn of the projection.

-- name: try_to_lead
-- Held by the session: it ends with the connection, and whoever waits takes over.
SELECT pg_try_advisory_lock(shared.lock_key($1, 'reconciliation', 'leader'))

-- name: enter_city
-- The city of this transaction.
SELECT set_config('kiosk.municipality', $1, true)

-- name: counts
-- How many of these persons ($2) each side has.
SELECT
    (SELECT count(*) FROM registry.register_side($1) AS l WHERE l.person_number = ANY ($2::text[])) AS in_register,
    (SELECT count(*) FROM issuance.record_side($1) AS r WHERE r.person_number = ANY ($2::text[])) AS in_records

-- name: doubted
-- Whom a comparison holds back; of these persons ($2) or of all.
SELECT person_number FROM issuance.person_held_back
WHERE municipality_code = $1 AND cause = 'doubt' AND item = 'reconciliation' AND ($2::text[] IS NULL OR person_number = ANY ($2))
ORDER BY person_number

-- name: doubt
-- Nothing that shows them is issued from this commit on.
INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item, since)
SELECT $1, person_number, 'doubt', 'reconciliation', $3 FROM unnest($2::text[]) AS person_number
ON CONFLICT (municipality_code, person_number, cause, item) DO NOTHING

-- name: clear
-- Equal again.
DELETE FROM issuance.person_held_back
WHERE municipality_code = $1 AND person_number = ANY ($2::text[]) AND cause = 'doubt' AND item = 'reconciliation'

-- name: lock_persons
-- Sorted, before any of them is written; a permit in progress for one of them is waited for.
SELECT shared.lock_subjects_for_write($1, array_agg('person'::text), array_agg(number)) FROM unnest($2::text[]) AS number

-- name: run
-- One for each comparison that is worth a row.
INSERT INTO history.reconciliation (
    municipality_code, scope, in_register, in_records, differing, cleared, began_at, ended_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING reconciliation_id

-- name: difference
-- Who differs, one array for each column.
INSERT INTO history.record_difference (
    municipality_code, reconciliation_id, position, person_number, difference, cause, items, register_sequence, record_sequence,
    since_kind, since_at
)
SELECT $1, $2, found.position, found.person_number, found.difference, found.cause, string_to_array(found.items, ' '),
    found.register_sequence, found.record_sequence, found.since_kind, found.since_at
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::timestamptz[]) WITH ORDINALITY
    AS found (person_number, difference, cause, items, register_sequence, record_sequence, since_kind, since_at, position)

-- name: alert
-- Stays open until someone explains it.
INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, 'records_differ', $2)

-- name: done_whole
-- When the whole city was compared last, every part of it with it.
INSERT INTO issuance.reconciled AS r (municipality_code, whole_at, part_at) VALUES ($1, $2, $2)
ON CONFLICT (municipality_code) DO UPDATE SET whole_at = excluded.whole_at, part_at = excluded.part_at

-- name: done_part
-- When a part was compared last, and which one comes next.
INSERT INTO issuance.reconciled AS r (municipality_code, part_at, next_part) VALUES ($1, $2, $3)
ON CONFLICT (municipality_code) DO UPDATE SET part_at = excluded.part_at, next_part = excluded.next_part

-- name: progress
-- When what was compared last.
SELECT whole_at, part_at, next_part FROM issuance.reconciled WHERE municipality_code = $1

-- name: approvals
-- What staff approved, for persons who are held back by a comparison.
SELECT a.person_number, a.approved_by, a.reason FROM issuance.repair_approval AS a
WHERE a.municipality_code = $1
ORDER BY a.person_number

-- name: used_approvals
-- Done.
DELETE FROM issuance.repair_approval WHERE municipality_code = $1 AND person_number = ANY ($2::text[])

-- name: repair
-- A record that was made anew, and whether it is equal since.
INSERT INTO history.record_repair (municipality_code, person_number, approved_by, reason, is_equal, repaired_at)
VALUES ($1, $2, $3, $4, $5, $6)

-- name: is_fed
-- Whether the residents come in files.
SELECT EXISTS (SELECT FROM issuance.source AS s WHERE s.municipality_code = $1 AND s.source = 'resident')
