-- name: may_be_listed
-- Residents, planned movers included, and what they are drawn by; whoever is under a protective measure only with $2.
SELECT
    p.person_number, h.sex, h.birth_on, h.birth_text, registry.town_of(h.address) AS town, h.nationality IS NOT NULL AS is_foreign
FROM registry.person AS p
JOIN registry.person_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = 0
WHERE p.municipality_code = $1 AND p.in_register AND ($2 OR NOT h.suppressed)

-- name: four_items
-- 氏名, 生年月日, 性別, 住所 of those drawn ($2), in their order; whoever left or came under a measure meanwhile has no line.
SELECT h.name, h.birth_on, h.birth_text, h.sex, concat_ws('　', h.address, h.building) AS address
FROM unnest($2::text[]) WITH ORDINALITY AS d (person_number, place)
JOIN registry.person AS p ON p.municipality_code = $1 AND p.person_number = d.person_number
JOIN registry.person_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = 0
WHERE p.in_register AND NOT h.suppressed
ORDER BY d.place

-- name: insert_extract
-- What is taken out, before anybody has it.
INSERT INTO registry.extract (
    municipality_code, made_at, staff, reason, basis, recipient, asked, seed, persons, content_sha256, provision
)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11)
RETURNING extract_id

-- name: insert_extract_persons
-- Who stands on it.
INSERT INTO registry.extract_person (municipality_code, extract_id, person_number)
SELECT $1, $2, d.person_number FROM unnest($3::text[]) AS d (person_number)

-- name: basis_of_extract
-- Under which provision a list was made.
SELECT basis FROM registry.extract WHERE municipality_code = $1 AND extract_id = $2

-- name: insert_inspection
-- Somebody inspected a list.
INSERT INTO registry.inspection (
    municipality_code, extract_id, inspected_on, inspector, representative, purpose, scope, seen_by, identity_document, staff,
    reason, recorded_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
RETURNING inspection_id

-- name: inspections
-- What is published of a period: from $2 to before $3, under the provisions $4.
SELECT e.basis, i.inspector, i.representative, i.purpose, i.inspected_on, i.scope
FROM registry.inspection AS i
JOIN registry.extract AS e ON e.municipality_code = i.municipality_code AND e.extract_id = i.extract_id
WHERE i.municipality_code = $1 AND i.inspected_on >= $2 AND i.inspected_on < $3 AND e.basis = ANY($4)
ORDER BY i.inspected_on, i.inspection_id

-- name: insert_refused
-- What no provision allows.
INSERT INTO registry.extract_refused (municipality_code, asked_at, staff, reason, provision, items, persons)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: head_names
-- 世帯主の氏名 of these households; one without a head has no row.
SELECT u.household_number, h.name
FROM registry.household AS u
JOIN registry.person AS p ON p.municipality_code = u.municipality_code AND p.person_number = u.head_person_number
JOIN registry.person_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = 0
WHERE u.municipality_code = $1 AND u.household_number = ANY($2)

-- name: newest_extracts
-- The lists made last: what for, for whom and how many stand on each.
SELECT e.extract_id, e.made_at, e.staff, e.reason, e.basis, e.recipient, e.persons
FROM registry.extract AS e
WHERE e.municipality_code = $1
ORDER BY e.extract_id DESC
LIMIT $2
