-- 罹災証明: what a disaster did to a dwelling, as decided for who applied. One row for each applicant, disaster and dwelling.
SET LOCAL ROLE issuance_owner;

-- degree: one of civil/disaster.py. reassessing_since: a second survey (再調査) was asked for and is not decided; nothing is certified meanwhile.
CREATE TABLE issuance.disaster_damage (
    municipality_code text NOT NULL,
    damage_number text NOT NULL CHECK (damage_number ~ '^[0-9A-Za-z-]{1,40}$'),
    person_number text NOT NULL,
    name text NOT NULL,
    birth_on date,
    birth_text text,
    address text NOT NULL,
    disaster text NOT NULL,
    struck_on date NOT NULL,
    cause text NOT NULL,
    dwelling_address text NOT NULL,
    degree text NOT NULL,
    reassessing_since timestamptz,
    fed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, damage_number),
    UNIQUE (municipality_code, person_number, disaster, dwelling_address),
    CHECK (birth_on IS NOT NULL OR birth_text IS NOT NULL)
);
SELECT issuance.join_source('disaster_damage', 'disaster');
