-- name: enter_city
-- Every row belongs to a city.
SELECT set_config('kiosk.municipality', $1, true)

-- name: add_caller
-- Who holds this client certificate, and what they may ask for in this city.
INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- name: persons_per_household
-- Names as they are printed, by household, for these persons' households.
SELECT asking.person_number, array_agg(r.name ORDER BY k.member_order, k.person_number) AS names
FROM issuance.resident_key AS asking
JOIN issuance.resident_key AS k
    ON k.municipality_code = asking.municipality_code AND k.household_number = asking.household_number
JOIN issuance.resident_record AS r ON r.municipality_code = k.municipality_code AND r.person_number = k.person_number
WHERE asking.municipality_code = $1 AND asking.person_number = ANY ($2::text[])
GROUP BY asking.person_number

-- name: own_names
-- The names of these persons.
SELECT person_number, name FROM issuance.resident_record WHERE municipality_code = $1 AND person_number = ANY ($2::text[])
