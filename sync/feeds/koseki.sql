-- The koseki register: what a file of it says, and what it changes.

-- name: receive
-- Where the records of one file stand until it is known to be whole. differs: set by `affected`.
CREATE TEMPORARY TABLE fed_record (
    line integer NOT NULL,
    action text NOT NULL,
    koseki_number text NOT NULL,
    domicile text,
    first_registrant text,
    pending_since timestamptz,
    members jsonb,
    items jsonb,
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
JOIN issuance.koseki AS k ON k.municipality_code = $1 AND k.koseki_number = a.record_key

-- name: count
-- How many we hold.
SELECT count(*) FROM issuance.koseki WHERE municipality_code = $1

-- name: affected
-- Which the file changes, one row for each; of a full file ($2) also what is no longer in it. Read before the locks: files take turns, and
-- nobody else writes them.
WITH compared AS (
    UPDATE pg_temp.fed_record AS f
    SET differs = f.action = 'delete' OR NOT EXISTS (
        SELECT FROM issuance.koseki AS k
        WHERE k.municipality_code = $1 AND k.koseki_number = f.koseki_number
            AND (k.domicile, k.first_registrant, k.pending_since) IS NOT DISTINCT FROM (f.domicile, f.first_registrant, f.pending_since)
            AND f.members = issuance.koseki_members($1, f.koseki_number)
            AND f.items = issuance.koseki_items($1, f.koseki_number)
    )
    RETURNING f.koseki_number, f.action, f.differs
)
INSERT INTO pg_temp.fed_change (number, change)
SELECT c.koseki_number, CASE WHEN c.action = 'delete' THEN 'removed' WHEN k.koseki_number IS NULL THEN 'added' ELSE 'changed' END
FROM compared AS c
LEFT JOIN issuance.koseki AS k ON k.municipality_code = $1 AND k.koseki_number = c.koseki_number
WHERE c.differs
UNION ALL
SELECT k.koseki_number, 'removed' FROM issuance.koseki AS k
WHERE $2 AND k.municipality_code = $1 AND NOT EXISTS (SELECT FROM pg_temp.fed_record AS f WHERE f.koseki_number = k.koseki_number)

-- name: faults
-- The first record that does not fit the others, or what we have: then something before it was lost.
WITH told AS (
    SELECT f.line, f.koseki_number, m.koseki_person_number, m.person_number
    FROM pg_temp.fed_record AS f
    CROSS JOIN LATERAL jsonb_to_recordset(f.members) AS m (koseki_person_number text, person_number text, removed boolean)
    WHERE NOT m.removed
), held AS (
    SELECT m.koseki_number, m.koseki_person_number, m.person_number
    FROM told
    JOIN issuance.koseki_member AS m
        ON m.municipality_code = $1 AND m.koseki_person_number = told.koseki_person_number AND NOT m.removed
    UNION
    SELECT m.koseki_number, m.koseki_person_number, m.person_number
    FROM told
    JOIN issuance.koseki_member AS m ON m.municipality_code = $1 AND m.person_number = told.person_number AND NOT m.removed
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
        SELECT FROM issuance.koseki AS k WHERE k.municipality_code = $1 AND k.koseki_number = f.koseki_number
    ) AND NOT EXISTS (
        SELECT FROM issuance.feed_set_aside AS a
        WHERE a.municipality_code = $1 AND a.source = 'koseki' AND a.record_key = f.koseki_number
    )
) AS f
ORDER BY f.line, f.item
LIMIT 1

-- name: remove
-- Deleted, changed (it comes again below), or no longer in a full file ($2).
DELETE FROM issuance.koseki AS k
WHERE k.municipality_code = $1 AND CASE WHEN $2 THEN NOT EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.koseki_number = k.koseki_number AND NOT f.differs
    ) ELSE EXISTS (
        SELECT FROM pg_temp.fed_record AS f WHERE f.koseki_number = k.koseki_number AND f.differs
    ) END

-- name: add
-- What is new or changed.
INSERT INTO issuance.koseki (municipality_code, koseki_number, domicile, first_registrant, pending_since, fed_at)
SELECT $1, f.koseki_number, f.domicile, f.first_registrant, f.pending_since, $2
FROM pg_temp.fed_record AS f
WHERE f.differs AND f.action = 'set'

