-- For the permit's second derivation: by whom (宛名番号, or a registration) which koseki may be asked for, and who of it that is. What a
-- certificate is first read from finds it in its own way.
SET LOCAL ROLE issuance_owner;
CREATE VIEW issuance.koseki_asking AS
SELECT m.municipality_code, m.person_number AS asks_as, m.koseki_number, m.koseki_person_number
FROM issuance.koseki_member AS m
WHERE NOT m.removed
UNION ALL
SELECT a.municipality_code, a.asks_as, m.koseki_number, m.koseki_person_number
FROM issuance.koseki_access AS a
JOIN issuance.koseki_member AS m ON m.municipality_code = a.municipality_code AND m.koseki_number = a.koseki_number
    AND m.koseki_person_number = a.koseki_person_number
WHERE a.state = 'accepted' AND NOT m.removed;
GRANT SELECT ON issuance.koseki_asking TO front;
