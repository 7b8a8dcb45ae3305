-- name: lock
-- Two that enter at once do so one after the other.
SELECT shared.lock_for_joining()

-- name: join
-- A process enters itself, live from now on.
INSERT INTO shared.node (node_id, host, process, build_digest, build, settings, started_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7)

-- name: renew
-- Still here, in the old place, if it was seen within $2.
UPDATE shared.node SET last_seen_at = clock_timestamp()
WHERE node_id = $1 AND last_seen_at >= clock_timestamp() - $2::interval
RETURNING node_id

-- name: say_settings
-- What a process has set has become otherwise, such as its keys.
UPDATE shared.node SET settings = $2::jsonb WHERE node_id = $1

-- name: come_back
-- Who was not seen for too long comes back as the last, not in the old place.
UPDATE shared.node SET joined_at = clock_timestamp(), last_seen_at = clock_timestamp() WHERE node_id = $1 RETURNING node_id

-- name: live
-- Those seen within $1, the one that has been live for longest first.
SELECT node_id, host, process, build_digest, settings::text AS settings, last_seen_at
FROM shared.node
WHERE last_seen_at >= clock_timestamp() - $1::interval
ORDER BY joined_at, node_id

-- name: build
-- The parts a node's build is made of.
SELECT build::text FROM shared.node WHERE node_id = $1

-- name: leave
-- A process that ends.
DELETE FROM shared.node WHERE node_id = $1

-- name: forget
-- Rows that crashed processes of our role left behind.
DELETE FROM shared.node WHERE role_name = current_user AND last_seen_at < clock_timestamp() - interval '1 day'
