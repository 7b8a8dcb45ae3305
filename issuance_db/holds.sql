-- name: list
-- Whom nothing is issued about until somebody has looked, oldest first.
SELECT person_number, cause, item, since FROM issuance.person_held_back WHERE municipality_code = $1 ORDER BY since, person_number

-- name: named
-- The same with names, where the issuance record has them.
SELECT h.person_number, h.cause, h.item, h.since, r.name
FROM issuance.person_held_back AS h
LEFT JOIN issuance.resident_record AS r ON r.municipality_code = h.municipality_code AND r.person_number = h.person_number
WHERE h.municipality_code = $1
ORDER BY h.since, h.person_number
LIMIT $2

-- name: end_mended
-- One person of whom something has changed since they were held back, none where there is nobody.
SELECT issuance.end_mended_hold()

-- name: hold
-- Staff are in doubt about somebody.
INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item) VALUES ($1, $2, 'doubt', 'staff')
ON CONFLICT DO NOTHING
RETURNING person_number

-- name: release
-- What the projection set aside it takes back by itself, once the row can be projected; whom a comparison found to differ from the
-- register is let go by the next one that finds them equal, or by the repair.
DELETE FROM issuance.person_held_back
WHERE municipality_code = $1 AND person_number = $2 AND cause <> 'projection' AND item NOT IN ('reconciliation', 'resident_list')
RETURNING person_number
