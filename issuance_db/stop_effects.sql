-- What a stop would cover, from what was asked lately and who lives where. Read before it is set.

-- name: asked_lately
-- Requests since an instant ($2) of a kind ($3) and of a place ($4 to $6), each where it is named; and what is under way.
SELECT
    count(*) AS requests,
    count(*) FILTER (WHERE r.state = 'answered') AS issued,
    count(*) FILTER (WHERE r.state = 'accepted') AS under_way,
    count(DISTINCT (r.terminal_operator, r.terminal_store, r.terminal_id)) AS terminals,
    max(r.accepted_at) AS last_at
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.accepted_at >= $2
    AND ($3::text IS NULL OR r.kind = $3) AND ($4::text IS NULL OR r.terminal_operator = $4)
    AND ($5::text IS NULL OR r.terminal_store = $5) AND ($6::text IS NULL OR r.terminal_id = $6)

-- name: persons
-- The person, or everybody of the household, as the issuance record has them now.
SELECT k.person_number, k.household_number, r.name
FROM issuance.resident_key AS k
JOIN issuance.resident_record AS r ON r.municipality_code = k.municipality_code AND r.person_number = k.person_number
WHERE k.municipality_code = $1 AND (k.person_number = $2 OR k.household_number = $3)
ORDER BY k.household_number, k.member_order, k.person_number

-- name: showed_lately
-- Certificates issued since an instant ($3) that showed one of these persons, by a koseki too, of a kind where one is named.
SELECT count(*) AS issued, max(i.recorded_at) AS last_at
FROM history.issuance AS i
WHERE i.municipality_code = $1 AND i.recorded_at >= $3 AND ($4::text IS NULL OR i.kind = $4)
    AND i.issuance_number IN (
        SELECT s.issuance_number FROM history.issuance_subject AS s
        WHERE s.municipality_code = $1 AND s.person_number = ANY ($2::text[])
        UNION ALL
        SELECT k.issuance_number FROM history.issuance_koseki_person AS k
        WHERE k.municipality_code = $1 AND k.person_number = ANY ($2::text[])
    )
