-- name: record
-- The point of no return, in one statement: only a permitted intent, only with the digest that was permitted. The bytes stay, sealed, for
-- a retry. One row of the books for each issuance; whose data it showed, and who asked; how old that data was at the permit (the
-- registry's is exact: the permit compared it with what the registry had committed); and the step.
WITH recorded AS (
    UPDATE issuance.intent
    SET state = 'recorded', ended_at = $3
    WHERE municipality_code = $1 AND issuance_number = $2 AND state = 'permitted' AND document_digest = $4
    RETURNING municipality_code, issuance_number, caller_id, call, request_id, kind, channel, fee_yen, pages, instant, permitted_at,
        snapshot_digest, document_digest
),
kept AS (
    INSERT INTO issuance.kept_answer (municipality_code, issuance_number, sealed, key_version, pages, expires_at)
    SELECT i.municipality_code, i.issuance_number, $5, $6, $7, $8
    FROM recorded AS i
),
issued AS (
    INSERT INTO history.issuance (
        municipality_code, issuance_number, caller_id, request_id, kind, channel, terminal_operator, terminal_store, terminal_id, fee_yen,
        pages, accepted_at, instant, recorded_at, snapshot_digest, document_digest, file_digest, file_bytes,
        level_asked, level_made, level_reason
    )
    SELECT i.municipality_code, i.issuance_number, i.caller_id, i.request_id, i.kind, i.channel, r.terminal_operator, r.terminal_store,
        r.terminal_id, i.fee_yen, i.pages, r.accepted_at, i.instant, $3, i.snapshot_digest, i.document_digest, $9, $10,
        $12, $13, $14
    FROM recorded AS i
    JOIN issuance.request AS r
        ON r.municipality_code = i.municipality_code AND r.caller_id = i.caller_id AND r.call = i.call AND r.request_id = i.request_id
),
shown AS (
    INSERT INTO history.issuance_subject (
        municipality_code, issuance_number, position, person_number, person_sequence, household_number, household_sequence, printed_as,
        asked_by
    )
    SELECT s.municipality_code, s.issuance_number, s.position, s.person_number, s.person_sequence, s.household_number,
        s.household_sequence, s.printed_as, s.person_number = $11
    FROM recorded AS i
    JOIN issuance.intent_subject AS s ON s.municipality_code = i.municipality_code AND s.issuance_number = i.issuance_number
),
aged AS (
    INSERT INTO history.issuance_source (municipality_code, issuance_number, source, sequence, as_of, age)
    SELECT i.municipality_code, i.issuance_number, 'registry', NULL, i.permitted_at, interval '0'
    FROM recorded AS i
    WHERE NOT EXISTS (
        SELECT FROM issuance.intent_source AS s
        WHERE s.municipality_code = i.municipality_code AND s.issuance_number = i.issuance_number AND s.source = 'resident'
    )
    UNION ALL
    SELECT s.municipality_code, s.issuance_number, s.source, s.sequence, s.as_of, i.permitted_at - s.as_of
    FROM recorded AS i
    JOIN issuance.intent_source AS s ON s.municipality_code = i.municipality_code AND s.issuance_number = i.issuance_number
),
step AS (
    INSERT INTO history.transition (municipality_code, caller_id, call, request_id, state, code, issuance_number, happened_at)
    SELECT i.municipality_code, i.caller_id, i.call, i.request_id, 'answered', 'issued', i.issuance_number, $3
    FROM recorded AS i
)
SELECT issuance_number FROM recorded

-- name: issued_koseki_persons
-- Everyone it showed from a koseki; with the registration by which one of them asked.
INSERT INTO history.issuance_koseki_person (
    municipality_code, issuance_number, position, koseki_person_number, person_number, registration_number
)
SELECT p.municipality_code, p.issuance_number, p.position, p.koseki_person_number, p.person_number, a.registration_number
FROM issuance.intent_koseki_person AS p
LEFT JOIN issuance.koseki_access AS a
    ON a.municipality_code = p.municipality_code AND a.asks_as = $3 AND a.koseki_person_number = p.koseki_person_number
WHERE p.municipality_code = $1 AND p.issuance_number = $2
