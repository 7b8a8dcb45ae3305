-- What the check reads beside what certificates read.

-- name: everyone
-- Who is in the issuance record.
SELECT k.person_number FROM issuance.resident_key AS k WHERE k.municipality_code = $1 ORDER BY k.person_number COLLATE "C"
