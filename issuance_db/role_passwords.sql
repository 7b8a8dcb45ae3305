-- name: keep_quiet
-- For this transaction the server's log is spared our statements, where this login may say so.
SELECT set_config('log_statement', 'none', true) WHERE has_parameter_privilege('log_statement', 'SET')

-- name: may_look
-- Whether this login may see which roles have a password; only a superuser may.
SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT')

-- name: with_password
-- Which of these roles have a password.
SELECT rolname::text FROM pg_catalog.pg_authid WHERE rolname = ANY ($1::text[]) AND rolpassword IS NOT NULL ORDER BY rolname
