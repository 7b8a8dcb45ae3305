-- name: outcome_without_issuance
-- An outcome, and the fee it says was collected, belongs to an answer.
SELECT o.issuance_number AS concern
FROM history.outcome AS o
LEFT JOIN history.issuance AS h ON h.municipality_code = o.municipality_code AND h.issuance_number = o.issuance_number
WHERE o.municipality_code = $1 AND h.issuance_number IS NULL
ORDER BY 1

-- name: outcome_of_another_caller
-- Only who received the answer reports on it, or the centre's daily statement.
SELECT o.issuance_number AS concern
FROM history.outcome AS o
JOIN history.issuance AS h ON h.municipality_code = o.municipality_code AND h.issuance_number = o.issuance_number
WHERE o.municipality_code = $1 AND o.reported_by <> h.caller_id AND NOT starts_with(o.reported_by, 'statement/')
ORDER BY 1

-- name: withdrawn_without_alert
-- An answer that became not_available after it was sent has an alert: paper may have been handed out.
SELECT r.issuance_number AS concern
FROM issuance.request AS r
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND r.state = 'refused' AND r.issuance_number IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM history.alert AS a
        WHERE a.municipality_code = r.municipality_code AND a.issuance_number = r.issuance_number
            AND a.cause IN ('suppressed_after_answer', 'stopped_after_answer', 'seal_changed_after_answer')
    )
ORDER BY 1

-- name: withdrawn_but_kept
-- And its bytes were destroyed.
SELECT k.issuance_number AS concern
FROM issuance.kept_answer AS k
JOIN issuance.intent AS i ON i.municipality_code = k.municipality_code AND i.issuance_number = k.issuance_number
JOIN issuance.request AS r
    ON r.municipality_code = i.municipality_code AND r.caller_id = i.caller_id AND r.call = i.call AND r.request_id = i.request_id
WHERE k.municipality_code = $1 AND r.state = 'refused'
ORDER BY 1

-- name: alert_closed_by_one
-- Who confirms an explanation is not who gave it, and confirms one of this alert.
SELECT format('alert %s', c.alert_id) AS concern
FROM history.alert_confirmation AS c
LEFT JOIN history.alert_explanation AS e
    ON e.municipality_code = c.municipality_code AND e.alert_id = c.alert_id AND e.explanation_id = c.explanation_id
WHERE c.municipality_code = $1
    AND (e.explained_by IS NULL OR shared.same_name(e.explained_by) = shared.same_name(c.confirmed_by))
ORDER BY 1

-- name: session_used_too_often
-- A session stands for the credential in as many requests as the menu stated.
SELECT format('session %s', left(encode(u.session_hash, 'hex'), 16)) AS concern
FROM issuance.session_use AS u
WHERE u.municipality_code = $1
GROUP BY u.session_hash
HAVING count(u.request_id) > $2
ORDER BY 1
