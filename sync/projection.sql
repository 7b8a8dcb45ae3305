-- The projection of 発行用住民票 (F6) from the registry. Runs as the role `sync`.

-- name: try_to_lead
-- Held by the session: it ends with the connection, and whoever waits takes over.
SELECT pg_try_advisory_lock(shared.lock_key($1, 'projection', 'leader'))

-- name: wait_for_turn
-- Batches of one city go one after another, whichever process runs them. Held by the session and taken before the
-- transaction begins, because the snapshot of a repeatable read must be younger than the wait.
SELECT pg_advisory_lock(shared.lock_key($1, 'projection', 'batch'))

-- name: end_turn
-- After the commit: the next batch must see this one.
SELECT pg_advisory_unlock(shared.lock_key($1, 'projection', 'batch'))

-- name: enter_city
-- Row-level security shows nothing without a city.
SELECT set_config('kiosk.municipality', $1, true)

-- name: position
-- A mark above every transaction id of this server was written on another one (a logical copy): it says nothing here.
SELECT transaction_id::text AS transaction_id, outbox_id, transaction_id > pg_snapshot_xmax(pg_current_snapshot()) AS is_foreign
FROM issuance.projection_position
WHERE municipality_code = $1 AND consumer = 'issuance'

-- name: horizon
-- Every transaction below it has ended, so this snapshot shows whatever it wrote.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text

-- name: fresh
-- $2, $3 the mark; $4 the snapshot that was applied last, or NULL. Fresh is what is above the mark and was not visible then:
-- an id that committed late is found whatever its number, and an unrelated open transaction delays only the mark.
WITH above AS MATERIALIZED (
    SELECT o.transaction_id, o.subject, o.number
    FROM registry.outbox AS o
    WHERE o.municipality_code = $1 AND (o.transaction_id, o.outbox_id) > ($2::text::xid8, $3::bigint)
        AND o.transaction_id < pg_snapshot_xmax(pg_current_snapshot())
), fresh AS MATERIALIZED (
    SELECT DISTINCT subject, number
    FROM above
    WHERE $4::text IS NULL OR NOT pg_visible_in_snapshot(transaction_id, $4::text::pg_snapshot)
)
SELECT
    pg_current_snapshot()::text AS snapshot,
    pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
    EXISTS (SELECT FROM above WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())) AS mark_can_move,
    array(SELECT number FROM fresh WHERE subject = 'person') AS persons,
    array(SELECT number FROM fresh WHERE subject = 'household') AS households

-- name: households_of
-- A row of F6 shows the head's name, so that a touched person touches the household, the one before a move too.
SELECT array(
    SELECT k.household_number FROM issuance.resident_key AS k WHERE k.municipality_code = $1 AND k.person_number = ANY ($2::text[])
    UNION
    SELECT s.household_number FROM registry.issuance_source AS s WHERE s.municipality_code = $1 AND s.person_number = ANY ($2::text[])
)

-- name: members_of
-- Whoever joins a household is touched by the event, so that F6 itself knows all the others; but not those set aside.
SELECT array(
    SELECT k.person_number FROM issuance.resident_key AS k WHERE k.municipality_code = $1 AND k.household_number = ANY ($2::text[])
    UNION
    SELECT s.person_number
    FROM registry.issuance_source AS s
    WHERE s.municipality_code = $1 AND s.household_number = ANY ($2::text[]) AND s.person_number = ANY (array(
        SELECT held.person_number FROM issuance.person_held_back AS held WHERE held.municipality_code = $1 AND held.cause = 'projection'
    ))
)

-- name: join_by
-- 'off' for many persons: the planner does not know how many a parameter or a WITH holds, and a nested loop over them
-- would take minutes. 'on' for a family, where anything else would read the whole city.
SELECT set_config('enable_nestloop', $1, true)

