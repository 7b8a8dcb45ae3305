-- A large statement is taken in behind its page. How far it is and what became of it stands here; its lines stand where they always do.
SET LOCAL ROLE issuance_owner;

CREATE TABLE issuance.statement_job (
    municipality_code text NOT NULL,
    job_id bigint GENERATED ALWAYS AS IDENTITY,
    caller_id text NOT NULL,
    period text NOT NULL CHECK (period IN ('day', 'month')),
    first_on date NOT NULL,
    file_bytes bigint NOT NULL CHECK (file_bytes > 0),
    file_sha256 bytea NOT NULL CHECK (octet_length(file_sha256) = 32),
    asked_by text NOT NULL CHECK (shared.same_name(asked_by) <> ''),
    step text NOT NULL DEFAULT 'reading' CHECK (step IN ('reading', 'storing', 'matching', 'taken', 'known', 'refused', 'broken')),
    done bigint NOT NULL DEFAULT 0,  -- lines while it is read, days while they are matched
    total bigint,  -- of those, where it is known
    told text,  -- why it was refused
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),  -- whoever works at it says so every second
    ended_at timestamptz,
    PRIMARY KEY (municipality_code, job_id),
    CHECK ((step IN ('taken', 'known', 'refused', 'broken')) = (ended_at IS NOT NULL))
);
CREATE INDEX statement_job_newest ON issuance.statement_job (municipality_code, started_at DESC);

-- What ended stays as it ended: a process that was given up cannot take its file in after all.
CREATE FUNCTION issuance.keep_ended_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'the job has ended' USING ERRCODE = 'KS013';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_ended BEFORE UPDATE ON issuance.statement_job FOR EACH ROW EXECUTE FUNCTION issuance.keep_ended_job();
REVOKE ALL ON FUNCTION issuance.keep_ended_job() FROM PUBLIC;

ALTER TABLE issuance.statement_job ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.statement_job FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.statement_job USING (municipality_code = shared.city());
GRANT SELECT, INSERT ON issuance.statement_job TO staff;
GRANT UPDATE (step, done, total, told, seen_at, ended_at) ON issuance.statement_job TO staff;
