-- A centre's months as staff settle them.

-- name: months
-- Each month from $3 to $4 (first days): what was taken in, how it matched, what is open.
SELECT m.month, s.days, s.lines, s.agreed, s.settled, s.unmatched, d.differences, d.still_open, history.month_is_closed($2, m.month) AS is_closed,
    (SELECT max(w.edition) FROM history.month_statement AS w
        WHERE w.municipality_code = $1 AND w.caller_id = $2 AND w.month = m.month) AS month_edition
FROM (
    SELECT g::date AS month, (g + interval '1 month')::date AS after
    FROM generate_series($3::date::timestamp, $4::date::timestamp, interval '1 month') AS g
) AS m
CROSS JOIN LATERAL (
    SELECT count(e.statement_on) AS days, coalesce(sum(e.lines), 0) AS lines, coalesce(sum(e.agreed), 0) AS agreed,
        coalesce(sum(e.settled), 0) AS settled, count(e.statement_on) FILTER (WHERE e.agreed IS NULL) AS unmatched
    FROM (
        SELECT DISTINCT ON (t.statement_on) t.statement_on, t.lines, k.agreed, k.settled
        FROM history.statement AS t
        LEFT JOIN LATERAL (
            SELECT n.agreed, n.settled FROM history.statement_match AS n
            WHERE n.municipality_code = t.municipality_code AND n.caller_id = t.caller_id AND n.statement_on = t.statement_on
                AND n.edition = t.edition
            ORDER BY n.match_id DESC LIMIT 1
        ) AS k ON true
        WHERE t.municipality_code = $1 AND t.caller_id = $2 AND t.statement_on >= m.month AND t.statement_on < m.after
        ORDER BY t.statement_on, t.edition DESC
    ) AS e
) AS s
CROSS JOIN LATERAL (
    SELECT count(a.alert_id) AS differences, count(a.alert_id) FILTER (WHERE a.is_open) AS still_open
    FROM (
        SELECT DISTINCT x.alert_id, c.alert_id IS NULL AS is_open
        FROM history.settlement AS x
        LEFT JOIN history.alert_confirmation AS c ON c.municipality_code = x.municipality_code AND c.alert_id = x.alert_id
        WHERE x.municipality_code = $1 AND x.caller_id = $2 AND x.statement_on >= m.month AND x.statement_on < m.after
            AND x.alert_id IS NOT NULL
    ) AS a
) AS d
ORDER BY m.month DESC

