-- name: begin
-- Whoever is identified now has the turn; the one before is over.
INSERT INTO issuance.terminal_turn (
    municipality_code, caller_id, terminal_operator, terminal_store, terminal_id, credential_hash, begun_at
)
VALUES (shared.city(), $1, $2, $3, $4, $5, $6)
ON CONFLICT (municipality_code, caller_id, terminal_operator, terminal_store, terminal_id)
DO UPDATE SET credential_hash = excluded.credential_hash, begun_at = excluded.begun_at

-- name: is_of
-- Whether the turn at this terminal is this credential's.
SELECT EXISTS (
    SELECT FROM issuance.terminal_turn
    WHERE municipality_code = shared.city() AND caller_id = $1 AND terminal_operator = $2 AND terminal_store = $3
        AND terminal_id = $4 AND credential_hash = ANY ($5::bytea[])
)

-- name: passed_on
-- Whether the turn at this terminal went to another credential after that instant.
SELECT EXISTS (
    SELECT FROM issuance.terminal_turn
    WHERE municipality_code = shared.city() AND caller_id = $1 AND terminal_operator = $2 AND terminal_store = $3
        AND terminal_id = $4 AND credential_hash <> ALL ($5::bytea[]) AND begun_at > $6
)
