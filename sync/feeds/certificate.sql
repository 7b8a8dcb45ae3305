-- User certificates: what a file of them says, and what it changes. A certificate is never deleted, and one that is stopped stays so.

-- name: receive
-- Where the records of one file stand until it is known to be whole.
CREATE TEMPORARY TABLE fed_record (
    line integer NOT NULL,
    action text NOT NULL,
    issuer_key_id text NOT NULL,
    serial text NOT NULL,
    person_number text NOT NULL,
    bearer text,
    usable_from timestamptz,
    revoked_at timestamptz
) ON COMMIT DROP

-- name: count
-- How many the feed gave us that are not stopped.
SELECT count(*) FROM issuance.fed_credential AS g
JOIN issuance.credential AS c USING (municipality_code, issuer_key_id, serial)
WHERE g.municipality_code = $1 AND c.revoked_at IS NULL

-- name: affected
-- Whose certificates the file adds, stops or stops earlier; of a full file ($2) also those that are no longer in it. Read before the locks:
-- files take turns; what staff register or stop meanwhile, the statements below look at again.
INSERT INTO pg_temp.fed_change (number, change)
SELECT f.person_number, CASE WHEN c.serial IS NULL THEN 'added' WHEN f.action = 'revoke' THEN 'removed' ELSE 'changed' END
FROM pg_temp.fed_record AS f
LEFT JOIN issuance.credential AS c ON c.municipality_code = $1 AND c.issuer_key_id = f.issuer_key_id AND c.serial = f.serial
WHERE c.serial IS NULL OR (f.action = 'revoke' AND c.revoked_at IS NULL)
    OR (f.revoked_at IS NOT NULL AND (c.revoked_at IS NULL OR c.revoked_at > f.revoked_at))
UNION ALL
SELECT c.person_number, 'removed'
FROM issuance.fed_credential AS g
JOIN issuance.credential AS c USING (municipality_code, issuer_key_id, serial)
WHERE $2 AND g.municipality_code = $1 AND c.revoked_at IS NULL AND NOT EXISTS (
    SELECT FROM pg_temp.fed_record AS f WHERE f.issuer_key_id = g.issuer_key_id AND f.serial = g.serial
)

-- name: faults
-- The first record that does not fit the others, or what we have. Those that staff registered count too. $2 changes nothing here.
SELECT f.line, f.item, f.reason
FROM (
    SELECT line, 'serial' AS item, 'twice' AS reason
    FROM (
        SELECT line, row_number() OVER (PARTITION BY issuer_key_id, serial ORDER BY line) AS nth FROM pg_temp.fed_record
    ) AS each_certificate
    WHERE nth > 1
    UNION ALL
    SELECT f.line, CASE WHEN c.person_number <> f.person_number THEN 'person_number' WHEN c.bearer <> f.bearer THEN 'bearer' ELSE 'usable_from' END,
        CASE WHEN c.person_number <> f.person_number THEN 'of another person' ELSE 'otherwise' END
    FROM pg_temp.fed_record AS f
    JOIN issuance.credential AS c ON c.municipality_code = $1 AND c.issuer_key_id = f.issuer_key_id AND c.serial = f.serial
    WHERE (c.person_number, c.bearer, c.usable_from)
        IS DISTINCT FROM (f.person_number, coalesce(f.bearer, c.bearer), coalesce(f.usable_from, c.usable_from))
    UNION ALL
    SELECT f.line, 'serial', 'has none'
    FROM pg_temp.fed_record AS f
    WHERE f.action = 'revoke' AND NOT EXISTS (
        SELECT FROM issuance.credential AS c
        WHERE c.municipality_code = $1 AND c.issuer_key_id = f.issuer_key_id AND c.serial = f.serial
    )
) AS f
WHERE $2::boolean IS NOT NULL
ORDER BY f.line, f.item
LIMIT 1

-- name: stop
-- Revoked now ($3), or when the file says, whichever is earlier; of a full file ($2) also what the feed gave us and no longer has.
UPDATE issuance.credential AS c
SET revoked_at = least(c.revoked_at, told.revoked_at)
FROM (
    SELECT f.issuer_key_id, f.serial, CASE WHEN f.action = 'revoke' THEN $3 ELSE f.revoked_at END AS revoked_at
    FROM pg_temp.fed_record AS f
    UNION ALL
    SELECT g.issuer_key_id, g.serial, $3
    FROM issuance.fed_credential AS g
    WHERE $2 AND g.municipality_code = $1 AND NOT EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.issuer_key_id = g.issuer_key_id AND f.serial = g.serial
    )
) AS told
WHERE c.municipality_code = $1 AND c.issuer_key_id = told.issuer_key_id AND c.serial = told.serial
    AND told.revoked_at IS NOT NULL AND (c.revoked_at IS NULL OR c.revoked_at > told.revoked_at)

-- name: add
-- What is new.
INSERT INTO issuance.credential (municipality_code, issuer_key_id, serial, person_number, bearer, usable_from, revoked_at)
SELECT $1, f.issuer_key_id, f.serial, f.person_number, f.bearer, f.usable_from, f.revoked_at
FROM pg_temp.fed_record AS f
WHERE f.action = 'set' AND NOT EXISTS (
    SELECT FROM issuance.credential AS c
    WHERE c.municipality_code = $1 AND c.issuer_key_id = f.issuer_key_id AND c.serial = f.serial
)

-- name: remember
-- The feed answers for them from now on.
INSERT INTO issuance.fed_credential (municipality_code, issuer_key_id, serial)
SELECT $1, f.issuer_key_id, f.serial FROM pg_temp.fed_record AS f
ON CONFLICT DO NOTHING
