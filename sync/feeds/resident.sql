-- The resident register of another system: what a file of it says, and what it changes of the issuance record (F6).
-- Nobody else writes F6 in a city whose residents come in files.

-- name: receive
-- Where the records of one file stand until it is known to be whole, and the households that it touches. differs: set by `affected`.
CREATE TEMPORARY TABLE fed_record (
    line integer NOT NULL,
    action text NOT NULL,
    person_number text NOT NULL,
    household_number text,
    member_order integer,
    is_head boolean,
    name text,
    furigana text,
    former_surname text,
    former_surname_furigana text,
    alias text,
    alias_furigana text,
    birth_on date,
    birth_text text,
    sex smallint,
    relationship text,
    head_name text,
    domicile text,
    first_registrant text,
    resident_since_on date,
    resident_since_text text,
    address text,
    address_since_on date,
    address_since_text text,
    address_notified_on date,
    previous_address text,
    address_before_move text,
    nationality text,
    foreign_resident_since_on date,
    foreign_resident_since_text text,
    article_30_45 jsonb,
    planned_move_out_on date,
    suppressed boolean,
    differs boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE fed_household (household_number text PRIMARY KEY) ON COMMIT DROP

-- name: keys
-- As the records are named where one is set aside; whoever is sound now is so in whatever household they were set aside.
INSERT INTO pg_temp.fed_key (line, record_key)
SELECT line, household_number || '/' || person_number FROM pg_temp.fed_record WHERE action = 'set'
UNION
SELECT f.line, s.record_key
FROM pg_temp.fed_record AS f
JOIN issuance.feed_set_aside AS s
    ON s.municipality_code = shared.city() AND s.source = 'resident' AND split_part(s.record_key, '/', 2) = f.person_number

-- name: count
-- How many residents we hold.
SELECT count(*) FROM issuance.resident_record WHERE municipality_code = $1

-- name: affected
-- Whom the file changes, one row for each; of a full file ($2) also those that are no longer in it, but for those that it has unreadable:
-- their records stay, and are held back. 'beside' are the others of the households touched, whose locks are taken too.
-- Read before the locks: files take turns, and nobody else writes them.
WITH compared AS (
    UPDATE pg_temp.fed_record AS f
    SET differs = f.action = 'delete' OR NOT EXISTS (
        SELECT FROM issuance.resident_record AS r
        JOIN issuance.resident_record_extension AS e ON e.municipality_code = r.municipality_code AND e.person_number = r.person_number
        JOIN issuance.resident_key AS k ON k.municipality_code = r.municipality_code AND k.person_number = r.person_number
        WHERE r.municipality_code = $1 AND r.person_number = f.person_number
            AND f.suppressed = EXISTS (
                SELECT FROM issuance.suppression AS s
                WHERE s.municipality_code = $1 AND s.person_number = f.person_number AND s.source = 'feed'
            )
            AND (
                r.name, r.birth_on, r.birth_text, r.sex, r.head_name, r.relationship, r.domicile, r.first_registrant, r.resident_since_on,
                r.resident_since_text, r.address, r.address_since_on, r.address_since_text, r.address_notified_on, r.previous_address,
                r.nationality, r.foreign_resident_since_on, r.foreign_resident_since_text, r.alias, r.article_30_45, e.furigana,
                e.former_surname, e.former_surname_furigana, e.alias_furigana, e.address_before_move, k.household_number, k.member_order,
                k.is_head, k.planned_move_out_on
            ) IS NOT DISTINCT FROM (
                f.name, f.birth_on, f.birth_text, f.sex, f.head_name, f.relationship, f.domicile, f.first_registrant, f.resident_since_on,
                f.resident_since_text, f.address, f.address_since_on, f.address_since_text, f.address_notified_on, f.previous_address,
                f.nationality, f.foreign_resident_since_on, f.foreign_resident_since_text, f.alias, f.article_30_45, f.furigana,
                f.former_surname, f.former_surname_furigana, f.alias_furigana, f.address_before_move, f.household_number, f.member_order,
                f.is_head, f.planned_move_out_on
            )
            AND (k.person_sequence, k.household_sequence) = (
                SELECT s.last_sequence, h.last_sequence
                FROM issuance.resident_sequence AS s
                JOIN issuance.household_sequence AS h ON h.municipality_code = $1 AND h.household_number = k.household_number
                WHERE s.municipality_code = $1 AND s.person_number = k.person_number
            )
    )
    RETURNING f.person_number, f.household_number, f.action, f.differs
), change AS (
    SELECT c.person_number, c.household_number,
        CASE WHEN c.action = 'delete' THEN 'removed' WHEN k.person_number IS NULL THEN 'added' ELSE 'changed' END AS change
    FROM compared AS c
    LEFT JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = c.person_number
    WHERE c.differs
    UNION ALL
    SELECT k.person_number, NULL, 'removed'
    FROM issuance.resident_key AS k
    WHERE $2 AND k.municipality_code = $1
        AND NOT EXISTS (SELECT FROM pg_temp.fed_record AS f WHERE f.person_number = k.person_number)
        AND NOT EXISTS (SELECT FROM pg_temp.fed_aside AS a WHERE a.number = k.person_number)
), unread AS (
    SELECT a.record_key FROM pg_temp.fed_aside AS a
    UNION
    SELECT s.record_key FROM issuance.feed_set_aside AS s WHERE s.municipality_code = $1 AND s.source = 'resident'
), touched AS (
    INSERT INTO pg_temp.fed_household (household_number)
    SELECT c.household_number FROM change AS c WHERE c.household_number IS NOT NULL
    UNION
    SELECT k.household_number
    FROM change AS c
    JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = c.person_number
    RETURNING household_number
), locked AS (
    SELECT household_number FROM touched
    UNION
    SELECT split_part(record_key, '/', 1) FROM unread
    UNION
    SELECT k.household_number
    FROM unread AS u
    JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = split_part(u.record_key, '/', 2)
)
INSERT INTO pg_temp.fed_change (number, change)
SELECT person_number, change FROM change
UNION ALL
SELECT k.person_number, 'beside'
FROM locked AS l
JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.household_number = l.household_number

-- name: faults
-- The first record that does not fit the others, or what we have: then something before it was lost.
SELECT f.line, f.item, f.reason
FROM (
    SELECT 1 AS line, 'layout' AS item, 'registry here' AS reason
    WHERE EXISTS (SELECT FROM registry.freshness AS r WHERE r.municipality_code = $1)
    UNION ALL
    SELECT line, 'person_number', 'twice'
    FROM (SELECT line, row_number() OVER (PARTITION BY person_number ORDER BY line) AS nth FROM pg_temp.fed_record) AS each_person
    WHERE nth > 1
    UNION ALL
    SELECT f.line, 'person_number', 'has none'
    FROM pg_temp.fed_record AS f
    WHERE NOT $2 AND f.action = 'delete' AND NOT EXISTS (
        SELECT FROM issuance.resident_key AS k WHERE k.municipality_code = $1 AND k.person_number = f.person_number
    ) AND NOT EXISTS (
        SELECT FROM issuance.feed_set_aside AS s
        WHERE s.municipality_code = $1 AND s.source = 'resident' AND split_part(s.record_key, '/', 2) = f.person_number
    )
) AS f
ORDER BY f.line, f.item
LIMIT 1

-- name: remove
-- Deleted, or no longer in a full file; extension and key go with the record.
DELETE FROM issuance.resident_record AS r
USING pg_temp.fed_change AS c
WHERE r.municipality_code = $1 AND r.person_number = c.number AND c.change = 'removed'

-- name: move
-- The sequences of whom the file changes, and of their households.
SELECT issuance.move_residents(
    $1, array(SELECT number FROM pg_temp.fed_change WHERE change <> 'beside'), array(SELECT household_number FROM pg_temp.fed_household)
)

-- name: put
-- What is new or changed.
INSERT INTO issuance.resident_record (
    municipality_code, person_number,
    name, birth_on, birth_text, sex, head_name, relationship, domicile, first_registrant, resident_since_on, resident_since_text, address,
    address_since_on, address_since_text, address_notified_on, previous_address, nationality, foreign_resident_since_on,
    foreign_resident_since_text, alias, article_30_45
)
SELECT $1, f.person_number,
    f.name, f.birth_on, f.birth_text, f.sex, f.head_name, f.relationship, f.domicile, f.first_registrant, f.resident_since_on,
    f.resident_since_text, f.address, f.address_since_on, f.address_since_text, f.address_notified_on, f.previous_address, f.nationality,
    f.foreign_resident_since_on, f.foreign_resident_since_text, f.alias, f.article_30_45
FROM pg_temp.fed_record AS f
WHERE f.differs AND f.action = 'set'
ON CONFLICT (municipality_code, person_number) DO UPDATE SET
    name = excluded.name, birth_on = excluded.birth_on, birth_text = excluded.birth_text, sex = excluded.sex,
    head_name = excluded.head_name, relationship = excluded.relationship, domicile = excluded.domicile,
    first_registrant = excluded.first_registrant, resident_since_on = excluded.resident_since_on,
    resident_since_text = excluded.resident_since_text, address = excluded.address, address_since_on = excluded.address_since_on,
    address_since_text = excluded.address_since_text, address_notified_on = excluded.address_notified_on,
    previous_address = excluded.previous_address, nationality = excluded.nationality,
    foreign_resident_since_on = excluded.foreign_resident_since_on, foreign_resident_since_text = excluded.foreign_resident_since_text,
    alias = excluded.alias, article_30_45 = excluded.article_30_45

-- name: put_extension
-- What the paper says beside the items of F6.
INSERT INTO issuance.resident_record_extension (municipality_code, person_number, furigana, former_surname, former_surname_furigana, alias_furigana, address_before_move)
SELECT $1, f.person_number, f.furigana, f.former_surname, f.former_surname_furigana, f.alias_furigana, f.address_before_move
FROM pg_temp.fed_record AS f
WHERE f.differs AND f.action = 'set'
ON CONFLICT (municipality_code, person_number) DO UPDATE SET
    furigana = excluded.furigana, former_surname = excluded.former_surname, former_surname_furigana = excluded.former_surname_furigana,
    alias_furigana = excluded.alias_furigana, address_before_move = excluded.address_before_move

-- name: put_key
-- Where they live, and the sequences they are written at.
INSERT INTO issuance.resident_key (
    municipality_code, person_number, household_number, member_order, is_head, planned_move_out_on, person_sequence, household_sequence,
    projected_at
)
SELECT $1, f.person_number, f.household_number, f.member_order, f.is_head, f.planned_move_out_on, p.last_sequence, h.last_sequence, $2
FROM pg_temp.fed_record AS f
JOIN issuance.resident_sequence AS p ON p.municipality_code = $1 AND p.person_number = f.person_number
JOIN issuance.household_sequence AS h ON h.municipality_code = $1 AND h.household_number = f.household_number
WHERE f.differs AND f.action = 'set'
ON CONFLICT (municipality_code, person_number) DO UPDATE SET
    household_number = excluded.household_number, member_order = excluded.member_order, is_head = excluded.is_head,
    planned_move_out_on = excluded.planned_move_out_on, person_sequence = excluded.person_sequence,
    household_sequence = excluded.household_sequence, projected_at = excluded.projected_at

-- name: move_households
-- Whoever lives with somebody who changed is in a household that moved.
UPDATE issuance.resident_key AS k
SET household_sequence = s.last_sequence, projected_at = $2
FROM pg_temp.fed_household AS h
JOIN issuance.household_sequence AS s ON s.household_number = h.household_number
WHERE s.municipality_code = $1 AND k.municipality_code = $1 AND k.household_number = h.household_number
    AND k.household_sequence <> s.last_sequence

-- name: suppress
-- Under a protective measure (支援措置). Leaving the register does not lift it.
INSERT INTO issuance.suppression (municipality_code, person_number, source, since)
SELECT $1, f.person_number, 'feed', $2 FROM pg_temp.fed_record AS f WHERE f.differs AND f.suppressed
ON CONFLICT (municipality_code, person_number, source) DO NOTHING

-- name: lift
-- No longer, as the source says.
DELETE FROM issuance.suppression AS s
USING pg_temp.fed_record AS f
WHERE s.municipality_code = $1 AND s.source = 'feed' AND s.person_number = f.person_number AND f.differs AND NOT f.suppressed

-- name: settle
-- Held back is everybody of a household of which somebody could not be read, where they live and where the file has them, and of one that
-- has not one head, or names two. They are told anew with each file, after what was set aside is known; a household that the file does not
-- touch, and of which nobody is held back, is as it was.
WITH unread AS (
    SELECT split_part(s.record_key, '/', 1) AS household_number, split_part(s.record_key, '/', 2) AS person_number
    FROM issuance.feed_set_aside AS s
    WHERE s.municipality_code = $1 AND s.source = 'resident'
), looked_at AS (
    SELECT f.household_number FROM pg_temp.fed_household AS f
    UNION
    SELECT k.household_number
    FROM issuance.person_held_back AS b
    JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = b.person_number
    WHERE b.municipality_code = $1 AND b.cause = 'projection'
), household AS (
    SELECT u.household_number, 'household_member' AS item FROM unread AS u
    UNION
    SELECT k.household_number, 'household_member'
    FROM unread AS u
    JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = u.person_number
    UNION
    SELECT k.household_number, 'head_name'
    FROM looked_at AS l
    JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.household_number = l.household_number
    JOIN issuance.resident_record AS r ON r.municipality_code = $1 AND r.person_number = k.person_number
    GROUP BY k.household_number
    HAVING count(*) FILTER (WHERE k.is_head) <> 1 OR count(DISTINCT coalesce(r.head_name, '')) > 1
), held AS (
    SELECT k.person_number, h.item
    FROM household AS h
    JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.household_number = h.household_number
), over AS (
    DELETE FROM issuance.person_held_back AS b
    WHERE b.municipality_code = $1 AND b.cause = 'projection'
        AND NOT EXISTS (SELECT FROM held WHERE held.person_number = b.person_number AND held.item = b.item)
)
INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item, since)
SELECT $1, held.person_number, 'projection', held.item, $2 FROM held
ON CONFLICT (municipality_code, person_number, cause, item) DO NOTHING

