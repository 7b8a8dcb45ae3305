-- name: insert_release
-- Until $4 papers of each of these persons ($2) may be made.
INSERT INTO registry.temporary_release (municipality_code, person_number, released_at, until, staff, reason)
SELECT $1, one, $3, $4, $5, $6 FROM unnest($2::text[]) AS one

-- name: end_releases
-- What stands for this person at $3 ends.
INSERT INTO registry.temporary_release_end (municipality_code, release_id, ended_at, staff)
SELECT r.municipality_code, r.release_id, $3, $4
FROM registry.temporary_release AS r
WHERE r.municipality_code = $1 AND r.person_number = $2 AND r.released_at <= $3 AND $3 < r.until
ON CONFLICT DO NOTHING
RETURNING release_id

-- name: releases
-- Every release of these persons that was not over before $3, newest first.
SELECT r.person_number, r.released_at, r.until, r.staff, r.reason, e.ended_at, e.staff AS ended_by
FROM registry.temporary_release AS r
LEFT JOIN registry.temporary_release_end AS e ON e.municipality_code = r.municipality_code AND e.release_id = r.release_id
WHERE r.municipality_code = $1 AND r.person_number = ANY ($2::text[]) AND r.until > $3
ORDER BY r.release_id DESC
