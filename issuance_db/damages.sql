-- name: damages_of
-- What the source says of every dwelling for which this person applied, the latest disaster first; with a number ($3), of that one.
SELECT
    d.person_number, d.damage_number, d.name, d.birth_on, d.birth_text, d.address, d.disaster, d.struck_on, d.cause, d.dwelling_address,
    d.degree, d.reassessing_since IS NOT NULL AS reassessing, q.last_sequence AS sequence, f.fed_at, f.age_limit,
    EXISTS (
        SELECT FROM issuance.person_held_back AS b
        WHERE b.municipality_code = d.municipality_code AND b.person_number = d.person_number AND b.item LIKE 'disaster_damage/%'
    ) OR EXISTS (
        SELECT FROM issuance.source_doubt AS doubt
        WHERE doubt.municipality_code = d.municipality_code AND doubt.source = 'disaster' AND doubt.person_number = d.person_number
    ) AS held_back
FROM issuance.disaster_damage AS d
JOIN issuance.source_sequence AS q ON q.municipality_code = d.municipality_code AND q.source = 'disaster' AND q.number = d.person_number
LEFT JOIN issuance.source AS f ON f.municipality_code = d.municipality_code AND f.source = 'disaster'
WHERE d.municipality_code = $1 AND d.person_number = $2 AND ($3::text IS NULL OR d.damage_number = $3)
ORDER BY d.struck_on DESC, d.damage_number

-- name: derive
-- The second derivation: whether this person has this damage, decided, and of the holder whom the issuance record knows.
SELECT
    q.last_sequence AS sequence,
    (SELECT f.fed_at FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'disaster') AS fed_at,
    (SELECT f.age_limit FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'disaster') AS age_limit,
    EXISTS (
        SELECT FROM issuance.disaster_damage AS d
        JOIN issuance.resident_record AS r ON r.municipality_code = d.municipality_code AND r.person_number = d.person_number
        WHERE d.municipality_code = $1 AND d.person_number = q.number AND d.damage_number = $3 AND d.reassessing_since IS NULL
            AND d.name = r.name AND d.address = r.address
            AND (d.birth_on, d.birth_text) IS NOT DISTINCT FROM (r.birth_on, r.birth_text)
            AND (d.disaster, d.struck_on, d.cause, d.dwelling_address, d.degree) = ($4, $5, $6, $7, $8)
    ) AS agrees,
    (SELECT count(*) FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = q.number AND b.item LIKE 'disaster_damage/%') > 0
    OR (SELECT count(*) FROM issuance.source_doubt AS doubt
        WHERE doubt.municipality_code = $1 AND doubt.source = 'disaster' AND doubt.person_number = q.number) > 0 AS held_back
FROM issuance.source_sequence AS q
WHERE q.municipality_code = $1 AND q.source = 'disaster' AND q.number = $2
