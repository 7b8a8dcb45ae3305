-- All 169 items of F1 (PIA 別添１) in a row of the history, and the partitions of removed records (除票).
SET LOCAL ROLE registry_owner;

-- 全国地方公共団体コード and 宛名番号 carry check digits; codes are closed tables; texts are counted in characters with their
-- variation selectors, which the program counts as readers do, so that the bounds here are three times as wide.
CREATE DOMAIN registry.n50 AS text CHECK (char_length(VALUE) BETWEEN 1 AND 150);
CREATE DOMAIN registry.n100 AS text CHECK (char_length(VALUE) BETWEEN 1 AND 300);
CREATE DOMAIN registry.n200 AS text CHECK (char_length(VALUE) BETWEEN 1 AND 600);
CREATE DOMAIN registry.n300 AS text CHECK (char_length(VALUE) BETWEEN 1 AND 900);
CREATE DOMAIN registry.x3 AS text CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN registry.x10 AS text CHECK (VALUE ~ '^[0-9A-Za-z]{1,10}$');
CREATE DOMAIN registry.town AS text CHECK (VALUE ~ '^[0-9]{7,12}$');
CREATE DOMAIN registry.telephone AS text CHECK (VALUE ~ '^[0-9-]{1,15}$');
CREATE DOMAIN registry.postal AS text CHECK (VALUE ~ '^[0-9]{7}$');
CREATE DOMAIN registry.numbered AS text CHECK (VALUE ~ '^[0-9]{1,15}$');
CREATE DOMAIN registry.pension AS text CHECK (VALUE ~ '^[0-9]{10}$');
CREATE DOMAIN registry.month AS text CHECK (VALUE ~ '^[0-9]{4}-(0[1-9]|1[0-2])$');
CREATE DOMAIN registry.serial_part AS integer CHECK (VALUE >= 0);
CREATE DOMAIN registry.municipality AS text CHECK (
    CASE WHEN VALUE IS NULL THEN true WHEN VALUE ~ '^[0-9]{6}$' THEN (
        11 - (
            substr(VALUE, 1, 1)::int * 6 + substr(VALUE, 2, 1)::int * 5 + substr(VALUE, 3, 1)::int * 4
            + substr(VALUE, 4, 1)::int * 3 + substr(VALUE, 5, 1)::int * 2
        ) % 11
    ) % 10 = substr(VALUE, 6, 1)::int ELSE false END
);
CREATE DOMAIN registry.code_guardianship AS text CHECK (VALUE IN ('成年被後見人', '被保佐人', '被補助人'));
CREATE DOMAIN registry.code_re_entry AS text CHECK (VALUE IN ('新規', '再転入'));
CREATE DOMAIN registry.code_resident_by AS text CHECK (VALUE IN ('転入', '国外転入', '未届転入', '出生', '職権記載', '帰化等', '国籍喪失', '回復'));
CREATE DOMAIN registry.code_special_residence AS text CHECK (VALUE IN ('施設', '病院', '寮', '矯正施設'));
CREATE DOMAIN registry.code_previous_change AS text CHECK (VALUE IN ('転居', '行政区画の変更', '住居表示', '地番の変更'));
CREATE DOMAIN registry.code_pension_class AS text CHECK (VALUE IN ('第1号', '第2号', '第3号', '任意加入'));
CREATE DOMAIN registry.code_election_roll AS text CHECK (VALUE IN ('登録', '未登録', '登録停止'));

