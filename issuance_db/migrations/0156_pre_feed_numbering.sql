-- Where the numbers of a source's files begin anew, and comparisons that ran without finding anything new.
SET LOCAL ROLE issuance_owner;

-- numbered_after: receipts up to this one count under another numbering (staff said that it began anew).
-- parts_compared: parts compared with what the files said since all of it was.
ALTER TABLE issuance.source
    ADD COLUMN numbered_after bigint NOT NULL DEFAULT 0,
    ADD COLUMN parts_compared integer NOT NULL DEFAULT 0;
GRANT UPDATE (numbered_after) ON issuance.source TO staff;
GRANT UPDATE (parts_compared) ON issuance.source TO sync;

-- compared_at: when a comparison last found it so.
ALTER TABLE issuance.source_doubt ADD COLUMN compared_at timestamptz;
GRANT UPDATE (items, since_file, compared_at) ON issuance.source_doubt TO sync;

SET LOCAL ROLE history_owner;
-- parts: of a comparison of everything with what the files said, how many parts were compared since the one before; what they found anew has rows
-- of its own.
ALTER TABLE history.source_comparison ADD COLUMN parts integer;
