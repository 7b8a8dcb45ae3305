-- name: registration_of
-- The living registration of one person, its sequence, and how old the source may be and is.
SELECT
    s.person_number, s.name, s.birth_on, s.birth_text, s.address, s.image, s.image_sha256, q.last_sequence AS sequence,
    f.fed_at, f.age_limit,
    EXISTS (
        SELECT FROM issuance.person_held_back AS b
        WHERE b.municipality_code = s.municipality_code AND b.person_number = s.person_number AND b.item LIKE 'seal_registration/%'
    ) OR EXISTS (
        SELECT FROM issuance.source_doubt AS d
        WHERE d.municipality_code = s.municipality_code AND d.source = 'seal' AND d.person_number = s.person_number
    ) AS held_back
FROM issuance.seal_registration AS s
JOIN issuance.source_sequence AS q ON q.municipality_code = s.municipality_code AND q.source = 'seal' AND q.number = s.person_number
LEFT JOIN issuance.source AS f ON f.municipality_code = s.municipality_code AND f.source = 'seal'
WHERE s.municipality_code = $1 AND s.person_number = $2

-- name: derive
-- The second derivation: whether this person has a living registration that says what the issuance record says.
SELECT
    q.number AS person_number, q.last_sequence AS sequence,
    (SELECT f.fed_at FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'seal') AS fed_at,
    (SELECT f.age_limit FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'seal') AS age_limit,
    EXISTS (
        SELECT FROM issuance.seal_registration AS s
        JOIN issuance.resident_record AS r ON r.municipality_code = s.municipality_code AND r.person_number = s.person_number
        WHERE s.municipality_code = $1 AND s.person_number = q.number AND s.name = r.name AND s.address = r.address
            AND (s.birth_on, s.birth_text) IS NOT DISTINCT FROM (r.birth_on, r.birth_text)
    ) AS agrees,
    (SELECT s.image_sha256 FROM issuance.seal_registration AS s WHERE s.municipality_code = $1 AND s.person_number = q.number) AS image_sha256,
    (SELECT count(*) FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = q.number AND b.item LIKE 'seal_registration/%') > 0
    OR (SELECT count(*) FROM issuance.source_doubt AS d
        WHERE d.municipality_code = $1 AND d.source = 'seal' AND d.person_number = q.number) > 0 AS held_back
FROM issuance.source_sequence AS q
WHERE q.municipality_code = $1 AND q.source = 'seal' AND q.number = $2
