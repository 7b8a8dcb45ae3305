-- Koseki (戸籍), their 附票 and user certificates come in files too.

SET LOCAL ROLE issuance_owner;

-- What we hold of a koseki below its own row, in the form a file has it once it is read: to see whether anything differs.
CREATE FUNCTION issuance.koseki_members(city text, koseki text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'koseki_person_number', m.koseki_person_number, 'person_number', m.person_number, 'surname', m.surname, 'given_name', m.given_name,
        'given_name_furigana', m.given_name_furigana, 'birth_on', m.birth_on, 'birth_text', m.birth_text, 'spouse_kind', m.spouse_kind,
        'father', m.father, 'mother', m.mother, 'adoptive_father', m.adoptive_father, 'adoptive_mother', m.adoptive_mother,
        'relationship', m.relationship, 'removed', m.removed
    ) ORDER BY m.position), '[]')
    FROM issuance.koseki_member AS m
    WHERE m.municipality_code = city AND m.koseki_number = koseki
);
CREATE FUNCTION issuance.koseki_items(city text, koseki text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'member', i.member_position, 'heading', i.heading, 'paragraphs', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('label', p.label, 'content', p.content) ORDER BY p.paragraph_number), '[]')
            FROM issuance.koseki_paragraph AS p
            WHERE p.municipality_code = city AND p.koseki_number = koseki AND p.item_number = i.item_number
        )
    ) ORDER BY i.item_number), '[]')
    FROM issuance.koseki_item AS i
    WHERE i.municipality_code = city AND i.koseki_number = koseki
);
CREATE FUNCTION issuance.koseki_supplement_persons(city text, koseki text) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'koseki_person_number', s.koseki_person_number, 'person_number', s.person_number, 'name', s.name, 'birth_on', s.birth_on,
        'birth_text', s.birth_text, 'sex', s.sex, 'removed', s.removed, 'addresses', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'address', a.address, 'since_on', a.since_on, 'since_text', a.since_text
            ) ORDER BY a.address_number), '[]')
            FROM issuance.koseki_supplement_address AS a
            WHERE a.municipality_code = city AND a.koseki_number = koseki AND a.position = s.position
        )
    ) ORDER BY s.position), '[]')
    FROM issuance.koseki_supplement_person AS s
    WHERE s.municipality_code = city AND s.koseki_number = koseki
);
REVOKE ALL ON FUNCTION issuance.koseki_members(text, text), issuance.koseki_items(text, text), issuance.koseki_supplement_persons(text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issuance.koseki_members(text, text), issuance.koseki_items(text, text),
    issuance.koseki_supplement_persons(text, text) TO sync;

-- User certificates that a feed gave us. What staff register by hand is not the feed's to stop.
CREATE TABLE issuance.fed_credential (
    municipality_code text NOT NULL,
    issuer_key_id text NOT NULL,
    serial text NOT NULL,
    PRIMARY KEY (municipality_code, issuer_key_id, serial),
    FOREIGN KEY (municipality_code, issuer_key_id, serial) REFERENCES issuance.credential (municipality_code, issuer_key_id, serial)
);
ALTER TABLE issuance.fed_credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuance.fed_credential FORCE ROW LEVEL SECURITY;
CREATE POLICY city ON issuance.fed_credential USING (municipality_code = shared.city());
GRANT SELECT, INSERT ON issuance.fed_credential TO sync;
GRANT SELECT ON issuance.fed_credential TO staff, fsck;
GRANT SELECT, INSERT, UPDATE (revoked_at) ON issuance.credential TO sync;

-- Who holds the city alone needs no lock for each person, as in issuance.move_source: a file that stops many would not fit the lock table.
CREATE OR REPLACE FUNCTION issuance.lock_for_last_look() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    city text := CASE WHEN TG_OP = 'DELETE' THEN OLD.municipality_code ELSE NEW.municipality_code END;
BEGIN
    IF current_setting('kiosk.holds_city', true) IS DISTINCT FROM city
        OR NOT pg_try_advisory_xact_lock(shared.lock_key(city, 'city', '')) THEN
        IF TG_OP <> 'INSERT' THEN
            PERFORM shared.lock_for_write(OLD.municipality_code, ARRAY[OLD.person_number], '{}');
        END IF;
        IF TG_OP <> 'DELETE' THEN
            PERFORM shared.lock_for_write(NEW.municipality_code, ARRAY[NEW.person_number], '{}');
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
