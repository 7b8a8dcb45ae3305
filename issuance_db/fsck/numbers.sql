-- name: all_numbers
-- Every number that was ever proposed or entered into the books.
SELECT issuance_number AS number FROM issuance.intent WHERE municipality_code = $1
UNION
SELECT issuance_number FROM history.issuance WHERE municipality_code = $1

-- name: epoch
-- The epoch of the database now.
SELECT epoch FROM shared.installation

-- name: number_twice
-- A running number is given once in an epoch, whatever the date before it and whoever asked.
SELECT given.epoch_and_running AS concern
FROM (
    SELECT substr(issuance_number, 10, 11) AS epoch_and_running, issuance_number, caller_id, request_id
    FROM issuance.intent WHERE municipality_code = $1
    UNION
    SELECT substr(issuance_number, 10, 11), issuance_number, caller_id, request_id
    FROM history.issuance WHERE municipality_code = $1
) AS given
GROUP BY given.epoch_and_running
HAVING count(given.issuance_number) > 1
ORDER BY 1

-- name: number_still_to_come
-- After a restore the sequence can be behind what was given: then the epoch must be raised, or numbers would come again.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
CROSS JOIN shared.installation AS n
CROSS JOIN issuance.issuance_number AS s
WHERE i.municipality_code = $1 AND i.issuance_number ~ '^[0-9]{8}-[0-9]{2}-[0-9]{8}-[0-9]$'
    AND substr(i.issuance_number, 10, 2)::integer = n.epoch
    AND substr(i.issuance_number, 13, 8)::bigint > CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - 1 END
ORDER BY 1
