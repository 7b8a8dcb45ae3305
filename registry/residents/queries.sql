-- name: set_city
-- The city of this transaction; without it there are no rows.
SELECT set_config('kiosk.municipality', $1, true)

-- name: set_city_to_write
-- The same, and the plans of the statements that write are kept: they go by keys whatever is asked, and planning costs more than doing.
SELECT set_config('kiosk.municipality', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)

-- name: lock
-- Ordinary writers: persons and households, sorted by key. A statement of its own, so that the next one sees what is committed.
SELECT shared.lock_for_write($1, $2, $3)

-- name: lock_city
-- Bulk work takes the city alone.
SELECT shared.lock_city_for_bulk($1)

-- name: where_persons_are
-- The households to lock with these persons.
SELECT person_number, household_number FROM registry.person WHERE municipality_code = $1 AND person_number = ANY($2)

-- name: current_rows
-- The newest row of these persons who are in the register, and of everybody now in these households: all in one partition.
SELECT
    h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.resident_code, h.my_number_sealed,
    h.my_number_key_version, h.my_number_index, h.name, h.furigana, h.former_surname, h.former_surname_furigana,
    h.alias, h.alias_furigana, h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.postal_code, h.address, h.building, h.address_before_move_in, h.address_before_move, h.nationality,
    h.foreign_resident_since_on, h.foreign_resident_since_text, h.article_30_45_category, h.residence_status,
    h.residence_period, h.residence_expires_on, h.residence_card_number, h.planned_move_out_on, h.move_out_address,
    h.removed_on, h.removed_text, h.removal_reason, h.suppressed, h.suppression_reason, h.suppressed_from,
    h.suppressed_until, jsonb_strip_nulls(to_jsonb(h.further))::text AS further
FROM registry.person AS p
JOIN registry.person_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = 0
WHERE p.municipality_code = $1 AND p.in_register AND (p.person_number = ANY($2) OR p.household_number = ANY($3))
ORDER BY h.member_order, h.person_number

-- name: removed_rows
-- The newest row of these persons who are not: in the partition of the year of the removal, in either tier.
SELECT
    h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.resident_code, h.my_number_sealed,
    h.my_number_key_version, h.my_number_index, h.name, h.furigana, h.former_surname, h.former_surname_furigana,
    h.alias, h.alias_furigana, h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.postal_code, h.address, h.building, h.address_before_move_in, h.address_before_move, h.nationality,
    h.foreign_resident_since_on, h.foreign_resident_since_text, h.article_30_45_category, h.residence_status,
    h.residence_period, h.residence_expires_on, h.residence_card_number, h.planned_move_out_on, h.move_out_address,
    h.removed_on, h.removed_text, h.removal_reason, h.suppressed, h.suppression_reason, h.suppressed_from,
    h.suppressed_until, jsonb_strip_nulls(to_jsonb(h.further))::text AS further
FROM registry.person AS p
JOIN registry.whole_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = p.removed_in
WHERE p.municipality_code = $1 AND NOT p.in_register AND p.person_number = ANY($2)
ORDER BY h.member_order, h.person_number

-- name: person_at
-- One row of a person's history.
SELECT
    h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.resident_code, h.my_number_sealed,
    h.my_number_key_version, h.my_number_index, h.name, h.furigana, h.former_surname, h.former_surname_furigana,
    h.alias, h.alias_furigana, h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.postal_code, h.address, h.building, h.address_before_move_in, h.address_before_move, h.nationality,
    h.foreign_resident_since_on, h.foreign_resident_since_text, h.article_30_45_category, h.residence_status,
    h.residence_period, h.residence_expires_on, h.residence_card_number, h.planned_move_out_on, h.move_out_address,
    h.removed_on, h.removed_text, h.removal_reason, h.suppressed, h.suppression_reason, h.suppressed_from,
    h.suppressed_until, jsonb_strip_nulls(to_jsonb(h.further))::text AS further
FROM registry.whole_history AS h
WHERE h.municipality_code = $1 AND h.person_number = $2 AND h.history_number = $3

-- name: persons_as_of
-- What the register said at an instant: of these persons, or of everybody.
SELECT
    h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.resident_code, h.my_number_sealed,
    h.my_number_key_version, h.my_number_index, h.name, h.furigana, h.former_surname, h.former_surname_furigana,
    h.alias, h.alias_furigana, h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.postal_code, h.address, h.building, h.address_before_move_in, h.address_before_move, h.nationality,
    h.foreign_resident_since_on, h.foreign_resident_since_text, h.article_30_45_category, h.residence_status,
    h.residence_period, h.residence_expires_on, h.residence_card_number, h.planned_move_out_on, h.move_out_address,
    h.removed_on, h.removed_text, h.removal_reason, h.suppressed, h.suppression_reason, h.suppressed_from,
    h.suppressed_until, jsonb_strip_nulls(to_jsonb(h.further))::text AS further
