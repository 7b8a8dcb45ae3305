-- 発行用住民票 (F6), its keys, who may ask, and the current state of each request.
SET LOCAL ROLE issuance_owner;

-- The city's own settings ------------------------------------------------------------------------------------------

CREATE TABLE issuance.municipality (
    municipality_code text PRIMARY KEY,
    name text NOT NULL,
    my_number_allowed boolean NOT NULL DEFAULT true,
    minimum_age smallint NOT NULL DEFAULT 15
);
CREATE TABLE issuance.mayor (
    municipality_code text NOT NULL,
    effective_from date NOT NULL,
    effective_until date,
    title text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (municipality_code, effective_from)
);
CREATE TABLE issuance.official_seal (
    municipality_code text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    image bytea NOT NULL,
    PRIMARY KEY (municipality_code, valid_from)
);
CREATE TABLE issuance.fee (
    municipality_code text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('centre', 'terminal')),
    effective_from date NOT NULL,
    yen integer NOT NULL CHECK (yen >= 0),
    PRIMARY KEY (municipality_code, kind, channel, effective_from)
);
-- Hours in JST; weekday as ISO 8601 (1 is Monday). A day without a row is closed.
CREATE TABLE issuance.service_hours (
    municipality_code text NOT NULL,
    kind text NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens_at time NOT NULL,
    closes_at time NOT NULL CHECK (closes_at > opens_at),
    PRIMARY KEY (municipality_code, kind, weekday, opens_at)
);
-- Planned windows and stops at once. No kind means every kind. Who set it ends it; a kind stopped for a mismatch needs two persons.
CREATE TABLE issuance.service_stop (
    municipality_code text NOT NULL,
    stop_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    cause text NOT NULL CHECK (cause IN ('planned', 'ordered', 'mismatch')),
    reason text NOT NULL,
    PRIMARY KEY (municipality_code, stop_id)
);
-- The certificate decides which cities and kinds a caller may ask for: one row for each city it covers.
CREATE TABLE issuance.caller (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    certificate_sha256 bytea NOT NULL,
    channel text NOT NULL CHECK (channel IN ('centre', 'terminal')),
    kinds text[] NOT NULL,
    PRIMARY KEY (municipality_code, caller_id),
    UNIQUE (municipality_code, certificate_sha256)
);

-- F6 -----------------------------------------------------------------------------------------------------------------

-- The 17 record items F6-001 to F6-017, in their order. The resident code is not among them and has no column anywhere here.
CREATE TABLE issuance.resident_record (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    name text NOT NULL,
    birth_on date,
    birth_text text,
    sex smallint NOT NULL,
    head_name text,
    relationship text,
    domicile text,
    first_registrant text,
    resident_since_on date,
    resident_since_text text,
    address text NOT NULL,
    address_since_on date,
    address_since_text text,
    address_notified_on date,
    previous_address text,
    nationality text,
    foreign_resident_since_on date,
    foreign_resident_since_text text,
    article_30_45 jsonb,
    alias text,
    my_number_sealed bytea,
    my_number_key_version smallint,
    my_number_index bytea,
    PRIMARY KEY (municipality_code, person_number)
);
CREATE TABLE issuance.resident_record_extension (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    furigana text,
    former_surname text,
    former_surname_furigana text,
    alias_furigana text,
    address_before_move text,
    PRIMARY KEY (municipality_code, person_number),
    FOREIGN KEY (municipality_code, person_number)
        REFERENCES issuance.resident_record (municipality_code, person_number) ON DELETE CASCADE
);
-- Keys and order that F6 needs and does not list: kept apart from the certificate's own items.
CREATE TABLE issuance.resident_key (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    household_number text NOT NULL,
    member_order integer NOT NULL,
    is_head boolean NOT NULL,
    planned_move_out_on date,
    person_sequence bigint NOT NULL,
    household_sequence bigint NOT NULL,
    projected_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, person_number),
    FOREIGN KEY (municipality_code, person_number)
        REFERENCES issuance.resident_record (municipality_code, person_number) ON DELETE CASCADE
);
CREATE INDEX resident_key_household ON issuance.resident_key (municipality_code, household_number, member_order);

