-- Whose turn it is at a terminal: the credential that was identified there last for a menu. A session of another one is over.
SET LOCAL ROLE issuance_owner;

CREATE TABLE issuance.terminal_turn (
    municipality_code text NOT NULL,
    caller_id text NOT NULL,
    terminal_operator text NOT NULL,
    terminal_store text NOT NULL,
    terminal_id text NOT NULL,
    credential_hash bytea NOT NULL,
    begun_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, caller_id, terminal_operator, terminal_store, terminal_id)
);
ALTER TABLE issuance.terminal_turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.terminal_turn FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.terminal_turn USING (municipality_code = shared.city());

GRANT SELECT, INSERT, UPDATE (credential_hash, begun_at) ON issuance.terminal_turn TO front;
GRANT SELECT ON issuance.terminal_turn TO staff, fsck;
