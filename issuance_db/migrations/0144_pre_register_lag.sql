-- How far the issuance records are behind our registry, for whoever watches: counts, no personal data. Nothing of the registry itself is shown.
SET LOCAL ROLE registry_owner;
GRANT SELECT ON registry.outbox, registry.issuance_source TO issuance_owner;
SET LOCAL ROLE issuance_owner;

-- Sequences that were committed and are not yet applied, and the age of the oldest, in seconds. Rows above the mark may have been applied already,
-- so each is compared with what the records show. Whom the projection has set aside is not counted.
CREATE FUNCTION issuance.register_lag(city text, OUT sequences bigint, OUT seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH mark AS (
        SELECT transaction_id, outbox_id
        FROM issuance.projection_position
        WHERE municipality_code = city AND consumer = 'issuance'
    ), held AS (
        SELECT DISTINCT person_number
        FROM issuance.person_held_back
        WHERE municipality_code = city AND cause = 'projection'
    ), behind AS (
        SELECT o.written_at
        FROM registry.outbox AS o
        WHERE o.municipality_code = city
            AND (o.transaction_id, o.outbox_id) > (
                coalesce((SELECT transaction_id FROM mark), '0'::xid8), coalesce((SELECT outbox_id FROM mark), 0)
            )
            AND CASE o.subject
                WHEN 'person' THEN
                    NOT EXISTS (SELECT FROM held WHERE held.person_number = o.number)
                    AND NOT EXISTS (
                        SELECT FROM issuance.resident_key AS k
                        WHERE k.municipality_code = city AND k.person_number = o.number AND k.person_sequence >= o.sequence
                    )
                    AND (
                        EXISTS (
                            SELECT FROM issuance.resident_key AS k
                            WHERE k.municipality_code = city AND k.person_number = o.number
                        )
                        OR EXISTS (
                            SELECT FROM registry.issuance_source AS s
                            WHERE s.municipality_code = city AND s.person_number = o.number
                        )
                    )
                ELSE
                    EXISTS (
                        SELECT FROM issuance.resident_key AS k
                        WHERE k.municipality_code = city AND k.household_number = o.number
                            AND k.household_sequence < o.sequence
                            AND NOT EXISTS (SELECT FROM held WHERE held.person_number = k.person_number)
                    )
            END
    )
    SELECT count(*), coalesce(greatest(extract(epoch FROM clock_timestamp() - min(written_at)), 0), 0)::float8
    FROM behind
$$;
REVOKE ALL ON FUNCTION issuance.register_lag(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.register_lag(text) TO front, staff, sync;
