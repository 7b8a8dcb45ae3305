-- What the published status list of the visible seal says: of each place, the state of its issuance, and nothing else about it.
SET LOCAL ROLE shared_owner;
GRANT USAGE ON SCHEMA shared TO publisher;
GRANT EXECUTE ON FUNCTION shared.city() TO publisher;
GRANT SELECT ON shared.schema_migration, shared.installation TO publisher;

SET LOCAL ROLE history_owner;
-- A sheet that is out in the world and no longer stands: withdrawn, or replaced by another. Said once, and never taken back.
CREATE TABLE history.seal_withdrawal (
    municipality_code text NOT NULL,
    issuance_number text NOT NULL,
    state text NOT NULL CHECK (state IN ('void', 'replaced')),
    withdrawn_by text NOT NULL CHECK (shared.same_name(withdrawn_by) <> ''),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    withdrawn_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, issuance_number),
    FOREIGN KEY (municipality_code, issuance_number) REFERENCES history.issuance (municipality_code, issuance_number)
);
GRANT INSERT, SELECT ON history.seal_withdrawal TO staff;
GRANT SELECT ON history.seal_withdrawal TO fsck;
GRANT SELECT (municipality_code, issuance_number, state) ON history.seal_withdrawal TO issuance_owner;
GRANT SELECT (municipality_code, issuance_number, outcome) ON history.outcome TO issuance_owner;
SELECT history.join_log('seal_withdrawal');

SET LOCAL ROLE issuance_owner;
-- Issued is what was answered and still is: not withdrawn, not reported as cancelled or failed at the shop. Everything else is void.
-- An answer taken back before it was asked for again counts as issued only if the shop says that it had been printed.
CREATE FUNCTION issuance.seal_status() RETURNS TABLE (status_list text, status_index integer, status_secret bytea, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        p.status_list, p.status_index, p.status_secret,
        CASE
            WHEN w.state IS NOT NULL THEN w.state
            WHEN i.state = 'recorded' AND (
                o.outcome = 'printed' OR o.outcome IS NULL AND r.state = 'answered' AND r.issuance_number = i.issuance_number
            ) THEN 'issued'
            ELSE 'void'
        END
    FROM issuance.seal_place AS p
    JOIN issuance.intent AS i ON i.municipality_code = p.municipality_code AND i.issuance_number = p.issuance_number
    JOIN issuance.request AS r ON r.municipality_code = i.municipality_code AND r.caller_id = i.caller_id
        AND r.call = i.call AND r.request_id = i.request_id
    LEFT JOIN history.outcome AS o ON o.municipality_code = p.municipality_code AND o.issuance_number = p.issuance_number
    LEFT JOIN history.seal_withdrawal AS w ON w.municipality_code = p.municipality_code AND w.issuance_number = p.issuance_number
    WHERE p.municipality_code = shared.city();
END;
REVOKE ALL ON FUNCTION issuance.seal_status() FROM PUBLIC;
GRANT USAGE ON SCHEMA issuance TO publisher;
GRANT EXECUTE ON FUNCTION issuance.seal_status() TO publisher;
