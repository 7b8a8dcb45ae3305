-- name: suppress
-- Nothing comes back where staff have set it already. The trigger takes the person's lock: a permit sees it or precedes it.
INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ($1, $2, 'staff')
ON CONFLICT DO NOTHING
RETURNING person_number

-- name: keep_ground
-- Apart from the suppression.
INSERT INTO issuance.suppression_ground (municipality_code, person_number, source, ground, set_by) VALUES ($1, $2, 'staff', $3, $4)

-- name: lift
-- What staff set; the ground goes with it.
DELETE FROM issuance.suppression WHERE municipality_code = $1 AND person_number = $2 AND source = 'staff' RETURNING person_number

-- name: lift_left
-- What a file set of somebody who is no longer in it.
SELECT issuance.lift_left_suppression($1, $2)

-- name: ground
-- Why, by whom and since when.
SELECT g.ground, g.set_by, s.since
FROM issuance.suppression_ground AS g
JOIN issuance.suppression AS s
    ON s.municipality_code = g.municipality_code AND s.person_number = g.person_number AND s.source = g.source
WHERE g.municipality_code = $1 AND g.person_number = $2

-- name: suppress_koseki
-- As `suppress`, for somebody known only from a koseki.
INSERT INTO issuance.koseki_suppression (municipality_code, koseki_person_number, source) VALUES ($1, $2, 'staff')
ON CONFLICT DO NOTHING
RETURNING koseki_person_number

-- name: keep_koseki_ground
-- As `keep_ground`.
INSERT INTO issuance.koseki_suppression_ground (municipality_code, koseki_person_number, source, ground, set_by)
VALUES ($1, $2, 'staff', $3, $4)

-- name: lift_koseki
-- As `lift`.
DELETE FROM issuance.koseki_suppression
WHERE municipality_code = $1 AND koseki_person_number = $2 AND source = 'staff'
RETURNING koseki_person_number

-- name: koseki_ground
-- As `ground`.
SELECT g.ground, g.set_by, s.since
FROM issuance.koseki_suppression_ground AS g
JOIN issuance.koseki_suppression AS s
    ON s.municipality_code = g.municipality_code AND s.koseki_person_number = g.koseki_person_number AND s.source = g.source
WHERE g.municipality_code = $1 AND g.koseki_person_number = $2

-- name: suppressed_persons
-- Everybody about whom nothing is issued, whoever set it.
SELECT DISTINCT person_number FROM issuance.suppression WHERE municipality_code = $1

-- name: koseki_person
-- Somebody as the koseki they live in calls them, and what suppresses issuing about them.
SELECT m.koseki_person_number, m.person_number, m.surname, m.given_name, m.given_name_furigana, m.birth_on, m.birth_text, k.domicile, k.first_registrant,
    array(
        SELECT s.source FROM issuance.koseki_suppression AS s
        WHERE s.municipality_code = m.municipality_code AND s.koseki_person_number = m.koseki_person_number
        ORDER BY s.source
    ) AS suppressed_by
FROM issuance.koseki_member AS m
JOIN issuance.koseki AS k ON k.municipality_code = m.municipality_code AND k.koseki_number = m.koseki_number
WHERE m.municipality_code = $1 AND m.koseki_person_number = $2
ORDER BY m.removed
LIMIT 1
