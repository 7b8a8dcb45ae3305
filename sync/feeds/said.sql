-- What the sources said last, beside what we hold of it. Runs as the role `sync`.

-- name: enter_city
-- The city of this transaction.
SELECT set_config('kiosk.municipality', $1, true)

-- name: receive_told
-- What one file says of each of its records; no items of what it takes away.
CREATE TEMPORARY TABLE fed_told (record_key text NOT NULL, number text NOT NULL, items text[]) ON COMMIT DROP

-- name: measure_told
-- So that the plans of what follows know how much there is.
ANALYZE pg_temp.fed_told

-- name: forget_taken
-- What a difference takes away.
DELETE FROM issuance.source_said AS s
USING pg_temp.fed_told AS t
WHERE s.municipality_code = $1 AND s.source = $2 AND s.record_key = t.record_key AND t.items IS NULL

-- name: forget_left_out
-- What is no longer in a full file, but for records that it has unreadable where those stay ($3).
DELETE FROM issuance.source_said AS s
WHERE s.municipality_code = $1 AND s.source = $2
    AND NOT EXISTS (SELECT FROM pg_temp.fed_told AS t WHERE t.record_key = s.record_key)
    AND NOT EXISTS (SELECT FROM pg_temp.fed_aside AS a WHERE $3 AND a.number = s.number)

-- name: remember
-- What it says otherwise than the files before; $3 is its number.
INSERT INTO issuance.source_said AS s (municipality_code, source, record_key, number, digest, items, file_number)
SELECT $1, $2, t.record_key, t.number, t.digest, issuance.item_hashes(t.items), $3
FROM (
    SELECT f.record_key, f.number, f.items, sha256(convert_to(f.items::text, 'UTF8')) AS digest FROM pg_temp.fed_told AS f
    WHERE f.items IS NOT NULL
) AS t
WHERE NOT EXISTS (
    SELECT FROM issuance.source_said AS o
    WHERE o.municipality_code = $1 AND o.source = $2 AND o.record_key = t.record_key AND o.number = t.number AND o.digest = t.digest
)
ON CONFLICT (municipality_code, source, record_key) DO UPDATE
SET number = excluded.number, digest = excluded.digest, items = excluded.items, file_number = excluded.file_number

-- name: ranges
-- One digest for each range of both sides: $1 the city, $2 the bits of a range, $3 the ranges wanted or NULL for all, $4 the source.
WITH digests AS MATERIALIZED (
    SELECT 'said' AS side, issuance.range_of(s.number, $2) AS range, s.record_key, s.digest
    FROM issuance.source_said AS s
    WHERE s.municipality_code = $1 AND s.source = $4 AND ($3::integer[] IS NULL OR issuance.range_of(s.number, $2) = ANY ($3))
    UNION ALL
    SELECT 'held', issuance.range_of(h.number, $2), h.record_key, sha256(convert_to(h.items::text, 'UTF8'))
    FROM issuance.fed_side($1, $4) AS h
    WHERE $3::integer[] IS NULL OR issuance.range_of(h.number, $2) = ANY ($3)
)
SELECT d.side, d.range, count(*) AS count,
    sha256(string_agg(convert_to(d.record_key, 'UTF8') || '\x00'::bytea || d.digest, ''::bytea ORDER BY d.record_key COLLATE "C")) AS digest
FROM digests AS d
GROUP BY d.side, d.range

-- name: keys
-- The digest of each record in these ranges ($3), on both sides.
SELECT b.side, b.record_key COLLATE "C" AS key, b.digest
FROM (
    SELECT 'said' AS side, s.record_key, s.digest
    FROM issuance.source_said AS s
    WHERE s.municipality_code = $1 AND s.source = $4 AND issuance.range_of(s.number, $2) = ANY ($3::integer[])
    UNION ALL
    SELECT 'held', h.record_key, sha256(convert_to(h.items::text, 'UTF8'))
    FROM issuance.fed_side($1, $4) AS h
    WHERE issuance.range_of(h.number, $2) = ANY ($3::integer[])
) AS b
ORDER BY 2

-- name: counts
-- How many records of these numbers ($3) each side has.
SELECT
    (SELECT count(*) FROM issuance.source_said AS s WHERE s.municipality_code = $1 AND s.source = $2 AND s.number = ANY ($3::text[])) AS said,
    (SELECT count(*) FROM issuance.fed_side($1, $2) AS h WHERE h.number = ANY ($3::text[])) AS held

-- name: numbers_of
-- The numbers of these records ($3), wherever they are.
SELECT s.number FROM issuance.source_said AS s
WHERE s.municipality_code = $1 AND s.source = $2 AND s.record_key = ANY ($3::text[])
UNION
SELECT h.number FROM issuance.fed_side($1, $2) AS h WHERE h.record_key = ANY ($3::text[])

-- name: of_numbers
-- Every record of these numbers ($3): the hashes of its items on both sides, whether it is the same, and the file that said it.
SELECT number, s.items AS said, issuance.item_hashes(h.items) AS held, s.file_number,
    s.digest IS NOT DISTINCT FROM sha256(convert_to(h.items::text, 'UTF8')) AS is_equal
FROM (
    SELECT r.record_key, r.number, r.digest, r.items, r.file_number FROM issuance.source_said AS r
    WHERE r.municipality_code = $1 AND r.source = $2 AND r.number = ANY ($3::text[])
) AS s
FULL JOIN (SELECT r.record_key, r.number, r.items FROM issuance.fed_side($1, $2) AS r WHERE r.number = ANY ($3::text[])) AS h
    USING (record_key, number)
ORDER BY 1, record_key

-- name: try_turn
-- The turn of the source, if no file has it: while it is held, neither side changes.
SELECT pg_try_advisory_xact_lock(hashtextextended('feed/' || $1 || '/' || $2, 0))

-- name: state
-- The last file that was applied, and up to when the source is known; how many parts were compared since all of it was.
SELECT s.fed_at, s.parts_compared, (
    SELECT r.file_number FROM history.feed_receipt AS r
    WHERE r.municipality_code = $1 AND r.source = $2 AND r.result = 'applied'
    ORDER BY r.receipt_id DESC
    LIMIT 1
) AS file_number
FROM issuance.source AS s
WHERE s.municipality_code = $1 AND s.source = $2

-- name: begun
-- Sources of which everything that was said is known, and what was compared when.
SELECT s.source, s.whole_at, s.part_at, s.next_part FROM issuance.source AS s
WHERE s.municipality_code = $1 AND s.said_since IS NOT NULL AND s.source = ANY ($2::text[])
ORDER BY s.source

-- name: done_whole
-- Everything was compared, every part with it.
UPDATE issuance.source SET whole_at = $3, part_at = $3, parts_compared = 0 WHERE municipality_code = $1 AND source = $2

-- name: done_part
-- A part was compared, and which one comes next.
UPDATE issuance.source SET part_at = $3, next_part = $4, parts_compared = parts_compared + 1
WHERE municipality_code = $1 AND source = $2
