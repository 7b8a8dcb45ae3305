-- name: granted
-- Every privilege that a login role holds by name: on schemas, tables, columns, sequences and functions.
SELECT role, object, string_agg(privilege, ', ' ORDER BY privilege) AS privileges
FROM (
    SELECT g.grantee::regrole::text AS role, 'schema ' || n.nspname AS object, g.privilege_type AS privilege
    FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(n.nspacl) AS g
    WHERE n.nspname = ANY ($1::text[])
    UNION ALL
    SELECT g.grantee::regrole::text, CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE '' END || n.nspname || '.' || c.relname, g.privilege_type
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(c.relacl) AS g
    WHERE n.nspname = ANY ($1::text[]) AND g.grantee <> c.relowner
    UNION ALL
    SELECT g.grantee::regrole::text, n.nspname || '.' || c.relname,
        g.privilege_type || ' (' || string_agg(a.attname, ', ' ORDER BY a.attname) || ')'
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL aclexplode(a.attacl) AS g
    WHERE n.nspname = ANY ($1::text[])
    GROUP BY g.grantee, n.nspname, c.relname, g.privilege_type
    UNION ALL
    SELECT g.grantee::regrole::text, 'function ' || n.nspname || '.' || p.proname, g.privilege_type
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
    WHERE n.nspname = ANY ($1::text[]) AND g.grantee <> p.proowner
) AS held
WHERE role = ANY ($2::text[]) OR role = '-'
GROUP BY role, object
ORDER BY role, object
