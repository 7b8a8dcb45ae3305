-- name: record_of
-- One person's record of one tax year with its figures, its sequence, and how old the source may be and is.
SELECT
    t.person_number, t.name, t.birth_on, t.birth_text, t.address, t.address_on_january_1, t.declared, q.last_sequence AS sequence,
    (
        SELECT coalesce(jsonb_object_agg(a.item, a.amount), '{}') FROM issuance.tax_amount AS a
        WHERE a.municipality_code = t.municipality_code AND a.person_number = t.person_number AND a.tax_year = t.tax_year
    ) AS amounts,
    f.fed_at, f.age_limit,
    EXISTS (
        SELECT FROM issuance.person_held_back AS b
        WHERE b.municipality_code = t.municipality_code AND b.person_number = t.person_number AND b.item LIKE 'tax/%'
    ) OR EXISTS (
        SELECT FROM issuance.source_doubt AS d
        WHERE d.municipality_code = t.municipality_code AND d.source = 'tax' AND d.person_number = t.person_number
    ) AS held_back
FROM issuance.tax_record AS t
JOIN issuance.source_sequence AS q ON q.municipality_code = t.municipality_code AND q.source = 'tax' AND q.number = t.person_number
LEFT JOIN issuance.source AS f ON f.municipality_code = t.municipality_code AND f.source = 'tax'
WHERE t.municipality_code = $1 AND t.person_number = $2 AND t.tax_year = $3

-- name: derive
-- The second derivation: whether this person's record of this year says what the issuance record says, and its figures.
SELECT
    q.number AS person_number, q.last_sequence AS sequence,
    (SELECT f.fed_at FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'tax') AS fed_at,
    (SELECT f.age_limit FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'tax') AS age_limit,
    EXISTS (
        SELECT FROM issuance.tax_record AS t
        JOIN issuance.resident_record AS r ON r.municipality_code = t.municipality_code AND r.person_number = t.person_number
        WHERE t.municipality_code = $1 AND t.person_number = q.number AND t.tax_year = $3 AND t.declared
            AND t.name = r.name AND t.address = r.address
            AND (t.birth_on, t.birth_text) IS NOT DISTINCT FROM (r.birth_on, r.birth_text)
    ) AS agrees,
    (SELECT coalesce(jsonb_object_agg(a.item, a.amount), '{}') FROM issuance.tax_amount AS a
        WHERE a.municipality_code = $1 AND a.person_number = q.number AND a.tax_year = $3) AS amounts,
    (SELECT count(*) FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = q.number AND b.item LIKE 'tax/%') > 0
    OR (SELECT count(*) FROM issuance.source_doubt AS d
        WHERE d.municipality_code = $1 AND d.source = 'tax' AND d.person_number = q.number) > 0 AS held_back
FROM issuance.source_sequence AS q
WHERE q.municipality_code = $1 AND q.source = 'tax' AND q.number = $2

-- name: offered_years
-- The tax years of a kind that the city offers on a JST date, the newest first.
SELECT y.tax_year FROM issuance.tax_year AS y
WHERE y.municipality_code = $1 AND y.kind = $2 AND y.offered_from <= $3 AND (y.offered_until IS NULL OR y.offered_until >= $3)
ORDER BY y.tax_year DESC
