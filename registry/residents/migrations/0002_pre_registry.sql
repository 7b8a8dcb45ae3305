-- 住民基本台帳 (F1): events, one full row per person and history number, households, outbox, and the freshness view.
SET LOCAL ROLE registry_owner;

CREATE TABLE registry.event (
    municipality_code text NOT NULL,
    event_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    occurred_on date,
    occurred_text text,
    notified_on date,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    operator text NOT NULL,
    place text NOT NULL,
    identity_document text,
    identity_checked_by text,
    reverses_event_id bigint,
    PRIMARY KEY (municipality_code, event_id),
    FOREIGN KEY (municipality_code, reverses_event_id) REFERENCES registry.event (municipality_code, event_id),
    CHECK (occurred_on IS NOT NULL OR occurred_text IS NOT NULL),
    CHECK ((identity_document IS NULL) = (identity_checked_by IS NULL))
);
-- An event is cancelled once; cancelling it again would undo what was done since.
CREATE UNIQUE INDEX event_reversed_once ON registry.event (municipality_code, reverses_event_id) WHERE reverses_event_id IS NOT NULL;

-- Nothing here is updated or deleted. The current row of a person is the one with the highest history_number,
-- and that number is the person's sequence: 1, 2, 3 … without gaps.
CREATE TABLE registry.person_history (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    history_number integer NOT NULL CHECK (history_number > 0),
    event_id bigint NOT NULL,
    household_number text NOT NULL,
    state text NOT NULL CHECK (state IN ('resident', 'planned_mover', 'removed')),
    resident_code text NOT NULL,
    my_number_sealed bytea,
    my_number_key_version smallint,
    my_number_index bytea,
    name text NOT NULL,
    furigana text,
    former_surname text,
    former_surname_furigana text,
    alias text,
    alias_furigana text,
    birth_on date,
    birth_text text,
    sex smallint NOT NULL CHECK (sex IN (0, 1, 2)),
    relationship text,
    member_order integer NOT NULL,
    domicile text,
    first_registrant text,
    resident_since_on date,
    resident_since_text text,
    address_since_on date,
    address_since_text text,
    address_notified_on date,
    postal_code text,
    address text NOT NULL,
    building text,
    address_before_move_in text,
    address_before_move text,
    nationality text,
    foreign_resident_since_on date,
    foreign_resident_since_text text,
    article_30_45_category text,
    residence_status text,
    residence_period text,
    residence_expires_on date,
    residence_card_number text,
    planned_move_out_on date,
    move_out_address text,
    removed_on date,
    removed_text text,
    removal_reason text,
    suppressed boolean NOT NULL DEFAULT false,
    suppression_reason text,
    suppressed_from date,
    suppressed_until date,
    PRIMARY KEY (municipality_code, person_number, history_number),
    FOREIGN KEY (municipality_code, event_id) REFERENCES registry.event (municipality_code, event_id),
    CHECK ((nationality IS NULL) = (article_30_45_category IS NULL)),
    CHECK (birth_on IS NOT NULL OR birth_text IS NOT NULL),
    CHECK ((my_number_sealed IS NULL) = (my_number_index IS NULL)),
    CHECK ((my_number_sealed IS NULL) = (my_number_key_version IS NULL)),
    CHECK ((state = 'removed') = (removal_reason IS NOT NULL)),
    CHECK ((state = 'removed') = (removed_on IS NOT NULL OR removed_text IS NOT NULL)),
    CHECK ((state = 'planned_mover') = (planned_move_out_on IS NOT NULL AND state <> 'removed')),
    CHECK (suppressed = (suppression_reason IS NOT NULL AND suppressed_from IS NOT NULL))
);
CREATE INDEX person_history_event ON registry.person_history (municipality_code, event_id);

CREATE TABLE registry.household_history (
    municipality_code text NOT NULL,
    household_number text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    event_id bigint NOT NULL,
    head_person_number text,
    PRIMARY KEY (municipality_code, household_number, sequence),
    FOREIGN KEY (municipality_code, event_id) REFERENCES registry.event (municipality_code, event_id)
);

-- Where the newest row of each person and household is. Derived, and moved in the transaction of the event.
-- The resident code and the blind index of the My Number stand here too: nobody in the city shares one, living or removed.
CREATE TABLE registry.person (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    last_sequence bigint NOT NULL,
    household_number text NOT NULL,
    in_register boolean NOT NULL,
    resident_code text NOT NULL,
    my_number_index bytea,
    PRIMARY KEY (municipality_code, person_number),
    CONSTRAINT person_resident_code UNIQUE (municipality_code, resident_code),
    CONSTRAINT person_my_number UNIQUE (municipality_code, my_number_index)
);
CREATE INDEX person_household ON registry.person (municipality_code, household_number) WHERE in_register;

CREATE TABLE registry.household (
    municipality_code text NOT NULL,
    household_number text NOT NULL,
    last_sequence bigint NOT NULL,
    head_person_number text,
    PRIMARY KEY (municipality_code, household_number)
);

