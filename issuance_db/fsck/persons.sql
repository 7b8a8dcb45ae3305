-- name: subjects_differ
-- The books name whom the intent named. What retention has erased is not compared.
WITH both_sides AS (
    SELECT i.issuance_number
    FROM issuance.intent AS i
    JOIN history.issuance AS h ON h.municipality_code = i.municipality_code AND h.issuance_number = i.issuance_number
    WHERE i.municipality_code = $1 AND i.state = 'recorded'
), permitted AS (
    SELECT s.issuance_number, s.position, s.person_number, s.person_sequence, s.household_number, s.household_sequence, s.printed_as
    FROM both_sides
    JOIN issuance.intent_subject AS s ON s.municipality_code = $1 AND s.issuance_number = both_sides.issuance_number
), issued AS (
    SELECT s.issuance_number, s.position, s.person_number, s.person_sequence, s.household_number, s.household_sequence, s.printed_as
    FROM both_sides
    JOIN history.issuance_subject AS s ON s.municipality_code = $1 AND s.issuance_number = both_sides.issuance_number
)
SELECT DISTINCT coalesce(issued.issuance_number, permitted.issuance_number) AS concern
FROM issued
FULL JOIN permitted ON permitted.issuance_number = issued.issuance_number AND permitted.position = issued.position
WHERE (issued.person_sequence, issued.household_sequence, issued.printed_as)
        IS DISTINCT FROM (permitted.person_sequence, permitted.household_sequence, permitted.printed_as)
    OR issued.person_number <> permitted.person_number OR issued.household_number <> permitted.household_number
ORDER BY 1

-- name: sources_differ
-- Of fed data, the books say the same sequence and age as the intent. Rows of the registry have none: it is exact.
SELECT DISTINCT coalesce(h.issuance_number, s.issuance_number) AS concern
FROM (
    SELECT s.issuance_number, s.source, s.sequence, s.as_of
    FROM issuance.intent_source AS s
    JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
    WHERE s.municipality_code = $1 AND i.state = 'recorded'
) AS s
FULL JOIN (
    SELECT h.issuance_number, h.source, h.sequence, h.as_of
    FROM history.issuance_source AS h
    WHERE h.municipality_code = $1 AND h.source <> 'registry'
) AS h ON h.issuance_number = s.issuance_number AND h.source = s.source
WHERE (h.sequence, h.as_of) IS DISTINCT FROM (s.sequence, s.as_of)
ORDER BY 1

-- name: koseki_persons_differ
-- And the same persons of a koseki. What retention has erased is not compared.
SELECT DISTINCT coalesce(h.issuance_number, s.issuance_number) AS concern
FROM (
    SELECT s.issuance_number, s.position, s.koseki_person_number, s.person_number
    FROM issuance.intent_koseki_person AS s
    JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
    WHERE s.municipality_code = $1 AND i.state = 'recorded'
) AS s
FULL JOIN (
    SELECT h.issuance_number, h.position, h.koseki_person_number, h.person_number
    FROM history.issuance_koseki_person AS h
    WHERE h.municipality_code = $1
) AS h ON h.issuance_number = s.issuance_number AND h.position = s.position
WHERE h.position IS NULL OR s.position IS NULL OR h.koseki_person_number <> s.koseki_person_number
    OR h.person_number <> s.person_number
ORDER BY 1

-- name: koseki_person_suppressed_but_issued
-- As for persons of the register: since longer than any request lasts.
SELECT DISTINCT i.issuance_number AS concern
FROM issuance.koseki_suppression AS p
JOIN issuance.intent_koseki_person AS s
    ON s.municipality_code = p.municipality_code AND s.koseki_person_number = p.koseki_person_number
JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
WHERE p.municipality_code = $1 AND i.state = 'recorded' AND p.since < i.permitted_at - interval '30 seconds'
ORDER BY 1

-- name: shows_nobody
-- Every certificate is about somebody, and at most one of them asked for it. A koseki that was asked for by a registration may show
-- nobody of the register.
SELECT h.issuance_number AS concern
FROM history.issuance AS h
LEFT JOIN history.issuance_subject AS s ON s.municipality_code = h.municipality_code AND s.issuance_number = h.issuance_number
WHERE h.municipality_code = $1
GROUP BY h.issuance_number
HAVING count(s.position) FILTER (WHERE s.asked_by) > 1 OR count(s.position) = 0 AND h.issuance_number NOT IN (
    SELECT p.issuance_number FROM history.issuance_koseki_person AS p
    WHERE p.municipality_code = $1 AND p.registration_number IS NOT NULL
)
ORDER BY 1

