-- name: step_missing
-- Steps are numbered from one without a gap.
SELECT format('%s/%s/%s', t.caller_id, t.call, t.request_id) AS concern
FROM history.transition AS t
WHERE t.municipality_code = $1
GROUP BY t.caller_id, t.call, t.request_id
HAVING min(t.step) <> 1 OR max(t.step) <> count(t.step)
ORDER BY 1

-- name: chain_broken
-- Each step carries the digest of the one before. Where that one is missing, the gap is what is told.
SELECT DISTINCT format('%s/%s/%s', linked.caller_id, linked.call, linked.request_id) AS concern
FROM (
    SELECT t.caller_id, t.call, t.request_id, t.step, t.previous_digest,
        lag(t.step) OVER earlier AS step_before, lag(t.digest) OVER earlier AS digest_before
    FROM history.transition AS t
    WHERE t.municipality_code = $1
    WINDOW earlier AS (PARTITION BY t.caller_id, t.call, t.request_id ORDER BY t.step)
) AS linked
WHERE linked.step = 1 AND linked.previous_digest <> ''::bytea
    OR linked.step = linked.step_before + 1 AND linked.previous_digest <> linked.digest_before
ORDER BY 1

-- name: step_changed
-- Each step still has the digest it was written with.
SELECT DISTINCT format('%s/%s/%s', t.caller_id, t.call, t.request_id) AS concern
FROM history.transition AS t
WHERE t.municipality_code = $1 AND t.digest <> history.step_digest(
    t.previous_digest, t.salt, ARRAY[t.municipality_code, t.caller_id, t.call, t.request_id], t.step, t.state, t.code,
    t.issuance_number, t.happened_at
)
ORDER BY 1
