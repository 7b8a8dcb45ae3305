-- What every room shares: which database this is, which migrations it has, and the freshness locks.
SET LOCAL ROLE shared_owner;

CREATE TABLE shared.schema_migration (
    number integer NOT NULL,
    phase text NOT NULL CHECK (phase IN ('pre', 'post')),
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (number, phase)
);

-- One row. The epoch is raised after every restore, so that a number given before it can never be given again.
CREATE TABLE shared.installation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    marker text NOT NULL CHECK (marker IN ('demo', 'production')),
    epoch smallint NOT NULL DEFAULT 1 CHECK (epoch BETWEEN 1 AND 99),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Every lock key of the freshness rule comes from here, whoever asks. Subjects: 'city', 'person', 'household'.
CREATE FUNCTION shared.lock_key(municipality_code text, subject text, number text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN hashtextextended(municipality_code || '/' || subject || '/' || number, 20230327);

-- The keys of these subjects in the one order in which everybody takes them, so that two can never wait for each other.
CREATE FUNCTION shared.lock_keys(municipality_code text, persons text[], households text[]) RETURNS SETOF bigint
LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
    SELECT DISTINCT shared.lock_key(municipality_code, subject, number) AS key
    FROM (SELECT 'person', unnest(persons) UNION ALL SELECT 'household', unnest(households)) AS subjects (subject, number)
    ORDER BY key;
END;

-- Writers of anything the last look reads.
CREATE FUNCTION shared.lock_for_write(municipality_code text, persons text[], households text[]) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    key bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(shared.lock_key(municipality_code, 'city', ''));
    FOR key IN SELECT shared.lock_keys(municipality_code, persons, households) LOOP
        PERFORM pg_advisory_xact_lock(key);
    END LOOP;
END
$$;

-- The permit. Shared, so that permits never wait for each other, only for writers.
CREATE FUNCTION shared.lock_for_permit(municipality_code text, persons text[], households text[]) RETURNS void
LANGUAGE plpgsql STRICT AS $$
DECLARE
    key bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(shared.lock_key(municipality_code, 'city', ''));
    FOR key IN SELECT shared.lock_keys(municipality_code, persons, households) LOOP
        PERFORM pg_advisory_xact_lock_shared(key);
    END LOOP;
END
$$;

-- Bulk work takes the city alone instead of a lock per person.
CREATE FUNCTION shared.lock_city_for_bulk(municipality_code text) RETURNS void
LANGUAGE sql STRICT
RETURN pg_advisory_xact_lock(shared.lock_key(municipality_code, 'city', ''));

-- The city of this transaction, or NULL. Unset and empty both mean no city, and no city means no rows.
CREATE FUNCTION shared.city() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('kiosk.municipality', true), '');

GRANT USAGE ON SCHEMA shared TO
    front, staff, sweeper, logger, sync, registry, jukinet, midserver, atena, fsck, purger,
    registry_owner, issuance_owner, history_owner, jukinet_owner, midserver_owner, atena_owner;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA shared FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shared.city() TO
    front, staff, sweeper, logger, sync, registry, jukinet, midserver, atena, fsck, purger,
    registry_owner, issuance_owner, history_owner, jukinet_owner, midserver_owner, atena_owner;
GRANT EXECUTE ON FUNCTION shared.lock_key(text, text, text) TO
    front, staff, sweeper, logger, sync, registry, jukinet, midserver, atena, fsck, purger;
GRANT EXECUTE ON FUNCTION shared.lock_keys(text, text[], text[]) TO front, staff, sync, registry;
GRANT EXECUTE ON FUNCTION shared.lock_for_write(text, text[], text[]) TO staff, sync, registry;
GRANT EXECUTE ON FUNCTION shared.lock_for_permit(text, text[], text[]) TO front;
GRANT EXECUTE ON FUNCTION shared.lock_city_for_bulk(text) TO sync, registry;
GRANT SELECT ON shared.schema_migration, shared.installation TO
    front, staff, sweeper, logger, sync, registry, jukinet, midserver, atena, fsck, purger;
