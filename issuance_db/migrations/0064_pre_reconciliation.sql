-- 整合処理 (S2-4) of F6 with the register, on a live system: both sides in one form, what was found, whom it holds back, how it is repaired.

SET LOCAL ROLE registry_owner;
-- Which event gave a person the row of that sequence: for the explanation of a difference.
CREATE VIEW registry.event_of_row AS
SELECT h.municipality_code, h.person_number, h.history_number AS person_sequence, e.kind, e.recorded_at
FROM registry.whole_history AS h
JOIN registry.event AS e ON e.municipality_code = h.municipality_code AND e.event_id = h.event_id;
GRANT SELECT ON registry.event_of_row TO sync;

-- Both sides of the comparison: each person's items as text, in one order (`sync.reconciliation.ITEMS`). The mapping is written a second
-- time here, not shared with the projection. Whoever left the register and is still protected has a row with nothing but that.
-- My Number is there by its blind index; nothing is decrypted.
CREATE FUNCTION registry.register_side(city text) RETURNS TABLE (person_number text, items text[])
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.person_number, ARRAY[
        s.name, s.birth_on::text, s.birth_text, s.sex::text, s.head_name, s.relationship, s.domicile, s.first_registrant,
        s.resident_since_on::text, s.resident_since_text, s.address, s.address_since_on::text, s.address_since_text,
        s.address_notified_on::text, s.address_before_move_in, s.nationality, s.foreign_resident_since_on::text,
        s.foreign_resident_since_text, s.article_30_45_category, s.residence_status, s.residence_period, s.residence_expires_on::text,
        s.residence_card_number, s.alias, encode(s.my_number_index, 'hex'), s.my_number_key_version::text, s.furigana, s.former_surname,
        s.former_surname_furigana, s.alias_furigana, s.address_before_move, s.household_number, s.member_order::text, s.is_head::text,
        s.planned_move_out_on::text, s.person_sequence::text, s.household_sequence::text, s.suppressed::text
    ]
    FROM registry.issuance_source AS s
    WHERE s.municipality_code = city
    UNION ALL
    SELECT p.person_number, array_fill(NULL::text, ARRAY[37]) || 'true'::text
    FROM registry.suppression_source AS p
    WHERE p.municipality_code = city AND p.suppressed AND NOT EXISTS (
        SELECT FROM registry.issuance_source AS s WHERE s.municipality_code = city AND s.person_number = p.person_number
    );
