-- Whoever writes what the permit's last look reads takes the person's freshness lock, whether the program remembers to or not:
-- a permit given at the same moment sees the change or precedes it. The projection is left out; sync/batch.py says why it may be.
SET LOCAL ROLE shared_owner;
GRANT EXECUTE ON FUNCTION shared.lock_for_write(text, text[], text[]), shared.lock_keys(text, text[], text[]), shared.lock_key(text, text, text)
    TO issuance_owner;
SET LOCAL ROLE issuance_owner;

CREATE FUNCTION issuance.lock_for_last_look() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM shared.lock_for_write(OLD.municipality_code, ARRAY[OLD.person_number], '{}');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM shared.lock_for_write(NEW.municipality_code, ARRAY[NEW.person_number], '{}');
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION issuance.lock_for_last_look() FROM PUBLIC;

CREATE TRIGGER last_look_new BEFORE INSERT ON issuance.suppression
    FOR EACH ROW WHEN (NEW.source <> 'registry') EXECUTE FUNCTION issuance.lock_for_last_look();
CREATE TRIGGER last_look_old BEFORE DELETE ON issuance.suppression
    FOR EACH ROW WHEN (OLD.source <> 'registry') EXECUTE FUNCTION issuance.lock_for_last_look();
CREATE TRIGGER last_look_new BEFORE INSERT ON issuance.person_held_back
    FOR EACH ROW WHEN (NEW.cause <> 'projection') EXECUTE FUNCTION issuance.lock_for_last_look();
CREATE TRIGGER last_look_old BEFORE DELETE ON issuance.person_held_back
    FOR EACH ROW WHEN (OLD.cause <> 'projection') EXECUTE FUNCTION issuance.lock_for_last_look();
CREATE TRIGGER last_look_stopped BEFORE UPDATE ON issuance.credential
    FOR EACH ROW EXECUTE FUNCTION issuance.lock_for_last_look();
CREATE TRIGGER last_look_stopped BEFORE UPDATE ON issuance.user_id
    FOR EACH ROW EXECUTE FUNCTION issuance.lock_for_last_look();