-- The items that few persons have, in one column of the row: absent together, they take one bit.
CREATE TYPE registry.further_items AS (
    guardianship registry.code_guardianship,
    event_confirmed boolean,
    re_entry registry.code_re_entry,
    roman_name registry.n100,
    nationality_code registry.x3,
    resident_by registry.code_resident_by,
    birth_notified_on date,
    naturalised_on date,
    naturalisation_notified_on date,
    move_in_notified_on date,
    move_out_notified_on date,
    move_in_notice_on date,
    settled_move_out_on date,
    domicile_municipality_code registry.municipality,
    domicile_municipality registry.n50,
    domicile_town_code registry.town,
    special_residence registry.code_special_residence,
    town_code registry.town,
    district_code registry.x10,
    lot_ban registry.serial_part,
    lot_go registry.serial_part,
    lot_branch registry.serial_part,
    lot_spare registry.serial_part,
    lot_sign boolean,
    edited_lot registry.n200,
    telephone registry.telephone,
    previous_changed_on date,
    previous_change registry.code_previous_change,
    previous_change_name registry.n100,
    previous_municipality_code registry.municipality,
    previous_municipality registry.n50,
    previous_building registry.n300,
    move_in_postal_code registry.postal,
    move_in_municipality_code registry.municipality,
    move_in_municipality registry.n50,
    move_in_building registry.n300,
    move_in_head registry.n100,
    move_out_postal_code registry.postal,
    move_out_municipality_code registry.municipality,
    move_out_municipality registry.n50,
    move_out_building registry.n300,
    move_out_head registry.n100,
    settled_postal_code registry.postal,
    settled_municipality_code registry.municipality,
    settled_municipality registry.n50,
    settled_address registry.n200,
    settled_building registry.n300,
    de_facto_head registry.n100,
    foreign_spouse registry.n100,
    guardian_number registry.numbered,
    guardian_relationship registry.n100,
    contact_telephone registry.telephone,
    contact registry.n100,
    payment_group registry.n100,
    kindergarten_code registry.x10,
    primary_school_code registry.x10,
    middle_school_code registry.x10,
    tax_group_1 registry.n100,
    tax_group_2 registry.n100,
    tax_group_3 registry.n100,
    tax_group_4 registry.n100,
    association registry.n100,
    number_1 registry.serial_part,
    number_2 registry.serial_part,
    number_3 registry.serial_part,
    number_4 registry.serial_part,
    number_5 registry.serial_part,
    number_6 registry.serial_part,
    text_1 registry.n50,
    text_2 registry.n50,
    text_3 registry.n50,
    text_4 registry.n50,
    text_5 registry.n50,
    text_6 registry.n50,
    text_7 registry.n50,
    text_8 registry.n50,
    text_9 registry.n50,
    text_10 registry.n50,
    merged_person_number registry.numbered,
    merged_household_number registry.numbered,
    merged_municipality_code registry.municipality,
    alias_registered_on date[],
    alias_registered_in registry.n100[],
    alias_deleted_on date[],
    alias_deleted_in registry.municipality[],
    alias_names registry.n100[],
    delivery_address registry.n100,
    health_insured_from date,
    health_insured_until date,
    retired_insured boolean,
    retired_insured_from date,
    retired_insured_until date,
    late_elderly_insured_from date,
    late_elderly_insured_until date,
    care_insured_from date,
    care_insured_until date,
    pension_from date,
    pension_until date,
    pension_class registry.code_pension_class,
    pension_class_changed_on date,
    basic_pension_number registry.pension,
    child_allowance_from registry.month,
    child_allowance_until registry.month,
    election_roll registry.code_election_roll
);

-- When and how an event was told: 届出日, 通知日, 請求日 and 申出日 are different things; 留意事項 is the note.
ALTER TABLE registry.event
    ADD COLUMN notified_as text CHECK (notified_as IN ('届出日', '通知日', '請求日', '申出日')),
    ADD COLUMN note text CHECK (char_length(note) BETWEEN 1 AND 900),
    ADD COLUMN terminal text CHECK (char_length(terminal) BETWEEN 1 AND 100);

-- Rows of people in the register stand in one partition, rows of removed ones in that of the year in which they were removed
-- (消除した日, the day of recording): a year's removed records are set aside as a whole, and no row is ever moved or rewritten.
ALTER TABLE registry.person_history RENAME TO person_history_before;
CREATE TABLE registry.person_history (
    LIKE registry.person_history_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    removed_in smallint NOT NULL DEFAULT 0 CHECK (removed_in >= 0),
    further registry.further_items,
    CONSTRAINT removed_rows_only CHECK (removed_in = 0 OR state = 'removed'),
    CONSTRAINT person_history_key PRIMARY KEY (municipality_code, person_number, history_number, removed_in),
    FOREIGN KEY (municipality_code, event_id) REFERENCES registry.event (municipality_code, event_id)
) PARTITION BY RANGE (removed_in);
CREATE INDEX person_history_of_event ON registry.person_history (municipality_code, event_id);

-- 除票 older than five years: the same rows, in a table of their own.
CREATE TABLE registry.person_history_second_tier (
    LIKE registry.person_history INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    CONSTRAINT person_history_second_tier_key PRIMARY KEY (municipality_code, person_number, history_number, removed_in),
    FOREIGN KEY (municipality_code, event_id) REFERENCES registry.event (municipality_code, event_id)
) PARTITION BY RANGE (removed_in);
CREATE INDEX person_history_second_tier_of_event ON registry.person_history_second_tier (municipality_code, event_id);

