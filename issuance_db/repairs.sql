-- Persons about whom a comparison found F6 and the register to differ, and the approval of staff to make their records anew.

-- name: list
-- Each with what the last comparison that saw them found.
SELECT b.person_number, b.since, d.difference, d.cause, d.items, d.since_kind, d.since_at, a.approved_by
FROM issuance.person_held_back AS b
LEFT JOIN LATERAL (
    SELECT f.difference, f.cause, f.items, f.since_kind, f.since_at
    FROM history.record_difference AS f
    WHERE f.municipality_code = b.municipality_code AND f.person_number = b.person_number
    ORDER BY f.reconciliation_id DESC LIMIT 1
) AS d ON true
LEFT JOIN issuance.repair_approval AS a ON a.municipality_code = b.municipality_code AND a.person_number = b.person_number
WHERE b.municipality_code = $1 AND b.cause = 'doubt' AND b.item = 'reconciliation'
ORDER BY b.person_number

-- name: approve
-- Only of somebody whom a comparison holds back.
INSERT INTO issuance.repair_approval (municipality_code, person_number, approved_by, reason)
SELECT b.municipality_code, b.person_number, $3, $4 FROM issuance.person_held_back AS b
WHERE b.municipality_code = $1 AND b.person_number = $2 AND b.cause = 'doubt' AND b.item = 'reconciliation'
ON CONFLICT (municipality_code, person_number) DO NOTHING
RETURNING person_number

-- name: progress
-- When the city was compared last, whole and in part; how many persons both sides had when it was whole, and whom a comparison holds back now.
SELECT r.whole_at, r.part_at, c.in_register AS theirs, c.in_records AS ours, (
    SELECT count(*) FROM issuance.person_held_back AS b
    WHERE b.municipality_code = $1 AND b.cause = 'doubt' AND b.item = 'reconciliation'
) AS differing
FROM (SELECT) AS one
LEFT JOIN issuance.reconciled AS r ON r.municipality_code = $1
LEFT JOIN LATERAL (
    SELECT h.in_register, h.in_records FROM history.reconciliation AS h
    WHERE h.municipality_code = $1 AND h.scope = 'city'
    ORDER BY h.reconciliation_id DESC LIMIT 1
) AS c ON true