-- name: days
-- The days from $3 to before $4 with the edition that counts, and days on which we answered and no statement is there.
SELECT g::date AS day, t.edition, t.lines, t.imported_at, k.agreed, k.settled, k.differences,
    t.edition IS NULL AND EXISTS (
        SELECT FROM history.issuance AS i
        WHERE i.municipality_code = $1 AND i.caller_id = $2
            AND i.recorded_at >= (g::date::timestamp AT TIME ZONE 'Asia/Tokyo') - $5::interval
            AND i.recorded_at < ((g::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo') - $5::interval
    ) AS is_missing
FROM generate_series($3::date::timestamp, $4::date::timestamp - interval '1 day', interval '1 day') AS g
LEFT JOIN LATERAL (
    SELECT s.edition, s.lines, s.imported_at FROM history.statement AS s
    WHERE s.municipality_code = $1 AND s.caller_id = $2 AND s.statement_on = g::date
    ORDER BY s.edition DESC LIMIT 1
) AS t ON true
LEFT JOIN LATERAL (
    SELECT n.agreed, n.settled, n.differences FROM history.statement_match AS n
    WHERE n.municipality_code = $1 AND n.caller_id = $2 AND n.statement_on = g::date AND n.edition = t.edition
    ORDER BY n.match_id DESC LIMIT 1
) AS k ON true
ORDER BY 1

-- name: found
-- How many of each finding, and how many of them wait for an explanation or for the second person.
SELECT a.finding, count(a.alert_id) AS differences, count(a.alert_id) FILTER (WHERE a.is_open AND NOT a.is_explained) AS unexplained,
    count(a.alert_id) FILTER (WHERE a.is_open AND a.is_explained) AS unconfirmed
FROM (
    SELECT DISTINCT x.alert_id, x.finding, c.alert_id IS NULL AS is_open, EXISTS (
        SELECT FROM history.alert_explanation AS e WHERE e.municipality_code = x.municipality_code AND e.alert_id = x.alert_id
    ) AS is_explained
    FROM history.settlement AS x
    LEFT JOIN history.alert_confirmation AS c ON c.municipality_code = x.municipality_code AND c.alert_id = x.alert_id
    WHERE x.municipality_code = $1 AND x.caller_id = $2 AND x.statement_on >= $3 AND x.statement_on < $4 AND x.alert_id IS NOT NULL
) AS a
GROUP BY a.finding
ORDER BY a.finding

-- name: differences
-- One page, in the order of their alerts: what each side says, what is known around it, and what was said about it.
SELECT d.alert_id, d.statement_on, d.issuance_number, d.finding, d.line, d.ours, d.theirs, d.still_found, d.closed_at,
    i.caller_id, i.request_id, coalesce(i.kind, l.kind) AS kind, i.recorded_at AS sent_at, l.occurred_at,
    coalesce(i.terminal_operator, l.terminal_operator) AS terminal_operator,
    coalesce(i.terminal_store, l.terminal_store) AS terminal_store, coalesce(i.terminal_id, l.terminal_id) AS terminal_id,
    CASE WHEN NOT starts_with(o.reported_by, 'statement/') THEN o.outcome END AS reported,
    (
        SELECT min(n.recorded_at) FROM history.issuance AS n
        WHERE n.municipality_code = $1 AND n.caller_id = $2 AND n.issuance_number <> d.issuance_number
            AND n.recorded_at BETWEEN coalesce(i.recorded_at, l.occurred_at) - interval '10 minutes'
                AND coalesce(i.recorded_at, l.occurred_at) + interval '10 minutes'
            AND n.kind = coalesce(i.kind, l.kind) AND n.terminal_operator = coalesce(i.terminal_operator, l.terminal_operator)
            AND n.terminal_store = coalesce(i.terminal_store, l.terminal_store) AND n.terminal_id = coalesce(i.terminal_id, l.terminal_id)
    ) AS other_answer_at,
    f.changes_at, f.across, e.explanation_id, e.explained_by, e.explanation, c.confirmed_by, c.confirmed_at
FROM (
    SELECT DISTINCT ON (x.alert_id) x.alert_id, x.statement_on, x.edition, x.issuance_number, x.finding, x.line, x.ours, x.theirs,
        x.edition = t.edition AS still_found, t.closed_at
    FROM history.settlement AS x
    CROSS JOIN LATERAL (
        SELECT s.edition, s.closed_at FROM history.statement AS s
        WHERE s.municipality_code = $1 AND s.caller_id = $2 AND s.statement_on = x.statement_on
        ORDER BY s.edition DESC LIMIT 1
    ) AS t
    WHERE x.municipality_code = $1 AND x.caller_id = $2 AND x.statement_on >= $3 AND x.statement_on < $4 AND x.alert_id > $5
        AND ($6::text IS NULL OR x.finding = $6)
        AND ($7 OR NOT EXISTS (
            SELECT FROM history.alert_confirmation AS k WHERE k.municipality_code = $1 AND k.alert_id = x.alert_id
        ))
    ORDER BY x.alert_id, x.edition DESC
    LIMIT $8
) AS d
LEFT JOIN history.issuance AS i ON i.municipality_code = $1 AND i.issuance_number = d.issuance_number AND i.caller_id = $2
LEFT JOIN history.outcome AS o ON o.municipality_code = $1 AND o.issuance_number = i.issuance_number
LEFT JOIN history.statement_line AS l
    ON l.municipality_code = $1 AND l.caller_id = $2 AND l.statement_on = d.statement_on AND l.edition = d.edition AND l.line = d.line
LEFT JOIN LATERAL (
    SELECT b.effective_from::timestamp AT TIME ZONE 'Asia/Tokyo' AS changes_at,
        CASE WHEN i.recorded_at < b.effective_from::timestamp AT TIME ZONE 'Asia/Tokyo' THEN b.yen ELSE (
            SELECT p.yen FROM issuance.fee AS p
            WHERE p.municipality_code = $1 AND p.kind = i.kind AND p.channel = i.channel AND p.effective_from < b.effective_from
            ORDER BY p.effective_from DESC LIMIT 1
        ) END AS across
    FROM issuance.fee AS b
    WHERE b.municipality_code = $1 AND b.kind = i.kind AND b.channel = i.channel
        AND b.effective_from BETWEEN (i.recorded_at AT TIME ZONE 'Asia/Tokyo')::date AND (i.recorded_at AT TIME ZONE 'Asia/Tokyo')::date + 1
    ORDER BY b.effective_from LIMIT 1
) AS f ON true
LEFT JOIN LATERAL (
    SELECT y.explanation_id, y.explained_by, y.explanation FROM history.alert_explanation AS y
    WHERE y.municipality_code = $1 AND y.alert_id = d.alert_id
    ORDER BY y.explanation_id DESC LIMIT 1
) AS e ON true
LEFT JOIN history.alert_confirmation AS c ON c.municipality_code = $1 AND c.alert_id = d.alert_id
ORDER BY d.alert_id

-- name: said
-- Of these differences of the month, what was said last; nothing for one that is not of the month.
SELECT DISTINCT ON (x.alert_id) x.alert_id, e.explanation_id
FROM history.settlement AS x
LEFT JOIN history.alert_explanation AS e ON e.municipality_code = x.municipality_code AND e.alert_id = x.alert_id
WHERE x.municipality_code = $1 AND x.caller_id = $2 AND x.statement_on >= $3 AND x.statement_on < $4 AND x.alert_id = ANY ($5::bigint[])
ORDER BY x.alert_id, e.explanation_id DESC

-- name: acts
-- Each closing and reopening.
SELECT act_number, is_closed, acted_by, reason, acted_at FROM history.settlement_month
WHERE municipality_code = $1 AND caller_id = $2 AND month = $3
ORDER BY act_number DESC

-- name: act
-- The next one, if it turns the month over. Nothing comes back where it is so already.
INSERT INTO history.settlement_month (municipality_code, caller_id, month, act_number, is_closed, acted_by, reason)
SELECT $1, $2, $3, coalesce(max(m.act_number), 0) + 1, $4, $5, $6
FROM history.settlement_month AS m
WHERE m.municipality_code = $1 AND m.caller_id = $2 AND m.month = $3
HAVING (coalesce(max(m.act_number), 0) % 2 = 0) = $4
ON CONFLICT DO NOTHING
RETURNING act_number

-- name: net
-- Of each kind, what the statements that count and our books say; the handling fee by the day of each certificate.
SELECT k.kind, coalesce(t.printed, 0) AS printed, coalesce(t.fees, 0) AS fees, t.handling, coalesce(t.without_handling, 0) AS without_handling,
    coalesce(o.printed, 0) AS own_printed, coalesce(o.fees, 0) AS own_fees, coalesce(o.unknown, 0) AS own_unknown
FROM (
    SELECT unnest($6::text[]) AS kind
) AS k
LEFT JOIN (
    SELECT l.kind, count(l.line) FILTER (WHERE l.outcome = 'printed') AS printed, sum(l.fee_yen) AS fees,
        sum(h.yen) FILTER (WHERE l.outcome = 'printed') AS handling,
        count(l.line) FILTER (WHERE l.outcome = 'printed' AND h.yen IS NULL) AS without_handling
    FROM (
        SELECT DISTINCT ON (s.statement_on) s.statement_on, s.edition, (
            SELECT f.yen FROM issuance.handling_fee AS f
            WHERE f.municipality_code = $1 AND f.caller_id = $2 AND f.effective_from <= s.statement_on
            ORDER BY f.effective_from DESC LIMIT 1
        ) AS yen
        FROM history.statement AS s
        WHERE s.municipality_code = $1 AND s.caller_id = $2 AND s.statement_on >= $3 AND s.statement_on < $4
        ORDER BY s.statement_on, s.edition DESC
    ) AS h
    JOIN history.statement_line AS l
        ON l.municipality_code = $1 AND l.caller_id = $2 AND l.statement_on = h.statement_on AND l.edition = h.edition
    GROUP BY l.kind
) AS t ON t.kind = k.kind
LEFT JOIN (
    SELECT i.kind, count(i.issuance_number) FILTER (WHERE c.outcome = 'printed') AS printed,
        sum(i.fee_yen) FILTER (WHERE c.outcome = 'printed' AND c.fee_collected) AS fees,
        count(i.issuance_number) FILTER (WHERE c.outcome IS NULL) AS unknown
    FROM history.issuance AS i
    LEFT JOIN history.outcome AS c ON c.municipality_code = i.municipality_code AND c.issuance_number = i.issuance_number
    WHERE i.municipality_code = $1 AND i.caller_id = $2
        AND i.recorded_at >= ($3::date::timestamp AT TIME ZONE 'Asia/Tokyo') - $5::interval
        AND i.recorded_at < ($4::date::timestamp AT TIME ZONE 'Asia/Tokyo') - $5::interval
    GROUP BY i.kind
) AS o ON o.kind = k.kind
ORDER BY k.kind
