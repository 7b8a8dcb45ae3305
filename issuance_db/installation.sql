-- name: has_place
-- Whether the database knows of markers at all.
SELECT to_regclass('shared.installation') IS NOT NULL

-- name: marker
-- What the database says it is for.
SELECT marker FROM shared.installation

-- name: mark
-- Said once; a database never changes its use.
INSERT INTO shared.installation (marker) VALUES ($1) ON CONFLICT DO NOTHING