CREATE TABLE issuance.suppression (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    source text NOT NULL CHECK (source IN ('registry', 'staff', 'feed')),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, person_number, source)
);
CREATE TABLE issuance.projection_position (
    municipality_code text NOT NULL,
    consumer text NOT NULL,
    transaction_id xid8 NOT NULL,
    outbox_id bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, consumer)
);
-- A person whose row could not be projected or printed. Not issued until staff have looked.
CREATE TABLE issuance.person_held_back (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    cause text NOT NULL CHECK (cause IN ('projection', 'character', 'overflow', 'data', 'doubt')),
    item text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, person_number, cause, item)
);

-- Who is asking ------------------------------------------------------------------------------------------------------

-- One person has many user certificates: card, phone, old and new.
CREATE TABLE issuance.credential (
    municipality_code text NOT NULL,
    issuer_key_id text NOT NULL CHECK (issuer_key_id ~ '^[0-9a-f]+$'),
    serial text NOT NULL CHECK (serial ~ '^(0|[1-9][0-9]*)$'),
    person_number text NOT NULL,
    bearer text NOT NULL CHECK (bearer IN ('card', 'android', 'iphone')),
    usable_from timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (municipality_code, issuer_key_id, serial)
);
CREATE INDEX credential_person ON issuance.credential (municipality_code, person_number);
CREATE TABLE issuance.user_id (
    municipality_code text NOT NULL,
    user_id text NOT NULL,
    person_number text NOT NULL,
    usable_from timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (municipality_code, user_id)
);
-- The city's own 暗証番号, only as argon2id over a keyed hash; the row is found by the keyed hash of the canonical credential.
CREATE TABLE issuance.pin (
    municipality_code text NOT NULL,
    credential_hash bytea NOT NULL,
    pin_hash text NOT NULL,
    key_version smallint NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, credential_hash)
);
-- One row for every credential that was ever tried, known or not, so that known and unknown cost the same.
CREATE TABLE issuance.pin_tries (
    municipality_code text NOT NULL,
    credential_hash bytea NOT NULL,
    failures smallint NOT NULL DEFAULT 0 CHECK (failures BETWEEN 0 AND 3),
    locked_at timestamptz,
    last_try_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, credential_hash)
);
-- What a request id was charged for: the same id with the same PIN is charged once.
CREATE TABLE issuance.pin_charge (
    municipality_code text NOT NULL,
    credential_hash bytea NOT NULL,
    caller_id text NOT NULL,
    call text NOT NULL,
    request_id text NOT NULL,
    pin_mark bytea NOT NULL,
    charged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, credential_hash, caller_id, call, request_id, pin_mark)
);
-- Wrong answers of one caller or terminal in the running window; past the budget it is stopped, for every credential alike.
CREATE TABLE issuance.failure_budget (
    municipality_code text NOT NULL,
    scope text NOT NULL,
    window_started_at timestamptz NOT NULL,
    failures integer NOT NULL,
    PRIMARY KEY (municipality_code, scope)
);
CREATE TABLE issuance.session_use (
    municipality_code text NOT NULL,
    session_hash bytea NOT NULL,
    request_id text NOT NULL,
    used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, session_hash, request_id)
);

-- Requests and attempts ------------------------------------------------------------------------------------------------

CREATE SEQUENCE issuance.issuance_number;
CREATE SEQUENCE issuance.lease_token;

CREATE TABLE issuance.request (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    call text NOT NULL CHECK (call IN ('menus', 'issuances')),
    request_id text NOT NULL,
    fingerprint bytea NOT NULL,
    kind text,
    channel text NOT NULL,
    terminal_operator text NOT NULL,
    terminal_store text NOT NULL,
    terminal_id text NOT NULL,
    accepted_at timestamptz NOT NULL,
    deadline_at timestamptz NOT NULL,
    lease_token bigint NOT NULL,
    lease_until timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('accepted', 'answered', 'refused', 'abandoned')),
    result_code text,
    issuance_number text,
    PRIMARY KEY (municipality_code, caller_id, call, request_id),
    CHECK ((state = 'accepted') = (result_code IS NULL)),
    CHECK (state <> 'answered' OR call = 'menus' OR issuance_number IS NOT NULL)
);
CREATE INDEX request_open ON issuance.request (municipality_code, lease_until) WHERE state = 'accepted';

