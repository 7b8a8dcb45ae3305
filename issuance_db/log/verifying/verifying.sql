-- What a verification reads, in one snapshot, as a role that may read. Nothing here is computed by functions of ours.

-- name: tables
-- The tables of history with their guards: triggers that are on, and what they were told of keys and personal columns.
SELECT c.relname::text AS name,
    array(SELECT t.tgname::text FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal) AS guards,
    (
        SELECT string_to_array(encode(t.tgargs, 'escape'), '\000') FROM pg_trigger AS t
        WHERE t.tgrelid = c.oid AND t.tgname = 'entered'
    ) AS arguments,
    array(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_class AS c
WHERE c.relnamespace = 'history'::regnamespace AND c.relkind = 'r'
ORDER BY 1

-- name: rows
-- Each row beside its entry and leaf; what has no partner stands alone. $2 the key columns, $3 the personal, $4 the other columns.
SELECT e.leaf_number, e.key AS entry_key, e.salt, e.personal_commitment, e.commitment, e.entered_at, t.key AS row_key,
    (t.content - $3::text[])::text AS open_columns, (t.content - $4::text[])::text AS personal
FROM (
    SELECT n.row_key, n.row_key::text AS key, n.salt, n.personal_commitment, n.commitment, n.entered_at, l.leaf_number
    FROM history.entry AS n
    LEFT JOIN history.leaf AS l
        ON l.municipality_code = n.municipality_code AND l.transaction_id = n.transaction_id AND l.entry_id = n.entry_id
    WHERE n.municipality_code = $1 AND n.table_name = 'THE_TABLE'
) AS e
FULL JOIN (
    SELECT r.row_key, r.row_key::text AS key, jsonb_strip_nulls(r.content) AS content
    FROM (
        SELECT to_jsonb(t) AS content, (
            SELECT jsonb_agg(to_jsonb(t) -> k.name ORDER BY k.place) FROM unnest($2::text[]) WITH ORDINALITY AS k (name, place)
        ) AS row_key
        FROM history.THE_TABLE AS t WHERE t.municipality_code = $1
    ) AS r
) AS t ON t.row_key = e.row_key

-- name: entered_tables
-- Tables that rows were entered of.
SELECT DISTINCT e.table_name FROM history.entry AS e WHERE e.municipality_code = $1

-- name: erasures
-- Up to when personal columns were erased, table by table, by erasures that two persons approved.
SELECT d.table_name, max(e.entered_before) AS entered_before
FROM history.erased AS d
JOIN history.erasure AS e ON e.municipality_code = d.municipality_code AND e.erasure_id = d.erasure_id
WHERE d.municipality_code = $1 AND (
    SELECT count(*) FROM history.erasure_approval AS a
    WHERE a.municipality_code = d.municipality_code AND a.erasure_id = d.erasure_id
) >= 2
GROUP BY d.table_name

-- name: leaves
-- The tree from left to right, each leaf beside its entry.
SELECT l.leaf_number, l.leaf_hash, e.commitment, e.table_name, e.row_key::text AS row_key
FROM history.leaf AS l
LEFT JOIN history.entry AS e
    ON e.municipality_code = l.municipality_code AND e.transaction_id = l.transaction_id AND e.entry_id = l.entry_id
WHERE l.municipality_code = $1
ORDER BY l.leaf_number

-- name: nodes
-- Stored subtrees.
SELECT n.level, n.node_index, n.hash FROM history.node AS n WHERE n.municipality_code = $1

-- name: checkpoints
-- Stored checkpoints, by size.
SELECT c.tree_size, c.root, c.note FROM history.checkpoint AS c WHERE c.municipality_code = $1 ORDER BY c.tree_size

-- name: unbatched
-- Rows that are no leaf and were entered before an instant.
SELECT e.table_name, e.row_key::text AS row_key, e.entered_at
FROM history.entry AS e
WHERE e.municipality_code = $1 AND e.entered_at < $2 AND NOT EXISTS (
    SELECT FROM history.leaf AS l
    WHERE l.municipality_code = e.municipality_code AND l.transaction_id = e.transaction_id AND l.entry_id = e.entry_id
)
ORDER BY e.entered_at

-- name: steps
-- Every step, request by request, with the text that its digest is over.
SELECT t.caller_id, t.call, t.request_id, t.step, t.state, t.issuance_number, t.salt, t.previous_digest, t.digest,
    jsonb_build_array(
        ARRAY[t.municipality_code, t.caller_id, t.call, t.request_id], t.step, t.state, t.code, t.issuance_number,
        extract(epoch FROM t.happened_at)
    )::text AS content
FROM history.transition AS t
WHERE t.municipality_code = $1
ORDER BY t.caller_id, t.call, t.request_id, t.step

-- name: request_states
-- Each request beside its last step that is about the request itself, where they do not say the same.
SELECT coalesce(r.caller_id, s.caller_id) AS caller_id, coalesce(r.call, s.call) AS call, coalesce(r.request_id, s.request_id) AS request_id,
    r.state, s.state AS step_state
FROM (SELECT q.caller_id, q.call, q.request_id, q.state FROM issuance.request AS q WHERE q.municipality_code = $1) AS r
FULL JOIN (
    SELECT DISTINCT ON (t.caller_id, t.call, t.request_id) t.caller_id, t.call, t.request_id, t.state
    FROM history.transition AS t
    WHERE t.municipality_code = $1 AND t.state NOT IN ('proposed', 'permitted', 'void', 'quarantined')
    ORDER BY t.caller_id, t.call, t.request_id, t.step DESC
) AS s ON s.caller_id = r.caller_id AND s.call = r.call AND s.request_id = r.request_id
WHERE r.state IS DISTINCT FROM CASE s.state WHEN 'withdrawn' THEN 'refused' ELSE s.state END

-- name: attempt_states
-- Each attempt beside its last step, where they do not say the same.
SELECT coalesce(i.issuance_number, s.issuance_number) AS issuance_number, coalesce(i.request_id, s.request_id) AS request_id,
    i.state, s.state AS step_state
FROM (SELECT q.issuance_number, q.request_id, q.state FROM issuance.intent AS q WHERE q.municipality_code = $1) AS i
FULL JOIN (
    SELECT DISTINCT ON (t.issuance_number) t.issuance_number, t.request_id, t.state
    FROM history.transition AS t
    WHERE t.municipality_code = $1 AND t.issuance_number IS NOT NULL
    ORDER BY t.issuance_number, t.step DESC
) AS s ON s.issuance_number = i.issuance_number
WHERE i.state IS DISTINCT FROM CASE WHEN s.state IN ('answered', 'withdrawn') THEN 'recorded' ELSE s.state END

-- name: issuances_missing
-- Attempts that were recorded, and are not in the books.
SELECT i.issuance_number, i.request_id FROM issuance.intent AS i
WHERE i.municipality_code = $1 AND i.state = 'recorded' AND NOT EXISTS (
    SELECT FROM history.issuance AS h WHERE h.municipality_code = i.municipality_code AND h.issuance_number = i.issuance_number
)
