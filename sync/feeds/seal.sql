-- The seal register: what a file of it says, and what it changes.

-- name: receive
-- Where the records of one file stand until it is known to be whole.
CREATE TEMPORARY TABLE fed_record (
    line integer NOT NULL,
    action text NOT NULL,
    person_number text NOT NULL,
    registration_number text NOT NULL,
    replaces text,
    registered_on date,
    name text,
    birth_on date,
    birth_text text,
    address text,
    image bytea,
    image_sha256 bytea
) ON COMMIT DROP

-- name: keys
-- As the records are named where one is set aside.
INSERT INTO pg_temp.fed_key (line, record_key) SELECT line, person_number FROM pg_temp.fed_record

-- name: withdraw
-- What a difference has unreadable is not issued from as it was: it goes like a deletion.
INSERT INTO pg_temp.fed_record (line, action, person_number, registration_number)
SELECT a.line, 'delete', r.person_number, r.registration_number
FROM pg_temp.fed_aside AS a
JOIN issuance.seal_registration AS r ON r.municipality_code = $1 AND r.person_number = a.record_key

-- name: count
-- How many records we hold.
SELECT count(*) FROM issuance.seal_registration WHERE municipality_code = $1

-- name: faults
-- The first record that does not fit the others, or what we have: then something before it was lost.
SELECT f.line, f.item, f.reason
FROM (
    SELECT line, 'person_number' AS item, 'twice' AS reason
    FROM (SELECT line, row_number() OVER (PARTITION BY person_number ORDER BY line) AS nth FROM pg_temp.fed_record) AS each_person
    WHERE nth > 1
    UNION ALL
    SELECT line, 'registration_number', 'twice'
    FROM (
        SELECT line, row_number() OVER (PARTITION BY registration_number ORDER BY line) AS nth
        FROM pg_temp.fed_record WHERE action <> 'delete'
    ) AS each_number
    WHERE nth > 1
    UNION ALL
    SELECT f.line, 'registration_number', 'of another person'
    FROM pg_temp.fed_record AS f
    JOIN issuance.seal_registration AS r ON r.municipality_code = $1 AND r.registration_number = f.registration_number
    WHERE NOT $2 AND f.action <> 'delete' AND r.person_number <> f.person_number
        AND NOT EXISTS (
            SELECT FROM pg_temp.fed_record AS gone
            WHERE gone.person_number = r.person_number AND gone.action IN ('delete', 'reregister')
        )
    UNION ALL
    SELECT f.line, 'action', 'has one'
    FROM pg_temp.fed_record AS f
    JOIN issuance.seal_registration AS r ON r.municipality_code = $1 AND r.person_number = f.person_number
    WHERE NOT $2 AND f.action = 'register'
    UNION ALL
    SELECT f.line, CASE WHEN f.action = 'reregister' THEN 'replaces' ELSE 'registration_number' END, 'has not this one'
    FROM pg_temp.fed_record AS f
    WHERE f.action <> 'register' AND NOT EXISTS (
        SELECT FROM issuance.seal_registration AS r
        WHERE r.municipality_code = $1 AND r.person_number = f.person_number
            AND r.registration_number = CASE WHEN f.action = 'reregister' THEN f.replaces ELSE f.registration_number END
    ) AND NOT EXISTS (
        SELECT FROM issuance.feed_set_aside AS a
        WHERE a.municipality_code = $1 AND a.source = 'seal' AND a.record_key = f.person_number
    )
) AS f
ORDER BY f.line, f.item
LIMIT 1

-- name: affected
-- Whose registration the file changes; of a full file ($2) also who is no longer in it. Read before the locks: files take turns, and
-- nobody else writes registrations.
INSERT INTO pg_temp.fed_change (number, change)
SELECT f.person_number, CASE WHEN f.action = 'delete' THEN 'removed' WHEN r.person_number IS NULL THEN 'added' ELSE 'changed' END
FROM pg_temp.fed_record AS f
LEFT JOIN issuance.seal_registration AS r ON r.municipality_code = $1 AND r.person_number = f.person_number
WHERE r.person_number IS NULL
    OR (r.registration_number, r.registered_on, r.name, r.birth_on, r.birth_text, r.address, r.image_sha256)
        IS DISTINCT FROM (f.registration_number, f.registered_on, f.name, f.birth_on, f.birth_text, f.address, f.image_sha256)
UNION ALL
SELECT r.person_number, 'removed'
FROM issuance.seal_registration AS r
WHERE $2 AND r.municipality_code = $1 AND NOT EXISTS (SELECT FROM pg_temp.fed_record AS f WHERE f.person_number = r.person_number)

-- name: remove
-- Deleted, replaced, or no longer in a full file ($2).
DELETE FROM issuance.seal_registration AS r
WHERE r.municipality_code = $1 AND CASE WHEN $2 THEN NOT EXISTS (
        SELECT FROM pg_temp.fed_record AS f
        WHERE f.person_number = r.person_number AND f.registration_number = r.registration_number
    ) ELSE EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.person_number = r.person_number AND f.action IN ('delete', 'reregister')
    ) END

-- name: change
-- Only where something differs: a sequence moves for a change and for nothing else.
UPDATE issuance.seal_registration AS r
SET registered_on = f.registered_on, name = f.name, birth_on = f.birth_on, birth_text = f.birth_text, address = f.address,
    image = f.image, image_sha256 = f.image_sha256, fed_at = $2
FROM pg_temp.fed_record AS f
WHERE r.municipality_code = $1 AND r.person_number = f.person_number AND r.registration_number = f.registration_number
    AND f.action <> 'delete'
    AND (r.registered_on, r.name, r.birth_on, r.birth_text, r.address, r.image_sha256)
        IS DISTINCT FROM (f.registered_on, f.name, f.birth_on, f.birth_text, f.address, f.image_sha256)

-- name: add
-- Whoever has none yet.
INSERT INTO issuance.seal_registration (
    municipality_code, person_number, registration_number, registered_on, name, birth_on, birth_text, address, image, image_sha256, fed_at
)
SELECT $1, f.person_number, f.registration_number, f.registered_on, f.name, f.birth_on, f.birth_text, f.address, f.image,
    f.image_sha256, $2
FROM pg_temp.fed_record AS f
WHERE f.action <> 'delete' AND NOT EXISTS (
    SELECT FROM issuance.seal_registration AS r WHERE r.municipality_code = $1 AND r.person_number = f.person_number
)

-- name: held
-- What we hold, as the source digests it.
SELECT person_number, registration_number, registered_on::text AS registered_on, name, coalesce(birth_on::text, '') AS birth_on,
    coalesce(birth_text, '') AS birth_text, address, image_sha256
FROM issuance.seal_registration
WHERE municipality_code = $1
ORDER BY person_number COLLATE "C"

-- name: told
-- What the file says of each record, in the order in which `issuance.fed_side` gives what we hold; of what it takes away, nothing.
INSERT INTO pg_temp.fed_told (record_key, number, items)
SELECT person_number, person_number, CASE WHEN action <> 'delete' THEN ARRAY[
        registration_number, registered_on::text, name, birth_on::text, birth_text, address, encode(image_sha256, 'hex')
    ] END
FROM pg_temp.fed_record
