-- 除票の年次処理: done late it is still right. Rows of a year that nobody prepared stand in the partition of all other years, where
-- they kept that year's own partition from being made, and would never have gone to the second tier.
SET LOCAL ROLE registry_owner;

-- Gives the rows of the partition of all other years to partitions of their own years. They are copied as they are, in the
-- transaction that drops the old place: no row is changed, and none is ever in two places or in none.
CREATE FUNCTION registry.sort_out_late_years() RETURNS void
LANGUAGE plpgsql SET search_path = registry, pg_temp AS $$
DECLARE
    late integer;
BEGIN
    ALTER TABLE registry.person_history DETACH PARTITION registry.person_history_removed_other;
    ALTER TABLE registry.person_history_removed_other RENAME TO person_history_late;
    CREATE TABLE registry.person_history_removed_other PARTITION OF registry.person_history DEFAULT;
    PERFORM registry.guard_history('person_history_removed_other');
    -- The owner sees no rows of forced tables without a city, and this concerns all cities.
    ALTER TABLE registry.person_history_late NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE registry.person_history NO FORCE ROW LEVEL SECURITY;
    FOR late IN SELECT DISTINCT removed_in FROM registry.person_history_late LOOP
        PERFORM registry.prepare_removed_year(late);
    END LOOP;
    INSERT INTO registry.person_history SELECT * FROM registry.person_history_late;
    ALTER TABLE registry.person_history FORCE ROW LEVEL SECURITY;
    DROP TABLE registry.person_history_late;
END
$$;

-- Returns how many years were set aside. An ordinary day finds nothing to do and locks nothing.
CREATE FUNCTION registry.turn_year(day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = registry, pg_temp AS $$
BEGIN
    IF pg_relation_size('registry.person_history_removed_other') > 0 THEN
        PERFORM registry.sort_out_late_years();
    END IF;
    PERFORM registry.prepare_removed_year(year) FROM generate_series(extract(year FROM day)::integer, extract(year FROM day)::integer + 2) AS year;
    RETURN registry.move_to_second_tier(day);
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA registry FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION registry.prepare_removed_year(integer), registry.move_to_second_tier(date) FROM registry;
GRANT EXECUTE ON FUNCTION registry.turn_year(date) TO registry;
