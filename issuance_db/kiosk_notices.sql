-- name: at
-- The notice that a screen shows at an instant: of those in force the newest, so that a new one covers an older one and uncovers it again.
SELECT t.language, t.words
FROM issuance.kiosk_notice_text AS t
WHERE t.municipality_code = $1 AND t.notice_id = (
    SELECT max(n.notice_id)
    FROM issuance.kiosk_notice AS n
    WHERE n.municipality_code = $1 AND n.starts_at <= $2 AND (n.ends_at IS NULL OR n.ends_at > $2)
        AND NOT EXISTS (
            SELECT FROM issuance.kiosk_notice_withdrawal AS w
            WHERE w.municipality_code = n.municipality_code AND w.notice_id = n.notice_id
        )
)

-- name: list
-- The newest first.
SELECT n.notice_id, n.starts_at, n.ends_at, w.withdrawn_at,
    array_agg(t.language ORDER BY t.language) AS languages, array_agg(t.words ORDER BY t.language) AS words
FROM issuance.kiosk_notice AS n
JOIN issuance.kiosk_notice_text AS t ON t.municipality_code = n.municipality_code AND t.notice_id = n.notice_id
LEFT JOIN issuance.kiosk_notice_withdrawal AS w ON w.municipality_code = n.municipality_code AND w.notice_id = n.notice_id
WHERE n.municipality_code = $1
GROUP BY n.notice_id, n.starts_at, n.ends_at, w.withdrawn_at
ORDER BY n.notice_id DESC
LIMIT $2

-- name: add
-- One more; what it covers stays.
INSERT INTO issuance.kiosk_notice (municipality_code, starts_at, ends_at) VALUES ($1, $2, $3) RETURNING notice_id

-- name: add_text
-- What it says in one language.
INSERT INTO issuance.kiosk_notice_text (municipality_code, notice_id, language, words) VALUES ($1, $2, $3, $4)

-- name: withdraw
-- Nothing comes back where it was withdrawn before, is over, or never was.
INSERT INTO issuance.kiosk_notice_withdrawal (municipality_code, notice_id, withdrawn_at)
SELECT n.municipality_code, n.notice_id, $3
FROM issuance.kiosk_notice AS n
WHERE n.municipality_code = $1 AND n.notice_id = $2 AND (n.ends_at IS NULL OR n.ends_at > $3)
ON CONFLICT DO NOTHING
RETURNING notice_id
