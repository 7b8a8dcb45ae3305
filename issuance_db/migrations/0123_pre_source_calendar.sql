-- The age limit of a source by a calendar: days on which its register writes no files do not count. And an alert, once, when it is past.
SET LOCAL ROLE issuance_owner;

-- age_limit is what permits look at, and follows from the rest: working_limit is what staff set, told_old_of the fed_at that was alerted.
ALTER TABLE issuance.source
    ADD COLUMN working_limit interval CHECK (working_limit > interval '0'),
    ADD COLUMN rest_weekdays smallint[] NOT NULL DEFAULT '{}' CHECK (rest_weekdays <@ '{1,2,3,4,5,6,7}' AND cardinality(rest_weekdays) < 7),
    ADD COLUMN rest_days date[] NOT NULL DEFAULT '{}' CHECK (cardinality(rest_days) <= 400),
    ADD COLUMN told_old_of timestamptz;
UPDATE issuance.source SET working_limit = age_limit;
ALTER TABLE issuance.source ALTER COLUMN working_limit SET NOT NULL;

-- How long after `since` that limit is over, in JST days of which those at rest do not count (ISO 8601 weekdays, 1 is Monday).
CREATE FUNCTION issuance.limit_over_rest(since timestamptz, working interval, weekdays smallint[], days date[]) RETURNS interval
LANGUAGE plpgsql STABLE AS $$
DECLARE
    at timestamptz := since;
    midnight timestamptz;
    remaining interval := working;
BEGIN
    LOOP
        midnight := (((at AT TIME ZONE 'Asia/Tokyo')::date + 1)::timestamp) AT TIME ZONE 'Asia/Tokyo';
        IF extract(isodow FROM at AT TIME ZONE 'Asia/Tokyo') = ANY (weekdays) OR (at AT TIME ZONE 'Asia/Tokyo')::date = ANY (days) THEN
            at := midnight;
        ELSIF remaining <= midnight - at THEN
            RETURN at + remaining - since;
        ELSE
            remaining := remaining - (midnight - at);
            at := midnight;
        END IF;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION issuance.limit_over_rest(timestamptz, interval, smallint[], date[]) FROM PUBLIC;

CREATE FUNCTION issuance.set_age_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.working_limit := coalesce(NEW.working_limit, NEW.age_limit);
    NEW.age_limit := issuance.limit_over_rest(NEW.fed_at, NEW.working_limit, NEW.rest_weekdays, NEW.rest_days);
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION issuance.set_age_limit() FROM PUBLIC;
CREATE TRIGGER age_limit BEFORE INSERT OR UPDATE OF fed_at, working_limit, rest_weekdays, rest_days ON issuance.source
    FOR EACH ROW EXECUTE FUNCTION issuance.set_age_limit();
REVOKE UPDATE (age_limit) ON issuance.source FROM staff;
GRANT UPDATE (working_limit, rest_weekdays, rest_days) ON issuance.source TO staff;
GRANT UPDATE (told_old_of) ON issuance.source TO sync;
