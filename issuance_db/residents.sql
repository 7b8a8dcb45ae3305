-- name: household_of
-- Everything a 住民票の写し can say about a person's household, in one statement and so from one snapshot.
-- An item with a slash (kind/field) sets somebody aside for that kind alone.
SELECT
    k.person_number, k.household_number, k.person_sequence, k.household_sequence, k.is_head, k.planned_move_out_on,
    r.name, r.birth_on, r.birth_text, r.sex, r.head_name, r.relationship, r.domicile, r.first_registrant,
    r.resident_since_on, r.resident_since_text, r.address, r.address_since_on, r.address_since_text, r.address_notified_on,
    r.previous_address, r.nationality, r.foreign_resident_since_on, r.foreign_resident_since_text, r.article_30_45, r.alias,
    r.my_number_sealed, r.my_number_key_version,
    e.furigana, e.former_surname, e.former_surname_furigana, e.address_before_move,
    (
        SELECT f.members FROM issuance.freshness AS f
        WHERE f.municipality_code = k.municipality_code AND f.subject = 'household' AND f.number = k.household_number
    ) AS household_members,
    EXISTS (
        SELECT FROM issuance.suppression AS s
        WHERE s.municipality_code = k.municipality_code AND s.person_number = k.person_number
    ) AS suppressed,
    EXISTS (
        SELECT FROM issuance.person_held_back AS b
        WHERE b.municipality_code = k.municipality_code AND b.person_number = k.person_number AND position('/' IN b.item) = 0
    ) AS held_back
FROM issuance.resident_key AS holder
JOIN issuance.resident_key AS k
    ON k.municipality_code = holder.municipality_code AND k.household_number = holder.household_number
JOIN issuance.resident_record AS r ON r.municipality_code = k.municipality_code AND r.person_number = k.person_number
JOIN issuance.resident_record_extension AS e ON e.municipality_code = k.municipality_code AND e.person_number = k.person_number
WHERE holder.municipality_code = $1 AND holder.person_number = $2
ORDER BY k.member_order, k.person_number

-- name: behind
-- Persons and households of this household whose issuance record is older than what the registry has committed.
SELECT k.person_number
FROM issuance.resident_key AS holder
JOIN issuance.resident_key AS k
    ON k.municipality_code = holder.municipality_code AND k.household_number = holder.household_number
LEFT JOIN issuance.freshness AS person
    ON person.municipality_code = k.municipality_code AND person.subject = 'person' AND person.number = k.person_number
LEFT JOIN issuance.freshness AS household
    ON household.municipality_code = k.municipality_code AND household.subject = 'household' AND household.number = k.household_number
WHERE holder.municipality_code = $1 AND holder.person_number = $2
    AND (person.last_sequence IS DISTINCT FROM k.person_sequence OR household.last_sequence IS DISTINCT FROM k.household_sequence)

-- name: lock_for_permit
-- Alone in its statement: what is read next is read under the locks.
SELECT shared.lock_subjects_for_permit($1, $2::text[], $3::text[])

-- name: derive
-- The second derivation, from the accepted request alone: credential, person, household, everyone in it, and what stands against them.
WITH asking AS (
    SELECT c.person_number FROM issuance.credential AS c
    WHERE $2 = 'user_certificate' AND c.municipality_code = $1 AND c.issuer_key_id = $3 AND c.serial = $4
        AND c.usable_from <= $5 AND (c.revoked_at IS NULL OR c.revoked_at > $5)
    UNION ALL
    SELECT u.person_number FROM issuance.user_id AS u
    WHERE $2 = 'user_id' AND u.municipality_code = $1 AND u.user_id = $3
        AND u.usable_from <= $5 AND (u.revoked_at IS NULL OR u.revoked_at > $5)
)
SELECT
    member.person_number, member.household_number, member.is_head, member.planned_move_out_on,
    person.last_sequence AS person_sequence, household.last_sequence AS household_sequence, household.members AS household_members,
    member.person_number = asking.person_number AS asks,
    (SELECT count(*) FROM issuance.suppression AS s
        WHERE s.municipality_code = $1 AND s.person_number = member.person_number) > 0 AS suppressed,
    (SELECT count(*) FROM issuance.person_held_back AS b
        WHERE b.municipality_code = $1 AND b.person_number = member.person_number AND position('/' IN b.item) = 0) > 0 AS held_back
FROM asking
JOIN issuance.resident_key AS own ON own.municipality_code = $1 AND own.person_number = asking.person_number
JOIN issuance.resident_key AS member ON member.municipality_code = $1 AND member.household_number = own.household_number
LEFT JOIN issuance.freshness AS person
    ON person.municipality_code = $1 AND person.subject = 'person' AND person.number = member.person_number
LEFT JOIN issuance.freshness AS household
    ON household.municipality_code = $1 AND household.subject = 'household' AND household.number = member.household_number
