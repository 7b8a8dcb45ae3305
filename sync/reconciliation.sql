-- The comparison of F6 with the registry. Runs as the role `sync`.

-- name: city
-- Without a city there are no rows, and nothing equals nothing.
SELECT shared.city()

-- name: ranges
-- One digest for each range of both sides: $1 the city, $2 the bits of a range, $3 the ranges wanted or NULL for all.
WITH digests AS MATERIALIZED (
    SELECT s.side, issuance.range_of(s.person_number, $2) AS range, s.person_number, sha256(convert_to(s.items::text, 'UTF8')) AS digest
    FROM (
        SELECT 'register' AS side, l.person_number, l.items FROM registry.register_side($1) AS l
        UNION ALL
        SELECT 'record', r.person_number, r.items FROM issuance.record_side($1) AS r
    ) AS s
    WHERE $3::integer[] IS NULL OR issuance.range_of(s.person_number, $2) = ANY ($3)
)
SELECT d.side, d.range, count(*) AS count,
    sha256(string_agg(convert_to(d.person_number, 'UTF8') || '\x00'::bytea || d.digest, ''::bytea ORDER BY d.person_number COLLATE "C"))
        AS digest
FROM digests AS d
GROUP BY d.side, d.range

-- name: keys
-- The digest of each person in these ranges ($3), on both sides.
SELECT s.side, s.person_number COLLATE "C" AS key, sha256(convert_to(s.items::text, 'UTF8')) AS digest
FROM (
    SELECT 'register' AS side, l.person_number, l.items FROM registry.register_side($1) AS l
    UNION ALL
    SELECT 'record', r.person_number, r.items FROM issuance.record_side($1) AS r
) AS s
WHERE issuance.range_of(s.person_number, $2) = ANY ($3::integer[])
ORDER BY 2

-- name: persons
-- Everything of these persons ($2) on both sides, whether the projection set them aside, and whether the register ever knew them.
SELECT asked.person_number, l.items AS register_items, r.items AS record_items,
    (SELECT b.item FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = asked.person_number AND b.cause = 'projection' LIMIT 1) AS set_aside,
    (SELECT max(e.person_sequence) FROM registry.event_of_row AS e
        WHERE e.municipality_code = $1 AND e.person_number = asked.person_number) AS last_sequence
FROM unnest($2::text[]) AS asked (person_number)
LEFT JOIN (SELECT * FROM registry.register_side($1) AS s WHERE s.person_number = ANY ($2::text[])) AS l USING (person_number)
LEFT JOIN (SELECT * FROM issuance.record_side($1) AS s WHERE s.person_number = ANY ($2::text[])) AS r USING (person_number)
ORDER BY asked.person_number COLLATE "C"

-- name: events
-- Which event gave each of these persons ($2) the row of that sequence ($3).
SELECT e.person_number, e.kind, e.recorded_at
FROM unnest($2::text[], $3::bigint[]) AS asked (person_number, person_sequence)
JOIN registry.event_of_row AS e
    ON e.municipality_code = $1 AND e.person_number = asked.person_number AND e.person_sequence = asked.person_sequence
