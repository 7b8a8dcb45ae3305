-- What people decide: explaining an alert, restarting a kind, opening a quarantined document, holding a person back; who, when, why.
-- And the end of what has no use any more.
SET LOCAL ROLE shared_owner;
-- 足利 花子 and 足利　花子 are one person. Two spellings of a name that differ more than this are two persons as long as nobody signs in.
CREATE FUNCTION shared.same_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(regexp_replace(normalize(name, NFKC), '\s', '', 'g'));
GRANT EXECUTE ON FUNCTION shared.same_name(text) TO staff, issuance_owner, history_owner, fsck;

-- Acts ---------------------------------------------------------------------------------------------------------------------

SET LOCAL ROLE history_owner;
CREATE TABLE history.staff_act (
    municipality_code text NOT NULL,
    act_id bigint GENERATED ALWAYS AS IDENTITY,
    act text NOT NULL CHECK (act IN (
        'stop_set', 'stop_approved', 'stop_ended', 'quarantine_approved', 'quarantine_opened', 'person_held', 'person_released',
        'pin_registered', 'pin_changed', 'pin_unlocked'
    )),
    acted_by text NOT NULL CHECK (shared.same_name(acted_by) <> ''),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    concerns text,  -- stop id or issuance number
    person_number text,
    acted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, act_id)
);
GRANT INSERT, SELECT ON history.staff_act TO staff;
GRANT SELECT ON history.staff_act TO fsck;
GRANT USAGE ON SCHEMA history TO issuance_owner;
GRANT INSERT ON history.staff_act TO issuance_owner;

-- Alerts -------------------------------------------------------------------------------------------------------------------

-- An alert is open until one person has explained what became of the delivery, and another one has confirmed that explanation.
CREATE TABLE history.alert_explanation (
    municipality_code text NOT NULL,
    explanation_id bigint GENERATED ALWAYS AS IDENTITY,
    alert_id bigint NOT NULL,
    explained_by text NOT NULL CHECK (shared.same_name(explained_by) <> ''),
    explanation text NOT NULL CHECK (btrim(explanation) <> ''),
    explained_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, explanation_id),
    FOREIGN KEY (municipality_code, alert_id) REFERENCES history.alert (municipality_code, alert_id),
    UNIQUE (municipality_code, alert_id, explanation_id)
);
CREATE TABLE history.alert_confirmation (
    municipality_code text NOT NULL,
    alert_id bigint NOT NULL,
    explanation_id bigint NOT NULL,
    confirmed_by text NOT NULL CHECK (shared.same_name(confirmed_by) <> ''),
    confirmed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, alert_id),
    FOREIGN KEY (municipality_code, alert_id, explanation_id)
        REFERENCES history.alert_explanation (municipality_code, alert_id, explanation_id)
);
CREATE FUNCTION history.require_another_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM history.alert_explanation AS e
        WHERE e.municipality_code = NEW.municipality_code AND e.explanation_id = NEW.explanation_id
            AND shared.same_name(e.explained_by) = shared.same_name(NEW.confirmed_by)
    ) THEN
        RAISE EXCEPTION 'an explanation is confirmed by another person' USING ERRCODE = 'KS008';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER another_person BEFORE INSERT ON history.alert_confirmation
    FOR EACH ROW EXECUTE FUNCTION history.require_another_person();
GRANT INSERT, SELECT ON history.alert_explanation, history.alert_confirmation TO staff;
GRANT SELECT ON history.alert_explanation, history.alert_confirmation TO fsck;
-- The count of open alerts is a figure of the centre process.
GRANT SELECT (municipality_code, alert_id) ON history.alert_confirmation TO front;

SELECT history.join_log('staff_act', '{person_number}');
SELECT history.join_log('alert_explanation');
SELECT history.join_log('alert_confirmation');

-- Two persons --------------------------------------------------------------------------------------------------------------

SET LOCAL ROLE issuance_owner;
CREATE UNIQUE INDEX restart_approval_person ON issuance.restart_approval (municipality_code, stop_id, shared.same_name(approved_by));

