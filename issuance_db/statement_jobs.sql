-- name: begin
-- One file that is about to be read.
INSERT INTO issuance.statement_job (municipality_code, caller_id, period, first_on, file_bytes, file_sha256, asked_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING job_id

-- name: tell
-- How far it is; nothing comes back where it was given up.
UPDATE issuance.statement_job SET step = $3, done = $4, total = $5, seen_at = clock_timestamp()
WHERE municipality_code = $1 AND job_id = $2 AND ended_at IS NULL
RETURNING job_id

-- name: end
-- In the transaction that takes the file in, or alone where it does not.
UPDATE issuance.statement_job SET step = $3, told = $4, seen_at = clock_timestamp(), ended_at = clock_timestamp()
WHERE municipality_code = $1 AND job_id = $2 AND ended_at IS NULL
RETURNING job_id

-- name: give_up
-- Those of which nobody has said anything for two minutes: their process is gone, and nothing of theirs was taken in.
UPDATE issuance.statement_job SET step = 'broken', ended_at = clock_timestamp()
WHERE municipality_code = $1 AND ended_at IS NULL AND seen_at < clock_timestamp() - interval '2 minutes'

-- name: one
-- By its number.
SELECT job_id, caller_id, period, first_on, file_bytes, file_sha256, asked_by, step, done, total, told, started_at, seen_at, ended_at
FROM issuance.statement_job
WHERE municipality_code = $1 AND job_id = $2

-- name: newest
-- Of one centre.
SELECT job_id, caller_id, period, first_on, file_bytes, file_sha256, asked_by, step, done, total, told, started_at, seen_at, ended_at
FROM issuance.statement_job
WHERE municipality_code = $1 AND caller_id = $2
ORDER BY started_at DESC
LIMIT $3