-- name: apply
-- One statement, one snapshot: the sequences on the key are those of the very row whose content is written beside them.
-- A row is written only where something differs, so that a delivery repeated changes nothing; a sequence never falls.
WITH source AS MATERIALIZED (
    SELECT
        s.person_number, s.person_sequence, s.household_number, s.household_sequence, s.member_order, s.is_head, s.head_name,
        s.name, s.furigana, s.former_surname, s.former_surname_furigana, s.alias, s.alias_furigana, s.birth_on, s.birth_text, s.sex,
        s.relationship, s.domicile, s.first_registrant, s.resident_since_on, s.resident_since_text, s.address, s.address_since_on,
        s.address_since_text, s.address_notified_on, s.address_before_move_in, s.address_before_move, s.nationality,
        s.foreign_resident_since_on, s.foreign_resident_since_text, s.article_30_45_category, s.residence_status, s.residence_period,
        s.residence_expires_on, s.residence_card_number, s.my_number_sealed, s.my_number_key_version, s.my_number_index,
        s.planned_move_out_on
    FROM registry.issuance_source AS s
    WHERE s.municipality_code = $1 AND s.person_number = ANY ($2::text[])
), newest AS MATERIALIZED (
    SELECT s.*
    FROM source AS s
    LEFT JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = s.person_number
    WHERE k.person_number IS NULL
        OR k.person_sequence <= s.person_sequence
            AND (k.household_number <> s.household_number OR k.household_sequence <= s.household_sequence)
), record AS (
    INSERT INTO issuance.resident_record AS old (
        municipality_code, person_number, name, birth_on, birth_text, sex, head_name, relationship, domicile, first_registrant,
        resident_since_on, resident_since_text, address, address_since_on, address_since_text, address_notified_on,
        previous_address, nationality, foreign_resident_since_on, foreign_resident_since_text, article_30_45, alias,
        my_number_sealed, my_number_key_version, my_number_index
    )
    SELECT
        $1, person_number, name, birth_on, birth_text, sex, head_name, relationship, domicile, first_registrant,
        resident_since_on, resident_since_text, address, address_since_on, address_since_text, address_notified_on,
        address_before_move_in, nationality, foreign_resident_since_on, foreign_resident_since_text,
        CASE WHEN article_30_45_category IS NOT NULL THEN jsonb_build_object(
            'category', article_30_45_category, 'status', residence_status, 'period', residence_period,
            'expires_on', residence_expires_on, 'card_number', residence_card_number
        ) END,
        alias, my_number_sealed, my_number_key_version, my_number_index
    FROM newest
    ON CONFLICT (municipality_code, person_number) DO UPDATE SET
        name = excluded.name, birth_on = excluded.birth_on, birth_text = excluded.birth_text, sex = excluded.sex,
        head_name = excluded.head_name, relationship = excluded.relationship, domicile = excluded.domicile,
        first_registrant = excluded.first_registrant, resident_since_on = excluded.resident_since_on,
        resident_since_text = excluded.resident_since_text, address = excluded.address,
        address_since_on = excluded.address_since_on, address_since_text = excluded.address_since_text,
        address_notified_on = excluded.address_notified_on, previous_address = excluded.previous_address,
        nationality = excluded.nationality, foreign_resident_since_on = excluded.foreign_resident_since_on,
        foreign_resident_since_text = excluded.foreign_resident_since_text, article_30_45 = excluded.article_30_45,
        alias = excluded.alias, my_number_sealed = excluded.my_number_sealed,
        my_number_key_version = excluded.my_number_key_version, my_number_index = excluded.my_number_index
    WHERE old.* IS DISTINCT FROM excluded.*
    RETURNING old.person_number
), extension AS (
    INSERT INTO issuance.resident_record_extension AS old (
        municipality_code, person_number, furigana, former_surname, former_surname_furigana, alias_furigana, address_before_move
    )
    SELECT $1, person_number, furigana, former_surname, former_surname_furigana, alias_furigana, address_before_move
    FROM newest
    ON CONFLICT (municipality_code, person_number) DO UPDATE SET
        furigana = excluded.furigana, former_surname = excluded.former_surname,
        former_surname_furigana = excluded.former_surname_furigana, alias_furigana = excluded.alias_furigana,
        address_before_move = excluded.address_before_move
    WHERE old.* IS DISTINCT FROM excluded.*
    RETURNING old.person_number
), key AS (
    INSERT INTO issuance.resident_key AS old (
        municipality_code, person_number, household_number, member_order, is_head, planned_move_out_on, person_sequence,
        household_sequence, projected_at
    )
    SELECT
        $1, person_number, household_number, member_order, is_head, planned_move_out_on, person_sequence, household_sequence, $3
    FROM newest
    ON CONFLICT (municipality_code, person_number) DO UPDATE SET
        household_number = excluded.household_number, member_order = excluded.member_order, is_head = excluded.is_head,
        planned_move_out_on = excluded.planned_move_out_on, person_sequence = excluded.person_sequence,
        household_sequence = excluded.household_sequence, projected_at = excluded.projected_at
    WHERE (old.household_number, old.member_order, old.is_head, old.planned_move_out_on, old.person_sequence, old.household_sequence)
        IS DISTINCT FROM (
            excluded.household_number, excluded.member_order, excluded.is_head, excluded.planned_move_out_on,
            excluded.person_sequence, excluded.household_sequence
        )
    RETURNING old.person_number
), protection AS MATERIALIZED (
    SELECT s.person_number, s.suppressed
    FROM registry.suppression_source AS s
    WHERE s.municipality_code = $1 AND s.person_number = ANY ($2::text[])
), suppressed AS (
    INSERT INTO issuance.suppression (municipality_code, person_number, source, since)
    SELECT $1, person_number, 'registry', $3 FROM protection WHERE suppressed
    ON CONFLICT (municipality_code, person_number, source) DO NOTHING
    RETURNING person_number
), lifted AS (
    DELETE FROM issuance.suppression AS old
    USING protection
    WHERE old.municipality_code = $1 AND old.source = 'registry' AND old.person_number = protection.person_number
        AND NOT protection.suppressed
    RETURNING old.person_number
), gone AS (
    DELETE FROM issuance.resident_record AS old
    WHERE old.municipality_code = $1 AND old.person_number = ANY ($2::text[])
        AND NOT EXISTS (SELECT FROM source WHERE source.person_number = old.person_number)
    RETURNING old.person_number
), released AS (
    DELETE FROM issuance.person_held_back AS old
    WHERE old.municipality_code = $1 AND old.cause = 'projection' AND old.person_number = ANY ($2::text[])
    RETURNING old.person_number
), changed AS (
    SELECT person_number FROM record
    UNION SELECT person_number FROM extension
    UNION SELECT person_number FROM key
    UNION SELECT person_number FROM suppressed
    UNION SELECT person_number FROM lifted
)
SELECT (SELECT count(*) FROM changed) AS changed, (SELECT count(*) FROM gone) AS removed

