-- What the city tells at the first screen of its kiosks. Rows are only ever added: a notice is taken back by a row of its own.
SET LOCAL ROLE issuance_owner;
CREATE TABLE issuance.kiosk_notice (
    municipality_code text NOT NULL,
    notice_id bigint GENERATED ALWAYS AS IDENTITY,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    PRIMARY KEY (municipality_code, notice_id),
    CHECK (ends_at > starts_at)
);
CREATE TABLE issuance.kiosk_notice_text (
    municipality_code text NOT NULL,
    notice_id bigint NOT NULL,
    language text NOT NULL CHECK (language ~ '^[a-z]{2}(-[A-Za-z]{4})?$'),
    words text NOT NULL CHECK (words IS NFC NORMALIZED AND words !~ '[[:cntrl:]]' AND char_length(words) BETWEEN 1 AND 600),
    PRIMARY KEY (municipality_code, notice_id, language),
    FOREIGN KEY (municipality_code, notice_id) REFERENCES issuance.kiosk_notice (municipality_code, notice_id)
);
CREATE TABLE issuance.kiosk_notice_withdrawal (
    municipality_code text NOT NULL,
    notice_id bigint NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    PRIMARY KEY (municipality_code, notice_id),
    FOREIGN KEY (municipality_code, notice_id) REFERENCES issuance.kiosk_notice (municipality_code, notice_id)
);

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['kiosk_notice', 'kiosk_notice_text', 'kiosk_notice_withdrawal'] LOOP
        EXECUTE format('ALTER TABLE issuance.%I ENABLE ROW LEVEL SECURITY', table_name);
        EXECUTE format('ALTER TABLE issuance.%I FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY city ON issuance.%I USING (municipality_code = shared.city())', table_name);
        EXECUTE format('GRANT SELECT ON issuance.%I TO front, staff', table_name);
        EXECUTE format('GRANT INSERT ON issuance.%I TO staff', table_name);
    END LOOP;
END
$$;
