-- Data of other kinds than F6, fed by files: registered seals (印鑑登録原票) and koseki (戸籍). What a feed delivered is as old as the feed:
-- each source says up to which instant it is true and how old it may become, and each change moves a sequence that outlives the row.

-- Persons known only from a koseki, and the koseki themselves, have lock keys too: subjects 'koseki_person' and 'koseki'.
SET LOCAL ROLE shared_owner;

-- The keys of any subjects, in the one order in which everybody takes them; `subjects` and `numbers` go in pairs.
CREATE FUNCTION shared.subject_keys(municipality_code text, subjects text[], numbers text[]) RETURNS SETOF bigint
LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
    SELECT DISTINCT shared.lock_key(municipality_code, pair.subject, pair.number) AS key
    FROM unnest(subjects, numbers) AS pair (subject, number)
    ORDER BY key;
END;
CREATE FUNCTION shared.lock_subjects_for_write(municipality_code text, subjects text[], numbers text[]) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    key bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(shared.lock_key(municipality_code, 'city', ''));
    FOR key IN SELECT shared.subject_keys(municipality_code, subjects, numbers) LOOP
        PERFORM pg_advisory_xact_lock(key);
    END LOOP;
END
$$;
CREATE FUNCTION shared.lock_subjects_for_permit(municipality_code text, subjects text[], numbers text[]) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    key bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(shared.lock_key(municipality_code, 'city', ''));
    FOR key IN SELECT shared.subject_keys(municipality_code, subjects, numbers) LOOP
        PERFORM pg_advisory_xact_lock_shared(key);
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION shared.subject_keys(text, text[], text[]) TO front, staff, sync, issuance_owner;
GRANT EXECUTE ON FUNCTION shared.lock_subjects_for_write(text, text[], text[]) TO staff, sync, issuance_owner;
GRANT EXECUTE ON FUNCTION shared.lock_subjects_for_permit(text, text[], text[]) TO front;

SET LOCAL ROLE issuance_owner;

-- fed_at: the instant up to which everything the source knew is in our tables. Past fed_at + age_limit its kinds are not issued.
CREATE TABLE issuance.source (
    municipality_code text NOT NULL,
    source text NOT NULL CHECK (source IN ('seal', 'koseki')),
    fed_at timestamptz NOT NULL,
    age_limit interval NOT NULL CHECK (age_limit > interval '0'),
    PRIMARY KEY (municipality_code, source)
);
-- How often what a source says of a number has changed. The row stays when the data is gone, so a deletion is a change like any other.
CREATE TABLE issuance.source_sequence (
    municipality_code text NOT NULL,
    source text NOT NULL CHECK (source IN ('seal', 'koseki')),
    number text NOT NULL,
    last_sequence bigint NOT NULL CHECK (last_sequence > 0),
    PRIMARY KEY (municipality_code, source, number)
);

-- 印鑑登録: the living registration of a person; a deleted one (廃印) has no row. The image is the registered one, a PNG.
CREATE TABLE issuance.seal_registration (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    registration_number text NOT NULL,
    registered_on date NOT NULL,
    name text NOT NULL,
    birth_on date,
    birth_text text,
    address text NOT NULL,
    image bytea NOT NULL CHECK (octet_length(image) BETWEEN 1 AND 65536),
    image_sha256 bytea NOT NULL CHECK (image_sha256 = sha256(image)),
    fed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, person_number),
    UNIQUE (municipality_code, registration_number),
    CHECK (birth_on IS NOT NULL OR birth_text IS NOT NULL)
);

-- 戸籍: the koseki, its members in order, and its items (戸籍事項, 身分事項) as ordered paragraphs.
CREATE TABLE issuance.koseki (
    municipality_code text NOT NULL,
    koseki_number text NOT NULL,
    domicile text NOT NULL,
    first_registrant text NOT NULL,
    pending_since timestamptz,
    fed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, koseki_number)
);
-- person_number is of the register, where the member is in it; koseki_person_number is of everybody, across koseki.
CREATE TABLE issuance.koseki_member (
    municipality_code text NOT NULL,
    koseki_number text NOT NULL,
    position smallint NOT NULL CHECK (position > 0),
    koseki_person_number text NOT NULL,
    person_number text,
    surname text NOT NULL,
    given_name text NOT NULL,
    given_name_furigana text,
    birth_on date,
    birth_text text,
    spouse_kind text CHECK (spouse_kind IN ('夫', '妻')),
    father text,
    mother text,
    adoptive_father text,
    adoptive_mother text,
    relationship text NOT NULL,
    removed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (municipality_code, koseki_number, position),
    UNIQUE (municipality_code, koseki_number, koseki_person_number),
    FOREIGN KEY (municipality_code, koseki_number) REFERENCES issuance.koseki (municipality_code, koseki_number) ON DELETE CASCADE,
    CHECK (birth_on IS NOT NULL OR birth_text IS NOT NULL)
);
-- Nobody is in two koseki at once; who left one (除籍) stays printed there.
CREATE UNIQUE INDEX koseki_member_lives_in_one ON issuance.koseki_member (municipality_code, koseki_person_number) WHERE NOT removed;
CREATE UNIQUE INDEX koseki_member_person_in_one ON issuance.koseki_member (municipality_code, person_number) WHERE NOT removed;
-- No member_position: an item of the koseki itself (戸籍事項). Headings as printed: 戸籍編製, 出生, 婚姻 ….
CREATE TABLE issuance.koseki_item (
    municipality_code text NOT NULL,
    koseki_number text NOT NULL,
    item_number smallint NOT NULL CHECK (item_number > 0),
    member_position smallint,
    heading text NOT NULL,
    PRIMARY KEY (municipality_code, koseki_number, item_number),
    FOREIGN KEY (municipality_code, koseki_number) REFERENCES issuance.koseki (municipality_code, koseki_number) ON DELETE CASCADE,
    FOREIGN KEY (municipality_code, koseki_number, member_position)
        REFERENCES issuance.koseki_member (municipality_code, koseki_number, position) ON DELETE CASCADE
);
-- label as printed in its brackets: 出生日, 届出人 ….
CREATE TABLE issuance.koseki_paragraph (
    municipality_code text NOT NULL,
    koseki_number text NOT NULL,
    item_number smallint NOT NULL,
    paragraph_number smallint NOT NULL CHECK (paragraph_number > 0),
    label text NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (municipality_code, koseki_number, item_number, paragraph_number),
    FOREIGN KEY (municipality_code, koseki_number, item_number)
        REFERENCES issuance.koseki_item (municipality_code, koseki_number, item_number) ON DELETE CASCADE
);
-- A protective measure for somebody known only from a koseki; who is in the register has issuance.suppression.
CREATE TABLE issuance.koseki_suppression (
    municipality_code text NOT NULL,
    koseki_person_number text NOT NULL,
    source text NOT NULL CHECK (source IN ('staff', 'feed')),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, koseki_person_number, source)
);

