-- 戸籍の附票: the history of addresses of everyone in a koseki, fed by files as the koseki is, and as old as its own feed.
SET LOCAL ROLE issuance_owner;

-- A source has a name that the program knows (issuance_db.sources); the tables need not list them all for each new kind.
ALTER TABLE issuance.source DROP CONSTRAINT IF EXISTS source_source_check;
ALTER TABLE issuance.source ADD CONSTRAINT source_source_check CHECK (source ~ '^[a-z_]{1,30}$');
ALTER TABLE issuance.source_sequence DROP CONSTRAINT IF EXISTS source_sequence_source_check;
ALTER TABLE issuance.source_sequence ADD CONSTRAINT source_sequence_source_check CHECK (source ~ '^[a-z_]{1,30}$');
ALTER TABLE issuance.intent_source DROP CONSTRAINT IF EXISTS intent_source_source_check;
ALTER TABLE issuance.intent_source ADD CONSTRAINT intent_source_source_check CHECK (source ~ '^[a-z_]{1,30}$');

-- It has the number of the koseki it belongs to.
CREATE TABLE issuance.koseki_supplement (
    municipality_code text NOT NULL,
    koseki_number text NOT NULL,
    domicile text NOT NULL,
    first_registrant text NOT NULL,
    fed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, koseki_number)
);
-- Numbers of persons as in issuance.koseki_member. Birth and sex are not recorded of who left before 11 January 2022.
CREATE TABLE issuance.koseki_supplement_person (
    municipality_code text NOT NULL,
    koseki_number text NOT NULL,
    position smallint NOT NULL CHECK (position > 0),
    koseki_person_number text NOT NULL,
    person_number text,
    name text NOT NULL,
    birth_on date,
    birth_text text,
    sex smallint CHECK (sex BETWEEN 0 AND 2),
    removed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (municipality_code, koseki_number, position),
    UNIQUE (municipality_code, koseki_number, koseki_person_number),
    FOREIGN KEY (municipality_code, koseki_number)
        REFERENCES issuance.koseki_supplement (municipality_code, koseki_number) ON DELETE CASCADE
);
CREATE UNIQUE INDEX koseki_supplement_person_in_one ON issuance.koseki_supplement_person (municipality_code, person_number) WHERE NOT removed;
-- Every address since the person is in this koseki, the oldest first; the last is today's. Without a day: it is not recorded.
CREATE TABLE issuance.koseki_supplement_address (
    municipality_code text NOT NULL,
    koseki_number text NOT NULL,
    position smallint NOT NULL,
    address_number smallint NOT NULL CHECK (address_number > 0),
    address text NOT NULL,
    since_on date,
    since_text text,
    PRIMARY KEY (municipality_code, koseki_number, position, address_number),
    FOREIGN KEY (municipality_code, koseki_number, position)
        REFERENCES issuance.koseki_supplement_person (municipality_code, koseki_number, position) ON DELETE CASCADE
);

-- Its writers take the lock of the koseki, as those of the koseki do, and move a sequence of its own.
CREATE FUNCTION issuance.move_koseki_supplement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM issuance.move_source(OLD.municipality_code, 'koseki_supplement', 'koseki', OLD.koseki_number);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.koseki_number <> OLD.koseki_number THEN
        PERFORM issuance.move_source(NEW.municipality_code, 'koseki_supplement', 'koseki', NEW.koseki_number);
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION issuance.move_koseki_supplement() FROM PUBLIC;
DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['koseki_supplement', 'koseki_supplement_person', 'koseki_supplement_address'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT ON issuance.%I TO front, staff, sync, fsck', table_name);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON issuance.%I TO sync', table_name);
        EXECUTE format(
            'CREATE TRIGGER last_look BEFORE INSERT OR UPDATE OR DELETE ON issuance.%I FOR EACH ROW EXECUTE FUNCTION issuance.move_koseki_supplement()',
            table_name
        );
    END LOOP;
END
$$;

SET LOCAL ROLE history_owner;
ALTER TABLE history.issuance_source DROP CONSTRAINT IF EXISTS issuance_source_source_check;
ALTER TABLE history.issuance_source ADD CONSTRAINT issuance_source_source_check CHECK (source ~ '^[a-z_]{1,30}$');
