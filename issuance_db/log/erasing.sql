-- Erasing at retention. Runs as the role `purger`.

-- name: ask
-- Nothing is erased yet: two persons approve first.
INSERT INTO history.erasure (municipality_code, entered_before, reason) VALUES ($1, $2, $3) RETURNING erasure_id

-- name: approve
-- Each person once.
INSERT INTO history.erasure_approval (municipality_code, erasure_id, approved_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
RETURNING approved_by

-- name: exists
-- Whether it was asked for, and how many have approved.
SELECT e.entered_before, (
    SELECT count(*) FROM history.erasure_approval AS a
    WHERE a.municipality_code = e.municipality_code AND a.erasure_id = e.erasure_id
) AS approvals
FROM history.erasure AS e WHERE e.municipality_code = $1 AND e.erasure_id = $2

-- name: erase
-- One table; the database refuses what two persons have not approved, and touches nothing younger than retention.
SELECT history.erase_in($1, $2)

-- name: erase_koseki_access
-- Applications for koseki access that were refused or have ended; the same conditions.
SELECT history.erase_koseki_access($1)
