-- The 戸籍の附票: what a file of it says, and what it changes.

-- name: receive
-- Where the records of one file stand until it is known to be whole. differs: set by `affected`.
CREATE TEMPORARY TABLE fed_record (
    line integer NOT NULL,
    action text NOT NULL,
    koseki_number text NOT NULL,
    domicile text,
    first_registrant text,
    persons jsonb,
    differs boolean
) ON COMMIT DROP

-- name: keys
-- As the records are named where one is set aside.
INSERT INTO pg_temp.fed_key (line, record_key) SELECT line, koseki_number FROM pg_temp.fed_record

-- name: withdraw
-- What a difference has unreadable is not issued from as it was: it goes like a deletion.
INSERT INTO pg_temp.fed_record (line, action, koseki_number)
SELECT a.line, 'delete', k.koseki_number
FROM pg_temp.fed_aside AS a
JOIN issuance.koseki_supplement AS k ON k.municipality_code = $1 AND k.koseki_number = a.record_key

-- name: count
-- How many we hold.
SELECT count(*) FROM issuance.koseki_supplement WHERE municipality_code = $1

-- name: affected
-- Which the file changes, one row for each; of a full file ($2) also what is no longer in it. Read before the locks: files take turns, and
-- nobody else writes them.
WITH compared AS (
    UPDATE pg_temp.fed_record AS f
    SET differs = f.action = 'delete' OR NOT EXISTS (
        SELECT FROM issuance.koseki_supplement AS k
        WHERE k.municipality_code = $1 AND k.koseki_number = f.koseki_number
            AND (k.domicile, k.first_registrant) = (f.domicile, f.first_registrant)
            AND f.persons = issuance.koseki_supplement_persons($1, f.koseki_number)
    )
    RETURNING f.koseki_number, f.action, f.differs
)
INSERT INTO pg_temp.fed_change (number, change)
SELECT c.koseki_number, CASE WHEN c.action = 'delete' THEN 'removed' WHEN k.koseki_number IS NULL THEN 'added' ELSE 'changed' END
FROM compared AS c
LEFT JOIN issuance.koseki_supplement AS k ON k.municipality_code = $1 AND k.koseki_number = c.koseki_number
WHERE c.differs
UNION ALL
SELECT k.koseki_number, 'removed' FROM issuance.koseki_supplement AS k
WHERE $2 AND k.municipality_code = $1 AND NOT EXISTS (SELECT FROM pg_temp.fed_record AS f WHERE f.koseki_number = k.koseki_number)

-- name: faults
-- The first record that does not fit the others, or what we have: then something before it was lost.
WITH told AS (
    SELECT f.line, f.koseki_number, m.koseki_person_number, m.person_number
    FROM pg_temp.fed_record AS f
    CROSS JOIN LATERAL jsonb_to_recordset(f.persons) AS m (koseki_person_number text, person_number text, removed boolean)
    WHERE NOT m.removed
), held AS (
    SELECT m.koseki_number, m.koseki_person_number, m.person_number
    FROM told
    JOIN issuance.koseki_supplement_person AS m
        ON m.municipality_code = $1 AND m.koseki_person_number = told.koseki_person_number AND NOT m.removed
    UNION
    SELECT m.koseki_number, m.koseki_person_number, m.person_number
    FROM told
    JOIN issuance.koseki_supplement_person AS m ON m.municipality_code = $1 AND m.person_number = told.person_number AND NOT m.removed
), living AS (
    SELECT line, koseki_person_number, person_number FROM told
    UNION ALL
    SELECT NULL, h.koseki_person_number, h.person_number FROM held AS h
    WHERE NOT $2 AND NOT EXISTS (SELECT FROM pg_temp.fed_record AS f WHERE f.koseki_number = h.koseki_number)
)
SELECT f.line, f.item, f.reason
FROM (
    SELECT line, 'koseki_number' AS item, 'twice' AS reason
    FROM (SELECT line, row_number() OVER (PARTITION BY koseki_number ORDER BY line) AS nth FROM pg_temp.fed_record) AS each_number
    WHERE nth > 1
    UNION ALL
    SELECT max(line), 'koseki_person_number', 'in two' FROM living GROUP BY koseki_person_number HAVING count(*) > 1 AND max(line) IS NOT NULL
    UNION ALL
    SELECT max(line), 'person_number', 'in two' FROM living WHERE person_number IS NOT NULL
    GROUP BY person_number HAVING count(*) > 1 AND max(line) IS NOT NULL
    UNION ALL
    SELECT f.line, 'koseki_number', 'has none'
    FROM pg_temp.fed_record AS f
    WHERE NOT $2 AND f.action = 'delete' AND NOT EXISTS (
        SELECT FROM issuance.koseki_supplement AS k WHERE k.municipality_code = $1 AND k.koseki_number = f.koseki_number
    ) AND NOT EXISTS (
        SELECT FROM issuance.feed_set_aside AS a
        WHERE a.municipality_code = $1 AND a.source = 'koseki_supplement' AND a.record_key = f.koseki_number
    )
) AS f
ORDER BY f.line, f.item
LIMIT 1

