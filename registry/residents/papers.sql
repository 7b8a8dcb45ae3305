-- name: next_number
-- The running number of papers; one whose paper was refused is not given again.
SELECT nextval('registry.paper_number')

-- name: insert_paper
-- A paper, before anybody has it.
INSERT INTO registry.paper (
    municipality_code, paper_number, made_at, kind, persons, options, event_id, handed_to, identity_document, staff, reason,
    released_by, pages, content_sha256
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: event_that_hands_out
-- The event, if it wrote that this ($4) is handed to this person ($3).
SELECT e.kind, e.occurred_on, e.occurred_text, e.notified_on, e.recorded_at
FROM registry.follow_up AS f
JOIN registry.event AS e ON e.municipality_code = f.municipality_code AND e.event_id = f.event_id
WHERE f.municipality_code = $1 AND f.event_id = $2 AND f.person_number = $3 AND f.what = $4

-- name: handed_out_to
-- What events hand to this person among the notices $3, newest first.
SELECT f.event_id, f.what, e.kind, e.occurred_on, e.occurred_text, e.recorded_at
FROM registry.follow_up AS f
JOIN registry.event AS e ON e.municipality_code = f.municipality_code AND e.event_id = f.event_id
WHERE f.municipality_code = $1 AND f.person_number = $2 AND f.what = ANY ($3::text[])
ORDER BY f.event_id DESC, f.what

-- name: handed_by_event
-- Whom the event hands this ($3) to.
SELECT person_number FROM registry.follow_up WHERE municipality_code = $1 AND event_id = $2 AND what = $3

-- name: first_made
-- When a paper ($3) that the event hands out was made for the person first; NULL for never.
SELECT min(made_at) FROM registry.paper
WHERE municipality_code = $1 AND event_id = $2 AND kind = $3 AND persons @> ARRAY[$4::text]
