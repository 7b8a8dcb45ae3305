-- name: longest_wait
-- The time left until every used-up budget is open again; no rows used up is no time at all.
SELECT max(budget.window_started_at + asked.window_length - $4::timestamptz)
FROM unnest($1::text[], $2::integer[], $3::interval[]) AS asked (scope, most, window_length)
JOIN issuance.failure_budget AS budget ON budget.municipality_code = shared.city() AND budget.scope = asked.scope
WHERE budget.failures >= asked.most AND budget.window_started_at + asked.window_length > $4::timestamptz

-- name: count_failure
-- One more in the running window, or the first of a new one. A clock set back does not open a new window.
INSERT INTO issuance.failure_budget AS budget (municipality_code, scope, window_started_at, failures)
VALUES (shared.city(), $1, $3::timestamptz, 1)
ON CONFLICT (municipality_code, scope) DO UPDATE
SET failures = CASE WHEN budget.window_started_at + $2::interval > $3::timestamptz THEN budget.failures + 1 ELSE 1 END,
    window_started_at = CASE
        WHEN budget.window_started_at + $2::interval > $3::timestamptz THEN budget.window_started_at ELSE $3::timestamptz END
