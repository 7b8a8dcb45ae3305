-- Passkeys (WebAuthn) of staff, beside the codes, and the challenge that a session's page asks them to sign.
SET LOCAL ROLE issuance_owner;

CREATE TABLE issuance.staff_passkey (
    municipality_code text NOT NULL,
    passkey_id bytea NOT NULL CHECK (octet_length(passkey_id) BETWEEN 16 AND 1023),
    account_id text NOT NULL,
    passkey_name text NOT NULL CHECK (char_length(passkey_name) BETWEEN 1 AND 40),
    credential bytea NOT NULL,  -- attested credential data: model, id, public key
    sign_count bigint NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    used_at timestamptz,
    waits_since timestamptz,  -- NULL: released, or the account's first factor
    released_by text CHECK (shared.same_name(released_by) <> ''),
    stopped_at timestamptz,  -- its counter went back: there may be a copy
    PRIMARY KEY (municipality_code, passkey_id),
    UNIQUE (municipality_code, account_id, passkey_name),
    FOREIGN KEY (municipality_code, account_id) REFERENCES issuance.staff_account (municipality_code, account_id)
);

-- The newest of a session only; whoever takes it takes it away.
CREATE TABLE issuance.staff_challenge (
    municipality_code text NOT NULL,
    token_digest bytea NOT NULL,
    challenge bytea NOT NULL CHECK (octet_length(challenge) = 32),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, token_digest),
    FOREIGN KEY (municipality_code, token_digest) REFERENCES issuance.staff_session (municipality_code, token_digest) ON DELETE CASCADE
);

CREATE FUNCTION issuance.require_passkey_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    has_factor boolean;
    account_name text;
BEGIN
    -- Changes of one account's factors come one after the other.
    SELECT a.name, a.second_factor IS NOT NULL OR EXISTS (
        SELECT FROM issuance.staff_passkey AS p
        WHERE p.municipality_code = a.municipality_code AND p.account_id = a.account_id
    ) INTO account_name, has_factor
    FROM issuance.staff_account AS a
    WHERE a.municipality_code = NEW.municipality_code AND a.account_id = NEW.account_id
    FOR NO KEY UPDATE;
    IF TG_OP = 'INSERT' THEN
        NEW.released_by := NULL;
        NEW.stopped_at := NULL;
        -- Whoever has no factor yet proved themselves by the first password of a released account (0127).
        NEW.waits_since := CASE WHEN has_factor THEN clock_timestamp() END;
    ELSIF (NEW.waits_since, NEW.released_by) IS DISTINCT FROM (OLD.waits_since, OLD.released_by) AND (
        NEW.waits_since IS NOT NULL OR NEW.released_by IS NULL OR shared.same_name(NEW.released_by) = shared.same_name(account_name)
    ) THEN
        RAISE EXCEPTION 'a passkey is released by another person' USING ERRCODE = 'KS008';
    ELSIF NEW.sign_count < OLD.sign_count OR (NEW.stopped_at IS NULL AND OLD.stopped_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a passkey does not go back';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER release BEFORE INSERT OR UPDATE ON issuance.staff_passkey
    FOR EACH ROW EXECUTE FUNCTION issuance.require_passkey_release();

CREATE FUNCTION issuance.keep_a_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Without this an account would register a factor anew with its password alone. One that waits is released by another person first.
    PERFORM FROM issuance.staff_account AS a
    WHERE a.municipality_code = OLD.municipality_code AND a.account_id = OLD.account_id
        AND a.second_factor IS NULL AND a.ended_at IS NULL AND a.waits_since IS NULL AND NOT EXISTS (
            SELECT FROM issuance.staff_passkey AS p
            WHERE p.municipality_code = a.municipality_code AND p.account_id = a.account_id
                AND p.passkey_id <> OLD.passkey_id AND p.waits_since IS NULL AND p.stopped_at IS NULL
        )
    FOR NO KEY UPDATE;
    IF FOUND THEN
        RAISE EXCEPTION 'the last second factor stays' USING ERRCODE = 'KS012';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER keep_a_factor BEFORE DELETE ON issuance.staff_passkey FOR EACH ROW EXECUTE FUNCTION issuance.keep_a_factor();

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['staff_passkey', 'staff_challenge'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, DELETE ON issuance.staff_passkey TO staff;
GRANT UPDATE (sign_count, used_at, waits_since, released_by, stopped_at) ON issuance.staff_passkey TO staff;
GRANT SELECT, INSERT, DELETE ON issuance.staff_challenge TO staff;
GRANT UPDATE (challenge, made_at) ON issuance.staff_challenge TO staff;
