-- name: is_known
-- Whether the same alert was opened within the last hour: a service manager starts a refused process again and again.
SELECT EXISTS (
    SELECT FROM history.alert
    WHERE municipality_code = $1 AND cause = $2 AND detail = $3 AND opened_at > clock_timestamp() - interval '1 hour'
)
