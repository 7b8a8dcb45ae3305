-- name: destroy_quarantined
-- Documents whose time is over; the function can do nothing else.
SELECT issuance.destroy_quarantined()

-- name: purge_spent
-- Charges, uses of sessions and failure windows that no request can ask for any more; the function can do nothing else.
SELECT issuance.purge_spent()
