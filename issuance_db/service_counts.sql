-- What was asked and issued in a period, for everybody who runs the service: numbers, no persons.

-- name: bounded
-- A question that takes longer is given up, so that nobody waits behind it.
SET LOCAL statement_timeout = '20s'

-- name: counts
-- Each of these groups by itself, in JST; one reading of the requests for all of them.
SELECT grouping(a.month, a.day, a.kind, a.operator, a.weekday, a.hour) AS level, a.month, a.day, a.kind, a.operator, a.weekday, a.hour,
    count(*) AS requests, count(*) FILTER (WHERE a.state = 'answered') AS issued, count(*) FILTER (WHERE a.state = 'refused') AS refused,
    count(*) FILTER (WHERE a.outcome = 'printed') AS printed, coalesce(sum(a.fee_yen) FILTER (WHERE a.fee_collected), 0) AS fees
FROM (
    SELECT to_char(r.accepted_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') AS month,
        to_char(r.accepted_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS day, coalesce(r.kind, '') AS kind,
        coalesce(r.terminal_operator, '') AS operator, extract(isodow FROM r.accepted_at AT TIME ZONE 'Asia/Tokyo')::int AS weekday,
        extract(hour FROM r.accepted_at AT TIME ZONE 'Asia/Tokyo')::int AS hour, r.state, o.outcome, i.fee_yen, o.fee_collected
    FROM issuance.request AS r
    LEFT JOIN history.issuance AS i ON i.municipality_code = r.municipality_code AND i.issuance_number = r.issuance_number
    LEFT JOIN history.outcome AS o ON o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
    WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.accepted_at >= $2 AND r.accepted_at < $3
) AS a
GROUP BY GROUPING SETS ((a.month), (a.day), (a.kind), (a.operator), (a.hour), (a.weekday, a.hour), ())
ORDER BY 1, 2, 3, 4, 5, 6, 7

-- name: refusals
-- By what the kiosk was told.
SELECT r.result_code AS reason, count(*) AS requests
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.state IN ('refused', 'abandoned') AND r.accepted_at >= $2 AND r.accepted_at < $3
GROUP BY r.result_code
ORDER BY 2 DESC, 1

-- name: latencies
-- How long certificates took, from the acceptance to the record that they were made.
SELECT i.kind, count(*) AS issued, extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY i.recorded_at - r.accepted_at))::float8 AS half,
    extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY i.recorded_at - r.accepted_at))::float8 AS most,
    extract(epoch FROM max(i.recorded_at - r.accepted_at))::float8 AS longest
FROM issuance.request AS r
JOIN history.issuance AS i ON i.municipality_code = r.municipality_code AND i.issuance_number = r.issuance_number
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.state = 'answered' AND r.accepted_at >= $2 AND r.accepted_at < $3
GROUP BY i.kind
ORDER BY i.kind

-- name: ages
-- How old the data was that certificates were made from.
SELECT s.source, count(*) AS issued, extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY s.age))::float8 AS half,
    extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY s.age))::float8 AS most, extract(epoch FROM max(s.age))::float8 AS oldest
FROM history.issuance AS i
JOIN history.issuance_source AS s ON s.municipality_code = i.municipality_code AND s.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND i.recorded_at >= $2 AND i.recorded_at < $3
GROUP BY s.source
ORDER BY s.source
