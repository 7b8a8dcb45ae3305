-- Files of any source, applied and compared as the role `sync`, one city and one transaction at a time.

-- name: try_to_lead
-- Whose inbox this session watches; it ends with the connection, and whoever waits takes over.
SELECT pg_try_advisory_lock(shared.lock_key($1, 'feeds', 'leader'))

-- name: enter_city
-- The city of this transaction.
SELECT set_config('kiosk.municipality', $1, true)

-- name: wait_for_turn
-- Files of one source are taken one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('feed/' || $1 || '/' || $2, 0))

-- name: position
-- The last file of the source ($2) that was applied, as its numbers run now; until when any of its files spoke, and up to when the source is
-- known; whether this very file ($3) was applied before, and whether another difference ($5) was under its number ($4).
SELECT
    max(r.file_number) FILTER (WHERE r.receipt_id > s.numbered_after) AS file_number,
    max(r.as_of) AS told_until,
    s.fed_at,
    coalesce(bool_or(r.sha256 = $3), false) AS is_known,
    coalesce(bool_or(r.file_number = $4 AND r.layout = $5 AND r.receipt_id > s.numbered_after), false) AS is_taken
FROM (VALUES ($1::text, $2::text)) AS of (municipality_code, source)
LEFT JOIN issuance.source AS s ON s.municipality_code = of.municipality_code AND s.source = of.source
LEFT JOIN history.feed_receipt AS r
    ON r.municipality_code = of.municipality_code AND r.source = of.source AND r.result = 'applied'
GROUP BY s.fed_at

-- name: last_applied
-- The receipt of the last file of any source that was applied.
SELECT coalesce(max(r.receipt_id), 0) FROM history.feed_receipt AS r WHERE r.municipality_code = $1 AND r.result = 'applied'

-- name: listed
-- When the source last told of everybody; after a full file everything it said is known. A list that comes late sets nothing back.
UPDATE issuance.source
SET listed_at = CASE WHEN $4 THEN $3 ELSE greatest(listed_at, $3) END, said_since = CASE WHEN $4 THEN coalesce(said_since, $3) ELSE said_since END
WHERE municipality_code = $1 AND source = $2

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
RETURNING receipt_id

-- name: alert
-- Stays open until someone explains it.
INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, $2, $3)

-- name: receive_list
-- The source's own list, for comparing; text order is that of the file.
CREATE TEMPORARY TABLE fed_list (number text COLLATE "C" PRIMARY KEY, digest bytea NOT NULL) ON COMMIT DROP

-- name: list
-- The list behind $1, up to $2 and no more than $3 of it, where they are told.
SELECT number, digest FROM pg_temp.fed_list
WHERE number > $1 COLLATE "C" AND ($2::text IS NULL OR number <= $2 COLLATE "C")
ORDER BY number
LIMIT $3

-- name: doubts
-- Whom the comparison before put in doubt, and how.
SELECT person_number, difference, items, since_file FROM issuance.source_doubt
WHERE municipality_code = $1 AND source = $2 AND found_by = $3

-- name: lock_numbers
-- Numbers of one subject ($2), sorted, before any of them is written; a permit in progress for one of them is waited for.
SELECT shared.lock_subjects_for_write($1, array_agg($2::text), array_agg(number)) FROM unnest($3::text[]) AS number

-- name: clear
-- Found equal, or found otherwise than before.
DELETE FROM issuance.source_doubt
WHERE municipality_code = $1 AND source = $2 AND found_by = $3 AND person_number = ANY ($4::text[])

-- name: doubt
-- Nothing of this source is issued to them from this commit on.
INSERT INTO issuance.source_doubt (municipality_code, source, found_by, person_number, difference, items, since_file, since, compared_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)

-- name: still
-- Found as before, or in other items of it: they stay as they are since then.
UPDATE issuance.source_doubt AS d
SET items = $5, since_file = $6, compared_at = $7
WHERE d.municipality_code = $1 AND d.source = $2 AND d.found_by = $3 AND d.person_number = $4