-- Writers take the freshness locks and move the sequence, whether the program remembers to or not. Who writes about several numbers in one
-- transaction takes all their locks first, sorted (shared.lock_subjects_for_write), or the city's (shared.lock_city_for_bulk).
CREATE FUNCTION issuance.move_source(municipality_code text, source text, subject text, number text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM shared.lock_subjects_for_write(municipality_code, ARRAY[subject], ARRAY[number]);
    INSERT INTO issuance.source_sequence AS s (municipality_code, source, number, last_sequence)
    VALUES (municipality_code, source, number, 1)
    ON CONFLICT ON CONSTRAINT source_sequence_pkey DO UPDATE SET last_sequence = s.last_sequence + 1;
END
$$;
CREATE FUNCTION issuance.move_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM issuance.move_source(OLD.municipality_code, 'seal', 'person', OLD.person_number);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.person_number <> OLD.person_number THEN
        PERFORM issuance.move_source(NEW.municipality_code, 'seal', 'person', NEW.person_number);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER last_look BEFORE INSERT OR UPDATE OR DELETE ON issuance.seal_registration
    FOR EACH ROW EXECUTE FUNCTION issuance.move_seal();

CREATE FUNCTION issuance.move_koseki() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM issuance.move_source(OLD.municipality_code, 'koseki', 'koseki', OLD.koseki_number);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.koseki_number <> OLD.koseki_number THEN
        PERFORM issuance.move_source(NEW.municipality_code, 'koseki', 'koseki', NEW.koseki_number);
    END IF;
    RETURN NEW;
END
$$;
DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['koseki', 'koseki_member', 'koseki_item', 'koseki_paragraph'] LOOP
        EXECUTE format('CREATE TRIGGER last_look BEFORE INSERT OR UPDATE OR DELETE ON issuance.%I FOR EACH ROW EXECUTE FUNCTION issuance.move_koseki()', table_name);
    END LOOP;
END
$$;

CREATE FUNCTION issuance.lock_koseki_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed issuance.koseki_suppression := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    PERFORM shared.lock_subjects_for_write(changed.municipality_code, ARRAY['koseki_person'], ARRAY[changed.koseki_person_number]);
    RETURN changed;
END
$$;
CREATE TRIGGER last_look BEFORE INSERT OR DELETE ON issuance.koseki_suppression
    FOR EACH ROW EXECUTE FUNCTION issuance.lock_koseki_person();

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY[
        'source', 'source_sequence', 'seal_registration', 'koseki', 'koseki_member', 'koseki_item', 'koseki_paragraph', 'koseki_suppression'
    ] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT ON issuance.%I TO front, staff, sync, fsck', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['seal_registration', 'koseki', 'koseki_member', 'koseki_item', 'koseki_paragraph'] LOOP
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON issuance.%I TO sync', table_name);
    END LOOP;
END
$$;
CREATE POLICY staff_adds ON issuance.koseki_suppression AS RESTRICTIVE FOR INSERT TO staff WITH CHECK (source = 'staff');
CREATE POLICY staff_lifts ON issuance.koseki_suppression AS RESTRICTIVE FOR DELETE TO staff USING (source = 'staff');
CREATE POLICY sync_adds ON issuance.koseki_suppression AS RESTRICTIVE FOR INSERT TO sync WITH CHECK (source = 'feed');
CREATE POLICY sync_lifts ON issuance.koseki_suppression AS RESTRICTIVE FOR DELETE TO sync USING (source = 'feed');
GRANT INSERT, DELETE ON issuance.koseki_suppression TO staff, sync;
-- Staff set how old a source may be; only the feed says how new it is.
GRANT INSERT, UPDATE (age_limit) ON issuance.source TO staff;
GRANT INSERT, UPDATE (fed_at) ON issuance.source TO sync;
