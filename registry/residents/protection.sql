-- name: ever_protected
-- Whoever was ever under a protective measure.
SELECT DISTINCT h.person_number FROM registry.whole_history AS h WHERE h.municipality_code = $1 AND h.suppressed
