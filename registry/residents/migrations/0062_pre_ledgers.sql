-- 閲覧台帳・無作為抽出 (住民基本台帳法11条・11条の2): what was taken out of the register, for whom and why, and who inspected it.
SET LOCAL ROLE registry_owner;

-- A place as figures and ledgers speak of it: the address without its lot.
CREATE FUNCTION registry.town_of(address text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(substring(address FROM '^(.*?丁目)'), substring(address FROM '^([^0-9０-９]+)'), address);

-- One list that was made. `asked` is how it was asked for; with the seed it makes the same list of the same register again, and the
-- digest (SHA-256 over its lines) tells whether it is the same.
CREATE TABLE registry.extract (
    municipality_code text NOT NULL,
    extract_id bigint GENERATED ALWAYS AS IDENTITY,
    made_at timestamptz NOT NULL,
    staff text NOT NULL CHECK (char_length(staff) BETWEEN 1 AND 100),
    reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 400),
    basis text NOT NULL CHECK (basis <> ''),
    recipient text NOT NULL CHECK (recipient <> ''),
    asked jsonb NOT NULL,
    seed text NOT NULL CHECK (char_length(seed) BETWEEN 1 AND 100),
    persons integer NOT NULL CHECK (persons > 0),
    content_sha256 bytea NOT NULL CHECK (octet_length(content_sha256) = 32),
    PRIMARY KEY (municipality_code, extract_id)
);
CREATE TABLE registry.extract_person (
    municipality_code text NOT NULL,
    extract_id bigint NOT NULL,
    person_number text NOT NULL,
    PRIMARY KEY (municipality_code, person_number, extract_id),
    FOREIGN KEY (municipality_code, extract_id) REFERENCES registry.extract (municipality_code, extract_id)
);

-- 閲覧: who inspected a list, when and what for, as it is published (法11条3項, 11条の2第12項), and who let them.
CREATE TABLE registry.inspection (
    municipality_code text NOT NULL,
    inspection_id bigint GENERATED ALWAYS AS IDENTITY,
    extract_id bigint NOT NULL,
    inspected_on date NOT NULL,
    inspector text NOT NULL CHECK (char_length(inspector) BETWEEN 1 AND 200),
    representative text CHECK (char_length(representative) BETWEEN 1 AND 200),
    purpose text NOT NULL CHECK (char_length(purpose) BETWEEN 1 AND 400),
    scope text NOT NULL CHECK (char_length(scope) BETWEEN 1 AND 400),
    seen_by text NOT NULL CHECK (char_length(seen_by) BETWEEN 1 AND 100),
    identity_document text NOT NULL CHECK (char_length(identity_document) BETWEEN 1 AND 100),
    staff text NOT NULL CHECK (char_length(staff) BETWEEN 1 AND 100),
    reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 400),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, inspection_id),
    FOREIGN KEY (municipality_code, extract_id) REFERENCES registry.extract (municipality_code, extract_id)
);
CREATE INDEX inspection_day ON registry.inspection (municipality_code, inspected_on);
SELECT registry.guard_history(name) FROM unnest(ARRAY['extract', 'extract_person', 'inspection']) AS name;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA registry FROM PUBLIC;
GRANT SELECT, INSERT ON registry.extract, registry.extract_person, registry.inspection TO registry;
GRANT EXECUTE ON FUNCTION registry.town_of(text) TO registry;
