-- A new account, wider duties, a later last day, a new first password or codes that are registered anew wait until another person releases them.
SET LOCAL ROLE issuance_owner;

ALTER TABLE issuance.staff_account
    ADD COLUMN waits_since timestamptz,  -- NULL: released, as every account that was there before this rule
    ADD COLUMN prepared_by text CHECK (shared.same_name(prepared_by) <> ''),
    ADD COLUMN released_by text CHECK (shared.same_name(released_by) <> ''),
    ADD CONSTRAINT staff_account_waits_for_another CHECK (waits_since IS NULL OR (prepared_by IS NOT NULL AND released_by IS NULL));

CREATE FUNCTION issuance.require_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.released_by := NULL;
        NEW.waits_since := CASE
            -- A city's only administrator waits for nobody: nobody could release them.
            WHEN 'administrator' = ANY (NEW.duties) AND NOT EXISTS (
                SELECT FROM issuance.staff_account AS a
                WHERE a.municipality_code = NEW.municipality_code AND 'administrator' = ANY (a.duties) AND a.ended_at IS NULL
            ) THEN NULL
            ELSE clock_timestamp()
        END;
    ELSIF NOT NEW.duties <@ OLD.duties
        OR coalesce(NEW.valid_until, 'infinity') > coalesce(OLD.valid_until, 'infinity')
        OR (NEW.password_is_initial AND NEW.password_hash <> OLD.password_hash)
        OR (NEW.second_factor IS NULL AND OLD.second_factor IS NOT NULL)
        OR (NEW.ended_at IS NULL AND OLD.ended_at IS NOT NULL) THEN
        NEW.released_by := NULL;
        NEW.waits_since := clock_timestamp();
    ELSIF NEW.prepared_by IS DISTINCT FROM OLD.prepared_by
        OR (NEW.waits_since IS DISTINCT FROM OLD.waits_since AND (
            NEW.released_by IS NULL
            OR shared.same_name(NEW.released_by) IN (shared.same_name(OLD.prepared_by), shared.same_name(OLD.name))
        )) THEN
        RAISE EXCEPTION 'an account is released by another person' USING ERRCODE = 'KS008';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER release BEFORE INSERT OR UPDATE ON issuance.staff_account
    FOR EACH ROW EXECUTE FUNCTION issuance.require_release();
GRANT UPDATE (waits_since, prepared_by, released_by) ON issuance.staff_account TO staff;