-- name: hold_back
-- The item is the column or the constraint, never the value.
INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item, since)
VALUES ($1, $2, 'projection', $3, $4)
ON CONFLICT (municipality_code, person_number, cause, item) DO NOTHING

-- name: set_mark
-- Everything below this transaction id has been applied. Batches take turns, so the horizon never goes back on one server.
INSERT INTO issuance.projection_position (municipality_code, consumer, transaction_id, outbox_id, moved_at)
VALUES ($1, 'issuance', $2::text::xid8, 0, $3)
ON CONFLICT (municipality_code, consumer) DO UPDATE SET
    transaction_id = excluded.transaction_id, outbox_id = excluded.outbox_id, moved_at = excluded.moved_at

-- name: everyone
-- Whom a rebuild projects: everyone in the register, and whoever is protected though no longer in it.
SELECT coalesce(array_agg(everyone.person_number ORDER BY everyone.person_number), '{}')
FROM (
    SELECT s.person_number FROM registry.issuance_source AS s WHERE s.municipality_code = $1
    UNION
    SELECT p.person_number FROM registry.suppression_source AS p WHERE p.municipality_code = $1 AND p.suppressed
) AS everyone

-- name: empty_records
-- Extension and key go with their record. Residents that come in files are not the registry's to make anew.
DELETE FROM issuance.resident_record
WHERE municipality_code = $1 AND NOT EXISTS (SELECT FROM issuance.source AS s WHERE s.municipality_code = $1 AND s.source = 'resident')

-- name: empty_holds
-- Whoever still cannot be projected is set aside again by the rebuild.
DELETE FROM issuance.person_held_back
WHERE municipality_code = $1 AND cause = 'projection'
    AND NOT EXISTS (SELECT FROM issuance.source AS s WHERE s.municipality_code = $1 AND s.source = 'resident')

-- name: forget
-- What stands here of these persons, to be made anew in the same transaction.
DELETE FROM issuance.resident_record WHERE municipality_code = $1 AND person_number = ANY ($2::text[])

-- name: forget_protection
-- As `forget`: the register says who is protected.
DELETE FROM issuance.suppression WHERE municipality_code = $1 AND person_number = ANY ($2::text[]) AND source = 'registry'
