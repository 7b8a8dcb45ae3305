-- Who may write which rows, where a grant on the table cannot say it.

-- A protection that came from the registry is lifted by an event of the registry alone; what staff set, staff lift.
SET LOCAL ROLE issuance_owner;
CREATE POLICY staff_adds ON issuance.suppression AS RESTRICTIVE FOR INSERT TO staff WITH CHECK (source = 'staff');
CREATE POLICY staff_lifts ON issuance.suppression AS RESTRICTIVE FOR DELETE TO staff USING (source = 'staff');
CREATE POLICY sync_adds ON issuance.suppression AS RESTRICTIVE FOR INSERT TO sync WITH CHECK (source <> 'staff');
CREATE POLICY sync_lifts ON issuance.suppression AS RESTRICTIVE FOR DELETE TO sync USING (source <> 'staff');
CREATE POLICY front_adds ON issuance.person_held_back AS RESTRICTIVE FOR INSERT TO front WITH CHECK (cause <> 'projection');
CREATE POLICY staff_lifts ON issuance.person_held_back AS RESTRICTIVE FOR DELETE TO staff USING (cause <> 'projection');
CREATE POLICY sync_adds ON issuance.person_held_back AS RESTRICTIVE FOR INSERT TO sync WITH CHECK (cause = 'projection');
CREATE POLICY sync_lifts ON issuance.person_held_back AS RESTRICTIVE FOR DELETE TO sync USING (cause = 'projection');

-- A kind that was stopped for a mismatch is restarted by two persons.
CREATE TABLE issuance.restart_approval (
    municipality_code text NOT NULL,
    stop_id bigint NOT NULL,
    approved_by text NOT NULL,
    reason text NOT NULL,
    approved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, stop_id, approved_by),
    FOREIGN KEY (municipality_code, stop_id) REFERENCES issuance.service_stop (municipality_code, stop_id)
);
ALTER TABLE issuance.restart_approval ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.restart_approval FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.restart_approval USING (municipality_code = shared.city());
GRANT SELECT, INSERT ON issuance.restart_approval TO staff;
GRANT SELECT ON issuance.restart_approval TO fsck;

CREATE FUNCTION issuance.require_two_persons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.cause = 'mismatch' AND NEW.ends_at IS DISTINCT FROM OLD.ends_at AND (
        SELECT count(*) FROM issuance.restart_approval AS a
        WHERE a.municipality_code = OLD.municipality_code AND a.stop_id = OLD.stop_id
    ) < 2 THEN
        RAISE EXCEPTION 'a kind stopped for a mismatch is restarted by two persons' USING ERRCODE = 'KS005';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER two_persons BEFORE UPDATE ON issuance.service_stop
    FOR EACH ROW EXECUTE FUNCTION issuance.require_two_persons();
GRANT USAGE ON SCHEMA issuance TO history_owner;
GRANT SELECT ON issuance.intent TO history_owner;

-- Only a recorded intent enters the books, with the digests that were permitted.
SET LOCAL ROLE history_owner;
CREATE FUNCTION history.require_recorded_intent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM issuance.intent AS i
        WHERE i.municipality_code = NEW.municipality_code AND i.issuance_number = NEW.issuance_number AND i.state = 'recorded'
            AND i.snapshot_digest = NEW.snapshot_digest AND i.document_digest = NEW.document_digest
            AND i.fee_yen = NEW.fee_yen AND i.pages = NEW.pages
    ) THEN
        RAISE EXCEPTION 'only a recorded intent enters the books' USING ERRCODE = 'KS006';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER recorded_intent BEFORE INSERT ON history.issuance
    FOR EACH ROW EXECUTE FUNCTION history.require_recorded_intent();

-- Functions are for those who are named, those of today and those to come.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA history FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE history_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE issuance_owner;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA issuance FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE issuance_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE registry_owner;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA registry FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE registry_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE shared_owner;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA shared FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE shared_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
