-- name: koseki_of
-- The koseki in which this person lives, or which their registration is for, everyone in it and every item, in one statement and so from
-- one snapshot.
SELECT
    k.koseki_number, k.domicile, k.first_registrant, k.pending_since, q.last_sequence AS sequence, f.fed_at, f.age_limit,
    EXISTS (
        SELECT FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = $2 AND starts_with(b.item, $3 || '/')
    ) OR EXISTS (
        SELECT FROM issuance.source_doubt AS d
        WHERE d.municipality_code = $1 AND d.source = 'koseki' AND d.person_number = k.koseki_number
    ) AS held_back,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'position', m.position, 'koseki_person_number', m.koseki_person_number, 'person_number', m.person_number,
            'surname', m.surname, 'given_name', m.given_name, 'given_name_furigana', m.given_name_furigana,
            'birth_on', m.birth_on, 'birth_text', m.birth_text, 'spouse_kind', m.spouse_kind, 'father', m.father, 'mother', m.mother,
            'adoptive_father', m.adoptive_father, 'adoptive_mother', m.adoptive_mother, 'relationship', m.relationship,
            'removed', m.removed, 'asks', m.position = own.position,
            'is_first_registrant', m.surname || '　' || m.given_name = k.first_registrant,
            'person_sequence', r.person_sequence, 'household_number', r.household_number, 'household_sequence', r.household_sequence,
            'behind', r.person_number IS NOT NULL AND person.last_sequence IS DISTINCT FROM r.person_sequence,
            'suppressed', EXISTS (
                SELECT FROM issuance.suppression AS s WHERE s.municipality_code = $1 AND s.person_number = m.person_number
            ) OR EXISTS (
                SELECT FROM issuance.koseki_suppression AS s
                WHERE s.municipality_code = $1 AND s.koseki_person_number = m.koseki_person_number
            ),
            'held_back', EXISTS (
                SELECT FROM issuance.person_held_back AS b
                WHERE b.municipality_code = $1 AND b.person_number = m.person_number AND position('/' IN b.item) = 0
            )
        ) ORDER BY m.position), '[]')
        FROM issuance.koseki_member AS m
        LEFT JOIN issuance.resident_key AS r ON r.municipality_code = m.municipality_code AND r.person_number = m.person_number
        LEFT JOIN issuance.freshness AS person
            ON person.municipality_code = $1 AND person.subject = 'person' AND person.number = m.person_number
        WHERE m.municipality_code = k.municipality_code AND m.koseki_number = k.koseki_number
    ) AS members,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'member_position', i.member_position, 'heading', i.heading,
            'paragraphs', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(p.label, p.content) ORDER BY p.paragraph_number), '[]')
                FROM issuance.koseki_paragraph AS p
                WHERE p.municipality_code = i.municipality_code AND p.koseki_number = i.koseki_number AND p.item_number = i.item_number
            )
        ) ORDER BY i.item_number), '[]')
        FROM issuance.koseki_item AS i
        WHERE i.municipality_code = k.municipality_code AND i.koseki_number = k.koseki_number
    ) AS items
FROM (
    SELECT m.koseki_number, m.position FROM issuance.koseki_member AS m
    WHERE m.municipality_code = $1 AND m.person_number = $2 AND NOT m.removed
    UNION ALL
    SELECT m.koseki_number, m.position FROM issuance.koseki_access AS a
    JOIN issuance.koseki_member AS m
        ON m.municipality_code = $1 AND m.koseki_number = a.koseki_number AND m.koseki_person_number = a.koseki_person_number
    WHERE a.municipality_code = $1 AND a.asks_as = $2 AND a.state = 'accepted' AND NOT m.removed
) AS own
JOIN issuance.koseki AS k ON k.municipality_code = $1 AND k.koseki_number = own.koseki_number
JOIN issuance.source_sequence AS q ON q.municipality_code = k.municipality_code AND q.source = 'koseki' AND q.number = k.koseki_number
LEFT JOIN issuance.source AS f ON f.municipality_code = k.municipality_code AND f.source = 'koseki'

-- name: derive
-- The second derivation: everyone in the koseki in which this person lives, or which their registration is for, and what stands against
-- them now.
SELECT
    own.koseki_number, member.koseki_person_number, member.person_number, k.pending_since IS NOT NULL AS pending,
    q.last_sequence AS sequence, f.fed_at, f.age_limit,
    r.person_number IS NOT NULL AND person.last_sequence IS DISTINCT FROM r.person_sequence AS behind,
    r.person_sequence, r.household_sequence, NOT member.removed AND member.koseki_person_number = own.koseki_person_number AS asks,
    concat(member.surname, '　', member.given_name) = k.first_registrant AS is_first_registrant,
    (SELECT count(*) FROM issuance.suppression AS s
        WHERE s.municipality_code = $1 AND s.person_number = member.person_number) > 0
    OR (SELECT count(*) FROM issuance.koseki_suppression AS s
        WHERE s.municipality_code = $1 AND s.koseki_person_number = member.koseki_person_number) > 0 AS suppressed,
    (SELECT count(*) FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = member.person_number
            AND (position('/' IN b.item) = 0 OR b.person_number = $2 AND starts_with(b.item, $3 || '/'))) > 0
    OR (SELECT count(*) FROM issuance.source_doubt AS d
        WHERE d.municipality_code = $1 AND d.source = 'koseki' AND d.person_number = own.koseki_number) > 0 AS held_back
FROM issuance.koseki_asking AS own
JOIN issuance.koseki_member AS member ON member.municipality_code = $1 AND member.koseki_number = own.koseki_number
JOIN issuance.koseki AS k ON k.municipality_code = $1 AND k.koseki_number = own.koseki_number
JOIN issuance.source_sequence AS q ON q.municipality_code = $1 AND q.source = 'koseki' AND q.number = own.koseki_number
LEFT JOIN issuance.source AS f ON f.municipality_code = $1 AND f.source = 'koseki'
LEFT JOIN issuance.resident_key AS r ON r.municipality_code = $1 AND r.person_number = member.person_number
LEFT JOIN issuance.freshness AS person
    ON person.municipality_code = $1 AND person.subject = 'person' AND person.number = member.person_number
WHERE own.municipality_code = $1 AND own.asks_as = $2
ORDER BY member.position