-- name: not_accepted_but_issued
-- Who asked by a registration had one for that person of a koseki, accepted before the permit and not ended long before it. Of one that was
-- erased at retention its steps say so.
SELECT DISTINCT p.issuance_number AS concern
FROM history.issuance_koseki_person AS p
JOIN issuance.intent AS i ON i.municipality_code = p.municipality_code AND i.issuance_number = p.issuance_number
LEFT JOIN issuance.koseki_access AS a
    ON a.municipality_code = p.municipality_code AND a.registration_number = p.registration_number
    AND (p.koseki_person_number IS NULL OR a.koseki_person_number = p.koseki_person_number) AND a.accepted_name IS NOT NULL
WHERE p.municipality_code = $1 AND p.registration_number IS NOT NULL AND (
    a.registration_number IS NULL AND (p.registration_number IN (
        SELECT r.registration_number FROM issuance.koseki_access AS r WHERE r.municipality_code = $1
    ) OR NOT EXISTS (
        SELECT FROM history.koseki_access_step AS accepted
        JOIN history.koseki_access_step AS ended
            ON ended.municipality_code = accepted.municipality_code AND ended.registration_number = accepted.registration_number
        WHERE accepted.municipality_code = $1 AND accepted.registration_number = p.registration_number
            AND accepted.state = 'accepted' AND accepted.happened_at <= i.permitted_at
            AND ended.state IN ('withdrawn', 'expired') AND ended.happened_at + interval '30 seconds' >= i.permitted_at
    )) OR i.permitted_at < a.decided_at OR i.permitted_at > a.ended_at + interval '30 seconds'
)
ORDER BY 1

-- name: suppressed_but_issued
-- Whoever was under a suppression since longer than any request lasts before the permit may not be on the certificate.
SELECT DISTINCT i.issuance_number AS concern
FROM issuance.suppression AS p
JOIN issuance.intent_subject AS s ON s.municipality_code = p.municipality_code AND s.person_number = p.person_number
JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
WHERE p.municipality_code = $1 AND i.state = 'recorded' AND p.since < i.permitted_at - interval '30 seconds'
ORDER BY 1

-- name: held_back_but_issued
-- Nor whoever was held back.
SELECT DISTINCT i.issuance_number AS concern
FROM issuance.person_held_back AS b
JOIN issuance.intent_subject AS s ON s.municipality_code = b.municipality_code AND s.person_number = b.person_number
JOIN issuance.intent AS i ON i.municipality_code = s.municipality_code AND i.issuance_number = s.issuance_number
WHERE b.municipality_code = $1 AND i.state = 'recorded' AND b.since < i.permitted_at - interval '30 seconds'
ORDER BY 1

-- name: record_ahead_of_registry
-- The issuance record can be behind the registry, never ahead of it. Without a registry of ours there is nothing to compare.
SELECT format('宛名番号 / person %s', k.person_number) AS concern
FROM issuance.resident_key AS k
JOIN registry.person AS p ON p.municipality_code = k.municipality_code AND p.person_number = k.person_number
JOIN registry.household AS h ON h.municipality_code = k.municipality_code AND h.household_number = k.household_number
WHERE k.municipality_code = $1 AND (k.person_sequence > p.last_sequence OR k.household_sequence > h.last_sequence)
ORDER BY 1

-- name: not_in_register
-- Who is up to date in the issuance record is in the register.
SELECT format('宛名番号 / person %s', k.person_number) AS concern
FROM issuance.resident_key AS k
LEFT JOIN registry.person AS p ON p.municipality_code = k.municipality_code AND p.person_number = k.person_number
WHERE k.municipality_code = $1
    AND EXISTS (SELECT FROM registry.person AS any_person WHERE any_person.municipality_code = $1)
    AND (p.person_number IS NULL OR p.last_sequence = k.person_sequence AND NOT p.in_register)
ORDER BY 1

-- name: household_incomplete
-- A household all of whose records are up to date has as many members as the register, unless one could not be projected.
SELECT format('世帯番号 / household %s', k.household_number) AS concern
FROM issuance.resident_key AS k
JOIN registry.household AS h ON h.municipality_code = k.municipality_code AND h.household_number = k.household_number
JOIN (
    SELECT p.household_number, count(p.person_number) AS members, count(b.person_number) AS held_back
    FROM registry.person AS p
    LEFT JOIN (
        SELECT DISTINCT person_number FROM issuance.person_held_back WHERE municipality_code = $1 AND cause = 'projection'
    ) AS b ON b.person_number = p.person_number
    WHERE p.municipality_code = $1 AND p.in_register
    GROUP BY p.household_number
) AS register ON register.household_number = k.household_number
WHERE k.municipality_code = $1
GROUP BY k.household_number, h.last_sequence, register.members, register.held_back
HAVING bool_and(k.household_sequence = h.last_sequence) AND register.held_back = 0 AND count(k.person_number) <> register.members
ORDER BY 1