FROM registry.persons_as_of($1, $2, $3) AS h
ORDER BY h.member_order, h.person_number

-- name: household_heads_as_of
-- The households there were at an instant, with their heads: of these, or of all.
SELECT household_number, head_person_number FROM registry.households_as_of($1, $2)
WHERE $3::text[] IS NULL OR household_number = ANY($3)

-- name: turn_year
-- The yearly work with 除票.
SELECT registry.turn_year($1)

-- name: rows_of_event
-- Which rows an event wrote.
SELECT person_number, history_number FROM registry.whole_history
WHERE municipality_code = $1 AND event_id = $2
ORDER BY person_number, history_number

-- name: event_to_cancel
-- What kind an event was, and whether another has cancelled it.
SELECT
    e.kind,
    EXISTS (
        SELECT FROM registry.event AS c WHERE c.municipality_code = e.municipality_code AND c.reverses_event_id = e.event_id
    ) AS is_cancelled
FROM registry.event AS e
WHERE e.municipality_code = $1 AND e.event_id = $2

-- name: similar
-- Whoever had one of these names with the birth date and sex beside it, under another number.
SELECT DISTINCT p.person_number, p.household_number, p.in_register
FROM unnest($2::text[], $3::date[], $4::smallint[]) AS n (name, birth_on, sex)
JOIN registry.whole_history AS h
    ON h.municipality_code = $1 AND h.birth_on = n.birth_on AND h.name = n.name AND h.sex = n.sex
JOIN registry.person AS p ON p.municipality_code = h.municipality_code AND p.person_number = h.person_number
WHERE h.person_number <> ALL ($5::text[])

-- name: draw_resident_code
-- One of the codes set aside for the city, at random. No row where another clerk drew it at the same moment, or none is left.
INSERT INTO registry.resident_code_given (municipality_code, resident_code)
SELECT p.municipality_code, p.resident_code
FROM registry.resident_code_pool AS p
WHERE p.municipality_code = $1 AND NOT EXISTS (
    SELECT FROM registry.resident_code_given AS g
    WHERE g.municipality_code = p.municipality_code AND g.resident_code = p.resident_code
)
ORDER BY gen_random_uuid()
LIMIT 1
ON CONFLICT DO NOTHING
RETURNING resident_code

-- name: resident_codes_left
-- How many codes can still be given.
SELECT
    (SELECT count(*) FROM registry.resident_code_pool WHERE municipality_code = $1)
    - (SELECT count(*) FROM registry.resident_code_given WHERE municipality_code = $1)

-- name: add_resident_codes
-- Codes that the agency has set aside for the city; those known already stay as they are.
INSERT INTO registry.resident_code_pool (municipality_code, resident_code)
SELECT $1, code FROM unnest($2::text[]) AS code
ON CONFLICT DO NOTHING

-- name: insert_follow_ups
-- What follows from an event, written beside it.
INSERT INTO registry.follow_up (municipality_code, event_id, person_number, what)
SELECT $1, $2, f.person_number, f.what FROM unnest($3::text[], $4::text[]) AS f (person_number, what)

-- name: sharers
-- Whoever has one of these resident codes or My Numbers already.
SELECT person_number, in_register, resident_code, my_number_index FROM registry.person
WHERE municipality_code = $1 AND (resident_code = ANY($2) OR my_number_index = ANY($3))

-- name: due_move_outs
-- Planned movers whose day has come.
SELECT p.household_number, h.person_number, h.planned_move_out_on
FROM registry.person AS p
JOIN registry.person_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = 0
WHERE p.municipality_code = $1 AND h.state = 'planned_mover' AND h.planned_move_out_on <= $2
ORDER BY h.planned_move_out_on, p.household_number, h.person_number

