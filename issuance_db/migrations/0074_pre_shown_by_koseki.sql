-- Which certificates showed somebody by their koseki, the koseki of another household too.
SET LOCAL ROLE history_owner;
CREATE INDEX issuance_koseki_person_person ON history.issuance_koseki_person (municipality_code, person_number)
    WHERE person_number IS NOT NULL;
