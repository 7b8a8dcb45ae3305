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

-- name: is_retired
-- Whether the last day of a kind is before this JST date.
SELECT EXISTS (SELECT FROM issuance.kind_retirement AS r WHERE r.municipality_code = $1 AND r.kind = $2 AND r.last_day < $3)

-- name: hours_on
-- How long after midnight the window of service closes that contains this JST time, if there is one; 24:00 is the end of a day.
SELECT closes_at - time '00:00' AS after_midnight FROM issuance.service_hours
WHERE municipality_code = $1 AND kind = $2 AND weekday = $3 AND opens_at <= $4 AND closes_at > $4
LIMIT 1

-- name: is_stopped
-- A planned stop counts at the instant of acceptance ($3); one that was ordered or follows a mismatch counts at once ($4),
-- the latter even where this node's clock is behind that of the node that set it.
SELECT EXISTS (
    SELECT FROM issuance.service_stop AS s
    CROSS JOIN LATERAL (SELECT CASE WHEN s.cause = 'planned' THEN $3::timestamptz ELSE $4::timestamptz END) AS looked (at)
    WHERE s.municipality_code = $1 AND (s.kind IS NULL OR s.kind = $2)
        AND (s.cause = 'mismatch' OR s.starts_at <= looked.at) AND (s.ends_at IS NULL OR s.ends_at > looked.at)
)

-- name: caller
-- Who holds this client certificate in this city.
SELECT caller_id, channel, kinds FROM issuance.caller WHERE municipality_code = $1 AND certificate_sha256 = $2
