-- name: lock
-- A stopped terminal asks many times at once: they queue here, so that the second sees the alert of the first.
SELECT pg_advisory_xact_lock(shared.lock_key(shared.city(), 'guessing', $1::text))

-- name: is_known
-- Whether this alert was opened within the last hour.
SELECT EXISTS (
    SELECT FROM history.alert
    WHERE municipality_code = $1 AND cause = $2 AND detail = $3 AND opened_at > clock_timestamp() - interval '1 hour'
)
