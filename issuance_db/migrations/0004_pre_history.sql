-- What nobody can edit: every step of every request, issuances, outcomes, alerts, reads of My Number. INSERT and SELECT only.
SET LOCAL ROLE history_owner;

-- Gapless step numbers within each request; each step carries the digest of the one before.
-- The commitment is SHA-256 over the salt and the step's canonical text; personal columns stand apart, in issuance_subject.
CREATE TABLE history.transition (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    call text NOT NULL,
    request_id text NOT NULL,
    step integer NOT NULL CHECK (step > 0),
    state text NOT NULL,
    code text,
    issuance_number text,
    happened_at timestamptz NOT NULL,
    salt bytea NOT NULL,
    previous_digest bytea NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (municipality_code, caller_id, call, request_id, step)
);
-- What a step commits to. The canonical text is a JSON array, so that no two steps share one.
CREATE FUNCTION history.step_digest(
    previous_digest bytea, salt bytea, request_key text[], step integer, state text, code text, issuance_number text, happened_at timestamptz
) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(
    previous_digest || salt || convert_to(
        jsonb_build_array(request_key, step, state, code, issuance_number, extract(epoch FROM happened_at))::text, 'UTF8'
    )
);
CREATE INDEX transition_time ON history.transition (municipality_code, happened_at);

CREATE TABLE history.issuance (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    caller_id text NOT NULL,
    request_id text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    terminal_operator text NOT NULL,
    terminal_store text NOT NULL,
    terminal_id text NOT NULL,
    fee_yen integer NOT NULL,
    pages smallint NOT NULL,
    accepted_at timestamptz NOT NULL,
    instant timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    snapshot_digest bytea NOT NULL,
    document_digest bytea NOT NULL,
    file_digest bytea NOT NULL,
    file_bytes integer NOT NULL,
    PRIMARY KEY (municipality_code, issuance_number),
    UNIQUE (municipality_code, caller_id, request_id)
);
CREATE INDEX issuance_time ON history.issuance (municipality_code, recorded_at);

CREATE TABLE history.issuance_subject (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    position smallint NOT NULL,
    person_number text NOT NULL,
    person_sequence bigint NOT NULL,
    household_number text NOT NULL,
    household_sequence bigint NOT NULL,
    printed_as text NOT NULL,
    asked_by boolean NOT NULL,
    PRIMARY KEY (municipality_code, issuance_number, position),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES history.issuance (municipality_code, issuance_number)
);
CREATE INDEX issuance_subject_person ON history.issuance_subject (municipality_code, person_number);

-- Sent is not printed: the centre or the terminal says what became of it. One answer for each issuance.
CREATE TABLE history.outcome (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('printed', 'cancelled', 'failed')),
    fee_collected boolean NOT NULL,
    occurred_at timestamptz NOT NULL,
    reported_by text NOT NULL,
    reported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, issuance_number),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES history.issuance (municipality_code, issuance_number)
);
CREATE TABLE history.alert (
    municipality_code text NOT NULL,
    alert_id bigint GENERATED ALWAYS AS IDENTITY,
    cause text NOT NULL,
    issuance_number text,
    caller_id text,
    request_id text,
    detail text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, alert_id)
);
CREATE TABLE history.my_number_read (
    municipality_code text NOT NULL,
    read_id bigint GENERATED ALWAYS AS IDENTITY,
    issuance_number text,
    person_number text NOT NULL,
    purpose text NOT NULL,
    allowed boolean NOT NULL,
    read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, read_id)
);
-- The real reason of a refusal, for staff; the kiosk was told a neutral one.
CREATE TABLE history.refusal_reason (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    call text NOT NULL,
    request_id text NOT NULL,
    happened_at timestamptz NOT NULL,
    reason text NOT NULL,
    person_number text,
    PRIMARY KEY (municipality_code, caller_id, call, request_id, happened_at)
);

CREATE FUNCTION history.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is never changed' USING ERRCODE = 'KS002';
END
$$;

DO $$
DECLARE
    table_name text;
BEGIN
    FOR table_name IN SELECT tablename FROM pg_tables WHERE schemaname = 'history' LOOP
        EXECUTE format('ALTER TABLE history.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE history.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON history.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON history.%I FOR EACH ROW EXECUTE FUNCTION history.refuse_change()', table_name);
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON history.%I FOR EACH STATEMENT EXECUTE FUNCTION history.refuse_change()', table_name);
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA history TO front, staff, sweeper, logger, fsck, purger;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA history FROM PUBLIC;
GRANT EXECUTE ON FUNCTION history.step_digest(bytea, bytea, text[], integer, text, text, text, timestamptz) TO front, sweeper, fsck;
GRANT SELECT, INSERT ON history.transition, history.issuance, history.issuance_subject, history.outcome TO front;
GRANT INSERT ON history.alert, history.my_number_read, history.refusal_reason TO front;
GRANT SELECT ON history.alert TO front;
GRANT SELECT, INSERT ON history.transition TO sweeper;
GRANT SELECT ON ALL TABLES IN SCHEMA history TO staff, fsck, logger;