END;
REVOKE ALL ON FUNCTION registry.register_side(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.register_side(text) TO sync;

SET LOCAL ROLE issuance_owner;

-- The other side, from what is printed.
CREATE FUNCTION issuance.record_side(city text) RETURNS TABLE (person_number text, items text[])
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.person_number, ARRAY[
        r.name, r.birth_on::text, r.birth_text, r.sex::text, r.head_name, r.relationship, r.domicile, r.first_registrant,
        r.resident_since_on::text, r.resident_since_text, r.address, r.address_since_on::text, r.address_since_text,
        r.address_notified_on::text, r.previous_address, r.nationality, r.foreign_resident_since_on::text, r.foreign_resident_since_text,
        r.article_30_45 ->> 'category', r.article_30_45 ->> 'status', r.article_30_45 ->> 'period', r.article_30_45 ->> 'expires_on',
        r.article_30_45 ->> 'card_number', r.alias, encode(r.my_number_index, 'hex'), r.my_number_key_version::text, e.furigana,
        e.former_surname, e.former_surname_furigana, e.alias_furigana, e.address_before_move, k.household_number, k.member_order::text,
        k.is_head::text, k.planned_move_out_on::text, k.person_sequence::text, k.household_sequence::text,
        EXISTS (
            SELECT FROM issuance.suppression AS p
            WHERE p.municipality_code = r.municipality_code AND p.person_number = r.person_number AND p.source = 'registry'
        )::text
    ]
    FROM issuance.resident_record AS r
    LEFT JOIN issuance.resident_record_extension AS e
        ON e.municipality_code = r.municipality_code AND e.person_number = r.person_number
    LEFT JOIN issuance.resident_key AS k ON k.municipality_code = r.municipality_code AND k.person_number = r.person_number
    WHERE r.municipality_code = city
    UNION ALL
    SELECT p.person_number, array_fill(NULL::text, ARRAY[37]) || 'true'::text
    FROM issuance.suppression AS p
    WHERE p.municipality_code = city AND p.source = 'registry' AND NOT EXISTS (
        SELECT FROM issuance.resident_record AS r WHERE r.municipality_code = city AND r.person_number = p.person_number
    );
END;
-- The first `bits` (0 to 16) of the SHA-256 of a key: as reconcile.ranges has it.
CREATE FUNCTION issuance.range_of(key text, bits integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (('x' || left(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 4))::bit(16)::integer) >> (16 - bits);
REVOKE ALL ON FUNCTION issuance.record_side(text), issuance.range_of(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.record_side(text), issuance.range_of(text, integer) TO sync;

-- When each city was last compared, whole and in part, and which part comes next.
CREATE TABLE issuance.reconciled (
    municipality_code text PRIMARY KEY,
    whole_at timestamptz,
    part_at timestamptz,
    next_part smallint NOT NULL DEFAULT 0
);
-- Staff approve that somebody's record is made anew from the register; `sync` does it, and the approval goes.
CREATE TABLE issuance.repair_approval (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    approved_by text NOT NULL CHECK (shared.same_name(approved_by) <> ''),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    approved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, person_number)
);
ALTER TABLE issuance.reconciled ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.reconciled FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.reconciled USING (municipality_code = shared.city());
ALTER TABLE issuance.repair_approval ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.repair_approval FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.repair_approval USING (municipality_code = shared.city());
GRANT SELECT, INSERT, UPDATE ON issuance.reconciled TO sync;
GRANT SELECT ON issuance.reconciled TO staff;
GRANT SELECT, INSERT ON issuance.repair_approval TO staff;
GRANT SELECT, DELETE ON issuance.repair_approval TO sync;

-- What the comparison found holds a person back as a doubt of its own; what staff doubt is not `sync`'s to lift.
DROP POLICY sync_adds ON issuance.person_held_back;
DROP POLICY sync_lifts ON issuance.person_held_back;
CREATE POLICY sync_adds ON issuance.person_held_back AS RESTRICTIVE FOR INSERT TO sync
    WITH CHECK (cause = 'projection' OR (cause = 'doubt' AND item = 'reconciliation'));
CREATE POLICY sync_lifts ON issuance.person_held_back AS RESTRICTIVE FOR DELETE TO sync
    USING (cause = 'projection' OR (cause = 'doubt' AND item = 'reconciliation'));

SET LOCAL ROLE history_owner;
-- Acts are named by the program; a list of them here would have to be written anew with each.
ALTER TABLE history.staff_act DROP CONSTRAINT staff_act_act_check;
ALTER TABLE history.staff_act ADD CONSTRAINT staff_act_act_check CHECK (act ~ '^[a-z_]{1,30}$');

-- Each comparison: of the whole city, of a part, or of some persons. A part that found nothing leaves no row.
CREATE TABLE history.reconciliation (
    municipality_code text NOT NULL,
    reconciliation_id bigint GENERATED ALWAYS AS IDENTITY,
    scope text NOT NULL CHECK (scope IN ('city', 'part', 'persons')),
    in_register integer NOT NULL,
    in_records integer NOT NULL,
    differing integer NOT NULL,
    cleared integer NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, reconciliation_id)
);
-- Who differs, how, in which items, and since which event as far as the sequences tell.
CREATE TABLE history.record_difference (
    municipality_code text NOT NULL,
    reconciliation_id bigint NOT NULL,
    position integer NOT NULL,
    person_number text,
    difference text NOT NULL CHECK (difference IN ('missing', 'extra', 'different')),
    cause text NOT NULL,
    items text[] NOT NULL,
    register_sequence bigint,
    record_sequence bigint,
    since_kind text,
    since_at timestamptz,
    PRIMARY KEY (municipality_code, reconciliation_id, position),
    FOREIGN KEY (municipality_code, reconciliation_id) REFERENCES history.reconciliation (municipality_code, reconciliation_id)
);
CREATE TRIGGER names_person BEFORE INSERT ON history.record_difference
    FOR EACH ROW WHEN (NEW.person_number IS NULL) EXECUTE FUNCTION history.refuse_nameless();
-- A record made anew by replay, and whether it equals the register since.
CREATE TABLE history.record_repair (
    municipality_code text NOT NULL,
    repair_id bigint GENERATED ALWAYS AS IDENTITY,
    person_number text,
    approved_by text NOT NULL,
    reason text NOT NULL,
    is_equal boolean NOT NULL,
    repaired_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, repair_id)
);
CREATE TRIGGER names_person BEFORE INSERT ON history.record_repair
    FOR EACH ROW WHEN (NEW.person_number IS NULL) EXECUTE FUNCTION history.refuse_nameless();
SELECT history.join_log('reconciliation');
SELECT history.join_log('record_difference', '{person_number}');
SELECT history.join_log('record_repair', '{person_number}');
GRANT SELECT, INSERT ON history.reconciliation, history.record_difference, history.record_repair TO sync;
GRANT SELECT ON history.reconciliation, history.record_difference, history.record_repair TO staff, fsck;
