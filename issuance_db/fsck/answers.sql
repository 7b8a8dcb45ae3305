-- name: issuance_without_recorded_intent
-- What entered the books was recorded.
SELECT h.issuance_number AS concern
FROM history.issuance AS h
LEFT JOIN issuance.intent AS i ON i.municipality_code = h.municipality_code AND i.issuance_number = h.issuance_number
WHERE h.municipality_code = $1 AND i.state IS DISTINCT FROM 'recorded'
ORDER BY 1

-- name: recorded_intent_without_issuance
-- What was recorded is in the books.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
LEFT JOIN history.issuance AS h ON h.municipality_code = i.municipality_code AND h.issuance_number = i.issuance_number
WHERE i.municipality_code = $1 AND i.state = 'recorded' AND h.issuance_number IS NULL
ORDER BY 1

-- name: issuance_differs_from_intent
-- What is stored twice says the same twice.
SELECT h.issuance_number AS concern
FROM history.issuance AS h
JOIN issuance.intent AS i ON i.municipality_code = h.municipality_code AND i.issuance_number = h.issuance_number
WHERE h.municipality_code = $1 AND i.state = 'recorded' AND (
    h.caller_id, h.request_id, h.kind, h.channel, h.fee_yen, h.pages, h.instant, h.recorded_at, h.snapshot_digest, h.document_digest
) IS DISTINCT FROM (
    i.caller_id, i.request_id, i.kind, i.channel, i.fee_yen, i.pages, i.instant, i.ended_at, i.snapshot_digest, i.document_digest
)
ORDER BY 1

-- name: digest_missing
-- SHA-256 of snapshot, permitted document and signed file, and a file that is not empty.
SELECT h.issuance_number AS concern
FROM history.issuance AS h
WHERE h.municipality_code = $1 AND (
    octet_length(h.snapshot_digest) <> 32 OR octet_length(h.document_digest) <> 32 OR octet_length(h.file_digest) <> 32
    OR h.file_bytes <= 0
)
ORDER BY 1

-- name: issuance_without_answer
-- The request that an issuance names was answered with this number, or withdrawn afterwards.
SELECT h.issuance_number AS concern
FROM history.issuance AS h
LEFT JOIN issuance.request AS r
    ON r.municipality_code = h.municipality_code AND r.caller_id = h.caller_id AND r.call = 'issuances' AND r.request_id = h.request_id
WHERE h.municipality_code = $1 AND (
    r.issuance_number IS DISTINCT FROM h.issuance_number
    OR (r.state, r.result_code) NOT IN (('answered', 'issued'), ('refused', 'not_available'))
)
ORDER BY 1

-- name: answer_without_issuance
-- A request that was answered with a certificate has its issuance in the books.
SELECT format('%s/%s/%s', r.caller_id, r.call, r.request_id) AS concern
FROM issuance.request AS r
LEFT JOIN history.issuance AS h
    ON h.municipality_code = r.municipality_code AND h.issuance_number = r.issuance_number
    AND h.caller_id = r.caller_id AND h.request_id = r.request_id
WHERE r.municipality_code = $1 AND r.call = 'issuances' AND (r.state = 'answered' OR r.issuance_number IS NOT NULL)
    AND h.issuance_number IS NULL
    -- An issuance that names another request, and an intent that lacks its issuance, are rules of their own.
    AND NOT EXISTS (
        SELECT FROM history.issuance AS o WHERE o.municipality_code = r.municipality_code AND o.issuance_number = r.issuance_number
    )
    AND NOT EXISTS (
        SELECT FROM issuance.intent AS i
        WHERE i.municipality_code = r.municipality_code AND i.issuance_number = r.issuance_number AND i.state = 'recorded'
    )
ORDER BY 1

-- name: recorded_twice
-- One request is one certificate.
SELECT format('%s/%s/%s', i.caller_id, i.call, i.request_id) AS concern
FROM issuance.intent AS i
WHERE i.municipality_code = $1 AND i.state = 'recorded'
GROUP BY i.caller_id, i.call, i.request_id
HAVING count(i.issuance_number) > 1
ORDER BY 1

-- name: intent_without_request
-- Nothing is made that nobody asked for.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
LEFT JOIN issuance.request AS r
    ON r.municipality_code = i.municipality_code AND r.caller_id = i.caller_id AND r.call = i.call AND r.request_id = i.request_id
WHERE i.municipality_code = $1 AND r.request_id IS NULL
ORDER BY 1

-- name: kept_without_record
-- Only what was recorded may be sent again, with as many pages.
SELECT k.issuance_number AS concern
FROM issuance.kept_answer AS k
LEFT JOIN issuance.intent AS i ON i.municipality_code = k.municipality_code AND i.issuance_number = k.issuance_number
WHERE k.municipality_code = $1 AND (i.state IS DISTINCT FROM 'recorded' OR i.pages <> k.pages)
ORDER BY 1
