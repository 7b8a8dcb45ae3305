-- 本籍地利用登録: who lives in another city asks to take koseki certificates of this one with their card. Staff compare the application with the
-- koseki and accept or refuse it. An accepted one stands for one card, one person of one koseki, as they were then.
SET LOCAL ROLE issuance_owner;

-- Days on which the city's offices are closed beside weekends, national holidays and the New Year.
CREATE TABLE issuance.office_closed_day (
    municipality_code text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (municipality_code, day)
);

-- name, birth_on, domicile and first_registrant are as the applicant gave them; the accepted ones are the koseki's own.
-- asks_as stands where the pipeline has a 宛名番号: it is nobody's, so that nothing made from the register is found under it.
CREATE TABLE issuance.koseki_access (
    municipality_code text NOT NULL,
    registration_number bigint GENERATED ALWAYS AS IDENTITY,
    asks_as text NOT NULL GENERATED ALWAYS AS ('registration/' || registration_number) STORED,
    caller_id text NOT NULL,
    request_id text NOT NULL,
    fingerprint bytea NOT NULL,
    terminal_operator text NOT NULL,
    terminal_store text NOT NULL,
    terminal_id text NOT NULL,
    issuer_key_id text NOT NULL,
    serial text NOT NULL,
    certificate_until timestamptz NOT NULL,
    name text NOT NULL,
    birth_on date NOT NULL,
    domicile text NOT NULL,
    first_registrant text NOT NULL,
    submitted_at timestamptz NOT NULL,
    alert_on date NOT NULL,
    due_on date NOT NULL,
    state text NOT NULL DEFAULT 'submitted' CHECK (state IN ('submitted', 'accepted', 'refused', 'withdrawn', 'expired')),
    decided_at timestamptz,
    decided_by text,
    refused_for text CHECK (refused_for IN ('not_found', 'facts_differ', 'card_unconfirmed', 'at_counter')),
    koseki_number text,
    koseki_person_number text,
    accepted_name text,
    accepted_birth_on date,
    accepted_birth_text text,
    accepted_domicile text,
    accepted_first_registrant text,
    ended_at timestamptz,
    end_cause text CHECK (end_cause IN ('asked', 'doubt', 'superseded', 'koseki_changed', 'certificate_over')),
    PRIMARY KEY (municipality_code, registration_number),
    UNIQUE (municipality_code, asks_as),
    UNIQUE (municipality_code, caller_id, request_id),
    CHECK (alert_on <= due_on),
    CHECK ((state = 'submitted') = (decided_at IS NULL AND ended_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK ((state = 'refused') = (refused_for IS NOT NULL)),
    CHECK ((state IN ('withdrawn', 'expired')) = (ended_at IS NOT NULL AND end_cause IS NOT NULL)),
    CHECK (state <> 'accepted' OR num_nulls(
        decided_at, koseki_number, koseki_person_number, accepted_name, accepted_domicile, accepted_first_registrant
    ) = 0)
);
-- A card has one application that is open or good, and a person of a koseki one card.
CREATE UNIQUE INDEX koseki_access_card ON issuance.koseki_access (municipality_code, issuer_key_id, serial)
    WHERE state IN ('submitted', 'accepted');
CREATE UNIQUE INDEX koseki_access_person ON issuance.koseki_access (municipality_code, koseki_person_number) WHERE state = 'accepted';
CREATE INDEX koseki_access_tried ON issuance.koseki_access (municipality_code, issuer_key_id, serial, submitted_at);
CREATE INDEX koseki_access_open ON issuance.koseki_access (municipality_code, due_on) WHERE state = 'submitted';
CREATE INDEX koseki_member_birth ON issuance.koseki_member (municipality_code, birth_on) WHERE NOT removed;

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['office_closed_day', 'koseki_access'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT ON issuance.%I TO front, staff, fsck', table_name);
    END LOOP;
END
$$;
GRANT INSERT, DELETE ON issuance.office_closed_day TO staff;
GRANT INSERT (
    municipality_code, caller_id, request_id, fingerprint, terminal_operator, terminal_store, terminal_id, issuer_key_id, serial,
    certificate_until, name, birth_on, domicile, first_registrant, submitted_at, alert_on, due_on
) ON issuance.koseki_access TO front;
GRANT UPDATE (
    state, decided_at, decided_by, refused_for, koseki_number, koseki_person_number, accepted_name, accepted_birth_on,
    accepted_birth_text, accepted_domicile, accepted_first_registrant, ended_at, end_cause
) ON issuance.koseki_access TO staff;

-- What was decided stays as it was decided; an application that has ended does not begin again.
CREATE FUNCTION issuance.refuse_backward_koseki_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'submitted' AND NEW.state IN ('accepted', 'refused', 'withdrawn')
       OR OLD.state = 'accepted' AND NEW.state IN ('withdrawn', 'expired')
           AND (OLD.koseki_number, OLD.koseki_person_number, OLD.accepted_name, OLD.accepted_birth_on, OLD.accepted_birth_text,
               OLD.accepted_domicile, OLD.accepted_first_registrant, OLD.decided_at, OLD.decided_by)
           IS NOT DISTINCT FROM (NEW.koseki_number, NEW.koseki_person_number, NEW.accepted_name, NEW.accepted_birth_on,
               NEW.accepted_birth_text, NEW.accepted_domicile, NEW.accepted_first_registrant, NEW.decided_at, NEW.decided_by) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a koseki access registration cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'KS001';
END
$$;
CREATE TRIGGER forward_only BEFORE UPDATE ON issuance.koseki_access
    FOR EACH ROW EXECUTE FUNCTION issuance.refuse_backward_koseki_access();

-- The permit reads whether it is still accepted: whoever ends one takes the lock that the permit takes for who asks.
CREATE FUNCTION issuance.lock_koseki_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM shared.lock_for_write(OLD.municipality_code, ARRAY[OLD.asks_as], '{}');
    RETURN NEW;
END
$$;
CREATE TRIGGER last_look BEFORE UPDATE ON issuance.koseki_access
    FOR EACH ROW WHEN (OLD.state = 'accepted') EXECUTE FUNCTION issuance.lock_koseki_access();
REVOKE ALL ON FUNCTION issuance.refuse_backward_koseki_access(), issuance.lock_koseki_access() FROM PUBLIC;

-- A koseki that is not what it was when it was looked at, and a certificate past its days, end a registration for good.
CREATE FUNCTION issuance.expire_koseki_access(now timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH over AS (
        UPDATE issuance.koseki_access AS a
        SET state = 'expired', ended_at = now,
            end_cause = CASE WHEN a.certificate_until <= now THEN 'certificate_over' ELSE 'koseki_changed' END
        WHERE a.municipality_code = shared.city() AND a.state = 'accepted' AND (
            a.certificate_until <= now OR NOT EXISTS (
                SELECT FROM issuance.koseki_member AS m
                JOIN issuance.koseki AS k ON k.municipality_code = m.municipality_code AND k.koseki_number = m.koseki_number
                WHERE m.municipality_code = a.municipality_code AND m.koseki_number = a.koseki_number
                    AND m.koseki_person_number = a.koseki_person_number AND NOT m.removed
                    AND (m.surname || '　' || m.given_name, m.birth_on, m.birth_text, k.domicile, k.first_registrant)
                    IS NOT DISTINCT FROM (
                        a.accepted_name, a.accepted_birth_on, a.accepted_birth_text, a.accepted_domicile, a.accepted_first_registrant
                    )
            )
        )
        RETURNING a.registration_number
    ) SELECT count(registration_number) FROM over;
END;
REVOKE ALL ON FUNCTION issuance.expire_koseki_access(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.expire_koseki_access(timestamptz) TO sweeper;
GRANT SELECT (municipality_code, registration_number, asks_as, state, alert_on, due_on) ON issuance.koseki_access TO history_owner;

SET LOCAL ROLE history_owner;

-- Each state of a registration once, as the database saw it. Whose it was stands in issuance.koseki_access alone.
CREATE TABLE history.koseki_access_step (
    municipality_code text NOT NULL,
    registration_number bigint NOT NULL,
    state text NOT NULL,
    cause text,
    done_by text,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, registration_number, state)
);
GRANT SELECT ON history.koseki_access_step TO staff, fsck;
SELECT history.join_log('koseki_access_step');

CREATE FUNCTION history.enter_koseki_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO history.koseki_access_step (municipality_code, registration_number, state, cause, done_by, happened_at)
    VALUES (
        NEW.municipality_code, NEW.registration_number, NEW.state, coalesce(NEW.end_cause, NEW.refused_for),
        CASE WHEN NEW.state IN ('accepted', 'refused') THEN NEW.decided_by END,
        coalesce(NEW.ended_at, NEW.decided_at, NEW.submitted_at)
    );
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION history.enter_koseki_access() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION history.enter_koseki_access() TO issuance_owner;
GRANT USAGE ON SCHEMA history TO issuance_owner;

-- One alert on the business day before the last one, and one when it is over, for each application that nobody has decided.
CREATE FUNCTION history.alert_koseki_access(today date) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH opened AS (
        INSERT INTO history.alert (municipality_code, cause, detail)
        SELECT a.municipality_code, due.cause, a.asks_as
        FROM issuance.koseki_access AS a
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.due_on < today THEN 'koseki_access_overdue' ELSE 'koseki_access_due' END
        ) AS due (cause)
        WHERE a.municipality_code = shared.city() AND a.state = 'submitted' AND a.alert_on <= today AND NOT EXISTS (
            SELECT FROM history.alert AS known
            WHERE known.municipality_code = a.municipality_code AND known.cause = due.cause AND known.detail = a.asks_as
        )
        RETURNING alert_id
    ) SELECT count(alert_id) FROM opened;
END;
REVOKE ALL ON FUNCTION history.alert_koseki_access(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION history.alert_koseki_access(date) TO sweeper;

-- By which registration somebody outside the register asked; nothing for who asked as a resident.
ALTER TABLE history.issuance_koseki_person ADD registration_number bigint;

SET LOCAL ROLE issuance_owner;
CREATE TRIGGER entered AFTER INSERT OR UPDATE ON issuance.koseki_access
    FOR EACH ROW EXECUTE FUNCTION history.enter_koseki_access();
