-- A resident types the PIN on a screen that faces them. The clerk's page begins an entry, a code of eight digits pairs one screen with it, and
-- what is typed there goes hashed into issuance.pin at once: no digit of a PIN is ever in one of these tables.
SET LOCAL ROLE issuance_owner;

-- A PIN is taken away at the counter.
GRANT DELETE ON issuance.pin TO staff;

CREATE TABLE issuance.pin_entry (
    municipality_code text NOT NULL,
    entry_id text NOT NULL,
    token_digest bytea NOT NULL,  -- of the clerk's session: the entry ends with it
    code_digest bytea NOT NULL CHECK (octet_length(code_digest) = 32),
    pad_digest bytea CHECK (octet_length(pad_digest) = 32),  -- of the token of the screen that was paired
    person_number text NOT NULL,
    issuer_key_id text,
    serial text,
    user_id text,
    is_change boolean NOT NULL,
    identity_check text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'paired', 'done', 'refused', 'cancelled')),
    refused_for text,
    begun_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, entry_id),
    FOREIGN KEY (municipality_code, token_digest) REFERENCES issuance.staff_session (municipality_code, token_digest) ON DELETE CASCADE,
    CHECK ((user_id IS NULL) = (serial IS NOT NULL) AND (serial IS NULL) = (issuer_key_id IS NULL)),
    CHECK ((state = 'refused') = (refused_for IS NOT NULL)),
    CHECK (state NOT IN ('paired', 'done', 'refused') OR pad_digest IS NOT NULL)
);
CREATE UNIQUE INDEX pin_entry_code ON issuance.pin_entry (municipality_code, code_digest) WHERE state = 'waiting';
CREATE UNIQUE INDEX pin_entry_pad ON issuance.pin_entry (municipality_code, pad_digest) WHERE pad_digest IS NOT NULL;
CREATE INDEX pin_entry_session ON issuance.pin_entry (municipality_code, token_digest);

-- Codes that paired nothing, of all screens together: nobody guesses their way to somebody's PIN.
CREATE TABLE issuance.pin_code_failure (
    municipality_code text NOT NULL,
    failure_id bigint GENERATED ALWAYS AS IDENTITY,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, failure_id)
);
DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['pin_entry', 'pin_code_failure'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT ON issuance.pin_entry TO staff;
GRANT UPDATE (pad_digest, state, refused_for) ON issuance.pin_entry TO staff;
GRANT SELECT, INSERT, DELETE ON issuance.pin_code_failure TO staff;

-- A finished entry is not begun again, and a screen that was paired stays the only one.
CREATE FUNCTION issuance.refuse_backward_pin_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'waiting' AND NEW.state IN ('paired', 'cancelled')
       OR OLD.state = 'paired' AND NEW.state IN ('done', 'refused', 'cancelled') AND NEW.pad_digest = OLD.pad_digest THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an entry of a PIN cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'KS001';
END
$$;
REVOKE ALL ON FUNCTION issuance.refuse_backward_pin_entry() FROM PUBLIC;
CREATE TRIGGER forward_only BEFORE UPDATE ON issuance.pin_entry FOR EACH ROW EXECUTE FUNCTION issuance.refuse_backward_pin_entry();
