-- The register of disaster damage: what a file of it says, and what it changes.

-- name: receive
-- Where the records of one file stand until it is known to be whole. differs: set by `affected`.
CREATE TEMPORARY TABLE fed_record (
    line integer NOT NULL,
    action text NOT NULL,
    damage_number text NOT NULL,
    person_number text NOT NULL,
    name text,
    birth_on date,
    birth_text text,
    address text,
    disaster text,
    struck_on date,
    cause text,
    dwelling_address text,
    degree text,
    reassessing_since timestamptz,
    differs boolean
) ON COMMIT DROP

-- name: keys
-- As the records are named where one is set aside.
INSERT INTO pg_temp.fed_key (line, record_key) SELECT line, damage_number FROM pg_temp.fed_record

-- name: withdraw
-- What a difference has unreadable is not issued from as it was: it goes like a deletion.
INSERT INTO pg_temp.fed_record (line, action, damage_number, person_number)
SELECT a.line, 'delete', r.damage_number, r.person_number
FROM pg_temp.fed_aside AS a
JOIN issuance.disaster_damage AS r ON r.municipality_code = $1 AND r.damage_number = a.record_key

-- name: count
-- How many records we hold.
SELECT count(*) FROM issuance.disaster_damage WHERE municipality_code = $1

-- name: affected
-- Whose damage the file changes, one row for each; of a full file ($2) also what is no longer in it. Read before the locks: files take
-- turns, and nobody else writes damage.
WITH compared AS (
    UPDATE pg_temp.fed_record AS f
    SET differs = f.action = 'delete' OR NOT EXISTS (
        SELECT FROM issuance.disaster_damage AS r
        WHERE r.municipality_code = $1 AND r.damage_number = f.damage_number AND (
                r.person_number, r.name, r.birth_on, r.birth_text, r.address, r.disaster, r.struck_on, r.cause, r.dwelling_address,
                r.degree, r.reassessing_since
            ) IS NOT DISTINCT FROM (
                f.person_number, f.name, f.birth_on, f.birth_text, f.address, f.disaster, f.struck_on, f.cause, f.dwelling_address,
                f.degree, f.reassessing_since
            )
    )
    RETURNING f.damage_number, f.person_number, f.action, f.differs
)
INSERT INTO pg_temp.fed_change (number, change)
SELECT c.person_number, CASE WHEN c.action = 'delete' THEN 'removed' WHEN r.person_number IS NULL THEN 'added' ELSE 'changed' END
FROM compared AS c
LEFT JOIN issuance.disaster_damage AS r ON r.municipality_code = $1 AND r.damage_number = c.damage_number
WHERE c.differs
UNION ALL
SELECT r.person_number, 'removed' FROM issuance.disaster_damage AS r
WHERE $2 AND r.municipality_code = $1
    AND NOT EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.damage_number = r.damage_number AND f.person_number = r.person_number
    )

-- name: faults
-- The first record that does not fit the others, or what we have: then something before it was lost.
SELECT f.line, f.item, f.reason
FROM (
    SELECT line, 'damage_number' AS item, 'twice' AS reason
    FROM (SELECT line, row_number() OVER (PARTITION BY damage_number ORDER BY line) AS nth FROM pg_temp.fed_record) AS each_number
    WHERE nth > 1
    UNION ALL
    SELECT line, 'dwelling_address', 'twice'
    FROM (
        SELECT line, row_number() OVER (PARTITION BY person_number, disaster, dwelling_address ORDER BY line) AS nth
        FROM pg_temp.fed_record WHERE action = 'set'
    ) AS each_dwelling
    WHERE nth > 1
    UNION ALL
    SELECT f.line, 'dwelling_address', 'twice'
    FROM pg_temp.fed_record AS f
    JOIN issuance.disaster_damage AS r ON r.municipality_code = $1 AND r.person_number = f.person_number
        AND r.disaster = f.disaster AND r.dwelling_address = f.dwelling_address AND r.damage_number <> f.damage_number
    WHERE NOT $2 AND f.action = 'set' AND NOT EXISTS (SELECT FROM pg_temp.fed_record AS other WHERE other.damage_number = r.damage_number)
    UNION ALL
    SELECT f.line, 'damage_number', 'of another person'
    FROM pg_temp.fed_record AS f
    JOIN issuance.disaster_damage AS r ON r.municipality_code = $1 AND r.damage_number = f.damage_number
    WHERE NOT $2 AND f.action = 'set' AND r.person_number <> f.person_number
    UNION ALL
    SELECT f.line, 'damage_number', 'has none'
    FROM pg_temp.fed_record AS f
    WHERE NOT $2 AND f.action = 'delete' AND NOT EXISTS (
        SELECT FROM issuance.disaster_damage AS r
        WHERE r.municipality_code = $1 AND r.damage_number = f.damage_number AND r.person_number = f.person_number
    ) AND NOT EXISTS (
        SELECT FROM issuance.feed_set_aside AS a
        WHERE a.municipality_code = $1 AND a.source = 'disaster' AND a.record_key = f.damage_number
    )
) AS f
ORDER BY f.line, f.item
LIMIT 1

-- name: remove
-- Deleted, changed (it comes again below), or no longer in a full file ($2).
DELETE FROM issuance.disaster_damage AS r
WHERE r.municipality_code = $1 AND CASE WHEN $2 THEN NOT EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.damage_number = r.damage_number AND NOT f.differs
    ) ELSE EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.damage_number = r.damage_number AND f.differs
    ) END

-- name: add
-- What is new or changed.
INSERT INTO issuance.disaster_damage (
    municipality_code, damage_number, person_number, name, birth_on, birth_text, address, disaster, struck_on, cause, dwelling_address,
    degree, reassessing_since, fed_at
)
SELECT $1, f.damage_number, f.person_number, f.name, f.birth_on, f.birth_text, f.address, f.disaster, f.struck_on, f.cause,
    f.dwelling_address, f.degree, f.reassessing_since, $2
FROM pg_temp.fed_record AS f
WHERE f.differs AND f.action = 'set'

-- name: held
-- What we hold of each person, as the source digests it: the damage by number. An instant is in UTC, such as 2026-11-23T03:00:00Z.
SELECT r.person_number, array_agg(t.text ORDER BY r.damage_number COLLATE "C", t.place) AS texts
FROM issuance.disaster_damage AS r
CROSS JOIN LATERAL unnest(ARRAY[
    r.damage_number, r.name, coalesce(r.birth_on::text, ''), coalesce(r.birth_text, ''), r.address, r.disaster, r.struck_on::text, r.cause,
    r.dwelling_address, r.degree, coalesce(to_char(r.reassessing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
]) WITH ORDINALITY AS t (text, place)
WHERE r.municipality_code = $1
GROUP BY r.person_number
ORDER BY r.person_number COLLATE "C"

-- name: told
-- What the file says of each record, in the order in which `issuance.fed_side` gives what we hold; of what it takes away, nothing.
INSERT INTO pg_temp.fed_told (record_key, number, items)
SELECT damage_number, person_number, CASE WHEN action <> 'delete' THEN ARRAY[
        person_number, name, birth_on::text, birth_text, address, disaster, struck_on::text, cause, dwelling_address, degree,
        extract(epoch FROM reassessing_since)::text
    ] END
FROM pg_temp.fed_record