-- name: insert_event
-- The event itself; its number is given by the database.
INSERT INTO registry.event (
    municipality_code, kind, occurred_on, occurred_text, notified_on, recorded_at, operator, place,
    identity_document, identity_checked_by, reverses_event_id, notified_as, note, terminal, decided_by
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
RETURNING event_id

-- name: append_person
-- The next row of a person, and where it is; the first one begins the person.
WITH written AS (
    INSERT INTO registry.person_history (
        municipality_code, person_number, history_number, event_id, household_number, state, resident_code,
        my_number_sealed, my_number_key_version, my_number_index, name, furigana, former_surname,
        former_surname_furigana, alias, alias_furigana, birth_on, birth_text, sex, relationship, member_order, domicile,
        first_registrant, resident_since_on, resident_since_text, address_since_on, address_since_text,
        address_notified_on, postal_code, address, building, address_before_move_in, address_before_move, nationality,
        foreign_resident_since_on, foreign_resident_since_text, article_30_45_category, residence_status,
        residence_period, residence_expires_on, residence_card_number, planned_move_out_on, move_out_address, removed_on,
        removed_text, removal_reason, suppressed, suppression_reason, suppressed_from, suppressed_until, removed_in, further
    )
    VALUES (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46,
        $47, $48, $49, $50, $51, jsonb_populate_record(NULL::registry.further_items, $52::text::jsonb)
    )
    RETURNING
        municipality_code, person_number, history_number, household_number, state, resident_code, my_number_index, removed_in
),
moved AS (
    UPDATE registry.person AS p
    SET household_number = w.household_number, in_register = w.state <> 'removed', resident_code = w.resident_code,
        my_number_index = w.my_number_index, last_sequence = w.history_number, removed_in = w.removed_in
    FROM written AS w
    WHERE w.history_number > 1 AND p.municipality_code = w.municipality_code AND p.person_number = w.person_number
)
INSERT INTO registry.person (
    municipality_code, person_number, last_sequence, household_number, in_register, resident_code, my_number_index, removed_in
)
SELECT
    municipality_code, person_number, history_number, household_number, state <> 'removed', resident_code, my_number_index,
    removed_in
FROM written
WHERE history_number = 1

-- name: move_households
-- The next row of each of these households, and where it is; a new household begins at 1.
WITH moved AS (
    INSERT INTO registry.household AS u (municipality_code, household_number, last_sequence, head_person_number)
    SELECT $1, h.household_number, 1, h.head FROM unnest($3::text[], $4::text[]) AS h (household_number, head)
    ON CONFLICT (municipality_code, household_number) DO UPDATE
    SET last_sequence = u.last_sequence + 1, head_person_number = excluded.head_person_number
    RETURNING u.municipality_code, u.household_number, u.last_sequence, u.head_person_number
)
INSERT INTO registry.household_history (municipality_code, household_number, sequence, event_id, head_person_number)
SELECT municipality_code, household_number, last_sequence, $2, head_person_number FROM moved
RETURNING household_number, sequence

-- name: insert_outbox
-- Tell the projections, in the transaction of the event.
INSERT INTO registry.outbox (municipality_code, event_id, subject, number, sequence)
SELECT $1, $2, s.subject, s.number, s.sequence
FROM unnest($3::text[], $4::text[], $5::bigint[]) AS s (subject, number, sequence)

-- name: next_serials
-- Serials for new numbers: returns the last of them.
INSERT INTO registry.last_serial AS l (municipality_code, subject, serial)
VALUES ($1, $2, $3)
ON CONFLICT (municipality_code, subject) DO UPDATE SET serial = l.serial + excluded.serial
RETURNING serial

-- name: insert_draft
-- An event entered provisionally; it waits.
WITH entered AS (
    INSERT INTO registry.draft (municipality_code, kind, content, based_on, entered_by, entered_at, place, terminal)
    VALUES ($1, $2, $3::text::jsonb, $4::text::jsonb, $5, $6, $7, $8)
    RETURNING municipality_code, draft_id
)
INSERT INTO registry.draft_waiting (municipality_code, draft_id) SELECT municipality_code, draft_id FROM entered
RETURNING draft_id

-- name: draft
-- One draft with its newest step.
SELECT
    d.draft_id, d.content::text AS content, d.based_on::text AS based_on, d.entered_by, d.entered_at, d.place, d.terminal,
    coalesce(s.step, 0) AS step, coalesce(s.state, 'entered') AS state, s.event_id, s.reason,
    (
        SELECT r.done_by FROM registry.draft_step AS r
        WHERE r.municipality_code = d.municipality_code AND r.draft_id = d.draft_id AND r.state = 'decided'
    ) AS decided_by
FROM registry.draft AS d
LEFT JOIN LATERAL (
    SELECT n.step, n.state, n.event_id, n.reason FROM registry.draft_step AS n
    WHERE n.municipality_code = d.municipality_code AND n.draft_id = d.draft_id
    ORDER BY n.step DESC
    LIMIT 1
) AS s ON true
WHERE d.municipality_code = $1 AND d.draft_id = $2

-- name: open_drafts
-- What waits for a review, a decision or the final entry: no content, only what kind and in which state.
SELECT d.draft_id, d.kind, d.entered_by, d.entered_at, coalesce(s.state, 'entered') AS state
FROM registry.draft_waiting AS w
JOIN registry.draft AS d ON d.municipality_code = w.municipality_code AND d.draft_id = w.draft_id
LEFT JOIN LATERAL (
    SELECT n.state FROM registry.draft_step AS n
    WHERE n.municipality_code = w.municipality_code AND n.draft_id = w.draft_id
    ORDER BY n.step DESC
    LIMIT 1
) AS s ON true
WHERE w.municipality_code = $1
ORDER BY w.draft_id

-- name: drafts_about
-- Those of $2 that concern one of the persons or households $3.
SELECT draft_id FROM registry.draft WHERE municipality_code = $1 AND draft_id = ANY ($2) AND based_on ?| $3::text[]
ORDER BY draft_id

-- name: insert_draft_step
-- The next thing that was done with a draft; at its end it waits no more.
WITH ended AS (
    DELETE FROM registry.draft_waiting WHERE municipality_code = $1 AND draft_id = $2 AND $4 IN ('recorded', 'returned', 'withdrawn')
)
INSERT INTO registry.draft_step (municipality_code, draft_id, step, state, done_by, done_at, reason, event_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: feed_after
-- $2, $3 the position; $4 how many. Only transactions that ended before this snapshot: nothing can appear behind the position.
SELECT
    o.transaction_id::text AS transaction_id, o.outbox_id, o.subject, o.number, o.sequence, o.told_event_id, e.kind,
    u.head_person_number,
    h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.resident_code, h.my_number_sealed,
    h.my_number_key_version, h.my_number_index, h.name, h.furigana, h.former_surname, h.former_surname_furigana,
    h.alias, h.alias_furigana, h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.postal_code, h.address, h.building, h.address_before_move_in, h.address_before_move, h.nationality,
    h.foreign_resident_since_on, h.foreign_resident_since_text, h.article_30_45_category, h.residence_status,
    h.residence_period, h.residence_expires_on, h.residence_card_number, h.planned_move_out_on, h.move_out_address,
    h.removed_on, h.removed_text, h.removal_reason, h.suppressed, h.suppression_reason, h.suppressed_from,
    h.suppressed_until, jsonb_strip_nulls(to_jsonb(h.further))::text AS further
FROM (
    SELECT b.municipality_code, b.transaction_id, b.outbox_id, b.subject, b.number, b.sequence, b.event_id AS told_event_id
    FROM registry.outbox AS b
    WHERE b.municipality_code = $1 AND (b.transaction_id, b.outbox_id) > ($2::text::xid8, $3::bigint)
        AND b.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY b.transaction_id, b.outbox_id
    LIMIT $4
) AS o
JOIN registry.event AS e ON e.municipality_code = o.municipality_code AND e.event_id = o.told_event_id
LEFT JOIN registry.whole_history AS h
    ON o.subject = 'person' AND h.municipality_code = o.municipality_code AND h.person_number = o.number
    AND h.history_number = o.sequence
LEFT JOIN registry.household_history AS u
    ON o.subject = 'household' AND u.municipality_code = o.municipality_code AND u.household_number = o.number
    AND u.sequence = o.sequence
ORDER BY o.transaction_id, o.outbox_id

-- name: horizon
-- Every transaction below it has ended, so that this snapshot shows whatever it wrote.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text

-- name: all_persons
-- Everybody's newest row, removed people included.
SELECT
    h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.resident_code, h.my_number_sealed,
    h.my_number_key_version, h.my_number_index, h.name, h.furigana, h.former_surname, h.former_surname_furigana,
    h.alias, h.alias_furigana, h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.postal_code, h.address, h.building, h.address_before_move_in, h.address_before_move, h.nationality,
    h.foreign_resident_since_on, h.foreign_resident_since_text, h.article_30_45_category, h.residence_status,
    h.residence_period, h.residence_expires_on, h.residence_card_number, h.planned_move_out_on, h.move_out_address,
    h.removed_on, h.removed_text, h.removal_reason, h.suppressed, h.suppression_reason, h.suppressed_from,
    h.suppressed_until, jsonb_strip_nulls(to_jsonb(h.further))::text AS further
FROM registry.person AS p
JOIN registry.whole_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = p.removed_in
WHERE p.municipality_code = $1
ORDER BY h.person_number

-- name: all_households
-- Every household's newest row.
SELECT household_number, last_sequence, head_person_number FROM registry.household WHERE municipality_code = $1
ORDER BY household_number
