-- 窓口の証明書と通知 (S1-3): every paper of the counter with its number, why, for whom, and who looked at their papers.
SET LOCAL ROLE registry_owner;

CREATE SEQUENCE registry.paper_number;
CREATE TABLE registry.paper (
    municipality_code text NOT NULL,
    paper_number text NOT NULL CHECK (paper_number ~ '^[0-9]{8}-C-[0-9]{8}$'),
    made_at timestamptz NOT NULL,
    kind text NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 100),
    persons text[] NOT NULL CHECK (cardinality(persons) > 0),
    options text[] NOT NULL,
    event_id bigint,
    handed_to text NOT NULL CHECK (char_length(handed_to) BETWEEN 1 AND 200),
    identity_document text NOT NULL CHECK (char_length(identity_document) BETWEEN 1 AND 100),
    staff text NOT NULL CHECK (char_length(staff) BETWEEN 1 AND 100),
    reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 400),
    released_by text CHECK (char_length(released_by) BETWEEN 1 AND 100),
    pages integer NOT NULL CHECK (pages > 0),
    content_sha256 bytea NOT NULL CHECK (octet_length(content_sha256) = 32),
    PRIMARY KEY (municipality_code, paper_number),
    FOREIGN KEY (municipality_code, event_id) REFERENCES registry.event (municipality_code, event_id),
    -- 支援措置: whoever lets a protected person's paper out is another than who makes it.
    CHECK (released_by <> staff)
);
CREATE INDEX paper_persons ON registry.paper USING gin (persons);
CREATE INDEX paper_time ON registry.paper (municipality_code, made_at);
SELECT registry.guard_history('paper');
GRANT USAGE ON SEQUENCE registry.paper_number TO registry;
GRANT SELECT, INSERT ON registry.paper TO registry;
