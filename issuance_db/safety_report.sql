-- What the books say of a period, from $2 to before $3, for the quarterly report on safety: numbers, stops and who ordered them; no residents.

-- name: bounded
-- A question that takes longer is given up, so that nobody waits behind it.
SET LOCAL statement_timeout = '60s'

-- name: requests
-- What was asked and what became of it; how many came in a second that already had one, which is when papers were mixed up elsewhere.
SELECT count(*) AS requests, count(*) FILTER (WHERE r.state = 'answered') AS issued, count(*) FILTER (WHERE r.state = 'refused') AS refused,
    count(*) FILTER (WHERE r.state = 'abandoned') AS abandoned, count(*) FILTER (WHERE r.result_code = 'not_fresh') AS not_fresh,
    count(*) FILTER (WHERE r.result_code = 'timed_out') AS timed_out,
    count(*) FILTER (WHERE o.outcome = 'printed') AS printed, count(*) FILTER (WHERE o.outcome = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE o.outcome = 'failed') AS failed,
    count(*) FILTER (WHERE r.state = 'answered' AND o.outcome IS NULL) AS not_reported,
    count(*) - count(DISTINCT date_trunc('second', r.accepted_at)) AS same_second
FROM issuance.request AS r
LEFT JOIN history.outcome AS o ON o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.accepted_at >= $2 AND r.accepted_at < $3

-- name: papers
-- Every issuance against what was permitted: document, persons, and that its request got no other.
SELECT
    count(*) FILTER (WHERE n.state IS DISTINCT FROM 'recorded') AS without_permit,
    count(*) FILTER (WHERE n.document_digest IS DISTINCT FROM h.document_digest) AS other_document,
    count(*) FILTER (WHERE ARRAY (
        SELECT (s.position, s.person_number, s.household_number, s.printed_as)::text FROM history.issuance_subject AS s
        WHERE s.municipality_code = h.municipality_code AND s.issuance_number = h.issuance_number ORDER BY s.position
    ) <> ARRAY (
        SELECT (s.position, s.person_number, s.household_number, s.printed_as)::text FROM issuance.intent_subject AS s
        WHERE s.municipality_code = h.municipality_code AND s.issuance_number = h.issuance_number ORDER BY s.position
    )) AS other_persons,
    count(*) - count(DISTINCT (h.caller_id, h.request_id)) AS second_answer
FROM history.issuance AS h
LEFT JOIN issuance.intent AS n ON n.municipality_code = h.municipality_code AND n.issuance_number = h.issuance_number
WHERE h.municipality_code = $1 AND h.recorded_at >= $2 AND h.recorded_at < $3

-- name: attempts
-- What was stopped before it left.
SELECT count(*) FILTER (WHERE n.state = 'void') AS void, count(*) FILTER (WHERE n.state = 'quarantined') AS quarantined
FROM issuance.intent AS n
WHERE n.municipality_code = $1 AND n.proposed_at >= $2 AND n.proposed_at < $3

-- name: ages
-- How old the data was that certificates were made from.
SELECT s.source, extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY s.age))::float8 AS most,
    extract(epoch FROM max(s.age))::float8 AS oldest
FROM history.issuance AS h
JOIN history.issuance_source AS s ON s.municipality_code = h.municipality_code AND s.issuance_number = h.issuance_number
WHERE h.municipality_code = $1 AND h.recorded_at >= $2 AND h.recorded_at < $3
GROUP BY s.source
ORDER BY s.source

-- name: compared
-- Records against the register, and feeds against lists of their source.
SELECT
    (SELECT count(*) FROM history.reconciliation AS c WHERE c.municipality_code = $1 AND c.ended_at >= $2 AND c.ended_at < $3) AS comparisons,
    (
        SELECT coalesce(sum(c.differing), 0) FROM history.reconciliation AS c
        WHERE c.municipality_code = $1 AND c.ended_at >= $2 AND c.ended_at < $3
    ) AS differing,
    (SELECT count(*) FROM history.record_repair AS p WHERE p.municipality_code = $1 AND p.repaired_at >= $2 AND p.repaired_at < $3) AS repaired,
    (
        SELECT count(*) FROM history.source_comparison AS c
        WHERE c.municipality_code = $1 AND c.compared_at >= $2 AND c.compared_at < $3
    ) AS source_comparisons,
    (
        SELECT count(*) FROM history.source_comparison AS c
        JOIN history.source_difference AS d ON d.municipality_code = c.municipality_code AND d.comparison_id = c.comparison_id
        WHERE c.municipality_code = $1 AND c.compared_at >= $2 AND c.compared_at < $3
    ) AS source_differences

