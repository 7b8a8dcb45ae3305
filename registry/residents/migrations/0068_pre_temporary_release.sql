-- 支援措置の一時解除: papers of a protected person may be made until an instant. Whether it stands is told by the clock alone; the measure
-- itself, and with it what kiosks and lists do, stays as it is.
SET LOCAL ROLE registry_owner;

CREATE TABLE registry.temporary_release (
    municipality_code text NOT NULL,
    release_id bigint GENERATED ALWAYS AS IDENTITY,
    person_number text NOT NULL,
    released_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    staff text NOT NULL CHECK (char_length(staff) BETWEEN 1 AND 100),
    reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 400),
    PRIMARY KEY (municipality_code, release_id),
    FOREIGN KEY (municipality_code, person_number) REFERENCES registry.person (municipality_code, person_number),
    CHECK (until > released_at AND until <= released_at + interval '60 minutes')
);
CREATE INDEX temporary_release_person ON registry.temporary_release (municipality_code, person_number, until);
CREATE INDEX temporary_release_time ON registry.temporary_release (municipality_code, released_at);
-- Ended before its time.
CREATE TABLE registry.temporary_release_end (
    municipality_code text NOT NULL,
    release_id bigint NOT NULL,
    ended_at timestamptz NOT NULL,
    staff text NOT NULL CHECK (char_length(staff) BETWEEN 1 AND 100),
    PRIMARY KEY (municipality_code, release_id),
    FOREIGN KEY (municipality_code, release_id) REFERENCES registry.temporary_release (municipality_code, release_id)
);
SELECT registry.guard_history(name) FROM unnest(ARRAY['temporary_release', 'temporary_release_end']) AS name;
GRANT SELECT, INSERT ON registry.temporary_release, registry.temporary_release_end TO registry;
