-- Tables that came to history while the log was made: each row is entered for the log, those already there too.
SET LOCAL ROLE history_owner;
DO $$
DECLARE
    joining text;
BEGIN
    FOR joining IN
        SELECT c.relname::text FROM pg_class AS c
        WHERE c.relnamespace = 'history'::regnamespace AND c.relkind = 'r'
            AND EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'never_changed' AND t.tgnargs = 0)
        ORDER BY 1
    LOOP
        PERFORM history.join_log(joining);
        EXECUTE format('REVOKE SELECT ON history.%I FROM logger', joining);
    END LOOP;
END
$$;
