-- name: lacks
-- What a city ($1) lacks on a JST date ($2) for issuing anything, and for what its callers may ask.
SELECT
    EXISTS (SELECT FROM issuance.municipality AS m WHERE m.municipality_code = $1) AS is_registered,
    EXISTS (
        SELECT FROM issuance.mayor AS m
        WHERE m.municipality_code = $1 AND m.effective_from <= $2 AND (m.effective_until IS NULL OR m.effective_until >= $2)
    ) AS has_mayor,
    (
        SELECT s.image FROM issuance.official_seal AS s
        WHERE s.municipality_code = $1 AND s.valid_from <= $2 AND (s.valid_until IS NULL OR s.valid_until >= $2)
        ORDER BY s.valid_from DESC LIMIT 1
    ) AS seal_image,
    asked.asked_for, asked.without_fee, asked.without_hours
FROM (
    SELECT
        coalesce(array_agg(DISTINCT may.what), '{}') AS asked_for,
        coalesce(array_agg(DISTINCT may.what) FILTER (WHERE NOT EXISTS (
            SELECT FROM issuance.fee AS f
            WHERE f.municipality_code = $1 AND f.kind = may.kind AND f.channel = may.channel AND f.effective_from <= $2
        )), '{}') AS without_fee,
        coalesce(array_agg(DISTINCT may.what) FILTER (WHERE NOT EXISTS (
            SELECT FROM issuance.service_hours AS h WHERE h.municipality_code = $1 AND h.kind = may.kind
        )), '{}') AS without_hours
    FROM (
        SELECT k.kind, c.channel, k.kind || ' / ' || c.channel AS what
        FROM issuance.caller AS c CROSS JOIN LATERAL unnest(c.kinds) AS k (kind)
        WHERE c.municipality_code = $1 AND NOT EXISTS (
            SELECT FROM issuance.kind_retirement AS r WHERE r.municipality_code = $1 AND r.kind = k.kind AND r.last_day < $2
        )
    ) AS may
) AS asked
