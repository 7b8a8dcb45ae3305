-- name: enter_city
-- Everything after it is in this city.
SELECT set_config('kiosk.municipality', $1, true)

-- name: outside
-- People of the demo's koseki who live in other cities, the first ones.
SELECT m.surname || '　' || m.given_name AS name, m.birth_on, k.domicile, k.first_registrant
FROM issuance.koseki_member AS m
JOIN issuance.koseki AS k ON k.municipality_code = m.municipality_code AND k.koseki_number = m.koseki_number
WHERE m.municipality_code = $1 AND m.person_number IS NULL AND NOT m.removed AND m.birth_on IS NOT NULL
ORDER BY m.koseki_person_number
LIMIT 2
