-- name: supplement_of
-- The 附票 of the koseki in which this person lives, everyone in it and every address, with the state of that koseki, from one snapshot.
SELECT
    s.koseki_number, s.domicile, s.first_registrant, q.last_sequence AS sequence, f.fed_at, f.age_limit,
    kq.last_sequence AS koseki_sequence, kf.fed_at AS koseki_fed_at, kf.age_limit AS koseki_age_limit, k.pending_since,
    EXISTS (
        SELECT FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = $2 AND starts_with(b.item, 'koseki_supplement/')
    ) OR EXISTS (
        SELECT FROM issuance.source_doubt AS d
        WHERE d.municipality_code = $1 AND d.source IN ('koseki', 'koseki_supplement') AND d.person_number = s.koseki_number
    ) AS held_back,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(m.koseki_person_number, m.person_number, m.surname || '　' || m.given_name, m.removed)), '[]')
        FROM issuance.koseki_member AS m
        WHERE m.municipality_code = s.municipality_code AND m.koseki_number = s.koseki_number
    ) AS members,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'koseki_person_number', p.koseki_person_number, 'person_number', p.person_number, 'name', p.name,
            'birth_on', p.birth_on, 'birth_text', p.birth_text, 'sex', p.sex, 'removed', p.removed, 'asks', p.position = own.position,
            'is_first_registrant', p.name = s.first_registrant, 'person_sequence', r.person_sequence,
            'household_number', r.household_number, 'household_sequence', r.household_sequence,
            'behind', r.person_number IS NOT NULL AND person.last_sequence IS DISTINCT FROM r.person_sequence,
            'suppressed', EXISTS (
                SELECT FROM issuance.suppression AS x WHERE x.municipality_code = $1 AND x.person_number = p.person_number
            ) OR EXISTS (
                SELECT FROM issuance.koseki_suppression AS x
                WHERE x.municipality_code = $1 AND x.koseki_person_number = p.koseki_person_number
            ),
            'held_back', EXISTS (
                SELECT FROM issuance.person_held_back AS b
                WHERE b.municipality_code = $1 AND b.person_number = p.person_number AND position('/' IN b.item) = 0
            ),
            'planned_move_out', r.planned_move_out_on IS NOT NULL,
            'address_in_record', record.address,
            'addresses', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'address', a.address, 'since_on', a.since_on, 'since_text', a.since_text
                ) ORDER BY a.address_number), '[]')
                FROM issuance.koseki_supplement_address AS a
                WHERE a.municipality_code = p.municipality_code AND a.koseki_number = p.koseki_number AND a.position = p.position
            )
        ) ORDER BY p.position), '[]')
        FROM issuance.koseki_supplement_person AS p
        LEFT JOIN issuance.resident_key AS r ON r.municipality_code = p.municipality_code AND r.person_number = p.person_number
        LEFT JOIN issuance.resident_record AS record
            ON record.municipality_code = p.municipality_code AND record.person_number = p.person_number
        LEFT JOIN issuance.freshness AS person
            ON person.municipality_code = $1 AND person.subject = 'person' AND person.number = p.person_number
        WHERE p.municipality_code = s.municipality_code AND p.koseki_number = s.koseki_number
    ) AS persons
FROM (
    SELECT p.koseki_number, p.position FROM issuance.koseki_supplement_person AS p
    WHERE p.municipality_code = $1 AND p.person_number = $2 AND NOT p.removed
    UNION ALL
    SELECT p.koseki_number, p.position FROM issuance.koseki_access AS a
    JOIN issuance.koseki_supplement_person AS p
        ON p.municipality_code = $1 AND p.koseki_number = a.koseki_number AND p.koseki_person_number = a.koseki_person_number
    WHERE a.municipality_code = $1 AND a.asks_as = $2 AND a.state = 'accepted' AND NOT p.removed
) AS own
JOIN issuance.koseki_supplement AS s ON s.municipality_code = $1 AND s.koseki_number = own.koseki_number
JOIN issuance.source_sequence AS q
    ON q.municipality_code = s.municipality_code AND q.source = 'koseki_supplement' AND q.number = s.koseki_number
LEFT JOIN issuance.source AS f ON f.municipality_code = s.municipality_code AND f.source = 'koseki_supplement'
LEFT JOIN issuance.koseki AS k ON k.municipality_code = s.municipality_code AND k.koseki_number = s.koseki_number
LEFT JOIN issuance.source_sequence AS kq
    ON kq.municipality_code = s.municipality_code AND kq.source = 'koseki' AND kq.number = s.koseki_number
LEFT JOIN issuance.source AS kf ON kf.municipality_code = s.municipality_code AND kf.source = 'koseki'

-- name: derive
-- The second derivation, from the koseki: everyone in the koseki in which this person lives, what the 附票 has of them, and what stands
-- against them now. Who is in one of the two alone has no address here.
SELECT
    own.koseki_number, member.koseki_person_number, member.person_number, k.pending_since IS NOT NULL AS pending,
    NOT member.removed AND member.koseki_person_number = own.koseki_person_number AS asks,
    concat(member.surname, '　', member.given_name) = k.first_registrant AS is_first_registrant,
    r.person_sequence, r.household_sequence,
    r.person_number IS NOT NULL AND person.last_sequence IS DISTINCT FROM r.person_sequence AS behind,
    (SELECT count(*) FROM issuance.suppression AS x
        WHERE x.municipality_code = $1 AND x.person_number = member.person_number) > 0
    OR (SELECT count(*) FROM issuance.koseki_suppression AS x
        WHERE x.municipality_code = $1 AND x.koseki_person_number = member.koseki_person_number) > 0 AS suppressed,
    (SELECT count(*) FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = member.person_number
            AND (position('/' IN b.item) = 0 OR b.person_number = $2 AND starts_with(b.item, 'koseki_supplement/'))) > 0
    OR (SELECT count(*) FROM issuance.source_doubt AS d
        WHERE d.municipality_code = $1 AND d.source IN ('koseki', 'koseki_supplement') AND d.person_number = own.koseki_number) > 0
        AS held_back,
    r.planned_move_out_on IS NOT NULL AS planned_move_out,
    array(
        SELECT a.address FROM issuance.koseki_supplement_person AS p
        JOIN issuance.koseki_supplement_address AS a
            ON a.municipality_code = $1 AND a.koseki_number = p.koseki_number AND a.position = p.position
        WHERE p.municipality_code = $1 AND p.koseki_number = member.koseki_number
            AND p.koseki_person_number = member.koseki_person_number AND p.person_number IS NOT DISTINCT FROM member.person_number
        ORDER BY a.address_number
    ) AS addresses,
    f.fed_at, f.age_limit, kf.fed_at AS koseki_fed_at, kf.age_limit AS koseki_age_limit
FROM issuance.koseki_asking AS own
JOIN issuance.koseki_member AS member ON member.municipality_code = $1 AND member.koseki_number = own.koseki_number
JOIN issuance.koseki AS k ON k.municipality_code = $1 AND k.koseki_number = own.koseki_number
LEFT JOIN issuance.source AS f ON f.municipality_code = $1 AND f.source = 'koseki_supplement'
LEFT JOIN issuance.source AS kf ON kf.municipality_code = $1 AND kf.source = 'koseki'
LEFT JOIN issuance.resident_key AS r ON r.municipality_code = $1 AND r.person_number = member.person_number
LEFT JOIN issuance.freshness AS person
    ON person.municipality_code = $1 AND person.subject = 'person' AND person.number = member.person_number
WHERE own.municipality_code = $1 AND own.asks_as = $2
ORDER BY member.position
