-- Which processes are live on this database, of which build and with which settings; they compare themselves and refuse to differ.
SET LOCAL ROLE shared_owner;

-- No personal data. A row is its process's own: it alone renews it, and a row that is not renewed counts as gone.
CREATE TABLE shared.node (
    node_id uuid PRIMARY KEY,
    role_name name NOT NULL DEFAULT current_user,
    host text NOT NULL,
    process text NOT NULL,
    build_digest bytea NOT NULL CHECK (octet_length(build_digest) = 32),
    -- Each file of the program with the start of its digest, each library with its version.
    build jsonb NOT NULL,
    -- What every node must have set alike.
    settings jsonb NOT NULL,
    started_at timestamptz NOT NULL,
    -- Since when it has been seen without a gap; the first of the live ones sets the edition.
    joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE shared.node ENABLE ROW LEVEL SECURITY;
ALTER TABLE shared.node FORCE ROW LEVEL SECURITY;
CREATE POLICY seen_by_all ON shared.node FOR SELECT USING (true);
CREATE POLICY enters_itself ON shared.node FOR INSERT WITH CHECK (role_name = current_user);
CREATE POLICY renews_its_own ON shared.node FOR UPDATE USING (role_name = current_user);
CREATE POLICY removes_its_own ON shared.node FOR DELETE USING (role_name = current_user);

-- Entering is one after the other, so that of two newcomers the second always sees the first.
CREATE FUNCTION shared.lock_for_joining() RETURNS void
LANGUAGE sql
RETURN pg_advisory_xact_lock(shared.lock_key('', 'node', ''));
REVOKE ALL ON FUNCTION shared.lock_for_joining() FROM PUBLIC;

GRANT SELECT, DELETE ON shared.node TO front, staff, sweeper, logger, sync;
GRANT INSERT (node_id, host, process, build_digest, build, settings, started_at) ON shared.node TO front, staff, sweeper, logger, sync;
GRANT UPDATE (joined_at, last_seen_at) ON shared.node TO front, staff, sweeper, logger, sync;
GRANT EXECUTE ON FUNCTION shared.lock_for_joining() TO front, staff, sweeper, logger, sync;
GRANT SELECT ON shared.node TO fsck;
