-- What waits for the batcher and the witness, read from the end of the log alone: its cost does not grow with the log.
SET LOCAL ROLE history_owner;

-- The bound stands on both sides, since PostgreSQL does not carry it over an equation; checkpoints are made in the order of their sizes.
CREATE OR REPLACE FUNCTION history.log_lag() RETURNS TABLE (unbatched_since timestamptz, unwitnessed_since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT
        (
            SELECT min(e.entered_at) FROM history.entry AS e
            WHERE e.municipality_code = shared.city() AND e.transaction_id >= (SELECT history.batched_below())
                AND NOT EXISTS (
                    SELECT FROM history.leaf AS l
                    WHERE l.municipality_code = shared.city() AND l.transaction_id >= (SELECT history.batched_below())
                        AND l.municipality_code = e.municipality_code AND l.transaction_id = e.transaction_id
                        AND l.entry_id = e.entry_id
                )
        ),
        (
            SELECT c.made_at FROM history.checkpoint AS c
            WHERE c.municipality_code = shared.city() AND c.tree_size > coalesce((
                SELECT max(s.tree_size) FROM history.cosignature AS s WHERE s.municipality_code = shared.city()
            ), 0)
            ORDER BY c.tree_size LIMIT 1
        );
END;
