-- name: settle
-- Planned anew for what is asked, by keys, and without compiling: a search is over before that would pay.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)

-- name: found
-- Persons who have a row of which everything asked is true: $2 items with what they begin with ($3) or lie between ($3, $4); $5 how
-- many items these are. NULL of $6 to $12 is not asked. The keys find, the row itself decides; $15 at most.
WITH asked AS MATERIALIZED (
    SELECT t.item, t.low, coalesce(t.last, t.low || chr(1114111)) AS high
    FROM (
        SELECT a.item, a.last, CASE
            WHEN a.item IN ('name', 'first_registrant') THEN registry.name_key(a.typed)
            WHEN a.item = 'kana' THEN registry.kana_key(a.typed)
            WHEN a.item IN ('address', 'building') THEN registry.place_key(a.typed)
            ELSE a.typed
        END AS low
        FROM unnest($2::text[], $3::text[], $4::text[]) AS a (item, typed, last)
    ) AS t
    WHERE t.low <> ''
),
candidates AS (
    SELECT f.person_number, min(f.key) FILTER (WHERE f.item = 'kana') AS kana
    FROM (
        SELECT a.item, k.key, k.person_number
        FROM asked AS a
        JOIN registry.search_key AS k ON k.municipality_code = $1 AND k.item = a.item AND k.key >= a.low AND k.key <= a.high
        UNION ALL
        SELECT 'birth', NULL, u.person_number FROM registry.uncertain_birth AS u
        WHERE u.municipality_code = $1 AND u.first_on <= $7 AND u.last_on >= $6
        UNION ALL
        SELECT 'person', NULL, p.person_number FROM registry.person AS p WHERE p.municipality_code = $1 AND p.person_number = $8
    ) AS f
    GROUP BY f.person_number
    HAVING count(DISTINCT f.item) = $5
    ORDER BY kana NULLS LAST, f.person_number
)
SELECT c.person_number, m.history_number, m.name, m.address
FROM candidates AS c
JOIN registry.person AS p ON p.municipality_code = $1 AND p.person_number = c.person_number
CROSS JOIN LATERAL (
    SELECT h.history_number, h.name, concat_ws('　', h.address, h.building) AS address
    FROM registry.whole_history AS h
    WHERE h.municipality_code = $1 AND h.person_number = c.person_number AND ($13 OR h.history_number = p.last_sequence)
        AND ($9::smallint IS NULL OR h.sex = $9)
        AND ($10::boolean IS NULL OR (h.nationality IS NOT NULL) = $10)
        AND ($11::text IS NULL OR EXISTS (
            SELECT FROM unnest(ARRAY[h.furigana, h.alias_furigana, h.former_surname_furigana]) AS kana
            WHERE starts_with(registry.exact_kana(kana), registry.exact_kana($11))
        ))
        AND ($12::text IS NULL OR NOT EXISTS (
            SELECT FROM jsonb_each_text($12::jsonb) AS w
            WHERE ((to_jsonb(h) || coalesce(to_jsonb(h.further), '{}')) ->> w.key) IS DISTINCT FROM w.value
        ))
        -- Whoever has one row only has all their keys from it.
        AND (p.last_sequence = 1 OR NOT EXISTS (
            SELECT FROM (SELECT DISTINCT item FROM asked) AS one
            WHERE NOT EXISTS (
                SELECT FROM registry.search_keys_of(ROW(h.*)::registry.person_history) AS k
                JOIN asked AS a ON a.item = k.item AND k.key >= a.low AND k.key <= a.high
                WHERE k.item = one.item
            ) AND NOT (one.item = 'birth' AND EXISTS (
                SELECT FROM registry.uncertain_birth AS u
                WHERE u.municipality_code = $1 AND u.person_number = h.person_number AND u.history_number = h.history_number
                    AND u.first_on <= $7 AND u.last_on >= $6
            ))
        ))
    ORDER BY h.history_number DESC
    LIMIT 1
) AS m
WHERE $14 OR p.in_register
ORDER BY c.kana NULLS LAST, c.person_number
LIMIT $15

-- name: insert_uncertain_births
-- Beside the row, for the search: which days a text can mean.
INSERT INTO registry.uncertain_birth (municipality_code, person_number, history_number, first_on, last_on)
SELECT $1, u.person_number, u.history_number, u.first_on, u.last_on
FROM unnest($2::text[], $3::integer[], $4::date[], $5::date[]) AS u (person_number, history_number, first_on, last_on)
ON CONFLICT DO NOTHING

-- name: history
-- Every row of a person with the event that wrote it, oldest first.
SELECT
    h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.resident_code, h.my_number_sealed,
    h.my_number_key_version, h.my_number_index, h.name, h.furigana, h.former_surname, h.former_surname_furigana,
    h.alias, h.alias_furigana, h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.postal_code, h.address, h.building, h.address_before_move_in, h.address_before_move, h.nationality,
    h.foreign_resident_since_on, h.foreign_resident_since_text, h.article_30_45_category, h.residence_status,
    h.residence_period, h.residence_expires_on, h.residence_card_number, h.planned_move_out_on, h.move_out_address,
    h.removed_on, h.removed_text, h.removal_reason, h.suppressed, h.suppression_reason, h.suppressed_from,
    h.suppressed_until, jsonb_strip_nulls(to_jsonb(h.further))::text AS further,
    e.kind AS event_kind, e.occurred_on AS event_occurred_on, e.occurred_text AS event_occurred_text,
    e.notified_on AS event_notified_on, e.recorded_at AS event_recorded_at, e.operator AS event_operator,
    e.decided_by AS event_decided_by, e.place AS event_place, e.note AS event_note,
    (
        SELECT c.event_id FROM registry.event AS c
        WHERE c.municipality_code = e.municipality_code AND c.reverses_event_id = e.event_id
    ) AS event_cancelled_by
FROM registry.whole_history AS h
JOIN registry.event AS e ON e.municipality_code = h.municipality_code AND e.event_id = h.event_id
WHERE h.municipality_code = $1 AND h.person_number = $2
ORDER BY h.history_number

-- name: insert_inquiry
-- Who asks, before anything is shown.
INSERT INTO registry.inquiry (municipality_code, asked_at, staff, purpose, terminal, what, items, refused)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING inquiry_id

-- name: insert_seen
-- Whom they are shown.
INSERT INTO registry.inquiry_seen (municipality_code, inquiry_id, person_number, my_number_seen)
SELECT $1, $2, s.person_number, $4 FROM unnest($3::text[]) AS s (person_number)
ON CONFLICT DO NOTHING

-- name: who_looked
-- Who was shown a person, newest first.
SELECT i.asked_at, i.staff, i.purpose, i.terminal, i.what, s.my_number_seen
FROM registry.inquiry_seen AS s
JOIN registry.inquiry AS i ON i.municipality_code = s.municipality_code AND i.inquiry_id = s.inquiry_id
WHERE s.municipality_code = $1 AND s.person_number = $2
ORDER BY i.inquiry_id DESC

-- name: ever_in_household
-- Whoever was a member at any time.
SELECT person_number FROM registry.search_key WHERE municipality_code = $1 AND item = 'household' AND key = $2
