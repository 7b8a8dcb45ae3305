-- name: add_damage
-- What the flood did to one dwelling.
INSERT INTO issuance.disaster_damage (
    municipality_code, damage_number, person_number, name, birth_on, birth_text, address, disaster, struck_on, cause, dwelling_address,
    degree, fed_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
