-- name: anybody
-- Whether the city has any residents.
SELECT EXISTS (SELECT FROM registry.person WHERE municipality_code = $1)

-- name: make_incoming
-- Rows are copied here first: a table under row-level security takes no COPY.
CREATE TEMPORARY TABLE incoming_person (LIKE registry.person_history) ON COMMIT DROP;
ALTER TABLE incoming_person ALTER COLUMN further TYPE text USING NULL

-- name: two_heads
-- Whether a household has more than one head.
SELECT EXISTS (SELECT FROM incoming_person WHERE relationship = $1 GROUP BY household_number HAVING count(*) > 1)

-- name: take_persons
-- Every person's first row.
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
SELECT
    municipality_code, person_number, history_number, event_id, household_number, state, resident_code,
    my_number_sealed, my_number_key_version, my_number_index, name, furigana, former_surname,
    former_surname_furigana, alias, alias_furigana, birth_on, birth_text, sex, relationship, member_order, domicile,
    first_registrant, resident_since_on, resident_since_text, address_since_on, address_since_text,
    address_notified_on, postal_code, address, building, address_before_move_in, address_before_move, nationality,
    foreign_resident_since_on, foreign_resident_since_text, article_30_45_category, residence_status,
    residence_period, residence_expires_on, residence_card_number, planned_move_out_on, move_out_address, removed_on,
    removed_text, removal_reason, suppressed, suppression_reason, suppressed_from, suppressed_until, removed_in,
    CASE WHEN further IS NOT NULL THEN jsonb_populate_record(NULL::registry.further_items, further::jsonb) END
FROM incoming_person

-- name: take_pointers
-- Where the newest row of each person is.
INSERT INTO registry.person (
    municipality_code, person_number, last_sequence, household_number, in_register, resident_code, my_number_index
)
SELECT municipality_code, person_number, 1, household_number, true, resident_code, my_number_index
FROM incoming_person

-- name: take_household_rows
-- Every household's first row; its head is the member who is 世帯主.
INSERT INTO registry.household_history (municipality_code, household_number, sequence, event_id, head_person_number)
SELECT municipality_code, household_number, 1, min(event_id), min(person_number) FILTER (WHERE relationship = '世帯主')
FROM incoming_person
GROUP BY municipality_code, household_number

-- name: take_household_pointers
-- Where the newest row of each household is.
INSERT INTO registry.household (municipality_code, household_number, last_sequence, head_person_number)
SELECT municipality_code, household_number, sequence, head_person_number
FROM registry.household_history
WHERE municipality_code = $1

-- name: take_outbox
-- One row for each person and household, as any event writes.
INSERT INTO registry.outbox (municipality_code, event_id, subject, number, sequence)
SELECT municipality_code, event_id, 'person', person_number, 1 FROM incoming_person
UNION ALL
SELECT municipality_code, event_id, 'household', household_number, 1
FROM registry.household_history
WHERE municipality_code = $1

-- name: take_serials
-- New numbers begin after those that came in, where they are of our ten digits.
INSERT INTO registry.last_serial (municipality_code, subject, serial)
SELECT $1, 'person', coalesce(max(left(person_number, 9)::bigint), 0) FROM registry.person
WHERE municipality_code = $1 AND person_number ~ '^[0-9]{10}$'
UNION ALL
SELECT $1, 'household', coalesce(max(left(household_number, 9)::bigint), 0) FROM registry.household
WHERE municipality_code = $1 AND household_number ~ '^[0-9]{10}$'
ON CONFLICT (municipality_code, subject) DO UPDATE SET serial = greatest(last_serial.serial, excluded.serial)

-- name: counted
-- How many persons and households there are now.
SELECT
    (SELECT count(*) FROM registry.person WHERE municipality_code = $1) AS persons,
    (SELECT count(*) FROM registry.household WHERE municipality_code = $1) AS households
