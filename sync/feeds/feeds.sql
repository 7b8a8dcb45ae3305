-- Files of the seal register, applied and compared as the role `sync`, one city and one transaction at a time.

-- name: enter_city
-- The city of this transaction.
SELECT set_config('kiosk.municipality', $1, true)

-- name: wait_for_turn
-- Files of one source are taken one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('feed/' || $1 || '/seal', 0))

-- name: position
-- The last file that was applied, up to when the source is known, whether this very file was applied before, and whether another
-- difference was under its number ($3).
SELECT
    (SELECT max(r.file_number) FROM history.feed_receipt AS r
        WHERE r.municipality_code = $1 AND r.source = 'seal' AND r.result = 'applied') AS file_number,
    (SELECT s.fed_at FROM issuance.source AS s WHERE s.municipality_code = $1 AND s.source = 'seal') AS fed_at,
    EXISTS (SELECT FROM history.feed_receipt AS r
        WHERE r.municipality_code = $1 AND r.source = 'seal' AND r.result = 'applied' AND r.sha256 = $2) AS is_known,
    EXISTS (SELECT FROM history.feed_receipt AS r
        WHERE r.municipality_code = $1 AND r.source = 'seal' AND r.result = 'applied' AND r.file_number = $3
            AND r.layout = 'kiosk-seal-difference') AS is_taken

