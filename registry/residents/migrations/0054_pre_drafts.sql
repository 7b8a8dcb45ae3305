-- 仮登録: events that are entered but not decided. Nobody but the registry's own role reads them, and no view shows them.
SET LOCAL ROLE registry_owner;

-- The event as it was entered, and the sequences of persons and households that it was entered on.
CREATE TABLE registry.draft (
    municipality_code text NOT NULL,
    draft_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    content jsonb NOT NULL,
    based_on jsonb NOT NULL,
    entered_by text NOT NULL CHECK (char_length(entered_by) BETWEEN 1 AND 100),
    entered_at timestamptz NOT NULL,
    place text NOT NULL,
    terminal text,
    PRIMARY KEY (municipality_code, draft_id)
);
-- What became of it, step by step: 審査, 決裁, 本登録; or it was returned or withdrawn. One row for each step, by number, so that of
-- two who do the next thing at once only one does.
CREATE TABLE registry.draft_step (
    municipality_code text NOT NULL,
    draft_id bigint NOT NULL,
    step smallint NOT NULL CHECK (step > 0),
    state text NOT NULL CHECK (state IN ('reviewed', 'decided', 'recorded', 'returned', 'withdrawn')),
    done_by text NOT NULL CHECK (char_length(done_by) BETWEEN 1 AND 100),
    done_at timestamptz NOT NULL,
    reason text CHECK (char_length(reason) BETWEEN 1 AND 900),
    event_id bigint,
    CONSTRAINT draft_step_once PRIMARY KEY (municipality_code, draft_id, step),
    FOREIGN KEY (municipality_code, draft_id) REFERENCES registry.draft (municipality_code, draft_id),
    FOREIGN KEY (municipality_code, event_id) REFERENCES registry.event (municipality_code, event_id),
    CHECK ((state = 'recorded') = (event_id IS NOT NULL)),
    CHECK (state NOT IN ('returned', 'withdrawn') OR reason IS NOT NULL)
);
SELECT registry.guard_history(name) FROM unnest(ARRAY['draft', 'draft_step']) AS name;
GRANT SELECT, INSERT ON registry.draft, registry.draft_step TO registry;
