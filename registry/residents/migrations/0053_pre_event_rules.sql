-- What the rules of event kinds need: who decided, what follows, 住民票コード to be given, and finding a person who is known already.
SET LOCAL ROLE registry_owner;

ALTER TABLE registry.event ADD COLUMN decided_by text CHECK (char_length(decided_by) BETWEEN 1 AND 100);

-- 転入の照合: name and birth date, of all rows there ever were.
CREATE INDEX person_history_same_person ON registry.person_history (municipality_code, birth_on, name);
CREATE INDEX person_history_second_tier_same_person ON registry.person_history_second_tier (municipality_code, birth_on, name);

-- What is to be done elsewhere or handed out because of an event (転入通知, 世帯主変更依頼通知書 …).
CREATE TABLE registry.follow_up (
    municipality_code text NOT NULL,
    event_id bigint NOT NULL,
    person_number text NOT NULL,
    what text NOT NULL CHECK (char_length(what) BETWEEN 1 AND 100),
    PRIMARY KEY (municipality_code, event_id, person_number, what),
    FOREIGN KEY (municipality_code, event_id) REFERENCES registry.event (municipality_code, event_id)
);

-- 住民票コード that the agency (機構) has set aside for the city, and those of them that were given. Nobody chooses one.
CREATE TABLE registry.resident_code_pool (
    municipality_code text NOT NULL,
    resident_code text NOT NULL CHECK (resident_code ~ '^[0-9]{11}$'),
    fetched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, resident_code)
);
CREATE TABLE registry.resident_code_given (
    municipality_code text NOT NULL,
    resident_code text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, resident_code),
    FOREIGN KEY (municipality_code, resident_code) REFERENCES registry.resident_code_pool (municipality_code, resident_code)
);
SELECT registry.guard_history(name) FROM unnest(ARRAY['follow_up', 'resident_code_pool', 'resident_code_given']) AS name;
GRANT SELECT, INSERT ON registry.follow_up, registry.resident_code_pool, registry.resident_code_given TO registry;
