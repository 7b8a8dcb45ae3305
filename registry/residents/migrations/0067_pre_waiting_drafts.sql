-- Drafts that wait for somebody, so that they are found without looking through every draft there ever was. Derived: moved by the
-- statements that enter a draft and end it.
SET LOCAL ROLE registry_owner;

CREATE TABLE registry.draft_waiting (
    municipality_code text NOT NULL,
    draft_id bigint NOT NULL,
    PRIMARY KEY (municipality_code, draft_id),
    FOREIGN KEY (municipality_code, draft_id) REFERENCES registry.draft (municipality_code, draft_id)
);

-- The owner sees no rows of forced tables without a city, and this concerns all cities.
ALTER TABLE registry.draft NO FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.draft_step NO FORCE ROW LEVEL SECURITY;
INSERT INTO registry.draft_waiting (municipality_code, draft_id)
SELECT municipality_code, draft_id FROM registry.draft
EXCEPT
SELECT municipality_code, draft_id FROM registry.draft_step WHERE state IN ('recorded', 'returned', 'withdrawn');
ALTER TABLE registry.draft FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.draft_step FORCE ROW LEVEL SECURITY;

ALTER TABLE registry.draft_waiting ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON registry.draft_waiting USING (municipality_code = shared.city());
GRANT SELECT, INSERT, DELETE ON registry.draft_waiting TO registry;
