-- Large files are read into this table batch by batch, so that a process that was killed goes on at the batch it had reached. Nothing is
-- issued from it, and it is empty again when the file was applied or refused. After a crash of the server it is empty: the file begins anew.
SET LOCAL ROLE issuance_owner;

-- which: a digest of the file as it came, of the table it is read by, and of the columns. first_record counts from 1; records counts those set aside too.
CREATE UNLOGGED TABLE issuance.feed_staged (
    municipality_code text NOT NULL,
    source text NOT NULL CHECK (source ~ '^[a-z_]{1,30}$'),
    which bytea NOT NULL,
    first_record bigint NOT NULL,
    records integer NOT NULL,
    sound jsonb NOT NULL,
    aside jsonb NOT NULL,
    PRIMARY KEY (municipality_code, source, first_record)
);
ALTER TABLE issuance.feed_staged ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.feed_staged FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.feed_staged USING (municipality_code = shared.city());
GRANT SELECT, INSERT, DELETE ON issuance.feed_staged TO sync;