-- name: held
-- What we hold of each resident, as the source digests it: the items in their order.
SELECT r.person_number, array(
    SELECT coalesce(item, '') FROM unnest(ARRAY[
        k.household_number, k.member_order::text, k.is_head::integer::text, r.name, e.furigana, e.former_surname,
        e.former_surname_furigana, r.alias, e.alias_furigana, r.birth_on::text, r.birth_text, r.sex::text, r.relationship, r.head_name,
        r.domicile, r.first_registrant, r.resident_since_on::text, r.resident_since_text, r.address, r.address_since_on::text,
        r.address_since_text, r.address_notified_on::text, r.previous_address, e.address_before_move, r.nationality,
        r.foreign_resident_since_on::text, r.foreign_resident_since_text, r.article_30_45 ->> 'category', r.article_30_45 ->> 'status',
        r.article_30_45 ->> 'period', r.article_30_45 ->> 'expires_on', r.article_30_45 ->> 'card_number', k.planned_move_out_on::text,
        EXISTS (
            SELECT FROM issuance.suppression AS s
            WHERE s.municipality_code = $1 AND s.person_number = r.person_number AND s.source = 'feed'
        )::integer::text
    ]) WITH ORDINALITY AS told (item, place)
    ORDER BY place
) AS texts
FROM issuance.resident_record AS r
JOIN issuance.resident_record_extension AS e ON e.municipality_code = r.municipality_code AND e.person_number = r.person_number
JOIN issuance.resident_key AS k ON k.municipality_code = r.municipality_code AND k.person_number = r.person_number
WHERE r.municipality_code = $1
ORDER BY r.person_number COLLATE "C"

-- name: told
-- What the file says of each record, in the order in which `issuance.fed_side` gives what we hold; of what it takes away, nothing.
INSERT INTO pg_temp.fed_told (record_key, number, items)
SELECT person_number, person_number, CASE WHEN action <> 'delete' THEN ARRAY[
        household_number, member_order::text, is_head::text, name, furigana, former_surname, former_surname_furigana, alias, alias_furigana,
        birth_on::text, birth_text, sex::text, relationship, head_name, domicile, first_registrant, resident_since_on::text,
        resident_since_text, address, address_since_on::text, address_since_text, address_notified_on::text, previous_address,
        address_before_move, nationality, foreign_resident_since_on::text, foreign_resident_since_text, article_30_45::text,
        planned_move_out_on::text, suppressed::text
    ] END
FROM pg_temp.fed_record