-- The last serial given as a 宛名番号 or 世帯番号. A serial whose transaction failed may be given again.
CREATE TABLE registry.last_serial (
    municipality_code text NOT NULL,
    subject text NOT NULL CHECK (subject IN ('person', 'household')),
    serial bigint NOT NULL CHECK (serial >= 0),
    PRIMARY KEY (municipality_code, subject)
);

-- One row per person or household that an event moved. A reader must not advance by outbox_id alone:
-- ids commit out of order, so the transaction id stands beside it.
CREATE TABLE registry.outbox (
    municipality_code text NOT NULL,
    outbox_id bigint GENERATED ALWAYS AS IDENTITY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    event_id bigint NOT NULL,
    subject text NOT NULL CHECK (subject IN ('person', 'household')),
    number text NOT NULL,
    sequence bigint NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality_code, outbox_id)
);
CREATE INDEX outbox_horizon ON registry.outbox (municipality_code, transaction_id, outbox_id);

CREATE FUNCTION registry.announce_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('registry_outbox', coalesce(shared.city(), ''));
    RETURN NULL;
END
$$;
CREATE TRIGGER announce AFTER INSERT ON registry.outbox FOR EACH STATEMENT EXECUTE FUNCTION registry.announce_outbox();

-- Histories are never changed, whoever asks; sequences go up by one.
CREATE FUNCTION registry.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of the register is never changed' USING ERRCODE = 'KS002';
END
$$;
CREATE FUNCTION registry.refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a sequence has no gaps' USING ERRCODE = 'KS003';
END
$$;
CREATE TRIGGER first_is_one BEFORE INSERT ON registry.person
FOR EACH ROW WHEN (NEW.last_sequence <> 1) EXECUTE FUNCTION registry.refuse_gap();
CREATE TRIGGER next_is_one_more BEFORE UPDATE ON registry.person
FOR EACH ROW WHEN (NEW.last_sequence <> OLD.last_sequence + 1) EXECUTE FUNCTION registry.refuse_gap();
CREATE TRIGGER first_is_one BEFORE INSERT ON registry.household
FOR EACH ROW WHEN (NEW.last_sequence <> 1) EXECUTE FUNCTION registry.refuse_gap();
CREATE TRIGGER next_is_one_more BEFORE UPDATE ON registry.household
FOR EACH ROW WHEN (NEW.last_sequence <> OLD.last_sequence + 1) EXECUTE FUNCTION registry.refuse_gap();

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['event', 'person_history', 'household_history'] LOOP
        EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.%I FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change()', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['event', 'person_history', 'household_history', 'person', 'household', 'last_serial', 'outbox'] LOOP
        EXECUTE format('ALTER TABLE registry.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE registry.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON registry.%I USING (municipality_code = shared.city())', table_name);
    END LOOP;
END
$$;

-- The one thing of the registry that the front may read: numbers and sequences, no personal data.
CREATE VIEW registry.freshness AS
SELECT municipality_code, 'person'::text AS subject, person_number AS number, last_sequence, NULL::bigint AS members
FROM registry.person
UNION ALL
SELECT
    h.municipality_code, 'household'::text, h.household_number, h.last_sequence,
    (
        SELECT count(*) FROM registry.person AS p
        WHERE p.municipality_code = h.municipality_code AND p.household_number = h.household_number AND p.in_register
    )
FROM registry.household AS h;

-- What a projection of F6 needs of each person now in the register.
CREATE VIEW registry.issuance_source AS
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
JOIN registry.household AS u
    ON u.municipality_code = p.municipality_code AND u.household_number = p.household_number
LEFT JOIN registry.person AS hp
    ON hp.municipality_code = u.municipality_code AND hp.person_number = u.head_person_number
LEFT JOIN registry.person_history AS head
    ON head.municipality_code = hp.municipality_code AND head.person_number = hp.person_number AND head.history_number = hp.last_sequence
WHERE p.in_register;

-- Who is under a protective measure, removed persons included: it goes on for the 除票 and the koseki.
CREATE VIEW registry.suppression_source AS
SELECT p.municipality_code, p.person_number, h.suppressed
FROM registry.person AS p
JOIN registry.person_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence;

GRANT USAGE ON SCHEMA registry TO registry, sync, front, fsck;
GRANT SELECT, INSERT ON registry.event, registry.person_history, registry.household_history, registry.outbox TO registry;
GRANT SELECT, INSERT ON registry.person, registry.household TO registry;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA registry FROM PUBLIC;
GRANT UPDATE (last_sequence, household_number, in_register, resident_code, my_number_index) ON registry.person TO registry;
GRANT SELECT, INSERT, UPDATE (serial) ON registry.last_serial TO registry;
GRANT UPDATE (last_sequence, head_person_number) ON registry.household TO registry;
GRANT SELECT ON registry.freshness TO front, sync, fsck;
GRANT SELECT ON registry.outbox, registry.issuance_source, registry.suppression_source TO sync;
GRANT SELECT ON registry.outbox, registry.person, registry.household TO fsck;
