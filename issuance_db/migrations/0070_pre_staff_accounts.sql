-- Who of the staff may sign in, their sessions, and what they looked at. A session is found by the digest of its token alone.
SET LOCAL ROLE issuance_owner;

CREATE TABLE issuance.staff_account (
    municipality_code text NOT NULL,
    account_id text NOT NULL CHECK (account_id ~ '^[a-z][a-z0-9._-]{1,31}$'),
    name text NOT NULL CHECK (shared.same_name(name) <> ''),
    duties text[] NOT NULL CHECK (
        cardinality(duties) > 0
        AND duties <@ ARRAY['counter', 'reconciliation', 'supervisor', 'administrator', 'auditor', 'contractor']
    ),
    valid_until date CHECK (valid_until IS NOT NULL OR NOT 'contractor' = ANY (duties)),  -- the last day (JST)
    password_hash text NOT NULL,
    password_is_initial boolean NOT NULL,
    second_factor bytea,  -- sealed; NULL until the first sign-in
    second_factor_step bigint NOT NULL DEFAULT 0,  -- of the last code that was taken: none is taken twice
    failures integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (municipality_code, account_id)
);
-- The rule of two persons goes by the name.
CREATE UNIQUE INDEX staff_account_name ON issuance.staff_account (municipality_code, shared.same_name(name));

CREATE TABLE issuance.staff_session (
    municipality_code text NOT NULL,
    token_digest bytea NOT NULL CHECK (octet_length(token_digest) = 32),
    account_id text NOT NULL,
    is_whole boolean NOT NULL,  -- the second factor was shown
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, token_digest),
    FOREIGN KEY (municipality_code, account_id) REFERENCES issuance.staff_account (municipality_code, account_id)
);
-- What somebody searched for: who is looked for stands here, not in an address that browsers keep. It ends with the session.
CREATE TABLE issuance.staff_search (
    municipality_code text NOT NULL,
    search_id text NOT NULL,
    token_digest bytea NOT NULL,
    criteria jsonb NOT NULL,
    PRIMARY KEY (municipality_code, search_id),
    FOREIGN KEY (municipality_code, token_digest) REFERENCES issuance.staff_session (municipality_code, token_digest) ON DELETE CASCADE
);
CREATE INDEX staff_search_session ON issuance.staff_search (municipality_code, token_digest);
CREATE INDEX staff_session_account ON issuance.staff_session (municipality_code, account_id);

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['staff_account', 'staff_session', 'staff_search'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT ON issuance.staff_account TO staff;
GRANT UPDATE (duties, valid_until, password_hash, password_is_initial, second_factor, second_factor_step, failures, locked_until, ended_at)
    ON issuance.staff_account TO staff;
GRANT SELECT, INSERT, DELETE ON issuance.staff_session TO staff;
GRANT SELECT, INSERT ON issuance.staff_search TO staff;
GRANT UPDATE (seen_at) ON issuance.staff_session TO staff;
GRANT SELECT (municipality_code, account_id, name, duties, valid_until, ended_at) ON issuance.staff_account TO fsck;

SET LOCAL ROLE history_owner;

-- Everything about signing in, also what failed. A name that no account has is not kept: it may be a password in the wrong field.
CREATE TABLE history.staff_sign_in (
    municipality_code text NOT NULL,
    sign_in_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id text,
    result text NOT NULL CHECK (result ~ '^[a-z_]{1,30}$'),
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, sign_in_id)
);
CREATE INDEX staff_sign_in_time ON history.staff_sign_in (municipality_code, happened_at);

-- What somebody looked at or took out; what they changed is in staff_act.
CREATE TABLE history.staff_reading (
    municipality_code text NOT NULL,
    reading_id bigint GENERATED ALWAYS AS IDENTITY,
    account_id text NOT NULL,
    reading text NOT NULL CHECK (reading ~ '^[a-z_]{1,40}$'),
    concerns text,  -- an issuance number, a file's digest, a number of rows
    person_number text,
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, reading_id)
);
CREATE INDEX staff_reading_time ON history.staff_reading (municipality_code, happened_at);

SELECT history.join_log('staff_sign_in');
SELECT history.join_log('staff_reading', '{person_number}');
GRANT INSERT, SELECT ON history.staff_sign_in, history.staff_reading TO staff;
GRANT SELECT ON history.staff_sign_in, history.staff_reading TO fsck;
