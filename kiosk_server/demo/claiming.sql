-- name: foreign_relations
-- Anything that somebody keeps here.
SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')

-- name: known_roles
-- Roles belong to the whole server: if ours are there, another installation uses them.
SELECT count(*) FROM pg_roles WHERE rolname = ANY ($1::text[])
