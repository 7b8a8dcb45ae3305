-- Both sides of the comparison of F6 with the registry. Runs as the role `sync`.

-- name: city
-- Without a city there are no rows, and nothing equals nothing.
SELECT shared.city()

-- name: both_sides
-- Each item as text, in one form on both sides. The mapping is written a second time here, not shared with the projection.
SELECT
    'registry' AS side, s.person_number COLLATE "C" AS person_number, s.name, s.birth_on::text AS birth_on, s.birth_text, s.sex::text AS sex, s.head_name,
    s.relationship, s.domicile, s.first_registrant, s.resident_since_on::text AS resident_since_on, s.resident_since_text,
    s.address, s.address_since_on::text AS address_since_on, s.address_since_text,
    s.address_notified_on::text AS address_notified_on, s.address_before_move_in AS previous_address, s.nationality,
    s.foreign_resident_since_on::text AS foreign_resident_since_on, s.foreign_resident_since_text,
    s.article_30_45_category AS article_category, s.residence_status AS article_status, s.residence_period AS article_period,
    s.residence_expires_on::text AS article_expires_on, s.residence_card_number AS article_card_number,
    s.alias, encode(s.my_number_index, 'hex') AS my_number_index, s.my_number_key_version::text AS my_number_key_version,
    s.furigana, s.former_surname, s.former_surname_furigana, s.alias_furigana, s.address_before_move,
    s.household_number, s.member_order::text AS member_order, s.is_head::text AS is_head,
    s.planned_move_out_on::text AS planned_move_out_on, s.person_sequence::text AS person_sequence,
    s.household_sequence::text AS household_sequence, s.suppressed::text AS suppressed
FROM registry.issuance_source AS s
WHERE s.municipality_code = shared.city()
UNION ALL
SELECT
    'issuance', r.person_number COLLATE "C", r.name, r.birth_on::text, r.birth_text, r.sex::text, r.head_name,
    r.relationship, r.domicile, r.first_registrant, r.resident_since_on::text, r.resident_since_text,
    r.address, r.address_since_on::text, r.address_since_text,
    r.address_notified_on::text, r.previous_address, r.nationality,
    r.foreign_resident_since_on::text, r.foreign_resident_since_text,
    r.article_30_45 ->> 'category', r.article_30_45 ->> 'status', r.article_30_45 ->> 'period',
    r.article_30_45 ->> 'expires_on', r.article_30_45 ->> 'card_number',
    r.alias, encode(r.my_number_index, 'hex'), r.my_number_key_version::text,
    e.furigana, e.former_surname, e.former_surname_furigana, e.alias_furigana, e.address_before_move,
    k.household_number, k.member_order::text, k.is_head::text,
    k.planned_move_out_on::text, k.person_sequence::text, k.household_sequence::text,
    EXISTS (
        SELECT FROM issuance.suppression AS p
        WHERE p.municipality_code = r.municipality_code AND p.person_number = r.person_number AND p.source = 'registry'
    )::text
FROM issuance.resident_record AS r
LEFT JOIN issuance.resident_record_extension AS e
    ON e.municipality_code = r.municipality_code AND e.person_number = r.person_number
LEFT JOIN issuance.resident_key AS k ON k.municipality_code = r.municipality_code AND k.person_number = r.person_number
WHERE r.municipality_code = shared.city()
ORDER BY person_number
