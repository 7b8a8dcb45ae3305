-- name: attempt_without_seal_place
-- Each attempt takes its place in the transaction that proposes it. What is older than the first place was made before there were any.
SELECT i.issuance_number AS concern
FROM issuance.intent AS i
WHERE i.municipality_code = $1
    AND NOT EXISTS (
        SELECT FROM issuance.seal_place AS p
        WHERE p.municipality_code = i.municipality_code AND p.issuance_number = i.issuance_number
    )
    AND i.instant >= (
        SELECT min(first.instant)
        FROM issuance.seal_place AS taken
        JOIN issuance.intent AS first
            ON first.municipality_code = taken.municipality_code AND first.issuance_number = taken.issuance_number
        WHERE taken.municipality_code = $1
    )
ORDER BY 1

-- name: seal_place_twice
-- Two sheets at one place would share a status; a sheet at two places would have two.
SELECT min(p.issuance_number) AS concern
FROM issuance.seal_place AS p
WHERE p.municipality_code = $1
GROUP BY p.status_list, p.status_index
HAVING count(p.issuance_number) > 1
UNION
SELECT p.issuance_number
FROM issuance.seal_place AS p
WHERE p.municipality_code = $1
GROUP BY p.issuance_number
HAVING count(p.status_index) > 1
ORDER BY 1

-- name: seal_place_of_nothing
-- A place belongs to an attempt; it is kept as long as the attempt is.
SELECT p.issuance_number AS concern
FROM issuance.seal_place AS p
WHERE p.municipality_code = $1
    AND NOT EXISTS (
        SELECT FROM issuance.intent AS i
        WHERE i.municipality_code = p.municipality_code AND i.issuance_number = p.issuance_number
    )
ORDER BY 1

-- name: seal_place_of_another_month
-- Whoever checks a sheet looks into the list of its month of issue in Japan.
SELECT p.issuance_number AS concern
FROM issuance.seal_place AS p
JOIN issuance.intent AS i ON i.municipality_code = p.municipality_code AND i.issuance_number = p.issuance_number
WHERE p.municipality_code = $1 AND p.status_list <> to_char(i.instant AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM')
ORDER BY 1
