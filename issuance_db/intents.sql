-- name: next_number
-- The database's epoch and the next number; a number taken here is never given again, whatever becomes of the attempt.
SELECT i.epoch, nextval('issuance.issuance_number') AS number FROM shared.installation AS i

-- name: propose
-- Stored before anything is drawn: what is about to be made, from which snapshot; whose data it will show, one array for each column,
-- and from which sequence numbers; and the step. Only by the holder of the lease, under the request's row: a holder whose lease was taken
-- over proposes nothing, and whoever takes it over finds what was proposed before.
WITH held AS (
    SELECT lease_token FROM issuance.request
    WHERE municipality_code = $1 AND caller_id = $3 AND call = $4 AND request_id = $5 AND lease_token = $6 AND state = 'accepted'
    FOR SHARE
),
proposed AS (
    INSERT INTO issuance.intent (
        municipality_code, issuance_number, caller_id, call, request_id, lease_token, kind, channel, fee_yen, instant, pages,
        snapshot_digest, state
    )
    SELECT $1, $2, $3, $4, $5, lease_token, $7, $8, $9, $10, $11, $12, 'proposed' FROM held
    RETURNING issuance_number
),
step AS (
    INSERT INTO history.transition (municipality_code, caller_id, call, request_id, state, issuance_number, happened_at)
    SELECT $1, $3, $4, $5, 'proposed', issuance_number, $18 FROM proposed
),
shown AS (
    INSERT INTO issuance.intent_subject (
        municipality_code, issuance_number, position, person_number, person_sequence, household_number, household_sequence, printed_as
    )
    SELECT $1, p.issuance_number, s.position, s.person_number, s.person_sequence, s.household_number, s.household_sequence, s.printed_as
    FROM proposed AS p
    CROSS JOIN unnest($13::text[], $14::bigint[], $15::text[], $16::bigint[], $17::text[]) WITH ORDINALITY
        AS s (person_number, person_sequence, household_number, household_sequence, printed_as, position)
)
SELECT issuance_number FROM proposed

-- name: propose_source
-- From which row of which fed source the certificate was read, and up to when the source was true.
INSERT INTO issuance.intent_source (municipality_code, issuance_number, source, number, sequence, as_of) VALUES ($1, $2, $3, $4, $5, $6)

-- name: propose_koseki_persons
-- Everyone whom the certificate will show from a koseki, in its order.
INSERT INTO issuance.intent_koseki_person (municipality_code, issuance_number, position, koseki_person_number, person_number)
SELECT $1, $2, person.position, person.koseki_person_number, person.person_number
FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS person (koseki_person_number, person_number, position)

-- name: koseki_persons
-- Everyone whom an issuance showed from a koseki.
SELECT koseki_person_number, person_number FROM issuance.intent_koseki_person
WHERE municipality_code = $1 AND issuance_number = $2 ORDER BY position

-- name: permit
-- The digest over the inspected byte range becomes part of the intent, with the step, in the transaction of the last look.
WITH permitted AS (
    UPDATE issuance.intent
    SET state = 'permitted', document_digest = $3, permitted_at = $4
    WHERE municipality_code = $1 AND issuance_number = $2 AND lease_token = $5 AND state = 'proposed'
    RETURNING issuance_number, caller_id, call, request_id
),
step AS (
    INSERT INTO history.transition (municipality_code, caller_id, call, request_id, state, issuance_number, happened_at)
    SELECT $1, caller_id, call, request_id, 'permitted', issuance_number, $4 FROM permitted
)
SELECT issuance_number FROM permitted

-- name: end
-- Void or quarantined; an intent already recorded stays as it is.
UPDATE issuance.intent
SET state = $3, state_cause = $4, ended_at = $5
WHERE municipality_code = $1 AND issuance_number = $2 AND state IN ('proposed', 'permitted')
RETURNING issuance_number

-- name: void_open
-- Whatever this request has open up to this lease; what is recorded stays.
UPDATE issuance.intent
SET state = 'void', state_cause = $6, ended_at = $7
WHERE municipality_code = $1 AND caller_id = $2 AND call = $3 AND request_id = $4 AND lease_token <= $5
    AND state IN ('proposed', 'permitted')
RETURNING issuance_number

-- name: kept_answer
-- The bytes of an answer that was given before, while they are kept.
SELECT k.sealed, k.key_version, k.pages, i.fee_yen
FROM issuance.kept_answer AS k
JOIN issuance.intent AS i ON i.municipality_code = k.municipality_code AND i.issuance_number = k.issuance_number
WHERE k.municipality_code = $1 AND k.issuance_number = $2 AND k.expires_at > $3

-- name: destroy_kept_answer
-- A suppression arrived after the answer: nobody gets these bytes again.
SELECT issuance.destroy_kept_answer($1)

-- name: subjects
-- Whose data an issuance showed.
SELECT person_number, household_number FROM issuance.intent_subject
WHERE municipality_code = $1 AND issuance_number = $2 ORDER BY position

-- name: quarantine
-- A document that failed is kept sealed for two persons to open, never answered.
INSERT INTO issuance.quarantine (municipality_code, issuance_number, cause, sealed, key_version, delete_after)
VALUES ($1, $2, $3, $4, $5, $6)

-- name: stop_kind
-- On every node, until two persons restart it.
INSERT INTO issuance.service_stop (municipality_code, kind, starts_at, cause, reason) VALUES ($1, $2, $3, 'mismatch', $4)

-- name: hold_back
-- This person is not issued until staff have looked.
INSERT INTO issuance.person_held_back (municipality_code, person_number, cause, item) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
