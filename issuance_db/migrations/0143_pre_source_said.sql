-- What each source of files said last of each of its records, as digests: what we hold is compared with it at any time and for anybody, without a file.
SET LOCAL ROLE issuance_owner;

-- number: under which it is doubted, 宛名番号 or that of a koseki. items: a hash of each item, only to name those that differ. file_number:
-- of the file that said so.
CREATE TABLE issuance.source_said (
    municipality_code text NOT NULL,
    source text NOT NULL CHECK (source ~ '^[a-z_]{1,30}$'),
    record_key text NOT NULL,
    number text NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    items integer[] NOT NULL,
    file_number bigint NOT NULL,
    PRIMARY KEY (municipality_code, source, record_key)
);
CREATE INDEX source_said_number ON issuance.source_said (municipality_code, source, number);
ALTER TABLE issuance.source_said ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.source_said FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.source_said USING (municipality_code = shared.city());
GRANT SELECT, INSERT, UPDATE, DELETE ON issuance.source_said TO sync;
GRANT SELECT ON issuance.source_said TO fsck;

-- said_since: the full file from which on everything the source said is known; before it nothing is compared. whole_at, part_at, next_part: when
-- what was compared last. listed_at: when the source last told of everybody, by a full file or a list; told_unlisted_of: what was alerted of it.
ALTER TABLE issuance.source
    ADD COLUMN said_since timestamptz,
    ADD COLUMN whole_at timestamptz,
    ADD COLUMN part_at timestamptz,
    ADD COLUMN next_part smallint NOT NULL DEFAULT 0,
    ADD COLUMN listed_at timestamptz,
    ADD COLUMN told_unlisted_of timestamptz;
-- Of every city: forced, the rows of none would be seen here.
ALTER TABLE issuance.source NO FORCE ROW LEVEL SECURITY;
UPDATE issuance.source SET listed_at = fed_at;
ALTER TABLE issuance.source FORCE ROW LEVEL SECURITY;
ALTER TABLE issuance.source ALTER COLUMN listed_at SET NOT NULL, ALTER COLUMN listed_at SET DEFAULT clock_timestamp();
GRANT UPDATE (said_since, whole_at, part_at, next_part, listed_at, told_unlisted_of) ON issuance.source TO sync;

