-- name: enter_city
-- Every row belongs to a city.
SELECT set_config('kiosk.municipality', $1, true)

-- name: residents
-- These persons and everyone in their households, as 発行用住民票 has them.
SELECT r.person_number, r.name, e.furigana, r.birth_on, r.birth_text, r.sex, r.relationship, r.domicile, r.first_registrant, r.address, r.alias,
    r.address_since_on, r.address_since_text, r.resident_since_on, r.previous_address, e.address_before_move
FROM issuance.resident_key AS k
JOIN issuance.resident_record AS r ON r.municipality_code = k.municipality_code AND r.person_number = k.person_number
JOIN issuance.resident_record_extension AS e ON e.municipality_code = k.municipality_code AND e.person_number = k.person_number
WHERE k.municipality_code = $1 AND k.household_number = ANY (array(
    SELECT asking.household_number FROM issuance.resident_key AS asking
    WHERE asking.municipality_code = $1 AND asking.person_number = ANY ($2::text[])
))
ORDER BY k.household_number, k.member_order, r.person_number

-- name: add_source
-- Nobody feeds the demo: what it has is true as long as it runs.
INSERT INTO issuance.source (municipality_code, source, fed_at, age_limit) VALUES ($1, $2, $3, interval '10 years')

-- name: lock
-- Many rows about many persons: the city's lock instead of one for each.
SELECT shared.lock_city_for_bulk($1)

-- name: add_seal
-- The living registration of one person.
INSERT INTO issuance.seal_registration (
    municipality_code, person_number, registration_number, registered_on, name, birth_on, birth_text, address, image, image_sha256, fed_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: add_koseki
-- The koseki itself.
INSERT INTO issuance.koseki (municipality_code, koseki_number, domicile, first_registrant, fed_at) VALUES ($1, $2, $3, $4, $5)

-- name: add_member
-- One person in it.
INSERT INTO issuance.koseki_member (
    municipality_code, koseki_number, position, koseki_person_number, person_number, surname, given_name, given_name_furigana, birth_on,
    birth_text, spouse_kind, father, mother, relationship
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: add_item
-- One item, of the koseki itself without a member.
INSERT INTO issuance.koseki_item (municipality_code, koseki_number, item_number, member_position, heading) VALUES ($1, $2, $3, $4, $5)

-- name: add_paragraph
-- One line of an item.
INSERT INTO issuance.koseki_paragraph (municipality_code, koseki_number, item_number, paragraph_number, label, content)
VALUES ($1, $2, $3, $4, $5, $6)