-- name: add_members
-- Everyone in it, in order.
INSERT INTO issuance.koseki_member (
    municipality_code, koseki_number, position, koseki_person_number, person_number, surname, given_name, given_name_furigana, birth_on,
    birth_text, spouse_kind, father, mother, adoptive_father, adoptive_mother, relationship, removed
)
SELECT $1, f.koseki_number, m.position, m.told ->> 'koseki_person_number', m.told ->> 'person_number', m.told ->> 'surname',
    m.told ->> 'given_name', m.told ->> 'given_name_furigana', (m.told ->> 'birth_on')::date, m.told ->> 'birth_text',
    m.told ->> 'spouse_kind', m.told ->> 'father', m.told ->> 'mother', m.told ->> 'adoptive_father', m.told ->> 'adoptive_mother',
    m.told ->> 'relationship', (m.told ->> 'removed')::boolean
FROM pg_temp.fed_record AS f
CROSS JOIN LATERAL jsonb_array_elements(f.members) WITH ORDINALITY AS m (told, position)
WHERE f.differs AND f.action = 'set'

-- name: add_items
-- Its items, in order.
INSERT INTO issuance.koseki_item (municipality_code, koseki_number, item_number, member_position, heading)
SELECT $1, f.koseki_number, i.item_number, (i.told ->> 'member')::smallint, i.told ->> 'heading'
FROM pg_temp.fed_record AS f
CROSS JOIN LATERAL jsonb_array_elements(f.items) WITH ORDINALITY AS i (told, item_number)
WHERE f.differs AND f.action = 'set'

-- name: add_paragraphs
-- The lines of its items, in order.
INSERT INTO issuance.koseki_paragraph (municipality_code, koseki_number, item_number, paragraph_number, label, content)
SELECT $1, f.koseki_number, i.item_number, p.paragraph_number, p.told ->> 'label', p.told ->> 'content'
FROM pg_temp.fed_record AS f
CROSS JOIN LATERAL jsonb_array_elements(f.items) WITH ORDINALITY AS i (told, item_number)
CROSS JOIN LATERAL jsonb_array_elements(i.told -> 'paragraphs') WITH ORDINALITY AS p (told, paragraph_number)
WHERE f.differs AND f.action = 'set'

-- name: held
-- What we hold of each koseki, as the source digests it: the items of each of its lines, behind D each line with its letter.
-- An instant is in UTC, such as 2026-11-23T03:00:00Z.
SELECT k.koseki_number, ARRAY[
    k.domicile, k.first_registrant, coalesce(to_char(k.pending_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
] || array(
    SELECT t.text
    FROM issuance.koseki_member AS m
    CROSS JOIN LATERAL unnest(ARRAY[
        'M', m.koseki_person_number, m.person_number, m.surname, m.given_name, m.given_name_furigana, m.birth_on::text, m.birth_text,
        m.spouse_kind, m.father, m.mother, m.adoptive_father, m.adoptive_mother, m.relationship, m.removed::integer::text
    ]) WITH ORDINALITY AS told (item, place)
    CROSS JOIN LATERAL coalesce(told.item, '') AS t (text)
    WHERE m.municipality_code = $1 AND m.koseki_number = k.koseki_number
    ORDER BY m.position, told.place
) || array(
    SELECT t.text
    FROM (
        SELECT i.item_number, 0 AS paragraph_number, ARRAY['I', coalesce(i.member_position::text, ''), i.heading] AS texts
        FROM issuance.koseki_item AS i
        WHERE i.municipality_code = $1 AND i.koseki_number = k.koseki_number
        UNION ALL
        SELECT p.item_number, p.paragraph_number, ARRAY['P', p.label, p.content]
        FROM issuance.koseki_paragraph AS p
        WHERE p.municipality_code = $1 AND p.koseki_number = k.koseki_number
    ) AS line
    CROSS JOIN LATERAL unnest(line.texts) WITH ORDINALITY AS t (text, place)
    ORDER BY line.item_number, line.paragraph_number, t.place
) AS texts
FROM issuance.koseki AS k
WHERE k.municipality_code = $1
ORDER BY k.koseki_number COLLATE "C"

-- name: told
-- What the file says of each record, in the order in which `issuance.fed_side` gives what we hold; of what it takes away, nothing.
INSERT INTO pg_temp.fed_told (record_key, number, items)
SELECT koseki_number, koseki_number, CASE WHEN action <> 'delete' THEN ARRAY[
        domicile, first_registrant, extract(epoch FROM pending_since)::text, members::text, items::text
    ] END
FROM pg_temp.fed_record