-- name: comparison
-- One for each list that was compared, and for each comparison without one that is worth a row.
INSERT INTO history.source_comparison (
    municipality_code, source, file_number, as_of, sha256, at_source, here, found_by, compared_at, parts
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING comparison_id

-- name: difference
-- Who differs, and how.
INSERT INTO history.source_difference (municipality_code, comparison_id, position, person_number, difference, items, since_file)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: since_files
-- Which file told last of each of these numbers ($3).
SELECT number, max(file_number) AS since_file FROM issuance.source_said
WHERE municipality_code = $1 AND source = $2 AND number = ANY ($3::text[])
GROUP BY number

-- name: receive_aside
-- The records of one file that could not be read, where the file is taken without them.
CREATE TEMPORARY TABLE fed_aside (
    line integer NOT NULL,
    item text NOT NULL,
    reason text NOT NULL,
    record_key text NOT NULL,
    number text NOT NULL
) ON COMMIT DROP

-- name: receive_keys
-- The keys of its sound records, told by each source itself.
CREATE TEMPORARY TABLE fed_key (line integer NOT NULL, record_key text NOT NULL) ON COMMIT DROP

-- name: receive_changes
-- What the file changes: the number to be locked, once for each record, and whether the record is added, changed or removed;
-- 'beside' is locked too, and not changed.
CREATE TEMPORARY TABLE fed_change (number text NOT NULL, change text NOT NULL) ON COMMIT DROP

-- name: measure
-- So that the plans of what follows know how much there is.
ANALYZE pg_temp.fed_record

-- name: has_aside
-- Whether anything of this source is set aside already.
SELECT EXISTS (SELECT FROM issuance.feed_set_aside WHERE municipality_code = $1 AND source = $2)

-- name: first_aside
-- Of the records that cannot be read, the first.
SELECT a.line, a.item, a.reason FROM pg_temp.fed_aside AS a ORDER BY a.line, a.item LIMIT 1

-- name: aside_and_sound
-- A record that is in the file twice, once unreadable: which of them holds, nobody can say.
SELECT a.line, a.item FROM pg_temp.fed_aside AS a
WHERE EXISTS (SELECT FROM pg_temp.fed_key AS k WHERE k.record_key = a.record_key)
ORDER BY a.line
LIMIT 1

-- name: beside
-- Whoever our own comparison has in doubt is locked too: whether it ends is seen behind the file.
INSERT INTO pg_temp.fed_change (number, change)
SELECT d.person_number, 'beside' FROM issuance.source_doubt AS d
WHERE d.municipality_code = $1 AND d.source = $2 AND d.found_by = 'said'

-- name: changes
-- Whom a file changed, and how that looked before: who comes new was missing.
SELECT DISTINCT ON (c.number) c.number, CASE c.change WHEN 'added' THEN 'missing' WHEN 'removed' THEN 'extra' ELSE 'different' END AS difference
FROM pg_temp.fed_change AS c
WHERE c.change <> 'beside'
ORDER BY c.number, c.change DESC

-- name: shares
-- What the file takes away and changes, against what staff allow of the source ($2); of one that has not begun, as the table has it.
SELECT
    (SELECT count(*) FROM pg_temp.fed_change WHERE change = 'removed') AS removed,
    (SELECT count(*) FROM pg_temp.fed_change WHERE change = 'changed') AS changed,
    (SELECT count(*) FROM pg_temp.fed_change WHERE change = 'added') AS added,
    (SELECT count(*) FROM pg_temp.fed_change WHERE change <> 'beside') AS affected,
    coalesce((SELECT s.most_lost_percent FROM issuance.source AS s WHERE s.municipality_code = $1 AND s.source = $2), 5) AS most_lost_percent,
    coalesce((SELECT s.most_changed_percent FROM issuance.source AS s WHERE s.municipality_code = $1 AND s.source = $2), 100)
        AS most_changed_percent

-- name: changed_numbers
-- Whom to lock: no more than $1 of them are read.
SELECT number FROM (SELECT DISTINCT number FROM pg_temp.fed_change LIMIT $1) AS changed ORDER BY number

-- name: end_aside
-- Sound again or deleted; of a full file ($3) also what is no longer in it.
DELETE FROM issuance.feed_set_aside AS s
WHERE s.municipality_code = $1 AND s.source = $2 AND (
    $3 AND NOT EXISTS (SELECT FROM pg_temp.fed_aside AS a WHERE a.record_key = s.record_key)
    OR EXISTS (SELECT FROM pg_temp.fed_key AS k WHERE k.record_key = s.record_key)
)

-- name: set_aside
-- Listed for staff, with place and reason; whoever was listed before stays so since then.
INSERT INTO issuance.feed_set_aside AS s (municipality_code, source, record_key, layout, file_number, line, item, reason, since)
SELECT DISTINCT ON (a.record_key) $1, $2, a.record_key, $3, $4, a.line, a.item, a.reason, $5
FROM pg_temp.fed_aside AS a
ORDER BY a.record_key, a.line
ON CONFLICT (municipality_code, source, record_key) DO UPDATE
SET layout = excluded.layout, file_number = excluded.file_number, line = excluded.line, item = excluded.item, reason = excluded.reason

-- name: faults_of
-- The receipt ($2) names every line that was set aside.
INSERT INTO history.feed_fault (municipality_code, receipt_id, position, line, item, reason)
SELECT $1, $2, row_number() OVER (ORDER BY a.line, a.item), a.line, a.item, a.reason FROM pg_temp.fed_aside AS a