-- What every table of rows has, whoever looks at it: no change, no emptying, and one city at a time.
CREATE FUNCTION registry.guard_history(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.%I FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change()', name);
    EXECUTE format('ALTER TABLE registry.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY city ON registry.%I USING (municipality_code = shared.city())', name);
END
$$;

-- The partition of one year's removed records, made before the year begins.
CREATE FUNCTION registry.prepare_removed_year(year integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = registry, pg_temp AS $$
DECLARE
    name text := 'person_history_removed_' || to_char(year, 'FM0000');
BEGIN
    IF year NOT BETWEEN 2000 AND 9998 OR to_regclass('registry.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE registry.%I PARTITION OF registry.person_history FOR VALUES FROM (%s) TO (%s)', name, year, year + 1);
    PERFORM registry.guard_history(name);
    RETURN true;
END
$$;

-- The yearly work: whatever was removed five full years before the day's year is set aside. Returns how many years' partitions went.
CREATE FUNCTION registry.move_to_second_tier(day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = registry, pg_temp AS $$
DECLARE
    name text;
    year integer;
    moved integer := 0;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'registry.person_history'::regclass AND c.relname ~ '^person_history_removed_[0-9]{4}$'
            AND right(c.relname, 4)::integer + 6 <= extract(year FROM day)
        ORDER BY 1
    LOOP
        year := right(name, 4)::integer;
        EXECUTE format('ALTER TABLE registry.person_history DETACH PARTITION registry.%I', name);
        EXECUTE format('ALTER TABLE registry.person_history_second_tier ATTACH PARTITION registry.%I FOR VALUES FROM (%s) TO (%s)', name, year, year + 1);
        moved := moved + 1;
    END LOOP;
    RETURN moved;
END
$$;

CREATE TABLE registry.person_history_present PARTITION OF registry.person_history FOR VALUES FROM (0) TO (1);
CREATE TABLE registry.person_history_removed_other PARTITION OF registry.person_history DEFAULT;
SELECT registry.guard_history(name) FROM unnest(ARRAY[
    'person_history', 'person_history_second_tier', 'person_history_present', 'person_history_removed_other'
]) AS name;
SELECT registry.prepare_removed_year(year) FROM generate_series(2026, 2028) AS year;

-- The owner sees no rows of forced tables without a city, and this concerns all cities.
ALTER TABLE registry.person_history_before NO FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.event NO FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.person NO FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.person_history NO FORCE ROW LEVEL SECURITY;
INSERT INTO registry.person_history
SELECT
    b.*, CASE WHEN b.state = 'removed' THEN extract(year FROM e.recorded_at AT TIME ZONE 'Asia/Tokyo')::smallint ELSE 0 END, NULL
FROM registry.person_history_before AS b
JOIN registry.event AS e ON e.municipality_code = b.municipality_code AND e.event_id = b.event_id;

ALTER TABLE registry.person ADD COLUMN removed_in smallint NOT NULL DEFAULT 0;
ALTER TABLE registry.person DISABLE TRIGGER next_is_one_more;
UPDATE registry.person AS p SET removed_in = h.removed_in
FROM registry.person_history AS h
WHERE h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in > 0;
ALTER TABLE registry.person ENABLE TRIGGER next_is_one_more;
ALTER TABLE registry.event FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.person FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.person_history FORCE ROW LEVEL SECURITY;

-- Both tiers: whoever may be removed is looked for here.
CREATE VIEW registry.whole_history AS
SELECT * FROM registry.person_history UNION ALL SELECT * FROM registry.person_history_second_tier;

CREATE OR REPLACE VIEW registry.issuance_source AS
SELECT
    h.municipality_code, h.person_number, p.last_sequence AS person_sequence, h.household_number,
    u.last_sequence AS household_sequence, h.member_order,
    (u.head_person_number IS NOT DISTINCT FROM h.person_number) AS is_head,
    head.name AS head_name, h.name, h.furigana, h.former_surname, h.former_surname_furigana, h.alias, h.alias_furigana,
    h.birth_on, h.birth_text, h.sex, h.relationship, h.domicile, h.first_registrant,
    h.resident_since_on, h.resident_since_text,
    concat_ws('　', h.address, h.building) AS address, h.address_since_on, h.address_since_text, h.address_notified_on,
    h.address_before_move_in, h.address_before_move, h.nationality, h.foreign_resident_since_on, h.foreign_resident_since_text,
    h.article_30_45_category, h.residence_status, h.residence_period, h.residence_expires_on, h.residence_card_number,
    h.my_number_sealed, h.my_number_key_version, h.my_number_index, h.planned_move_out_on, h.suppressed
FROM registry.person AS p
JOIN registry.person_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = 0
JOIN registry.household AS u
    ON u.municipality_code = p.municipality_code AND u.household_number = p.household_number
LEFT JOIN registry.person AS hp
    ON hp.municipality_code = u.municipality_code AND hp.person_number = u.head_person_number
LEFT JOIN registry.person_history AS head
    ON head.municipality_code = hp.municipality_code AND head.person_number = hp.person_number AND head.history_number = hp.last_sequence
    AND head.removed_in = 0
WHERE p.in_register;

CREATE OR REPLACE VIEW registry.suppression_source AS
SELECT p.municipality_code, p.person_number, h.suppressed
FROM registry.person AS p
JOIN registry.whole_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = p.removed_in;
DROP TABLE registry.person_history_before;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA registry FROM PUBLIC;
GRANT SELECT, INSERT ON registry.person_history TO registry;
GRANT SELECT ON registry.whole_history TO registry;
GRANT UPDATE (removed_in) ON registry.person TO registry;
GRANT EXECUTE ON FUNCTION registry.prepare_removed_year(integer), registry.move_to_second_tier(date) TO registry;
