-- name: last_step_disagrees
-- The last thing written about a request is what it is now.
SELECT format('%s/%s/%s', r.caller_id, r.call, r.request_id) AS concern
FROM issuance.request AS r
LEFT JOIN (
    SELECT DISTINCT ON (t.caller_id, t.call, t.request_id) t.caller_id, t.call, t.request_id, t.state, t.code, t.issuance_number
    FROM history.transition AS t
    WHERE t.municipality_code = $1 AND t.state IN ('accepted', 'answered', 'refused', 'abandoned', 'withdrawn')
    ORDER BY t.caller_id, t.call, t.request_id, t.step DESC
) AS last ON last.caller_id = r.caller_id AND last.call = r.call AND last.request_id = r.request_id
WHERE r.municipality_code = $1 AND (
    CASE last.state WHEN 'withdrawn' THEN 'refused' ELSE last.state END IS DISTINCT FROM r.state
    OR last.state <> 'accepted' AND last.code IS DISTINCT FROM r.result_code
    OR last.state IN ('answered', 'withdrawn') AND last.issuance_number IS DISTINCT FROM r.issuance_number
)
ORDER BY 1

-- name: attempt_steps_disagree
-- Each attempt was written down when it began and when it ended, once, and its permit between.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
LEFT JOIN (
    SELECT t.caller_id, t.call, t.request_id, t.issuance_number,
        count(t.step) FILTER (WHERE t.state = 'proposed') AS proposed, count(t.step) FILTER (WHERE t.state = 'permitted') AS permitted,
        count(t.step) FILTER (WHERE t.state = 'answered') AS recorded, count(t.step) FILTER (WHERE t.state = 'void') AS void,
        count(t.step) FILTER (WHERE t.state = 'quarantined') AS quarantined
    FROM history.transition AS t
    WHERE t.municipality_code = $1 AND t.issuance_number IS NOT NULL
    GROUP BY t.caller_id, t.call, t.request_id, t.issuance_number
) AS written ON written.issuance_number = i.issuance_number AND written.caller_id = i.caller_id AND written.call = i.call
    AND written.request_id = i.request_id
WHERE i.municipality_code = $1 AND (
    written.proposed, written.permitted, written.recorded, written.void, written.quarantined
) IS DISTINCT FROM (
    1::bigint, (i.permitted_at IS NOT NULL)::integer::bigint, (i.state = 'recorded')::integer::bigint,
    (i.state = 'void')::integer::bigint, (i.state = 'quarantined')::integer::bigint
)
ORDER BY 1

-- name: step_of_nothing
-- A step belongs to a request, and the number it names to an attempt of that request.
SELECT DISTINCT format('%s/%s/%s', t.caller_id, t.call, t.request_id) AS concern
FROM history.transition AS t
LEFT JOIN issuance.request AS r
    ON r.municipality_code = t.municipality_code AND r.caller_id = t.caller_id AND r.call = t.call AND r.request_id = t.request_id
LEFT JOIN issuance.intent AS i ON i.municipality_code = t.municipality_code AND i.issuance_number = t.issuance_number
WHERE t.municipality_code = $1 AND (
    r.request_id IS NULL
    OR t.issuance_number IS NOT NULL AND (i.caller_id, i.call, i.request_id) IS DISTINCT FROM (t.caller_id, t.call, t.request_id)
)
ORDER BY 1
