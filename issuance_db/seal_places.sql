-- name: take
-- One of the indexes drawn that nobody has; none where all are taken, or it was taken at this moment. Each is looked up by itself until
-- one is free: a join would read all places of the month.
INSERT INTO issuance.seal_place (municipality_code, status_list, status_index, status_secret, issuance_number)
SELECT $1, $2, drawn.status_index, $4, $5
FROM unnest($3::integer[]) AS drawn (status_index)
WHERE (
    SELECT p.status_index FROM issuance.seal_place AS p
    WHERE p.municipality_code = $1 AND p.status_list = $2 AND p.status_index = drawn.status_index
) IS NULL
LIMIT 1
ON CONFLICT (municipality_code, status_list, status_index) DO NOTHING
RETURNING status_index
