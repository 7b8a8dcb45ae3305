-- name: take
-- The first of the indexes drawn that nobody has; none where all are taken, or one was taken at this moment.
INSERT INTO issuance.seal_place (municipality_code, status_list, status_index, status_secret, issuance_number)
SELECT $1, $2, drawn.status_index, $4, $5
FROM unnest($3::integer[]) WITH ORDINALITY AS drawn (status_index, position)
WHERE NOT EXISTS (
    SELECT FROM issuance.seal_place AS p
    WHERE p.municipality_code = $1 AND p.status_list = $2 AND p.status_index = drawn.status_index
)
ORDER BY drawn.position
LIMIT 1
ON CONFLICT (municipality_code, status_list, status_index) DO NOTHING
RETURNING status_index
