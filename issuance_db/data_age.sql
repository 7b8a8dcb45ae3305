-- How old what certificates are made from is, for whoever watches.

-- name: register
-- Changes of our registry that are not applied yet, and the age of the oldest in seconds.
SELECT l.sequences, l.seconds FROM issuance.register_lag($1) AS l

-- name: sources
-- Seconds since what each source of files knew, and how many it may be.
SELECT s.source, extract(epoch FROM clock_timestamp() - s.fed_at)::float8 AS age, extract(epoch FROM s.age_limit)::float8 AS age_limit
FROM issuance.source AS s
WHERE s.municipality_code = $1
