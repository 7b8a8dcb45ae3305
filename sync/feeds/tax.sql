-- The tax register: what a file of it says, and what it changes.

-- name: receive
-- Where the records of one file stand until it is known to be whole. differs: set by `affected`.
CREATE TEMPORARY TABLE fed_record (
    line integer NOT NULL,
    action text NOT NULL,
    person_number text NOT NULL,
    tax_year smallint NOT NULL,
    name text,
    birth_on date,
    birth_text text,
    address text,
    address_on_january_1 text,
    declared boolean,
    amounts jsonb,
    differs boolean
) ON COMMIT DROP

-- name: keys
-- As the records are named where one is set aside.
INSERT INTO pg_temp.fed_key (line, record_key) SELECT line, person_number || '/' || tax_year FROM pg_temp.fed_record

-- name: withdraw
-- What a difference has unreadable is not issued from as it was: it goes like a deletion.
INSERT INTO pg_temp.fed_record (line, action, person_number, tax_year)
SELECT a.line, 'delete', r.person_number, r.tax_year
FROM pg_temp.fed_aside AS a
JOIN issuance.tax_record AS r
    ON r.municipality_code = $1 AND r.person_number = a.number AND r.person_number || '/' || r.tax_year = a.record_key

-- name: count
-- How many records we hold.
SELECT count(*) FROM issuance.tax_record WHERE municipality_code = $1

-- name: affected
-- Whose records the file changes, one row for each; of a full file ($2) also those that are no longer in it. Read before the locks: files
-- take turns, and nobody else writes records.
WITH compared AS (
    UPDATE pg_temp.fed_record AS f
    SET differs = f.action = 'delete' OR NOT EXISTS (
        SELECT FROM issuance.tax_record AS r
        WHERE r.municipality_code = $1 AND r.person_number = f.person_number AND r.tax_year = f.tax_year
            AND (r.name, r.birth_on, r.birth_text, r.address, r.address_on_january_1, r.declared)
                IS NOT DISTINCT FROM (f.name, f.birth_on, f.birth_text, f.address, f.address_on_january_1, f.declared)
            AND f.amounts = (
                SELECT coalesce(jsonb_object_agg(a.item, a.amount), '{}') FROM issuance.tax_amount AS a
                WHERE a.municipality_code = $1 AND a.person_number = r.person_number AND a.tax_year = r.tax_year
            )
    )
    RETURNING f.person_number, f.tax_year, f.action, f.differs
)
INSERT INTO pg_temp.fed_change (number, change)
SELECT c.person_number, CASE WHEN c.action = 'delete' THEN 'removed' WHEN r.person_number IS NULL THEN 'added' ELSE 'changed' END
FROM compared AS c
LEFT JOIN issuance.tax_record AS r
    ON r.municipality_code = $1 AND r.person_number = c.person_number AND r.tax_year = c.tax_year
WHERE c.differs
UNION ALL
SELECT r.person_number, 'removed' FROM issuance.tax_record AS r
WHERE $2 AND r.municipality_code = $1
    AND NOT EXISTS (SELECT FROM pg_temp.fed_record AS f WHERE f.person_number = r.person_number AND f.tax_year = r.tax_year)

-- name: faults
-- The first record that does not fit the others, or what we have: then something before it was lost.
SELECT f.line, f.item, f.reason
FROM (
    SELECT line, 'tax_year' AS item, 'twice' AS reason
    FROM (SELECT line, row_number() OVER (PARTITION BY person_number, tax_year ORDER BY line) AS nth FROM pg_temp.fed_record) AS each_year
    WHERE nth > 1
    UNION ALL
    SELECT f.line, 'tax_year', 'has none'
    FROM pg_temp.fed_record AS f
    WHERE NOT $2 AND f.action = 'delete' AND NOT EXISTS (
        SELECT FROM issuance.tax_record AS r
        WHERE r.municipality_code = $1 AND r.person_number = f.person_number AND r.tax_year = f.tax_year
    ) AND NOT EXISTS (
        SELECT FROM issuance.feed_set_aside AS a
        WHERE a.municipality_code = $1 AND a.source = 'tax' AND a.record_key = f.person_number || '/' || f.tax_year
    )
) AS f
ORDER BY f.line, f.item
LIMIT 1

-- name: remove
-- Deleted, changed (it comes again below), or no longer in a full file ($2).
DELETE FROM issuance.tax_record AS r
WHERE r.municipality_code = $1 AND CASE WHEN $2 THEN NOT EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.person_number = r.person_number AND f.tax_year = r.tax_year AND NOT f.differs
    ) ELSE EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.person_number = r.person_number AND f.tax_year = r.tax_year AND f.differs
    ) END

-- name: add
-- What is new or changed.
INSERT INTO issuance.tax_record (
    municipality_code, person_number, tax_year, name, birth_on, birth_text, address, address_on_january_1, declared, fed_at
)
SELECT $1, f.person_number, f.tax_year, f.name, f.birth_on, f.birth_text, f.address, f.address_on_january_1, f.declared, $2
FROM pg_temp.fed_record AS f
WHERE f.differs AND f.action = 'set'

-- name: add_amounts
-- The figures of it.
INSERT INTO issuance.tax_amount (municipality_code, person_number, tax_year, item, amount)
SELECT $1, f.person_number, f.tax_year, a.item, a.amount::bigint
FROM pg_temp.fed_record AS f
CROSS JOIN LATERAL jsonb_each_text(f.amounts) AS a (item, amount)
WHERE f.differs AND f.action = 'set'

-- name: held
-- What we hold of each person, as the source digests it: the records by year, each with its figures by item.
SELECT r.person_number, array_agg(t.text ORDER BY r.tax_year, t.place) AS texts
FROM issuance.tax_record AS r
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(a.item || '=' || a.amount, ';' ORDER BY a.item COLLATE "C"), '') AS amounts FROM issuance.tax_amount AS a
    WHERE a.municipality_code = $1 AND a.person_number = r.person_number AND a.tax_year = r.tax_year
) AS figures
CROSS JOIN LATERAL unnest(ARRAY[
    r.tax_year::text, r.name, coalesce(r.birth_on::text, ''), coalesce(r.birth_text, ''), r.address, r.address_on_january_1,
    CASE WHEN r.declared THEN '1' ELSE '0' END, figures.amounts
]) WITH ORDINALITY AS t (text, place)
WHERE r.municipality_code = $1
GROUP BY r.person_number
ORDER BY r.person_number COLLATE "C"

-- name: told
-- What the file says of each record, in the order in which `issuance.fed_side` gives what we hold; of what it takes away, nothing.
INSERT INTO pg_temp.fed_told (record_key, number, items)
SELECT person_number || '/' || tax_year, person_number, CASE WHEN action <> 'delete' THEN ARRAY[
        name, birth_on::text, birth_text, address, address_on_january_1, declared::text, amounts::text
    ] END
FROM pg_temp.fed_record