CREATE TABLE issuance.intent (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    caller_id text NOT NULL,
    call text NOT NULL DEFAULT 'issuances',
    request_id text NOT NULL,
    lease_token bigint NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    fee_yen integer NOT NULL,
    instant timestamptz NOT NULL,
    pages smallint NOT NULL,
    snapshot_digest bytea NOT NULL,
    document_digest bytea,
    state text NOT NULL CHECK (state IN ('proposed', 'permitted', 'recorded', 'void', 'quarantined')),
    state_cause text,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    permitted_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (municipality_code, issuance_number),
    FOREIGN KEY (municipality_code, caller_id, call, request_id)
        REFERENCES issuance.request (municipality_code, caller_id, call, request_id),
    CHECK (state NOT IN ('permitted', 'recorded') OR document_digest IS NOT NULL)
);
CREATE INDEX intent_open ON issuance.intent (municipality_code, proposed_at) WHERE state IN ('proposed', 'permitted');
CREATE INDEX intent_request ON issuance.intent (municipality_code, caller_id, call, request_id);

CREATE TABLE issuance.intent_subject (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    position smallint NOT NULL,
    person_number text NOT NULL,
    person_sequence bigint NOT NULL,
    household_number text NOT NULL,
    household_sequence bigint NOT NULL,
    printed_as text NOT NULL CHECK (printed_as IN ('person', 'head_name')),
    PRIMARY KEY (municipality_code, issuance_number, position),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES issuance.intent (municipality_code, issuance_number)
);

CREATE TABLE issuance.kept_answer (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    sealed bytea NOT NULL,
    key_version smallint NOT NULL,
    pages smallint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, issuance_number),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES issuance.intent (municipality_code, issuance_number)
);

-- A document that failed the inspection or the comparison, sealed, for two persons to open.
CREATE TABLE issuance.quarantine (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    cause text NOT NULL,
    sealed bytea NOT NULL,
    key_version smallint NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    delete_after timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, issuance_number)
);

-- States only move forward ---------------------------------------------------------------------------------------------

CREATE FUNCTION issuance.refuse_backward_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = NEW.state AND NEW.lease_token >= OLD.lease_token
       OR OLD.state = 'accepted' AND NEW.state IN ('answered', 'refused', 'abandoned') AND NEW.lease_token = OLD.lease_token
       OR OLD.state = 'abandoned' AND NEW.state = 'accepted' AND NEW.lease_token > OLD.lease_token
       OR OLD.state = 'answered' AND NEW.state = 'refused' AND NEW.result_code = 'not_available' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a request cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'KS001';
END
$$;
CREATE TRIGGER forward_only BEFORE UPDATE ON issuance.request FOR EACH ROW EXECUTE FUNCTION issuance.refuse_backward_request();

CREATE FUNCTION issuance.refuse_backward_intent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'proposed' AND NEW.state IN ('permitted', 'void', 'quarantined')
       OR OLD.state = 'permitted' AND NEW.state IN ('recorded', 'void', 'quarantined') THEN
        IF OLD.document_digest IS NULL OR OLD.document_digest = NEW.document_digest THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an intent cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'KS001';
END
$$;
CREATE TRIGGER forward_only BEFORE UPDATE ON issuance.intent FOR EACH ROW EXECUTE FUNCTION issuance.refuse_backward_intent();

