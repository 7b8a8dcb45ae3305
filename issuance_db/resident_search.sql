-- name: found
-- Residents of whom everything that is asked is true; NULL is not asked. Planned anew each time. The bounds of a first character let an index
-- narrow, the folded texts decide.
SELECT r.person_number, k.household_number, r.name, r.alias, e.furigana, r.birth_on, r.birth_text, r.address,
    EXISTS (
        SELECT FROM issuance.suppression AS s WHERE s.municipality_code = r.municipality_code AND s.person_number = r.person_number
    ) AS suppressed
FROM issuance.resident_record AS r
JOIN issuance.resident_record_extension AS e ON e.municipality_code = r.municipality_code AND e.person_number = r.person_number
JOIN issuance.resident_key AS k ON k.municipality_code = r.municipality_code AND k.person_number = r.person_number
WHERE r.municipality_code = $1
    AND ($2::text IS NULL OR r.person_number = $2)
    AND ($3::text IS NULL OR k.household_number = $3)
    AND ($4::date IS NULL OR r.birth_on = $4)
    AND ($5::text IS NULL OR position(issuance.as_searched($5) IN issuance.as_searched(r.address)) > 0)
    AND ($6::text IS NULL OR (
        (r.name ~>=~ $7 AND r.name ~<=~ $8 OR r.name ~>=~ $9 AND r.name ~<=~ $10)
        AND starts_with(issuance.as_searched(r.name), issuance.as_searched($6))
        OR (r.alias ~>=~ $7 AND r.alias ~<=~ $8 OR r.alias ~>=~ $9 AND r.alias ~<=~ $10)
        AND starts_with(issuance.as_searched(r.alias), issuance.as_searched($6))
    ))
    AND ($11::text IS NULL OR (
        (e.furigana ~>=~ $12 AND e.furigana ~<=~ $13 OR e.furigana ~>=~ $14 AND e.furigana ~<=~ $15)
        AND starts_with(issuance.as_searched(e.furigana), issuance.as_searched($11))
    ))
ORDER BY e.furigana, r.name, r.person_number
LIMIT $16
