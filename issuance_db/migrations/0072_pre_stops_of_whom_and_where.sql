-- Stops of a person, a household, a terminal, a shop or a shop chain, beside those of a kind and of everything.
-- A stop covers what has everything that it names.
SET LOCAL ROLE issuance_owner;
ALTER TABLE issuance.service_stop
    ADD person_number text,
    ADD household_number text,
    ADD terminal_operator text,
    ADD terminal_store text,
    ADD terminal_id text,
    ADD CHECK (num_nonnulls(person_number, household_number, terminal_operator) <= 1),
    ADD CHECK (terminal_store IS NULL OR terminal_operator IS NOT NULL),
    ADD CHECK (terminal_id IS NULL OR terminal_store IS NOT NULL),
    -- What a mismatch has shown concerns a kind, whoever asks and wherever.
    ADD CHECK (cause <> 'mismatch' OR num_nonnulls(person_number, household_number, terminal_operator) = 0);
-- Every request looks for stops; those that have ended are many, and none of its concern.
CREATE INDEX service_stop_end ON issuance.service_stop (municipality_code, coalesce(ends_at, 'infinity'));

-- As with whatever else the last look reads: a permit given at the same moment sees the stop or precedes it. Whoever lives in the
-- household may be shown by the koseki of another, whose permit locks the person and not this household.
CREATE FUNCTION issuance.lock_for_stop() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM shared.lock_for_write(
        NEW.municipality_code,
        array(
            SELECT NEW.person_number WHERE NEW.person_number IS NOT NULL
            UNION ALL
            SELECT k.person_number FROM issuance.resident_key AS k
            WHERE k.municipality_code = NEW.municipality_code AND k.household_number = NEW.household_number
        ),
        array(SELECT NEW.household_number WHERE NEW.household_number IS NOT NULL)
    );
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION issuance.lock_for_stop() FROM PUBLIC;
CREATE TRIGGER last_look BEFORE INSERT OR UPDATE ON issuance.service_stop
    FOR EACH ROW WHEN (num_nonnulls(NEW.person_number, NEW.household_number) > 0) EXECUTE FUNCTION issuance.lock_for_stop();

SET LOCAL ROLE history_owner;
CREATE INDEX staff_act_concerns ON history.staff_act (municipality_code, concerns, act) WHERE concerns IS NOT NULL;
