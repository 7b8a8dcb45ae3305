-- name: propose
-- One for each session; another image takes its place.
INSERT INTO issuance.proposed_seal AS p (municipality_code, token_digest, valid_from, image) VALUES ($1, $2, $3, $4)
ON CONFLICT (municipality_code, token_digest) DO UPDATE SET valid_from = excluded.valid_from, image = excluded.image

-- name: proposed
-- The session's own.
SELECT valid_from AS start, image FROM issuance.proposed_seal WHERE municipality_code = $1 AND token_digest = $2

-- name: forget
-- Once it was confirmed.
DELETE FROM issuance.proposed_seal WHERE municipality_code = $1 AND token_digest = $2
