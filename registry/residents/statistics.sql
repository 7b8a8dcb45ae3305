-- name: population
-- Who was a resident as the day $3 began ($2 is the last instant before it), counted by town, sex, age and nationality; an uncertain birth
-- comes as it is recorded, with no age.
SELECT c.town, c.nationality, c.sex, c.age, c.birth_on, c.birth_text, count(*) AS persons
FROM (
    SELECT
        registry.town_of(n.address) AS town,
        n.nationality, n.sex,
        CASE WHEN n.birth_text IS NULL THEN
            extract(year FROM $3::date)::integer - extract(year FROM n.birth_on)::integer
            - (to_char($3::date, 'MMDD') < to_char(n.birth_on, 'MMDD'))::integer
        END AS age,
        CASE WHEN n.birth_text IS NOT NULL THEN n.birth_on END AS birth_on, n.birth_text
    FROM registry.persons_as_of($1, $2, NULL) AS n
    WHERE n.state <> 'removed'
) AS c
GROUP BY c.town, c.nationality, c.sex, c.age, c.birth_on, c.birth_text

-- name: households
-- The households there were at that instant, by town and by whether Japanese, foreigners or both live in them.
SELECT
    k.town, count(*) FILTER (WHERE NOT k.has_foreign) AS japanese, count(*) FILTER (WHERE NOT k.has_japanese) AS foreign,
    count(*) FILTER (WHERE k.has_foreign AND k.has_japanese) AS mixed
FROM (
    SELECT
        min(registry.town_of(n.address)) AS town,
        bool_or(n.nationality IS NOT NULL) AS has_foreign, bool_or(n.nationality IS NULL) AS has_japanese
    FROM registry.persons_as_of($1, $2, NULL) AS n
    WHERE n.state <> 'removed'
    GROUP BY n.household_number
) AS k
GROUP BY k.town

-- name: movements
-- Everybody whom an event recorded from $2 to before $3 put among the residents, took from them, or made another sort of them
-- (Japanese or foreign, sex): as they were before the event and after it, so that the two rows of a pair are one step.
-- $4 is the pattern of a prefecture.
WITH touched AS (
    SELECT DISTINCT h.person_number
    FROM registry.event AS e
    JOIN registry.whole_history AS h ON h.municipality_code = e.municipality_code AND h.event_id = e.event_id
    WHERE e.municipality_code = $1 AND e.recorded_at >= $2 AND e.recorded_at < $3
),
rows_of_touched AS (
    SELECT
        h.person_number, h.history_number, h.event_id, e.kind, e.recorded_at, h.state <> 'removed' AS is_in,
        h.nationality IS NOT NULL AS is_foreign, h.sex, h.address_before_move_in AS origin,
        (h.further).move_in_municipality AS from_municipality,
        coalesce((h.further).settled_municipality, (h.further).move_out_municipality) AS to_municipality,
        coalesce(
            substring((h.further).settled_address from $4), substring((h.further).settled_municipality from $4),
            substring(h.move_out_address from $4), substring((h.further).move_out_municipality from $4)
        ) AS destination
    FROM touched AS t
    JOIN registry.whole_history AS h ON h.municipality_code = $1 AND h.person_number = t.person_number
    JOIN registry.event AS e ON e.municipality_code = h.municipality_code AND e.event_id = h.event_id
),
last_rows AS (
    SELECT DISTINCT ON (r.person_number, r.event_id)
        r.person_number, r.history_number, r.kind, r.recorded_at, r.is_in, r.is_foreign, r.sex, r.origin, r.destination,
        r.from_municipality, r.to_municipality
    FROM rows_of_touched AS r
    ORDER BY r.person_number, r.event_id, r.history_number DESC
),
steps AS (
    SELECT
        r.person_number, r.history_number, r.kind, r.recorded_at, r.is_in, r.is_foreign, r.sex, r.origin, r.destination,
        r.from_municipality, r.to_municipality,
        lag(r.is_in, 1, false) OVER w AS was_in, lag(r.is_foreign) OVER w AS was_foreign, lag(r.sex) OVER w AS was_sex,
        count(*) FILTER (WHERE r.kind IN ('OU1', 'OU2', 'OU3')) OVER w AS plans
    FROM last_rows AS r
    WINDOW w AS (PARTITION BY r.person_number ORDER BY r.history_number)
),
planned AS (
    SELECT
        s.kind, s.recorded_at, s.is_in, s.is_foreign, s.sex, s.origin, s.destination, s.from_municipality, s.to_municipality, s.was_in, s.was_foreign, s.was_sex,
        first_value(s.kind) OVER (PARTITION BY s.person_number, s.plans ORDER BY s.history_number) AS plan
    FROM steps AS s
)
SELECT
    p.kind, p.plan = 'OU3' AS is_abroad, coalesce(p.origin = '不明', false) AS is_from_nowhere,
    substring(p.origin from $4) AS origin, p.destination, p.from_municipality, p.to_municipality, p.was_in, p.was_foreign, p.was_sex, p.is_in, p.is_foreign, p.sex,
    count(*) AS persons
FROM planned AS p
WHERE p.recorded_at >= $2 AND p.recorded_at < $3
    AND (p.is_in <> p.was_in OR (p.is_in AND (p.is_foreign <> p.was_foreign OR p.sex <> p.was_sex)))
GROUP BY
    p.kind, p.plan, p.origin, p.destination, p.from_municipality, p.to_municipality, p.was_in, p.was_foreign, p.was_sex, p.is_in, p.is_foreign, p.sex
