-- Records of other systems' files that could not be read: set aside one by one, listed, and nothing issued from what stood there before.

SET LOCAL ROLE issuance_owner;

-- What is set aside now. record_key names the record as its source does; it ends when a later file has the record sound, or no longer has it.
CREATE TABLE issuance.feed_set_aside (
    municipality_code text NOT NULL,
    source text NOT NULL CHECK (source ~ '^[a-z_]{1,30}$'),
    record_key text NOT NULL,
    layout text NOT NULL,
    file_number bigint NOT NULL,
    line integer NOT NULL,
    item text NOT NULL,
    reason text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, source, record_key)
);
ALTER TABLE issuance.feed_set_aside ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.feed_set_aside FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.feed_set_aside USING (municipality_code = shared.city());
GRANT SELECT, INSERT, UPDATE, DELETE ON issuance.feed_set_aside TO sync;
GRANT SELECT ON issuance.feed_set_aside TO staff, fsck;

-- A file that takes away or changes more than this share of what we hold is refused as a whole: it is more often a mistake than a wish.
ALTER TABLE issuance.source
    ADD COLUMN most_lost_percent smallint NOT NULL DEFAULT 5 CHECK (most_lost_percent BETWEEN 0 AND 100),
    ADD COLUMN most_changed_percent smallint NOT NULL DEFAULT 30 CHECK (most_changed_percent BETWEEN 0 AND 100);
GRANT UPDATE (most_lost_percent, most_changed_percent) ON issuance.source TO staff;

SET LOCAL ROLE history_owner;

-- The lines of a file that was applied without them. Place and reason, never content.
CREATE TABLE history.feed_fault (
    municipality_code text NOT NULL,
    receipt_id bigint NOT NULL,
    position integer NOT NULL,
    line integer NOT NULL,
    item text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (municipality_code, receipt_id, position),
    FOREIGN KEY (municipality_code, receipt_id) REFERENCES history.feed_receipt (municipality_code, receipt_id)
);
SELECT history.join_log('feed_fault');
GRANT SELECT, INSERT ON history.feed_fault TO sync;
GRANT SELECT ON history.feed_fault TO staff, fsck;
