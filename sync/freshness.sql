-- How far F6 is behind. Runs as the role `sync`.

-- name: lag
-- Rows above the mark may have been applied already, so each is compared with what F6 shows.
WITH mark AS (
    SELECT transaction_id, outbox_id
    FROM issuance.projection_position
    WHERE municipality_code = shared.city() AND consumer = 'issuance'
), held AS (
    SELECT DISTINCT person_number
    FROM issuance.person_held_back
    WHERE municipality_code = shared.city() AND cause = 'projection'
), behind AS (
    SELECT o.written_at
    FROM registry.outbox AS o
    WHERE o.municipality_code = shared.city()
        AND (o.transaction_id, o.outbox_id) > (
            coalesce((SELECT transaction_id FROM mark), '0'::xid8), coalesce((SELECT outbox_id FROM mark), 0)
        )
        AND CASE o.subject
            WHEN 'person' THEN
                NOT EXISTS (SELECT FROM held WHERE held.person_number = o.number)
                AND NOT EXISTS (
                    SELECT FROM issuance.resident_key AS k
                    WHERE k.municipality_code = shared.city() AND k.person_number = o.number AND k.person_sequence >= o.sequence
                )
                AND (
                    EXISTS (
                        SELECT FROM issuance.resident_key AS k
                        WHERE k.municipality_code = shared.city() AND k.person_number = o.number
                    )
                    OR EXISTS (
                        SELECT FROM registry.issuance_source AS s
                        WHERE s.municipality_code = shared.city() AND s.person_number = o.number
                    )
                )
            ELSE
                EXISTS (
                    SELECT FROM issuance.resident_key AS k
                    WHERE k.municipality_code = shared.city() AND k.household_number = o.number
                        AND k.household_sequence < o.sequence
                        AND NOT EXISTS (SELECT FROM held WHERE held.person_number = k.person_number)
                )
        END
)
SELECT
    shared.city() AS municipality_code,
    count(*) AS sequences,
    coalesce(greatest(extract(epoch FROM clock_timestamp() - min(written_at)), 0), 0)::float8 AS seconds
FROM behind