-- name: remove
-- Deleted, changed (it comes again below), or no longer in a full file ($2).
DELETE FROM issuance.koseki_supplement AS k
WHERE k.municipality_code = $1 AND CASE WHEN $2 THEN NOT EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.koseki_number = k.koseki_number AND NOT f.differs
    ) ELSE EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.koseki_number = k.koseki_number AND f.differs
    ) END

-- name: add
-- What is new or changed.
INSERT INTO issuance.koseki_supplement (municipality_code, koseki_number, domicile, first_registrant, fed_at)
SELECT $1, f.koseki_number, f.domicile, f.first_registrant, $2
FROM pg_temp.fed_record AS f
WHERE f.differs AND f.action = 'set'

-- name: add_persons
-- Everyone in it, in order.
INSERT INTO issuance.koseki_supplement_person (
    municipality_code, koseki_number, position, koseki_person_number, person_number, name, birth_on, birth_text, sex, removed
)
SELECT $1, f.koseki_number, m.position, m.told ->> 'koseki_person_number', m.told ->> 'person_number', m.told ->> 'name',
    (m.told ->> 'birth_on')::date, m.told ->> 'birth_text', (m.told ->> 'sex')::smallint, (m.told ->> 'removed')::boolean
FROM pg_temp.fed_record AS f
CROSS JOIN LATERAL jsonb_array_elements(f.persons) WITH ORDINALITY AS m (told, position)
WHERE f.differs AND f.action = 'set'

-- name: add_addresses
-- Where each has lived, the oldest first.
INSERT INTO issuance.koseki_supplement_address (municipality_code, koseki_number, position, address_number, address, since_on, since_text)
SELECT $1, f.koseki_number, m.position, a.address_number, a.told ->> 'address', (a.told ->> 'since_on')::date, a.told ->> 'since_text'
FROM pg_temp.fed_record AS f
CROSS JOIN LATERAL jsonb_array_elements(f.persons) WITH ORDINALITY AS m (told, position)
CROSS JOIN LATERAL jsonb_array_elements(m.told -> 'addresses') WITH ORDINALITY AS a (told, address_number)
WHERE f.differs AND f.action = 'set'

-- name: held
-- What we hold of each 附票, as the source digests it: the items of each of its lines, behind D each line with its letter.
SELECT s.koseki_number, ARRAY[s.domicile, s.first_registrant] || array(
    SELECT t.text
    FROM (
        SELECT p.position, 0 AS address_number, ARRAY[
            'M', p.koseki_person_number, p.person_number, p.name, p.birth_on::text, p.birth_text, p.sex::text, p.removed::integer::text
        ] AS items
        FROM issuance.koseki_supplement_person AS p
        WHERE p.municipality_code = $1 AND p.koseki_number = s.koseki_number
        UNION ALL
        SELECT a.position, a.address_number, ARRAY['A', a.address, a.since_on::text, a.since_text]
        FROM issuance.koseki_supplement_address AS a
        WHERE a.municipality_code = $1 AND a.koseki_number = s.koseki_number
    ) AS line
    CROSS JOIN LATERAL unnest(line.items) WITH ORDINALITY AS told (item, place)
    CROSS JOIN LATERAL coalesce(told.item, '') AS t (text)
    ORDER BY line.position, line.address_number, told.place
) AS texts
FROM issuance.koseki_supplement AS s
WHERE s.municipality_code = $1
ORDER BY s.koseki_number COLLATE "C"

-- name: told
-- What the file says of each record, in the order in which `issuance.fed_side` gives what we hold; of what it takes away, nothing.
INSERT INTO pg_temp.fed_told (record_key, number, items)
SELECT koseki_number, koseki_number, CASE WHEN action <> 'delete' THEN ARRAY[
        domicile, first_registrant, persons::text
    ] END
FROM pg_temp.fed_record
