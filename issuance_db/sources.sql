-- name: sequences
-- How often what these sources say of these numbers has changed.
SELECT q.source, q.number, q.last_sequence
FROM unnest($2::text[], $3::text[]) AS read (source, number)
JOIN issuance.source_sequence AS q ON q.municipality_code = $1 AND q.source = read.source AND q.number = read.number
UNION ALL
SELECT read.source, read.number, f.last_sequence
FROM unnest($2::text[], $3::text[]) AS read (source, number)
JOIN issuance.freshness AS f ON f.municipality_code = $1 AND f.subject = 'person' AND f.number = read.number
WHERE read.source = 'resident'

-- name: reads_of
-- From which rows of which sources an issuance was read.
SELECT source, number, sequence, as_of FROM issuance.intent_source
WHERE municipality_code = $1 AND issuance_number = $2 ORDER BY source
