-- name: city_on
-- Everything a city has set for this kind, channel and JST date: one row, with nothing where nothing is valid on that day.
-- Residents that come in files have an age, and no My Number.
SELECT
    m.name, m.my_number_allowed AND residents.source IS NULL AS my_number_allowed, m.minimum_age,
    mayor.title AS mayor_title, mayor.name AS mayor_name,
    seal.image AS seal_image, seal.valid_from AS seal_valid_from, seal.valid_until AS seal_valid_until,
    (
        SELECT f.yen FROM issuance.fee AS f
        WHERE f.municipality_code = $1 AND f.kind = $2 AND f.channel = $3 AND f.effective_from <= $4
        ORDER BY f.effective_from DESC LIMIT 1
    ) AS fee_yen,
    (SELECT i.marker FROM shared.installation AS i) AS marker,
    residents.fed_at AS residents_fed_at, residents.age_limit AS residents_age_limit
FROM issuance.municipality AS m
LEFT JOIN issuance.mayor AS mayor
    ON mayor.municipality_code = $1 AND mayor.effective_from <= $4 AND (mayor.effective_until IS NULL OR mayor.effective_until >= $4)
LEFT JOIN issuance.official_seal AS seal
    ON seal.municipality_code = $1 AND seal.valid_from <= $4 AND (seal.valid_until IS NULL OR seal.valid_until >= $4)
LEFT JOIN issuance.source AS residents ON residents.municipality_code = $1 AND residents.source = 'resident'
WHERE m.municipality_code = $1
ORDER BY mayor.effective_from DESC NULLS LAST, seal.valid_from DESC NULLS LAST
LIMIT 1

-- name: standing
-- Whether the last day of a kind is before this JST date ($3), and whether a stop stands against it, against this terminal ($8 to $10)
-- or against one of these persons ($7) or the household of one. A planned stop of the service counts at the instant of acceptance ($4);
-- one that was ordered, follows a mismatch or is of persons counts at once ($5), the first two even where this node's
-- clock is behind that of the node that set it.
SELECT
    EXISTS (
        SELECT FROM issuance.kind_retirement AS r WHERE r.municipality_code = $1 AND r.kind = $2 AND r.last_day < $3
    ) AS is_retired,
    coalesce(bool_or(stop.person_number IS NULL), false) AS is_stopped,
    min(stop.person_number) AS stopped_person,
    -- How long after midnight the window of service closes that contains this JST time ($6), if there is one; 24:00 is the end of a day.
    (
        SELECT h.closes_at - time '00:00' FROM issuance.hours_on($1, $2, $3) AS h
        WHERE h.opens_at <= $6 AND h.closes_at > $6
        LIMIT 1
    ) AS closes_after,
    (SELECT f.fed_at FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'resident') AS residents_fed_at,
    (SELECT f.age_limit FROM issuance.source AS f WHERE f.municipality_code = $1 AND f.source = 'resident') AS residents_age_limit
FROM (
    SELECT shown.person_number
    FROM issuance.service_stop AS s
    CROSS JOIN LATERAL (SELECT num_nonnulls(s.person_number, s.household_number) > 0 AS of_persons) AS whose
    CROSS JOIN LATERAL (
        SELECT CASE WHEN s.cause = 'planned' AND NOT whose.of_persons THEN $4::timestamptz ELSE $5::timestamptz END
    ) AS looked (at)
    LEFT JOIN LATERAL (
        SELECT p.person_number
        FROM unnest($7::text[]) AS p (person_number)
        LEFT JOIN issuance.resident_key AS k ON k.municipality_code = $1 AND k.person_number = p.person_number
        WHERE p.person_number = s.person_number OR k.household_number = s.household_number
        ORDER BY p.person_number
        LIMIT 1
    ) AS shown ON whose.of_persons
    WHERE s.municipality_code = $1 AND (s.kind IS NULL OR s.kind = $2)
        AND (s.terminal_operator IS NULL OR s.terminal_operator = $8)
        AND (s.terminal_store IS NULL OR s.terminal_store = $9)
        AND (s.terminal_id IS NULL OR s.terminal_id = $10)
        AND (NOT whose.of_persons OR shown.person_number IS NOT NULL)
        AND coalesce(s.ends_at, 'infinity') > least($4, $5)
        AND (s.cause IN ('mismatch', 'ordered') OR s.starts_at <= looked.at) AND (s.ends_at IS NULL OR s.ends_at > looked.at)
) AS stop

-- name: caller
-- Who holds this client certificate in this city.
SELECT caller_id, channel, kinds FROM issuance.caller WHERE municipality_code = $1 AND certificate_sha256 = $2
