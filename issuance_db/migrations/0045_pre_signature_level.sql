-- At which signature level a certificate was made, where a level above B-B was wanted, and why it is a lower one, if it is.
-- All three are NULL where nothing but B-B was wanted. `level_reason` is the name of what stood in the way, never personal data.
SET LOCAL ROLE history_owner;
ALTER TABLE history.issuance
    ADD level_asked text CHECK (level_asked IN ('B-T', 'B-LT', 'B-LTA')),
    ADD level_made text CHECK (level_made IN ('B-B', 'B-T', 'B-LT', 'B-LTA')),
    ADD level_reason text CHECK (level_reason ~ '^[A-Za-z]{1,60}$'),
    ADD CHECK ((level_asked IS NULL) = (level_made IS NULL)),
    ADD CHECK ((level_reason IS NULL) = (level_made IS NOT DISTINCT FROM level_asked));
