-- name: resident
-- What a counter needs of one resident; no My Number, no koseki.
SELECT r.person_number, r.name, r.alias, e.former_surname, e.furigana, r.birth_on, r.birth_text, r.address, r.address_since_on,
    k.household_number, k.planned_move_out_on
FROM issuance.resident_record AS r
JOIN issuance.resident_record_extension AS e ON e.municipality_code = r.municipality_code AND e.person_number = r.person_number
JOIN issuance.resident_key AS k ON k.municipality_code = r.municipality_code AND k.person_number = r.person_number
WHERE r.municipality_code = $1 AND r.person_number = $2

-- name: household
-- Everyone in the household, in its order.
SELECT k.person_number, r.name, r.relationship, r.birth_on, r.birth_text, k.is_head, k.planned_move_out_on,
    EXISTS (
        SELECT FROM issuance.suppression AS s WHERE s.municipality_code = k.municipality_code AND s.person_number = k.person_number
    ) AS suppressed
FROM issuance.resident_key AS own
JOIN issuance.resident_key AS k ON k.municipality_code = own.municipality_code AND k.household_number = own.household_number
JOIN issuance.resident_record AS r ON r.municipality_code = k.municipality_code AND r.person_number = k.person_number
WHERE own.municipality_code = $1 AND own.person_number = $2
ORDER BY k.member_order, k.person_number

-- name: certificates
-- Every user certificate that the person was given, newest first.
SELECT issuer_key_id, serial, bearer, usable_from, revoked_at
FROM issuance.credential
WHERE municipality_code = $1 AND person_number = $2
ORDER BY usable_from DESC, issuer_key_id, serial

-- name: user_ids
-- And every user id.
SELECT user_id, usable_from, revoked_at
FROM issuance.user_id
WHERE municipality_code = $1 AND person_number = $2
ORDER BY usable_from DESC, user_id

-- name: pins
-- Whether a PIN is registered for each of these credentials, and its tries, under whichever of its hashes.
SELECT asked.first, max(p.registered_at) AS registered_at, coalesce(max(t.failures), 0) AS failures, max(t.locked_at) AS locked_at
FROM unnest($2::bytea[], $3::bytea[]) AS asked (first, standing)
LEFT JOIN issuance.pin AS p ON p.municipality_code = $1 AND p.credential_hash = asked.standing
LEFT JOIN issuance.pin_tries AS t ON t.municipality_code = $1 AND t.credential_hash = asked.standing
GROUP BY asked.first

-- name: holds
-- Why nothing, or nothing of one kind, is issued about the person until somebody has looked.
SELECT cause, item, since FROM issuance.person_held_back WHERE municipality_code = $1 AND person_number = $2 ORDER BY since, item

-- name: stopped_sources
-- Whose files stop their kinds for the person: they, or the koseki that they ask from, are in doubt, or their record could not be read. A list of
-- residents is among the holds.
WITH of_koseki AS (
    SELECT m.koseki_number FROM issuance.koseki_member AS m
    WHERE m.municipality_code = $1 AND m.person_number = $2 AND NOT m.removed
    UNION
    SELECT p.koseki_number FROM issuance.koseki_supplement_person AS p
    WHERE p.municipality_code = $1 AND p.person_number = $2 AND NOT p.removed
    UNION
    SELECT a.koseki_number FROM issuance.koseki_access AS a
    WHERE a.municipality_code = $1 AND a.asks_as = $2 AND a.state = 'accepted'
)
SELECT d.source, 'doubt' AS found, min(d.since) AS since
FROM issuance.source_doubt AS d
WHERE d.municipality_code = $1 AND CASE WHEN d.source IN ('koseki', 'koseki_supplement')
    THEN d.person_number IN (SELECT k.koseki_number FROM of_koseki AS k) ELSE d.person_number = $2 AND d.source <> 'resident' END
GROUP BY d.source
UNION ALL
SELECT a.source, 'aside', min(a.since)
FROM issuance.feed_set_aside AS a
WHERE a.municipality_code = $1 AND CASE
    WHEN a.source IN ('koseki', 'koseki_supplement') THEN a.record_key IN (SELECT k.koseki_number FROM of_koseki AS k)
    WHEN a.source = 'tax' THEN split_part(a.record_key, '/', 1) = $2
    ELSE a.source = 'seal' AND a.record_key = $2 END
GROUP BY a.source
ORDER BY since, source

-- name: suppressions
-- Who suppressed issuing about the person, and since when.
SELECT source, since FROM issuance.suppression WHERE municipality_code = $1 AND person_number = $2 ORDER BY since, source

-- name: issuers
-- Every issuer that a registered certificate has: from one to the next in the index, whatever the number of certificates.
WITH RECURSIVE found AS (
    (SELECT issuer_key_id FROM issuance.credential WHERE municipality_code = $1 ORDER BY issuer_key_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT c.issuer_key_id FROM issuance.credential AS c
        WHERE c.municipality_code = $1 AND c.issuer_key_id > found.issuer_key_id
        ORDER BY c.issuer_key_id LIMIT 1
    )
    FROM found WHERE found.issuer_key_id IS NOT NULL
)
SELECT issuer_key_id FROM found WHERE issuer_key_id IS NOT NULL
