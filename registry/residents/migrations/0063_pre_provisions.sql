-- 提供・移転 (PIA R-30): nothing leaves the register but under a provision of a closed table, and what was refused is kept.
SET LOCAL ROLE registry_owner;

-- The ids of `data/provisions.csv`; a test compares. There is no provision beyond the law and the city's own by-laws.
CREATE DOMAIN registry.provision AS text CHECK (VALUE IN (
    'B2-001', 'B2-002', 'B2-003', 'B2-004', 'B2-006', 'B2-008', 'B2-009', 'B2-011',
    'B2-016', 'B2-018', 'B2-020', 'B2-021', 'B2-023', 'B2-027', 'B2-030', 'B2-031',
    'B2-034', 'B2-035', 'B2-037', 'B2-038', 'B2-039', 'B2-040', 'B2-042', 'B2-048',
    'B2-053', 'B2-054', 'B2-057', 'B2-058', 'B2-059', 'B2-061', 'B2-062', 'B2-066',
    'B2-067', 'B2-070', 'B2-077', 'B2-080', 'B2-084', 'B2-089', 'B2-091', 'B2-092',
    'B2-094', 'B2-096', 'B2-101', 'B2-102', 'B2-103', 'B2-105', 'B2-106', 'B2-108',
    'B2-111', 'B2-112', 'B2-113', 'B2-114', 'B2-116', 'B2-117', 'B2-120', 'INSPECT-PUBLIC_BODY',
    'INSPECT-RESEARCH', 'INSPECT-PUBLIC_GOOD', 'INSPECT-RESIDENCE', 'DEPT-ELECTION', 'DEPT-SCHOOL', 'DEPT-HEALTH', 'DEPT-LATE_ELDERLY', 'DEPT-CARE',
    'DEPT-PENSION', 'DEPT-CHILDREN'
));
-- Lists made before have none.
ALTER TABLE registry.extract ADD COLUMN provision registry.provision, ALTER COLUMN seed DROP NOT NULL;
ALTER TABLE registry.extract ADD CONSTRAINT extract_under_a_provision CHECK (provision IS NOT NULL) NOT VALID;

CREATE TABLE registry.extract_refused (
    municipality_code text NOT NULL,
    refusal_id bigint GENERATED ALWAYS AS IDENTITY,
    asked_at timestamptz NOT NULL,
    staff text NOT NULL CHECK (char_length(staff) BETWEEN 1 AND 100),
    reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 400),
    provision text NOT NULL CHECK (char_length(provision) <= 100),
    items text[] NOT NULL,
    persons text[] NOT NULL,
    PRIMARY KEY (municipality_code, refusal_id)
);

-- 操作記録の確認 (PIA R-51): who looked through the operations of which period, and what they found.
CREATE TABLE registry.log_review (
    municipality_code text NOT NULL,
    review_id bigint GENERATED ALWAYS AS IDENTITY,
    reviewed_at timestamptz NOT NULL,
    staff text NOT NULL CHECK (char_length(staff) BETWEEN 1 AND 100),
    since date NOT NULL,
    until date NOT NULL,
    operations integer NOT NULL CHECK (operations >= 0),
    finding text NOT NULL CHECK (char_length(finding) BETWEEN 1 AND 400),
    PRIMARY KEY (municipality_code, review_id),
    CHECK (since < until)
);
SELECT registry.guard_history(name) FROM unnest(ARRAY['extract_refused', 'log_review']) AS name;
CREATE INDEX event_time ON registry.event (municipality_code, recorded_at);
GRANT SELECT, INSERT ON registry.extract_refused, registry.log_review TO registry;
