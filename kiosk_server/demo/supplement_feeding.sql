-- name: add_supplement
-- The 附票 of one koseki.
INSERT INTO issuance.koseki_supplement (municipality_code, koseki_number, domicile, first_registrant, fed_at) VALUES ($1, $2, $3, $4, $5)

-- name: add_person
-- One person in it.
INSERT INTO issuance.koseki_supplement_person (
    municipality_code, koseki_number, position, koseki_person_number, person_number, name, birth_on, birth_text, sex
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: add_address
-- One address of a person.
INSERT INTO issuance.koseki_supplement_address (municipality_code, koseki_number, position, address_number, address, since_on, since_text)
VALUES ($1, $2, $3, $4, $5, $6, $7)
