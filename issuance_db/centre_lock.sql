-- name: is_primary
-- A standby hands out advisory locks of its own, which exclude nobody here.
SELECT NOT pg_is_in_recovery()

-- name: take_single
-- The role of the one centre process of this database, until the session ends; false while any other holds it.
SELECT pg_try_advisory_lock(shared.lock_key('', 'centre', ''))

-- name: take_several
-- One of several centre processes, until the session ends; false while one holds it for itself alone.
SELECT pg_try_advisory_lock_shared(shared.lock_key('', 'centre', ''))

-- name: holds
-- Whether this very session holds it so ($1: ExclusiveLock or ShareLock), on the primary.
SELECT NOT pg_is_in_recovery() AND EXISTS (
    SELECT FROM pg_locks AS l
    WHERE l.locktype = 'advisory' AND l.granted AND l.pid = pg_backend_pid() AND l.mode = $1 AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = shared.lock_key('', 'centre', '')
)

-- name: holders
-- The modes in which sessions hold it now.
SELECT l.mode FROM pg_locks AS l
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
    AND (l.classid::bigint << 32) | l.objid::bigint = shared.lock_key('', 'centre', '')
