-- name: city_on
-- Everything a city has set for this kind, channel and JST date: one row, with nothing where nothing is valid on that day.
SELECT
    m.name, m.my_number_allowed, m.minimum_age,
    mayor.title AS mayor_title, mayor.name AS mayor_name,
    seal.image AS seal_image, seal.valid_from AS seal_valid_from, seal.valid_until AS seal_valid_until,
    (
        SELECT f.yen FROM issuance.fee AS f
        WHERE f.municipality_code = $1 AND f.kind = $2 AND f.channel = $3 AND f.effective_from <= $4
        ORDER BY f.effective_from DESC LIMIT 1
    ) AS fee_yen,
    (SELECT i.marker FROM shared.installation AS i) AS marker
FROM issuance.municipality AS m
LEFT JOIN issuance.mayor AS mayor
    ON mayor.municipality_code = $1 AND mayor.effective_from <= $4 AND (mayor.effective_until IS NULL OR mayor.effective_until >= $4)
LEFT JOIN issuance.official_seal AS seal
    ON seal.municipality_code = $1 AND seal.valid_from <= $4 AND (seal.valid_until IS NULL OR seal.valid_until >= $4)
WHERE m.municipality_code = $1
ORDER BY mayor.effective_from DESC NULLS LAST, seal.valid_from DESC NULLS LAST
LIMIT 1

-- name: standing
-- Whether the last day of a kind is before this JST date ($3), and whether a stop stands against it. A planned one counts at the
-- instant of acceptance ($4); one that was ordered or follows a mismatch counts at once ($5), the latter even where this node's
-- clock is behind that of the node that set it.
SELECT
    EXISTS (
        SELECT FROM issuance.kind_retirement AS r WHERE r.municipality_code = $1 AND r.kind = $2 AND r.last_day < $3
    ) AS is_retired,
    EXISTS (
        SELECT FROM issuance.service_stop AS s
        CROSS JOIN LATERAL (SELECT CASE WHEN s.cause = 'planned' THEN $4::timestamptz ELSE $5::timestamptz END) AS looked (at)
        WHERE s.municipality_code = $1 AND (s.kind IS NULL OR s.kind = $2)
            AND (s.cause = 'mismatch' OR s.starts_at <= looked.at) AND (s.ends_at IS NULL OR s.ends_at > looked.at)
    ) AS is_stopped,
    -- How long after midnight the window of service closes that contains this JST time ($7), if there is one; 24:00 is the end of a day.
    (
        SELECT h.closes_at - time '00:00' FROM issuance.service_hours AS h
        WHERE h.municipality_code = $1 AND h.kind = $2 AND h.weekday = $6 AND h.opens_at <= $7 AND h.closes_at > $7
        LIMIT 1
    ) AS closes_after

-- name: caller
-- Who holds this client certificate in this city.
SELECT caller_id, channel, kinds FROM issuance.caller WHERE municipality_code = $1 AND certificate_sha256 = $2
