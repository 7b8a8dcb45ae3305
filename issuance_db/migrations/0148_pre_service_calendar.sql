-- The service calendar by date: a week that holds from a day on, and days that are unlike it. What was given once stays to be read; it is taken back by its own row.
SET LOCAL ROLE issuance_owner;

CREATE TABLE issuance.hours_plan (
    municipality_code text NOT NULL,
    plan_id bigint GENERATED ALWAYS AS IDENTITY,
    kinds text[] NOT NULL CHECK (cardinality(kinds) > 0),
    effective_from date NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (municipality_code, plan_id)
);
-- A weekday (ISO 8601) without a row is closed.
CREATE TABLE issuance.hours_plan_window (
    municipality_code text NOT NULL,
    plan_id bigint NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens_at time NOT NULL,
    closes_at time NOT NULL CHECK (closes_at > opens_at),
    PRIMARY KEY (municipality_code, plan_id, weekday),
    FOREIGN KEY (municipality_code, plan_id) REFERENCES issuance.hours_plan (municipality_code, plan_id)
);
CREATE TABLE issuance.special_hours (
    municipality_code text NOT NULL,
    special_id bigint GENERATED ALWAYS AS IDENTITY,
    kinds text[] NOT NULL CHECK (cardinality(kinds) > 0),
    first_on date NOT NULL,
    last_on date NOT NULL CHECK (last_on >= first_on),
    opens_at time,  -- NULL: closed
    closes_at time CHECK (closes_at > opens_at),
    withdrawn_at timestamptz,
    PRIMARY KEY (municipality_code, special_id),
    CHECK ((opens_at IS NULL) = (closes_at IS NULL))
);

-- The windows of a kind on a JST day: of the day itself where it has some of its own, else of the newest week that has begun, else those the city began with.
CREATE FUNCTION issuance.hours_on(city text, of_kind text, on_day date) RETURNS TABLE (opens_at time, closes_at time) LANGUAGE sql STABLE AS $$
    WITH special AS (
        SELECT s.opens_at, s.closes_at FROM issuance.special_hours AS s
        WHERE s.municipality_code = city AND of_kind = ANY (s.kinds) AND on_day BETWEEN s.first_on AND s.last_on AND s.withdrawn_at IS NULL
        ORDER BY s.special_id DESC LIMIT 1
    ), plan AS (
        SELECT p.plan_id FROM issuance.hours_plan AS p
        WHERE p.municipality_code = city AND of_kind = ANY (p.kinds) AND p.effective_from <= on_day AND p.withdrawn_at IS NULL
        ORDER BY p.effective_from DESC, p.plan_id DESC LIMIT 1
    )
    SELECT s.opens_at, s.closes_at FROM special AS s WHERE s.opens_at IS NOT NULL
    UNION ALL
    SELECT w.opens_at, w.closes_at FROM plan
    JOIN issuance.hours_plan_window AS w ON w.municipality_code = city AND w.plan_id = plan.plan_id AND w.weekday = extract(isodow FROM on_day)
    WHERE NOT EXISTS (SELECT FROM special)
    UNION ALL
    SELECT h.opens_at, h.closes_at FROM issuance.service_hours AS h
    WHERE h.municipality_code = city AND h.kind = of_kind AND h.weekday = extract(isodow FROM on_day)
        AND NOT EXISTS (SELECT FROM special) AND NOT EXISTS (SELECT FROM plan)
$$;
REVOKE ALL ON FUNCTION issuance.hours_on(text, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.hours_on(text, text, date) TO front, staff;

-- An image that a session has sent and not confirmed. It ends with the session.
CREATE TABLE issuance.proposed_seal (
    municipality_code text NOT NULL,
    token_digest bytea NOT NULL,
    valid_from date NOT NULL,
    image bytea NOT NULL CHECK (octet_length(image) BETWEEN 1 AND 1048576),
    PRIMARY KEY (municipality_code, token_digest),
    FOREIGN KEY (municipality_code, token_digest) REFERENCES issuance.staff_session (municipality_code, token_digest) ON DELETE CASCADE
);

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['hours_plan', 'hours_plan_window', 'special_hours', 'proposed_seal'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT, INSERT ON issuance.%I TO staff', table_name);
    END LOOP;
END
$$;
GRANT SELECT ON issuance.hours_plan, issuance.hours_plan_window, issuance.special_hours TO front;
GRANT UPDATE (withdrawn_at) ON issuance.hours_plan, issuance.special_hours TO staff;
GRANT DELETE, UPDATE (valid_from, image) ON issuance.proposed_seal TO staff;
-- What is still to come is withdrawn, as a fee and a mayor are; a tax year on its first day too: nothing is printed by its date.
GRANT DELETE ON issuance.official_seal, issuance.tax_year TO staff;
CREATE POLICY staff_withdraws ON issuance.official_seal AS RESTRICTIVE FOR DELETE TO staff
    USING (valid_from > (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date);
CREATE POLICY staff_withdraws ON issuance.tax_year AS RESTRICTIVE FOR DELETE TO staff
    USING (offered_from >= (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date);
