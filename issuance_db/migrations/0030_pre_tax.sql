-- Tax records (課税台帳) as a fed source, and what makes the next source a matter of one table and one call.
SET LOCAL ROLE issuance_owner;

-- A source has a name, and no list of names has to know it: every table that speaks of sources takes any.
ALTER TABLE issuance.source DROP CONSTRAINT IF EXISTS source_source_check;
ALTER TABLE issuance.source ADD CONSTRAINT source_source_check CHECK (source ~ '^[a-z_]{1,30}$');
ALTER TABLE issuance.source_sequence DROP CONSTRAINT IF EXISTS source_sequence_source_check;
ALTER TABLE issuance.source_sequence ADD CONSTRAINT source_sequence_source_check CHECK (source ~ '^[a-z_]{1,30}$');
ALTER TABLE issuance.intent_source DROP CONSTRAINT IF EXISTS intent_source_source_check;
ALTER TABLE issuance.intent_source ADD CONSTRAINT intent_source_source_check CHECK (source ~ '^[a-z_]{1,30}$');
ALTER TABLE issuance.source_doubt DROP CONSTRAINT IF EXISTS source_doubt_source_check;
ALTER TABLE issuance.source_doubt ADD CONSTRAINT source_doubt_source_check CHECK (source ~ '^[a-z_]{1,30}$');

-- For a source that speaks of persons: its writers take the person's lock and move the person's sequence. The argument is the source.
CREATE FUNCTION issuance.move_person_source() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM issuance.move_source(OLD.municipality_code, TG_ARGV[0], 'person', OLD.person_number);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.person_number <> OLD.person_number THEN
        PERFORM issuance.move_source(NEW.municipality_code, TG_ARGV[0], 'person', NEW.person_number);
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION issuance.move_person_source() FROM PUBLIC;

-- Gives a new table of a source its row-level security, its grants and its trigger. The table has municipality_code and person_number.
CREATE FUNCTION issuance.join_source(table_name text, source text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
    EXECUTE format('GRANT SELECT ON issuance.%I TO front, staff, sync, fsck', table_name);
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON issuance.%I TO sync', table_name);
    EXECUTE format(
        'CREATE TRIGGER last_look BEFORE INSERT OR UPDATE OR DELETE ON issuance.%I FOR EACH ROW EXECUTE FUNCTION issuance.move_person_source(%L)',
        table_name, source
    );
END
$$;
REVOKE ALL ON FUNCTION issuance.join_source(text, text) FROM PUBLIC;

-- One record for each person and tax year (年度). Not declared (未申告): there are no figures to certify.
CREATE TABLE issuance.tax_record (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    tax_year smallint NOT NULL CHECK (tax_year BETWEEN 1950 AND 2200),
    name text NOT NULL,
    birth_on date,
    birth_text text,
    address text NOT NULL,
    address_on_january_1 text NOT NULL,
    declared boolean NOT NULL,
    fed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, person_number, tax_year),
    CHECK (birth_on IS NOT NULL OR birth_text IS NOT NULL)
);
-- Items by name (civil/tax_items.py); yen, or heads for dependants. What is not there is zero.
CREATE TABLE issuance.tax_amount (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    tax_year smallint NOT NULL,
    item text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (municipality_code, person_number, tax_year, item),
    FOREIGN KEY (municipality_code, person_number, tax_year)
        REFERENCES issuance.tax_record (municipality_code, person_number, tax_year) ON DELETE CASCADE
);
SELECT issuance.join_source('tax_record', 'tax');
SELECT issuance.join_source('tax_amount', 'tax');

-- From and until which JST date (both inclusive) a city offers a tax year of a kind: 年度切替. A year that is not here is not offered.
CREATE TABLE issuance.tax_year (
    municipality_code text NOT NULL,
    kind text NOT NULL,
    tax_year smallint NOT NULL CHECK (tax_year BETWEEN 1950 AND 2200),
    offered_from date NOT NULL,
    offered_until date,
    PRIMARY KEY (municipality_code, kind, tax_year),
    CHECK (offered_until >= offered_from)
);
ALTER TABLE issuance.tax_year ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.tax_year FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.tax_year USING (municipality_code = shared.city());
GRANT SELECT ON issuance.tax_year TO front, staff, fsck;
GRANT INSERT, UPDATE (offered_until) ON issuance.tax_year TO staff;

SET LOCAL ROLE history_owner;
ALTER TABLE history.issuance_source DROP CONSTRAINT IF EXISTS issuance_source_source_check;
ALTER TABLE history.issuance_source ADD CONSTRAINT issuance_source_source_check CHECK (source ~ '^[a-z_]{1,30}$');
