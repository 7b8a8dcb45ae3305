-- name: list
-- Applications in one of these states: those to decide by their last day and the oldest first, others newest first; what the city decided long ago is left out.
SELECT
    a.registration_number, a.state, a.submitted_at, a.due_on, a.name, a.birth_on, a.domicile, a.first_registrant, a.issuer_key_id, a.serial,
    a.decided_at, a.decided_by, a.refused_for, a.koseki_number, a.koseki_person_number, a.accepted_name, a.accepted_domicile,
    a.accepted_first_registrant, a.ended_at, a.end_cause
FROM issuance.koseki_access AS a
WHERE a.municipality_code = shared.city() AND a.state = ANY ($1::text[])
ORDER BY CASE WHEN a.state = 'submitted' THEN a.due_on END, CASE WHEN a.state = 'submitted' THEN a.registration_number END,
    a.registration_number DESC
LIMIT $2

-- name: one
-- One application, whatever its state.
SELECT
    a.registration_number, a.state, a.submitted_at, a.due_on, a.name, a.birth_on, a.domicile, a.first_registrant, a.issuer_key_id, a.serial,
    a.decided_at, a.decided_by, a.refused_for, a.koseki_number, a.koseki_person_number, a.accepted_name, a.accepted_domicile,
    a.accepted_first_registrant, a.ended_at, a.end_cause
FROM issuance.koseki_access AS a
WHERE a.municipality_code = shared.city() AND a.registration_number = $1

-- name: count_open
-- How many wait for a decision, and how many of those since too long.
SELECT count(a.registration_number) AS waiting, count(a.registration_number) FILTER (WHERE a.due_on < $1) AS overdue
FROM issuance.koseki_access AS a
WHERE a.municipality_code = shared.city() AND a.state = 'submitted'

-- name: candidates
-- Everybody of that birth date in a koseki of the city, with what stands against them and where the 附票 has them last.
SELECT
    m.koseki_number, m.koseki_person_number, m.surname || '　' || m.given_name AS name, m.given_name_furigana AS furigana,
    k.domicile, k.first_registrant, k.pending_since IS NOT NULL AS pending, q.last_sequence AS sequence, f.fed_at, f.age_limit,
    r.person_number IS NOT NULL AS is_resident,
    EXISTS (
        SELECT FROM issuance.source_doubt AS d
        WHERE d.municipality_code = k.municipality_code AND d.source = 'koseki' AND d.person_number = k.koseki_number
    ) AS in_doubt,
    EXISTS (
        SELECT FROM issuance.suppression AS s WHERE s.municipality_code = m.municipality_code AND s.person_number = m.person_number
    ) OR EXISTS (
        SELECT FROM issuance.koseki_suppression AS s
        WHERE s.municipality_code = m.municipality_code AND s.koseki_person_number = m.koseki_person_number
    ) AS suppressed,
    (
        SELECT d.address FROM issuance.koseki_supplement_person AS p
        JOIN issuance.koseki_supplement_address AS d
            ON d.municipality_code = p.municipality_code AND d.koseki_number = p.koseki_number AND d.position = p.position
        WHERE p.municipality_code = m.municipality_code AND p.koseki_number = m.koseki_number
            AND p.koseki_person_number = m.koseki_person_number
        ORDER BY d.address_number DESC LIMIT 1
    ) AS address
FROM issuance.koseki_member AS m
JOIN issuance.koseki AS k ON k.municipality_code = m.municipality_code AND k.koseki_number = m.koseki_number
JOIN issuance.source_sequence AS q ON q.municipality_code = k.municipality_code AND q.source = 'koseki' AND q.number = k.koseki_number
LEFT JOIN issuance.source AS f ON f.municipality_code = k.municipality_code AND f.source = 'koseki'
LEFT JOIN issuance.resident_key AS r ON r.municipality_code = m.municipality_code AND r.person_number = m.person_number
WHERE m.municipality_code = shared.city() AND m.birth_on = $1 AND NOT m.removed
ORDER BY m.koseki_person_number
LIMIT $2

-- name: addressee
-- Where the 附票 has this person last, and whether that may be written on a letter that others read.
SELECT
    m.surname || '　' || m.given_name AS name, (
        SELECT d.address FROM issuance.koseki_supplement_person AS p
        JOIN issuance.koseki_supplement_address AS d
            ON d.municipality_code = p.municipality_code AND d.koseki_number = p.koseki_number AND d.position = p.position
        WHERE p.municipality_code = m.municipality_code AND p.koseki_number = m.koseki_number
            AND p.koseki_person_number = m.koseki_person_number
        ORDER BY d.address_number DESC LIMIT 1
    ) AS address,
    EXISTS (
        SELECT FROM issuance.suppression AS s WHERE s.municipality_code = m.municipality_code AND s.person_number = m.person_number
    ) OR EXISTS (
        SELECT FROM issuance.koseki_suppression AS s
        WHERE s.municipality_code = m.municipality_code AND s.koseki_person_number = m.koseki_person_number
    ) AS suppressed
FROM issuance.koseki_member AS m
WHERE m.municipality_code = shared.city() AND m.koseki_person_number = $1 AND NOT m.removed

-- name: supersede
-- A person of a koseki has one card for it: the one before stops with the new one.
UPDATE issuance.koseki_access SET state = 'expired', ended_at = $2, end_cause = 'superseded'
WHERE municipality_code = shared.city() AND koseki_person_number = $1 AND state = 'accepted'
RETURNING registration_number

-- name: accept
-- With what the koseki says at this moment, if it is what was looked at.
UPDATE issuance.koseki_access AS a
SET state = 'accepted', decided_at = $4, decided_by = $5, koseki_number = m.koseki_number, koseki_person_number = m.koseki_person_number,
    accepted_name = m.surname || '　' || m.given_name, accepted_birth_on = m.birth_on, accepted_birth_text = m.birth_text,
    accepted_domicile = k.domicile, accepted_first_registrant = k.first_registrant
FROM issuance.koseki_member AS m
JOIN issuance.koseki AS k ON k.municipality_code = m.municipality_code AND k.koseki_number = m.koseki_number
JOIN issuance.source_sequence AS q ON q.municipality_code = k.municipality_code AND q.source = 'koseki' AND q.number = k.koseki_number
WHERE a.municipality_code = shared.city() AND a.registration_number = $1 AND a.state = 'submitted'
    AND m.municipality_code = a.municipality_code AND m.koseki_person_number = $2 AND NOT m.removed AND m.birth_on = a.birth_on
    AND q.last_sequence = $3
RETURNING a.registration_number

-- name: refuse
-- Only what nobody has decided. With whose application it seems to be: the notice goes to their address.
UPDATE issuance.koseki_access SET state = 'refused', refused_for = $2, decided_at = $3, decided_by = $4, koseki_person_number = $5
WHERE municipality_code = shared.city() AND registration_number = $1 AND state = 'submitted'
RETURNING registration_number

-- name: withdraw
-- At once, for good.
UPDATE issuance.koseki_access SET state = 'withdrawn', end_cause = $2, ended_at = $3
WHERE municipality_code = shared.city() AND registration_number = $1 AND state IN ('submitted', 'accepted')
RETURNING registration_number
