-- name: operations
-- Everything done with the register from $2 to before $3, oldest first.
SELECT o.at, o.staff, o.what, o.items, o.purpose, o.terminal, o.persons, o.my_number_seen, o.refused
FROM (
    SELECT
        i.asked_at AS at, i.staff, i.what, i.items, i.purpose, i.terminal, count(s.person_number)::integer AS persons,
        coalesce(bool_or(s.my_number_seen), false) AS my_number_seen, i.refused
    FROM registry.inquiry AS i
    LEFT JOIN registry.inquiry_seen AS s ON s.municipality_code = i.municipality_code AND s.inquiry_id = i.inquiry_id
    WHERE i.municipality_code = $1 AND i.asked_at >= $2 AND i.asked_at < $3
    GROUP BY i.municipality_code, i.inquiry_id
    UNION ALL
    SELECT
        e.recorded_at, e.operator, 'event', ARRAY[e.kind], '', e.terminal,
        (
            SELECT count(DISTINCT h.person_number)::integer FROM registry.whole_history AS h
            WHERE h.municipality_code = e.municipality_code AND h.event_id = e.event_id
        ),
        e.kind IN ('MN1', 'MN2', 'MN3'), false
    FROM registry.event AS e
    WHERE e.municipality_code = $1 AND e.recorded_at >= $2 AND e.recorded_at < $3
    UNION ALL
    SELECT x.made_at, x.staff, 'extract', ARRAY[coalesce(x.provision::text, x.basis)], x.reason, NULL, x.persons, false, false
    FROM registry.extract AS x
    WHERE x.municipality_code = $1 AND x.made_at >= $2 AND x.made_at < $3
    UNION ALL
    SELECT r.asked_at, r.staff, 'extract', ARRAY[r.provision] || r.items, r.reason, NULL, 0, false, true
    FROM registry.extract_refused AS r
    WHERE r.municipality_code = $1 AND r.asked_at >= $2 AND r.asked_at < $3
    UNION ALL
    SELECT n.recorded_at, n.staff, 'inspection', ARRAY[n.extract_id::text], n.reason, NULL, 0, false, false
    FROM registry.inspection AS n
    WHERE n.municipality_code = $1 AND n.recorded_at >= $2 AND n.recorded_at < $3
    UNION ALL
    SELECT p.made_at, p.staff, 'paper', ARRAY[p.kind, p.paper_number], p.reason, NULL, cardinality(p.persons), false, false
    FROM registry.paper AS p
    WHERE p.municipality_code = $1 AND p.made_at >= $2 AND p.made_at < $3
    UNION ALL
    SELECT
        t.released_at, t.staff, 'release', ARRAY[to_char(t.until AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')], t.reason, NULL, 1,
        false, false
    FROM registry.temporary_release AS t
    WHERE t.municipality_code = $1 AND t.released_at >= $2 AND t.released_at < $3
    UNION ALL
    SELECT d.ended_at, d.staff, 'release_end', ARRAY[]::text[], '', NULL, 1, false, false
    FROM registry.temporary_release_end AS d
    WHERE d.municipality_code = $1 AND d.ended_at >= $2 AND d.ended_at < $3
) AS o
ORDER BY o.at, o.staff, o.what

-- name: insert_review
-- Somebody looked it through.
INSERT INTO registry.log_review (municipality_code, reviewed_at, staff, since, until, operations, finding)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: reviews
-- Who looked through what.
SELECT reviewed_at, staff, since, until, operations, finding FROM registry.log_review
WHERE municipality_code = $1
ORDER BY review_id DESC

-- name: file_of_person
-- The items of F1, without the sealed My Number.
SELECT (to_jsonb(f) - '個人番号' - 'municipality_code')::text AS items FROM registry.resident_file AS f
WHERE f.municipality_code = $1 AND f.person_number = $2

-- name: extracts_of_person
-- The lists and provisions that a person was on, newest first.
SELECT x.extract_id, x.made_at, x.staff, x.reason, x.basis, x.recipient, x.asked::text AS asked
FROM registry.extract_person AS p
JOIN registry.extract AS x ON x.municipality_code = p.municipality_code AND x.extract_id = p.extract_id
WHERE p.municipality_code = $1 AND p.person_number = $2
ORDER BY x.extract_id DESC

-- name: inspections_of_person
-- Who inspected a list that the person was on, newest first.
SELECT n.extract_id, n.inspected_on, n.inspector, n.purpose
FROM registry.extract_person AS p
JOIN registry.inspection AS n ON n.municipality_code = p.municipality_code AND n.extract_id = p.extract_id
WHERE p.municipality_code = $1 AND p.person_number = $2
ORDER BY n.inspection_id DESC

-- name: papers_of_person
-- The certificates and notices that a person was on, newest first.
SELECT
    p.paper_number AS number, p.made_at, p.kind, p.staff, p.reason, p.handed_to, p.identity_document, p.released_by
FROM registry.paper AS p
WHERE p.municipality_code = $1 AND p.persons @> ARRAY[$2::text]
ORDER BY p.made_at DESC, p.paper_number DESC