CREATE TABLE issuance.quarantine_approval (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    approved_by text NOT NULL CHECK (shared.same_name(approved_by) <> ''),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    approved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, issuance_number, approved_by),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES issuance.quarantine (municipality_code, issuance_number)
);
CREATE UNIQUE INDEX quarantine_approval_person
    ON issuance.quarantine_approval (municipality_code, issuance_number, shared.same_name(approved_by));
ALTER TABLE issuance.quarantine_approval ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.quarantine_approval FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.quarantine_approval USING (municipality_code = shared.city());
GRANT SELECT, INSERT ON issuance.quarantine_approval TO staff;
GRANT SELECT ON issuance.quarantine_approval TO fsck;

-- The entry of a quarantined document stays; the document goes when its time is over.
ALTER TABLE issuance.quarantine ALTER sealed DROP NOT NULL;
ALTER TABLE issuance.quarantine ADD destroyed_at timestamptz;
ALTER TABLE issuance.quarantine ADD CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL));
REVOKE SELECT ON issuance.quarantine FROM staff;
GRANT SELECT (municipality_code, issuance_number, cause, key_version, quarantined_at, delete_after, destroyed_at)
    ON issuance.quarantine TO staff;
GRANT SELECT (destroyed_at) ON issuance.quarantine TO fsck;

-- The one way to the bytes: one of two persons who approved, and an act is written with it.
CREATE FUNCTION issuance.open_quarantined(number text, opened_by text) RETURNS TABLE (sealed bytea, key_version smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    approvers text[] := array(
        SELECT shared.same_name(a.approved_by) FROM issuance.quarantine_approval AS a
        WHERE a.municipality_code = shared.city() AND a.issuance_number = number
    );
BEGIN
    IF cardinality(approvers) < 2 OR NOT shared.same_name(opened_by) = ANY (approvers) THEN
        RAISE EXCEPTION 'a quarantined document is opened by one of two persons who approved it' USING ERRCODE = 'KS005';
    END IF;
    INSERT INTO history.staff_act (municipality_code, act, acted_by, reason, concerns)
    SELECT a.municipality_code, 'quarantine_opened', opened_by, a.reason, number
    FROM issuance.quarantine_approval AS a
    WHERE a.municipality_code = shared.city() AND a.issuance_number = number
        AND shared.same_name(a.approved_by) = shared.same_name(opened_by);
    RETURN QUERY SELECT q.sealed, q.key_version FROM issuance.quarantine AS q
        WHERE q.municipality_code = shared.city() AND q.issuance_number = number AND q.sealed IS NOT NULL;
END
$$;
GRANT EXECUTE ON FUNCTION issuance.open_quarantined(text, text) TO staff;

CREATE FUNCTION issuance.destroy_quarantined() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH gone AS (
        UPDATE issuance.quarantine SET sealed = NULL, destroyed_at = clock_timestamp()
        WHERE sealed IS NOT NULL AND delete_after <= clock_timestamp()
        RETURNING 1
    ) SELECT count(*) FROM gone;
END;
GRANT EXECUTE ON FUNCTION issuance.destroy_quarantined() TO sweeper;

-- Staff hold a person back when in doubt; what the pipeline found is not theirs to invent.
GRANT INSERT ON issuance.person_held_back TO staff;
CREATE POLICY staff_adds ON issuance.person_held_back AS RESTRICTIVE FOR INSERT TO staff WITH CHECK (cause = 'doubt');

-- What has no use any more ---------------------------------------------------------------------------------------------------

-- A charge and the use of a session matter while the same id may come again: a week, many times what a centre retries. Windows last minutes.
CREATE FUNCTION issuance.purge_spent() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH charges AS (
        DELETE FROM issuance.pin_charge WHERE charged_at < clock_timestamp() - interval '7 days' RETURNING 1
    ), uses AS (
        DELETE FROM issuance.session_use WHERE used_at < clock_timestamp() - interval '7 days' RETURNING 1
    ), windows AS (
        DELETE FROM issuance.failure_budget WHERE window_started_at < clock_timestamp() - interval '1 day' RETURNING 1
    ) SELECT (SELECT count(*) FROM charges) + (SELECT count(*) FROM uses) + (SELECT count(*) FROM windows);
END;
GRANT EXECUTE ON FUNCTION issuance.purge_spent() TO sweeper;