-- The other side: what we hold of each record of a source, in the order in which its files say it (`told` in sync/feeds/*.sql). Written
-- a second time here, not shared with what applies a file.
CREATE FUNCTION issuance.fed_side(city text, of_source text) RETURNS TABLE (record_key text, number text, items text[])
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT r.person_number, r.person_number, ARRAY[
        k.household_number, k.member_order::text, k.is_head::text, r.name, e.furigana, e.former_surname, e.former_surname_furigana, r.alias,
        e.alias_furigana, r.birth_on::text, r.birth_text, r.sex::text, r.relationship, r.head_name, r.domicile, r.first_registrant,
        r.resident_since_on::text, r.resident_since_text, r.address, r.address_since_on::text, r.address_since_text,
        r.address_notified_on::text, r.previous_address, e.address_before_move, r.nationality, r.foreign_resident_since_on::text,
        r.foreign_resident_since_text, r.article_30_45::text, k.planned_move_out_on::text,
        EXISTS (
            SELECT FROM issuance.suppression AS p
            WHERE p.municipality_code = city AND p.person_number = r.person_number AND p.source = 'feed'
        )::text
    ]
    FROM issuance.resident_record AS r
    LEFT JOIN issuance.resident_record_extension AS e ON e.municipality_code = r.municipality_code AND e.person_number = r.person_number
    LEFT JOIN issuance.resident_key AS k ON k.municipality_code = r.municipality_code AND k.person_number = r.person_number
    WHERE r.municipality_code = city AND of_source = 'resident'
    UNION ALL
    SELECT s.person_number, s.person_number, ARRAY[
        s.registration_number, s.registered_on::text, s.name, s.birth_on::text, s.birth_text, s.address, encode(s.image_sha256, 'hex')
    ]
    FROM issuance.seal_registration AS s
    WHERE s.municipality_code = city AND of_source = 'seal'
    UNION ALL
    SELECT t.person_number || '/' || t.tax_year, t.person_number, ARRAY[
        t.name, t.birth_on::text, t.birth_text, t.address, t.address_on_january_1, t.declared::text,
        (
            SELECT coalesce(jsonb_object_agg(a.item, a.amount), '{}')::text FROM issuance.tax_amount AS a
            WHERE a.municipality_code = city AND a.person_number = t.person_number AND a.tax_year = t.tax_year
        )
    ]
    FROM issuance.tax_record AS t
    WHERE t.municipality_code = city AND of_source = 'tax'
    UNION ALL
    SELECT d.damage_number, d.person_number, ARRAY[
        d.person_number, d.name, d.birth_on::text, d.birth_text, d.address, d.disaster, d.struck_on::text, d.cause, d.dwelling_address,
        d.degree, extract(epoch FROM d.reassessing_since)::text
    ]
    FROM issuance.disaster_damage AS d
    WHERE d.municipality_code = city AND of_source = 'disaster'
    UNION ALL
    SELECT k.koseki_number, k.koseki_number, ARRAY[
        k.domicile, k.first_registrant, extract(epoch FROM k.pending_since)::text, issuance.koseki_members(city, k.koseki_number)::text,
        issuance.koseki_items(city, k.koseki_number)::text
    ]
    FROM issuance.koseki AS k
    WHERE k.municipality_code = city AND of_source = 'koseki'
    UNION ALL
    SELECT k.koseki_number, k.koseki_number,
        ARRAY[k.domicile, k.first_registrant, issuance.koseki_supplement_persons(city, k.koseki_number)::text]
    FROM issuance.koseki_supplement AS k
    WHERE k.municipality_code = city AND of_source = 'koseki_supplement';
END;
REVOKE ALL ON FUNCTION issuance.fed_side(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.fed_side(text, text) TO sync;

-- A hash of each item. It names what differs, and decides nothing.
CREATE FUNCTION issuance.item_hashes(items text[]) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg(coalesce(hashtext(item), 0) ORDER BY place) FROM unnest(items) WITH ORDINALITY AS i (item, place));
REVOKE ALL ON FUNCTION issuance.item_hashes(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.item_hashes(text[]) TO sync;

-- A doubt is ended by who found it: the list of a source knows nothing of our own comparison with what it said, and the other way round.
ALTER TABLE issuance.source_doubt
    ADD COLUMN found_by text NOT NULL DEFAULT 'list' CHECK (found_by IN ('list', 'said')),
    ADD COLUMN items text[],
    ADD COLUMN since_file bigint,
    DROP CONSTRAINT source_doubt_pkey,
    ADD PRIMARY KEY (municipality_code, source, person_number, found_by);
CREATE OR REPLACE FUNCTION issuance.move_doubt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed issuance.source_doubt := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    subject text := CASE WHEN changed.source IN ('koseki', 'koseki_supplement') THEN 'koseki' ELSE 'person' END;
BEGIN
    IF changed.source <> 'resident' THEN
        PERFORM issuance.move_source(changed.municipality_code, changed.source, subject, changed.person_number);
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item)
        VALUES (changed.municipality_code, changed.person_number, 'doubt', 'resident_list')
        ON CONFLICT DO NOTHING;
    ELSIF NOT EXISTS (
        SELECT FROM issuance.source_doubt AS d
        WHERE d.municipality_code = changed.municipality_code AND d.source = 'resident' AND d.person_number = changed.person_number
            AND d.found_by <> changed.found_by
    ) THEN
        DELETE FROM issuance.person_held_back AS b
        WHERE b.municipality_code = changed.municipality_code AND b.person_number = changed.person_number
            AND b.cause = 'doubt' AND b.item = 'resident_list';
    END IF;
    RETURN changed;
END
$$;

-- No file says of anybody in a koseki that they are protected: staff set and end that alone.
REVOKE INSERT, DELETE ON issuance.koseki_suppression FROM sync;
DROP POLICY sync_adds ON issuance.koseki_suppression;
DROP POLICY sync_lifts ON issuance.koseki_suppression;

SET LOCAL ROLE history_owner;
-- found_by: NULL and 'list' are the source's own list, 'full' a full file that told what the last one had told us, 'said' what its files said. Of the last there is no file.
ALTER TABLE history.source_comparison
    ADD COLUMN found_by text CHECK (found_by IN ('list', 'full', 'said')),
    ALTER COLUMN sha256 DROP NOT NULL,
    ADD CHECK (sha256 IS NOT NULL OR found_by = 'said');
ALTER TABLE history.source_difference
    ADD COLUMN items text[],
    ADD COLUMN since_file bigint;
