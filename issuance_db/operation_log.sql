-- name: page
-- Who signed in, looked at and did what, newest first; one list of five tables. NULL is not asked.
SELECT happened_at, who, what, word, concerns, person_number, reason
FROM (
    SELECT s.happened_at, coalesce(s.account_id, '-') AS who, 'sign_in' AS what, s.result AS word, NULL AS concerns, NULL AS person_number,
        NULL AS reason
    FROM history.staff_sign_in AS s
    WHERE s.municipality_code = $1 AND s.happened_at >= $2 AND s.happened_at < $3 AND ($4::text IS NULL OR s.account_id = $4)
    UNION ALL
    SELECT r.happened_at, r.account_id, 'reading', r.reading, r.concerns, r.person_number, NULL
    FROM history.staff_reading AS r
    WHERE r.municipality_code = $1 AND r.happened_at >= $2 AND r.happened_at < $3 AND ($4::text IS NULL OR r.account_id = $4)
    UNION ALL
    SELECT a.acted_at, a.acted_by, 'act', a.act, a.concerns, a.person_number, a.reason
    FROM history.staff_act AS a
    WHERE a.municipality_code = $1 AND a.acted_at >= $2 AND a.acted_at < $3
        AND (
            $4::text IS NULL OR shared.same_name(a.acted_by) = (
                SELECT shared.same_name(c.name) FROM issuance.staff_account AS c WHERE c.municipality_code = $1 AND c.account_id = $4
            )
        )
    UNION ALL
    SELECT e.explained_at, e.explained_by, 'act', 'alert_explained', e.alert_id::text, NULL, e.explanation
    FROM history.alert_explanation AS e
    WHERE e.municipality_code = $1 AND e.explained_at >= $2 AND e.explained_at < $3 AND ($4::text IS NULL OR shared.same_name(e.explained_by) = (
        SELECT shared.same_name(c.name) FROM issuance.staff_account AS c WHERE c.municipality_code = $1 AND c.account_id = $4
    ))
    UNION ALL
    SELECT f.confirmed_at, f.confirmed_by, 'act', 'alert_confirmed', f.alert_id::text, NULL, NULL
    FROM history.alert_confirmation AS f
    WHERE f.municipality_code = $1 AND f.confirmed_at >= $2 AND f.confirmed_at < $3 AND ($4::text IS NULL OR shared.same_name(f.confirmed_by) = (
        SELECT shared.same_name(c.name) FROM issuance.staff_account AS c WHERE c.municipality_code = $1 AND c.account_id = $4
    ))
) AS entry
ORDER BY happened_at DESC, what, word
LIMIT $5

-- name: has_acted
-- Whether a person did anything in a period but look the log through.
SELECT EXISTS (
    SELECT FROM history.staff_act AS a
    WHERE a.municipality_code = $1 AND a.acted_at >= $2 AND a.acted_at < $3 AND a.act <> 'log_reviewed'
        AND shared.same_name(a.acted_by) = shared.same_name($4)
) OR EXISTS (
    SELECT FROM history.alert_explanation AS e
    WHERE e.municipality_code = $1 AND e.explained_at >= $2 AND e.explained_at < $3 AND shared.same_name(e.explained_by) = shared.same_name($4)
) OR EXISTS (
    SELECT FROM history.alert_confirmation AS f
    WHERE f.municipality_code = $1 AND f.confirmed_at >= $2 AND f.confirmed_at < $3 AND shared.same_name(f.confirmed_by) = shared.same_name($4)
)

-- name: reviews
-- Who looked the log through, and up to when.
SELECT a.acted_at, a.acted_by, a.concerns, a.reason FROM history.staff_act AS a
WHERE a.municipality_code = $1 AND a.act = 'log_reviewed'
ORDER BY a.acted_at DESC
LIMIT $2

-- name: about_person
-- Who looked at a person and did something about them, newest first.
SELECT entry.happened_at, entry.who, entry.what, entry.word, entry.reason
FROM (
    SELECT r.happened_at, r.account_id AS who, 'reading' AS what, r.reading AS word, NULL AS reason
    FROM history.staff_reading AS r
    WHERE r.municipality_code = $1 AND r.person_number = $2
    UNION ALL
    SELECT a.acted_at, a.acted_by, 'act', a.act, a.reason
    FROM history.staff_act AS a
    WHERE a.municipality_code = $1 AND a.person_number = $2
) AS entry
ORDER BY entry.happened_at DESC, entry.what, entry.word