-- Kept answers are destroyed through a function that can do only that: past their time, or for a suppression.
CREATE FUNCTION issuance.destroy_kept_answers(now timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH gone AS (DELETE FROM issuance.kept_answer WHERE expires_at <= now RETURNING 1) SELECT count(*) FROM gone;
END;
CREATE FUNCTION issuance.destroy_kept_answer(number text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH gone AS (DELETE FROM issuance.kept_answer WHERE issuance_number = number RETURNING 1) SELECT count(*) FROM gone;
END;

DO $$
DECLARE
    table_name text;
BEGIN
    FOR table_name IN SELECT tablename FROM pg_tables WHERE schemaname = 'issuance' LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA issuance TO front, staff, sweeper, logger, sync, fsck, purger;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA issuance FROM PUBLIC;

-- front: answers centres and terminals. It cannot register a PIN, unlock, restart a kind or lift a suppression.
GRANT SELECT ON issuance.municipality, issuance.mayor, issuance.official_seal, issuance.fee, issuance.service_hours,
    issuance.service_stop, issuance.caller, issuance.resident_record, issuance.resident_record_extension,
    issuance.resident_key, issuance.suppression, issuance.person_held_back, issuance.credential, issuance.user_id, issuance.pin,
    issuance.pin_tries, issuance.pin_charge, issuance.failure_budget, issuance.session_use, issuance.request, issuance.intent,
    issuance.intent_subject, issuance.kept_answer TO front;
GRANT INSERT ON issuance.service_stop, issuance.person_held_back, issuance.pin_tries, issuance.pin_charge, issuance.failure_budget,
    issuance.session_use, issuance.request, issuance.intent, issuance.intent_subject, issuance.kept_answer, issuance.quarantine TO front;
GRANT UPDATE (failures, locked_at, last_try_at) ON issuance.pin_tries TO front;
GRANT UPDATE (failures, window_started_at) ON issuance.failure_budget TO front;
GRANT UPDATE (lease_token, lease_until, deadline_at, accepted_at, state, result_code, issuance_number) ON issuance.request TO front;
GRANT UPDATE (state, state_cause, document_digest, permitted_at, ended_at) ON issuance.intent TO front;
GRANT USAGE ON SEQUENCE issuance.issuance_number, issuance.lease_token TO front;
GRANT EXECUTE ON FUNCTION issuance.destroy_kept_answer(text) TO front;

-- staff: the city's settings, PINs, unlocking, suppression, stops.
GRANT SELECT ON ALL TABLES IN SCHEMA issuance TO staff;
REVOKE SELECT ON issuance.kept_answer FROM staff;
GRANT INSERT ON issuance.municipality, issuance.mayor, issuance.official_seal, issuance.fee, issuance.service_hours,
    issuance.service_stop, issuance.caller, issuance.credential, issuance.user_id, issuance.pin, issuance.suppression TO staff;
GRANT UPDATE (ends_at) ON issuance.service_stop TO staff;
GRANT UPDATE (effective_until) ON issuance.mayor TO staff;
GRANT UPDATE (valid_until) ON issuance.official_seal TO staff;
GRANT UPDATE (pin_hash, key_version, registered_at) ON issuance.pin TO staff;
GRANT UPDATE (failures, locked_at) ON issuance.pin_tries TO staff;
GRANT UPDATE (revoked_at) ON issuance.credential, issuance.user_id TO staff;
GRANT DELETE ON issuance.suppression, issuance.person_held_back TO staff;

-- sweeper: ends orphans and destroys answers past their time.
GRANT SELECT ON issuance.request, issuance.intent TO sweeper;
GRANT UPDATE (state, result_code) ON issuance.request TO sweeper;
GRANT UPDATE (state, state_cause, ended_at) ON issuance.intent TO sweeper;
GRANT EXECUTE ON FUNCTION issuance.destroy_kept_answers(timestamptz) TO sweeper;

-- sync: the projection of F6 and nothing else.
GRANT SELECT, INSERT, UPDATE, DELETE ON issuance.resident_record, issuance.resident_record_extension, issuance.resident_key TO sync;
GRANT SELECT, INSERT ON issuance.suppression, issuance.person_held_back TO sync;
GRANT DELETE ON issuance.suppression, issuance.person_held_back TO sync;
GRANT SELECT, INSERT, UPDATE ON issuance.projection_position TO sync;

GRANT SELECT ON ALL TABLES IN SCHEMA issuance TO fsck;
REVOKE SELECT ON issuance.kept_answer, issuance.quarantine, issuance.pin FROM fsck;
GRANT SELECT (municipality_code, issuance_number, pages, expires_at) ON issuance.kept_answer TO fsck;
