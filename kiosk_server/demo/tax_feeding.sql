-- name: add_record
-- What the tax source says of a person in one year.
INSERT INTO issuance.tax_record (
    municipality_code, person_number, tax_year, name, birth_on, birth_text, address, address_on_january_1, declared, fed_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: add_amount
-- One figure of it.
INSERT INTO issuance.tax_amount (municipality_code, person_number, tax_year, item, amount) VALUES ($1, $2, $3, $4, $5)
