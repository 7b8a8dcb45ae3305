-- Ways to the history that staff take: by time, by terminal, by what was refused, by household, by a certificate's serial.
SET LOCAL ROLE issuance_owner;
CREATE INDEX request_time ON issuance.request (municipality_code, accepted_at, request_id) WHERE call = 'issuances';
CREATE INDEX request_terminal ON issuance.request (municipality_code, terminal_operator, terminal_store, terminal_id, accepted_at)
    WHERE call = 'issuances';
CREATE INDEX request_without_certificate ON issuance.request (municipality_code, result_code, accepted_at)
    WHERE call = 'issuances' AND state IN ('refused', 'abandoned');
CREATE INDEX credential_serial ON issuance.credential (municipality_code, serial);

SET LOCAL ROLE history_owner;
CREATE INDEX issuance_subject_household ON history.issuance_subject (municipality_code, household_number);
CREATE INDEX refusal_reason_person ON history.refusal_reason (municipality_code, person_number) WHERE person_number IS NOT NULL;
GRANT EXECUTE ON FUNCTION history.step_digest(bytea, bytea, text[], integer, text, text, text, timestamptz) TO staff;