-- name: receive
-- Where the records of one file stand until it is known to be whole.
CREATE TEMPORARY TABLE fed_seal (
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

-- name: measure
-- So that the plans of what follows know how much there is.
ANALYZE pg_temp.fed_seal

-- name: faults
-- The first record that does not fit the others, or what we have: then something before it was lost.
SELECT f.line, f.item, f.reason
FROM (
    SELECT line, 'person_number' AS item, 'twice' AS reason
    FROM (SELECT line, row_number() OVER (PARTITION BY person_number ORDER BY line) AS nth FROM pg_temp.fed_seal) AS each_person
    WHERE nth > 1
    UNION ALL
    SELECT line, 'registration_number', 'twice'
    FROM (
        SELECT line, row_number() OVER (PARTITION BY registration_number ORDER BY line) AS nth
        FROM pg_temp.fed_seal WHERE action <> 'delete'
    ) AS each_number
    WHERE nth > 1
    UNION ALL
    SELECT f.line, 'registration_number', 'of another person'
    FROM pg_temp.fed_seal AS f
    JOIN issuance.seal_registration AS r ON r.municipality_code = $1 AND r.registration_number = f.registration_number
    WHERE NOT $2 AND f.action <> 'delete' AND r.person_number <> f.person_number
        AND NOT EXISTS (
            SELECT FROM pg_temp.fed_seal AS gone
            WHERE gone.person_number = r.person_number AND gone.action IN ('delete', 'reregister')
        )
    UNION ALL
    SELECT f.line, 'action', 'has one'
    FROM pg_temp.fed_seal AS f
    JOIN issuance.seal_registration AS r ON r.municipality_code = $1 AND r.person_number = f.person_number
    WHERE NOT $2 AND f.action = 'register'
    UNION ALL
    SELECT f.line, CASE WHEN f.action = 'reregister' THEN 'replaces' ELSE 'registration_number' END, 'has not this one'
    FROM pg_temp.fed_seal AS f
    WHERE f.action <> 'register' AND NOT EXISTS (
        SELECT FROM issuance.seal_registration AS r
        WHERE r.municipality_code = $1 AND r.person_number = f.person_number
            AND r.registration_number = CASE WHEN f.action = 'reregister' THEN f.replaces ELSE f.registration_number END
    )
) AS f
ORDER BY f.line, f.item
LIMIT 1

-- name: affected
-- Whose registration the file changes; of a full file ($2) also who is no longer in it. Read before the locks: files take turns, and
-- nobody else writes registrations.
SELECT f.person_number
FROM pg_temp.fed_seal AS f
LEFT JOIN issuance.seal_registration AS r ON r.municipality_code = $1 AND r.person_number = f.person_number
WHERE r.person_number IS NULL
    OR (r.registration_number, r.registered_on, r.name, r.birth_on, r.birth_text, r.address, r.image_sha256)
        IS DISTINCT FROM (f.registration_number, f.registered_on, f.name, f.birth_on, f.birth_text, f.address, f.image_sha256)
UNION ALL
SELECT r.person_number
FROM issuance.seal_registration AS r
WHERE $2 AND r.municipality_code = $1 AND NOT EXISTS (SELECT FROM pg_temp.fed_seal AS f WHERE f.person_number = r.person_number)

-- name: lock_city
-- Alone in the city: for a whole file.
SELECT shared.lock_city_for_bulk($1), set_config('kiosk.holds_city', $1, true)

-- name: remove
-- Deleted, replaced, or no longer in a full file ($2).
DELETE FROM issuance.seal_registration AS r
WHERE r.municipality_code = $1 AND CASE WHEN $2 THEN NOT EXISTS (
        SELECT FROM pg_temp.fed_seal AS f
        WHERE f.person_number = r.person_number AND f.registration_number = r.registration_number
    ) ELSE EXISTS (
        SELECT FROM pg_temp.fed_seal AS f WHERE f.person_number = r.person_number AND f.action IN ('delete', 'reregister')
    ) END

-- name: change
-- Only where something differs: a sequence moves for a change and for nothing else.
UPDATE issuance.seal_registration AS r
SET registered_on = f.registered_on, name = f.name, birth_on = f.birth_on, birth_text = f.birth_text, address = f.address,
    image = f.image, image_sha256 = f.image_sha256, fed_at = $2
FROM pg_temp.fed_seal AS f
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
FROM pg_temp.fed_seal AS f
WHERE f.action <> 'delete' AND NOT EXISTS (
    SELECT FROM issuance.seal_registration AS r WHERE r.municipality_code = $1 AND r.person_number = f.person_number
)

-- name: advance
-- What the source knew until $2 is in our tables. The first file sets a limit of $3; staff set another.
INSERT INTO issuance.source (municipality_code, source, fed_at, age_limit)
VALUES ($1, 'seal', $2, $3)
ON CONFLICT (municipality_code, source) DO UPDATE SET fed_at = excluded.fed_at

-- name: receipt
-- One for each file that did something, has to wait, or was refused.
INSERT INTO history.feed_receipt (
    municipality_code, source, layout, file_number, as_of, sha256, records, changed, result, fault_line, fault_item, fault_reason, received_at
)
VALUES ($1, 'seal', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: alert
-- Stays open until someone explains it.
INSERT INTO history.alert (municipality_code, cause, detail) VALUES ($1, $2, $3)

-- name: registrations
-- What we hold, as the source digests it.
SELECT person_number, registration_number, registered_on::text AS registered_on, name, coalesce(birth_on::text, '') AS birth_on,
    coalesce(birth_text, '') AS birth_text, address, image_sha256
FROM issuance.seal_registration
WHERE municipality_code = $1
ORDER BY person_number COLLATE "C"

-- name: doubts
-- Whom the comparison before put in doubt.
SELECT person_number, difference FROM issuance.source_doubt WHERE municipality_code = $1 AND source = 'seal'

-- name: lock_persons
-- Sorted, before any of them is written; a permit in progress for one of them is waited for.
SELECT shared.lock_subjects_for_write($1, array_agg('person'::text), array_agg(number)) FROM unnest($2::text[]) AS number

-- name: clear
-- Found equal, or found otherwise than before.
DELETE FROM issuance.source_doubt WHERE municipality_code = $1 AND source = 'seal' AND person_number = ANY ($2::text[])

-- name: doubt
-- Nothing of this source is issued to them from this commit on.
INSERT INTO issuance.source_doubt (municipality_code, source, person_number, difference, since)
SELECT $1, 'seal', found.person_number, found.difference, $4
FROM unnest($2::text[], $3::text[]) AS found (person_number, difference)

-- name: comparison
-- One for each list that was compared.
INSERT INTO history.source_comparison (municipality_code, source, file_number, as_of, sha256, at_source, here, compared_at)
VALUES ($1, 'seal', $2, $3, $4, $5, $6, $7)
RETURNING comparison_id

-- name: difference
-- Who differs, and how.
INSERT INTO history.source_difference (municipality_code, comparison_id, position, person_number, difference)
SELECT $1, $2, found.position, found.person_number, found.difference
FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS found (person_number, difference, position)