-- name: alerts
-- By cause: how many came, how many of them are closed, and the longest way from one to the other.
SELECT a.cause, count(*) AS opened, count(f.alert_id) AS closed, extract(epoch FROM max(f.confirmed_at - a.opened_at))::float8 AS longest
FROM history.alert AS a
LEFT JOIN history.alert_confirmation AS f ON f.municipality_code = a.municipality_code AND f.alert_id = a.alert_id
WHERE a.municipality_code = $1 AND a.opened_at >= $2 AND a.opened_at < $3
GROUP BY a.cause
ORDER BY a.cause

-- name: stops
-- In force at any time of the period. Whom one is of is not told.
SELECT s.stop_id, s.kind, s.person_number IS NOT NULL OR s.household_number IS NOT NULL AS is_of_somebody, s.terminal_operator,
    s.terminal_store, s.terminal_id, s.starts_at, s.ends_at, s.cause, (
        SELECT string_agg(DISTINCT t.acted_by, '、') FROM history.staff_act AS t
        WHERE t.municipality_code = s.municipality_code AND t.concerns = s.stop_id::text AND t.act IN ('stop_set', 'stop_approved', 'stop_ended')
    ) AS acted_by
FROM issuance.service_stop AS s
WHERE s.municipality_code = $1 AND s.starts_at < $3 AND coalesce(s.ends_at, 'infinity') > $2
ORDER BY s.starts_at, s.stop_id

-- name: settled
-- The centre's statements against our books.
SELECT
    (SELECT count(*) FROM history.statement AS t WHERE t.municipality_code = $1 AND t.imported_at >= $2 AND t.imported_at < $3) AS statements,
    (
        SELECT count(DISTINCT t.issuance_number) FROM history.settlement AS t
        WHERE t.municipality_code = $1 AND t.settled_at >= $2 AND t.settled_at < $3 AND t.alert_id IS NOT NULL
    ) AS disagreed,
    (
        SELECT count(*) FROM history.settlement_month AS m
        WHERE m.municipality_code = $1 AND m.is_closed AND m.acted_at >= $2 AND m.acted_at < $3
    ) AS months_closed

-- name: people
-- Who may do what, and whether it was looked at.
SELECT
    (SELECT count(*) FROM history.staff_sign_in AS s WHERE s.municipality_code = $1 AND s.happened_at >= $2 AND s.happened_at < $3
        AND s.result IN ('wrong_password', 'wrong_code', 'unknown', 'stopped')) AS failed_sign_ins,
    (SELECT count(*) FROM history.staff_reading AS r WHERE r.municipality_code = $1 AND r.happened_at >= $2 AND r.happened_at < $3) AS readings,
    (SELECT count(*) FROM history.staff_reading AS r WHERE r.municipality_code = $1 AND r.happened_at >= $2 AND r.happened_at < $3
        AND r.reading = 'history_exported') AS exports,
    (SELECT count(*) FROM history.staff_act AS a WHERE a.municipality_code = $1 AND a.acted_at >= $2 AND a.acted_at < $3
        AND a.act = 'log_reviewed') AS reviews,
    (SELECT count(*) FROM history.staff_act AS a WHERE a.municipality_code = $1 AND a.acted_at >= $2 AND a.acted_at < $3
        AND a.act = 'staff_account_released') AS accounts_released,
    (SELECT count(*) FROM history.staff_act AS a WHERE a.municipality_code = $1 AND a.acted_at >= $2 AND a.acted_at < $3
        AND a.act = 'quarantine_opened') AS quarantines_opened,
    (SELECT count(*) FROM history.my_number_read AS m WHERE m.municipality_code = $1 AND m.read_at >= $2 AND m.read_at < $3
        AND m.allowed) AS my_number_reads,
    (SELECT count(*) FROM history.my_number_read AS m WHERE m.municipality_code = $1 AND m.read_at >= $2 AND m.read_at < $3
        AND NOT m.allowed) AS my_number_refused

-- name: log
-- The tamper-evident log: what the last checkpoint of the period covers.
SELECT c.tree_size, c.made_at FROM history.checkpoint AS c
WHERE c.municipality_code = $1 AND c.made_at < $3 AND c.made_at >= $2
ORDER BY c.tree_size DESC
LIMIT 1
