-- name: try_to_lead
-- Held by the session: it ends with the connection, and whoever waits takes over.
SELECT pg_try_advisory_lock(shared.lock_key($1, 'log', 'leader'))

-- name: enter_city
-- Row-level security shows nothing without a city.
SELECT set_config('kiosk.municipality', $1, true), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)

-- name: position
-- The tree as the last batch left it; below the horizon of this snapshot every transaction has ended, and it hides none of their rows.
SELECT coalesce(last.tree_size, 0) AS tree_size, last.root, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
    history.batched_below()::text AS batched_below
FROM (SELECT) AS one
LEFT JOIN LATERAL (
    SELECT c.tree_size, c.root FROM history.checkpoint AS c WHERE c.municipality_code = $1 ORDER BY c.tree_size DESC LIMIT 1
) AS last ON true

-- name: fresh
-- Rows that are no leaf yet. One that committed late is found whatever its number: the mark waits for the oldest open transaction.
-- The mark bounds both tables, since PostgreSQL does not carry it over an equation: what a batch costs does not grow with the log.
SELECT e.transaction_id::text AS transaction_id, e.entry_id, e.commitment
FROM history.entry AS e
WHERE e.municipality_code = $1 AND e.transaction_id >= $2::text::xid8 AND NOT EXISTS (
    SELECT FROM history.leaf AS l
    WHERE l.municipality_code = $1 AND l.transaction_id >= $2::text::xid8
        AND l.municipality_code = e.municipality_code AND l.transaction_id = e.transaction_id AND l.entry_id = e.entry_id
)
ORDER BY e.transaction_id, e.entry_id
LIMIT $3

-- name: add_leaves
-- Numbered from the first; each refers to the one before.
INSERT INTO history.leaf (municipality_code, leaf_number, transaction_id, entry_id, leaf_hash)
SELECT $1, $2::bigint + f.place - 1, f.transaction_id::xid8, f.entry_id, f.leaf_hash
FROM unnest($3::text[], $4::bigint[], $5::bytea[]) WITH ORDINALITY AS f (transaction_id, entry_id, leaf_hash, place)

-- name: add_nodes
-- Subtrees that this batch completed.
INSERT INTO history.node (municipality_code, level, node_index, hash)
SELECT $1, n.level, n.node_index, n.hash FROM unnest($2::smallint[], $3::bigint[], $4::bytea[]) AS n (level, node_index, hash)

-- name: add_checkpoint
-- Signed over the tree with this batch. The mark is written as of the oldest transaction that may still add rows.
INSERT INTO history.checkpoint (municipality_code, tree_size, root, horizon, note) VALUES ($1, $2, $3, $4::text::xid8, $5)

-- name: leaves
-- A run of leaf hashes, in order.
SELECT l.leaf_hash FROM history.leaf AS l
WHERE l.municipality_code = $1 AND l.leaf_number >= $2 AND l.leaf_number < $3 ORDER BY l.leaf_number

-- name: nodes
-- A run of stored nodes of one level, in order.
SELECT n.hash FROM history.node AS n
WHERE n.municipality_code = $1 AND n.level = $2 AND n.node_index >= $3 AND n.node_index < $4 ORDER BY n.node_index

-- name: latest
-- The last checkpoint.
SELECT c.tree_size, c.note, c.made_at FROM history.checkpoint AS c WHERE c.municipality_code = $1 ORDER BY c.tree_size DESC LIMIT 1

-- name: next_checkpoint
-- The first checkpoint over more leaves than these.
SELECT c.tree_size, c.note FROM history.checkpoint AS c WHERE c.municipality_code = $1 AND c.tree_size > $2 ORDER BY c.tree_size LIMIT 1

-- name: leaf_of_issuance
-- The leaf of the history row of an issuance number, with what it commits to.
SELECT l.leaf_number, l.leaf_hash, e.personal_commitment, e.commitment, jsonb_strip_nulls(to_jsonb(i))::text AS content
FROM history.issuance AS i
JOIN history.entry AS e
    ON e.municipality_code = i.municipality_code AND e.table_name = 'issuance' AND e.row_key = jsonb_build_array(i.issuance_number)
JOIN history.leaf AS l
    ON l.municipality_code = e.municipality_code AND l.transaction_id = e.transaction_id AND l.entry_id = e.entry_id
WHERE i.municipality_code = $1 AND i.issuance_number = $2
ORDER BY l.leaf_number LIMIT 1

-- name: accepted
-- How far this witness has accepted, by its last signature.
SELECT s.tree_size, s.accepted_at FROM history.cosignature AS s
WHERE s.municipality_code = $1 AND s.witness = $2 ORDER BY s.tree_size DESC LIMIT 1

-- name: add_cosignature
-- What the witness gave for a checkpoint.
INSERT INTO history.cosignature (municipality_code, tree_size, witness, signature) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: lag
-- Since when the oldest row waits for the batcher and the oldest checkpoint for the witness.
SELECT unbatched_since, unwitnessed_since FROM history.log_lag()

-- name: open_alert_once
-- Not again while the witness has accepted nothing since.
INSERT INTO history.alert (municipality_code, cause, detail)
SELECT $1, $2, $3
WHERE NOT EXISTS (
    SELECT FROM history.alert AS a
    WHERE a.municipality_code = $1 AND a.cause = $2 AND a.opened_at > coalesce((
        SELECT max(s.accepted_at) FROM history.cosignature AS s WHERE s.municipality_code = $1
    ), '-infinity')
)

-- name: cosignatures
-- The latest that witnesses have accepted.
SELECT s.witness, s.tree_size, s.accepted_at FROM history.cosignature AS s
WHERE s.municipality_code = $1 ORDER BY s.accepted_at DESC LIMIT $2
