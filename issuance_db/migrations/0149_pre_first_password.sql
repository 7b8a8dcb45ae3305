-- A first password that nobody used ends by itself. Those that were given before this rule do not.
SET LOCAL ROLE issuance_owner;

ALTER TABLE issuance.staff_account ADD COLUMN first_password_at timestamptz;

CREATE FUNCTION issuance.date_first_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.password_hash, NEW.password_is_initial) IS DISTINCT FROM (OLD.password_hash, OLD.password_is_initial) THEN
        NEW.first_password_at := CASE WHEN NEW.password_is_initial THEN clock_timestamp() END;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER first_password BEFORE INSERT OR UPDATE ON issuance.staff_account
    FOR EACH ROW EXECUTE FUNCTION issuance.date_first_password();
REVOKE ALL ON FUNCTION issuance.date_first_password() FROM PUBLIC;
