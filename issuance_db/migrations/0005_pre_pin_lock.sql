-- Column grants cannot say "forward only": front writes the counter of wrong PINs and must not be able to lift a lock.
SET LOCAL ROLE issuance_owner;

CREATE FUNCTION issuance.refuse_unlock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.locked_at IS NOT NULL
        AND (NEW.locked_at IS DISTINCT FROM OLD.locked_at OR NEW.failures < OLD.failures)
        AND NOT pg_has_role(current_user, 'staff', 'USAGE') THEN
        RAISE EXCEPTION 'only staff lift a lock' USING ERRCODE = 'KS004';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION issuance.refuse_unlock() FROM PUBLIC;
CREATE TRIGGER staff_unlock BEFORE UPDATE ON issuance.pin_tries FOR EACH ROW EXECUTE FUNCTION issuance.refuse_unlock();
