-- Staff show that an issuance stands in the log: the leaf and the way to the checkpoint, and no salt.
SET LOCAL ROLE history_owner;
GRANT SELECT (municipality_code, transaction_id, entry_id, table_name, row_key, personal_commitment, commitment) ON history.entry TO staff;
GRANT SELECT ON history.leaf, history.node, history.checkpoint TO staff;
