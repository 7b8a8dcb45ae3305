-- name: shown_now
-- What stands now against the persons an answer showed and the one who asks, and whether their issuance record is behind the registry.
SELECT
    shown.person_number,
    EXISTS (
        SELECT FROM issuance.suppression AS s WHERE s.municipality_code = $1 AND s.person_number = shown.person_number
    ) AS suppressed,
    EXISTS (
        SELECT FROM issuance.service_stop AS t
        WHERE t.municipality_code = $1 AND (t.person_number = shown.person_number OR t.household_number = k.household_number)
            AND (t.kind IS NULL OR t.kind = (
                SELECT i.kind FROM history.issuance AS i WHERE i.municipality_code = $1 AND i.issuance_number = $3
            ))
            AND coalesce(t.ends_at, 'infinity') > $4 AND (t.cause IN ('mismatch', 'ordered') OR t.starts_at <= $4)
    ) AS stopped,
    k.person_number IS NOT NULL AND person.last_sequence IS DISTINCT FROM k.person_sequence AS behind
FROM unnest($2::text[]) AS shown (person_number)
LEFT JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = shown.person_number
LEFT JOIN issuance.freshness AS person
    ON person.municipality_code = $1 AND person.subject = 'person' AND person.number = shown.person_number

-- name: koseki_persons_suppressed
-- Whether somebody whom an answer showed from a koseki is suppressed now.
SELECT EXISTS (
    SELECT FROM issuance.koseki_suppression AS s WHERE s.municipality_code = $1 AND s.koseki_person_number = ANY ($2::text[])
)
