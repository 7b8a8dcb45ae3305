-- name: latest
-- The newest requests after an instant, those under way too. No number, no person.
SELECT r.accepted_at, r.node, r.channel, r.terminal_operator, r.terminal_store, r.terminal_id, r.kind, r.state, r.result_code,
    extract(epoch FROM h.recorded_at - r.accepted_at)::float8 AS seconds,
    extract(epoch FROM (
        SELECT max(s.age) FROM history.issuance_source AS s
        WHERE s.municipality_code = h.municipality_code AND s.issuance_number = h.issuance_number
    ))::float8 AS age
FROM issuance.request AS r
LEFT JOIN history.issuance AS h ON h.municipality_code = r.municipality_code AND h.issuance_number = r.issuance_number
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.accepted_at > $2
ORDER BY r.accepted_at DESC, r.request_id DESC
LIMIT $3

-- name: summed
-- Requests after an instant by machine, and by terminal (the busiest $3 of them): how many, how long, how old the oldest data was.
WITH recent AS (
    SELECT r.node, r.terminal_operator, r.terminal_store, r.terminal_id, r.state, h.recorded_at - r.accepted_at AS took, (
        SELECT max(s.age) FROM history.issuance_source AS s
        WHERE s.municipality_code = h.municipality_code AND s.issuance_number = h.issuance_number
    ) AS age
    FROM issuance.request AS r
    LEFT JOIN history.issuance AS h ON h.municipality_code = r.municipality_code AND h.issuance_number = r.issuance_number
    WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.accepted_at > $2
)
SELECT grouping(c.terminal_id) = 0 AS is_terminal, c.node, c.terminal_operator, c.terminal_store, c.terminal_id, count(*) AS requests,
    count(*) FILTER (WHERE c.state = 'accepted') AS under_way, count(*) FILTER (WHERE c.state = 'answered') AS issued,
    count(*) FILTER (WHERE c.state IN ('refused', 'abandoned')) AS refused,
    extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY c.took))::float8 AS half,
    extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY c.took))::float8 AS most,
    extract(epoch FROM max(c.age))::float8 AS age
FROM recent AS c
GROUP BY GROUPING SETS ((c.node), (c.terminal_operator, c.terminal_store, c.terminal_id))
ORDER BY 1, count(*) DESC, 2, 3, 4, 5
LIMIT $3
