-- name: has_city
-- Whether this is a city of ours.
SELECT EXISTS (SELECT FROM issuance.municipality WHERE municipality_code = $1)

-- name: add
-- A certificate and an id belong to one caller of the city.
INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING caller_id

-- name: same
-- Whether it is registered exactly so already.
SELECT EXISTS (
    SELECT FROM issuance.caller
    WHERE municipality_code = $1 AND caller_id = $2 AND certificate_sha256 = $3 AND channel = $4 AND kinds @> $5 AND kinds <@ $5
)

-- name: all
-- Everybody who may ask in this city.
SELECT caller_id, certificate_sha256, channel, kinds FROM issuance.caller WHERE municipality_code = $1 ORDER BY caller_id

-- name: as_owner
-- No program's own role may remove a caller; the owner of the tables may, and role migrator may act as it.
SET LOCAL ROLE issuance_owner

-- name: remove
-- From the next request on it is unknown.
DELETE FROM issuance.caller WHERE municipality_code = $1 AND caller_id = $2 RETURNING caller_id
