-- The register as it was at any time, and as the file of 169 items that the PIA describes.
SET LOCAL ROLE registry_owner;

-- Every row with the event that wrote it.
CREATE VIEW registry.event_rows AS
SELECT
    h.municipality_code, h.person_number, h.history_number, h.event_id, h.household_number, h.state, h.name, h.domicile,
    h.first_registrant, h.relationship, h.address, h.building, h.address_since_on, h.address_since_text, h.residence_period,
    h.residence_card_number, h.residence_expires_on, h.removal_reason,
    e.kind, e.occurred_on, e.occurred_text, e.notified_on, e.notified_as, e.note, e.recorded_at
FROM registry.whole_history AS h
JOIN registry.event AS e ON e.municipality_code = h.municipality_code AND e.event_id = h.event_id;

-- What the register said at an instant: each person's last row of those recorded by then, and each household's.
CREATE FUNCTION registry.persons_as_of(city text, at timestamptz, numbers text[]) RETURNS SETOF registry.whole_history
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (h.person_number) h.*
    FROM registry.whole_history AS h
    JOIN registry.event AS e ON e.municipality_code = h.municipality_code AND e.event_id = h.event_id
    WHERE h.municipality_code = city AND e.recorded_at <= at AND (numbers IS NULL OR h.person_number = ANY (numbers))
    ORDER BY h.person_number, h.history_number DESC
$$;
CREATE FUNCTION registry.households_as_of(city text, at timestamptz) RETURNS SETOF registry.household_history
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (h.household_number) h.*
    FROM registry.household_history AS h
    JOIN registry.event AS e ON e.municipality_code = h.municipality_code AND e.event_id = h.event_id
    WHERE h.municipality_code = city AND e.recorded_at <= at
    ORDER BY h.household_number, h.sequence DESC
$$;

-- 住民基本台帳ファイル (F1) of everybody, living and removed: its 169 items under their own names, in their own order.
CREATE VIEW registry.resident_file AS
SELECT
    p.municipality_code, p.person_number,
    e.kind AS "異動事由",
    CASE WHEN e.notified_as IS DISTINCT FROM '通知日' THEN e.notified_on END AS "届出日",
    coalesce(e.occurred_text, e.occurred_on::text) AS "異動日",
    CASE WHEN e.notified_as = '通知日' THEN e.notified_on END AS "通知日",
    h.resident_code AS "住民票コード",
    h.household_number AS "世帯番号",
    (h.further).guardianship AS "成年後見区分",
    p.in_register AS "有効フラグ",
    h.member_order AS "表示順位",
    (h.further).event_confirmed AS "異動確認フラグ",
    h.suppressed AS "証明書発行禁止",
    (h.further).re_entry AS "再転入区分",
    h.furigana AS "カナ氏名",
    h.name AS "漢字氏名",
    (h.further).roman_name AS "英字氏名",
    CASE WHEN h.nationality IS NOT NULL THEN h.name END AS "外国人本名",
    h.alias_furigana AS "外国人通称名カナ",
    h.alias AS "外国人通称名",
    coalesce(h.birth_text, h.birth_on::text) AS "生年月日",
    coalesce(h.birth_text, h.birth_on::text) AS "表示生年月日",
    h.sex::text AS "性別",
    h.relationship AS "続柄",
    CASE WHEN h.state = 'removed' THEN '除票' WHEN h.state = 'planned_mover' THEN '転出予定者' WHEN h.nationality IS NULL THEN '日本人住民' ELSE '外国人住民' END AS "住民区分",
    (h.further).nationality_code AS "国籍コード",
    (h.further).resident_by AS "住民となった事由",
    coalesce(h.resident_since_text, h.resident_since_on::text) AS "住民となった日",
    (h.further).birth_notified_on AS "出生届出日",
    (h.further).naturalised_on AS "帰化日",
    (h.further).naturalisation_notified_on AS "帰化届出日",
    h.removal_reason AS "非住民事由",
    coalesce(h.removed_text, h.removed_on::text) AS "非住民日",
    coalesce(h.address_since_text, h.address_since_on::text) AS "住定日",
    h.address_notified_on AS "住所届出日",
    (h.further).move_in_notified_on AS "転入届出日",
    (h.further).move_out_notified_on AS "転出届出日",
    h.planned_move_out_on AS "転出予定日",
    (h.further).move_in_notice_on AS "転入通知受理日",
    (h.further).settled_move_out_on AS "転出決定日",
    (h.further).domicile_municipality_code AS "本籍市町村コード",
    (h.further).domicile_municipality AS "本籍市町村名",
    (h.further).domicile_town_code AS "本籍住所コード",
    h.domicile AS "本籍住所名",
    h.first_registrant AS "筆頭者名",
    (h.further).special_residence AS "特別居住区分",
    h.person_number AS "主個人コード",
    head.name AS "世帯主名",
    head.furigana AS "カナ世帯主名",
    h.postal_code AS "郵便番号",
    (h.further).town_code AS "住所コード",
    (h.further).district_code AS "行政区コード",
    (h.further).lot_ban AS "番",
    (h.further).lot_go AS "号",
    (h.further).lot_branch AS "枝",
    (h.further).lot_spare AS "予備",
    (h.further).lot_sign AS "番地サイン",
    h.address AS "住所名",
    (h.further).edited_lot AS "編集済番地",
    h.building AS "方書",
    (h.further).telephone AS "電話番号",
    (h.further).previous_changed_on AS "従前住所変更日",
    (h.further).previous_change AS "従前変更区分",
    (h.further).previous_change_name AS "従前変更名称",
    (h.further).previous_municipality_code AS "従前市町村コード",
    (h.further).previous_municipality AS "従前市町村名",
    h.address_before_move AS "従前住所名",
    (h.further).previous_building AS "従前方書",
    (h.further).move_in_postal_code AS "転入郵便番号",
    (h.further).move_in_municipality_code AS "転入市町村コード",
    (h.further).move_in_municipality AS "転入市町村名",
    h.address_before_move_in AS "転入住所名",
    (h.further).move_in_building AS "転入方書",
    (h.further).move_in_head AS "転入世帯主名",
    (h.further).move_out_postal_code AS "転予郵便番号",
    (h.further).move_out_municipality_code AS "転予市町村コード",
    (h.further).move_out_municipality AS "転予市町村名",
    h.move_out_address AS "転予住所名",
    (h.further).move_out_building AS "転予方書",
    (h.further).move_out_head AS "転出先世帯主名",
    (h.further).settled_postal_code AS "転決郵便番号",
    (h.further).settled_municipality_code AS "転決市町村コード",
    (h.further).settled_municipality AS "転決市町村名",
    (h.further).settled_address AS "転決住所名",
    (h.further).settled_building AS "転決方書",
    gone.removal_reason AS "消除事由欄",
    (h.further).de_facto_head AS "事実上の世帯主",
    (h.further).foreign_spouse AS "外国人配偶者名",
    (h.further).guardian_number AS "保護者個人コード",
    (h.further).guardian_relationship AS "保護者間続柄",
    (h.further).contact_telephone AS "連絡先電話番号",
    (h.further).contact AS "連絡先",
    (h.further).payment_group AS "納付組合",
    (h.further).kindergarten_code AS "幼稚園コード",
    (h.further).primary_school_code AS "小学校コード",
    (h.further).middle_school_code AS "中学校コード",
    (h.further).tax_group_1 AS "納税組合１",
    (h.further).tax_group_2 AS "納税組合２",
    (h.further).tax_group_3 AS "納税組合３",
    (h.further).tax_group_4 AS "納税組合４",
    (h.further).association AS "つき合い",
    (h.further).number_1 AS "数字１",
    (h.further).number_2 AS "数字２",
    (h.further).number_3 AS "数字３",
    (h.further).number_4 AS "数字４",
    (h.further).number_5 AS "数字５",
    (h.further).number_6 AS "数字６",
    (h.further).text_1 AS "漢字１",
    (h.further).text_2 AS "漢字２",
    (h.further).text_3 AS "漢字３",
    (h.further).text_4 AS "漢字４",
    (h.further).text_5 AS "漢字５",
    (h.further).text_6 AS "漢字６",
    (h.further).text_7 AS "漢字７",
    (h.further).text_8 AS "漢字８",
    (h.further).text_9 AS "漢字９",
    (h.further).text_10 AS "漢字１０",
    (h.further).merged_person_number AS "合併前個人コード",
    (h.further).merged_household_number AS "合併前世帯番号",
    (h.further).merged_municipality_code AS "合併前市町村コード",
    CASE WHEN gone.kind IS NOT NULL THEN CASE WHEN p.in_register THEN '無効' ELSE '有効' END END AS "除票無効区分",
    gone.kind AS "除票異動事由",
    CASE WHEN gone.notified_as IS DISTINCT FROM '通知日' THEN gone.notified_on END AS "除票届出日",
    coalesce(gone.occurred_text, gone.occurred_on::text) AS "除票異動日",
    CASE WHEN gone.notified_as = '通知日' THEN gone.notified_on END AS "除票通知日",
    h.article_30_45_category AS "30条の45に規定する区分",
    h.residence_status AS "在留資格",
    h.residence_period AS "在留期間等",
    h.residence_card_number AS "在留カード等の番号",
    h.nationality AS "国籍・地域",
    coalesce(h.foreign_resident_since_text, h.foreign_resident_since_on::text) AS "外国人住民となった日",
    h.residence_expires_on AS "在留期間の満了の日",
    past.name AS "氏名履歴",
    past.domicile AS "本籍履歴",
    past.first_registrant AS "筆頭者履歴",
    past.relationship AS "続柄履歴",
    past.head_name AS "世帯主名履歴",
    array(SELECT coalesce(occurred_text, occurred_on::text) FROM registry.event_rows AS r WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number AND r.kind = 'MV' ORDER BY history_number) AS "転居異動日履歴",
    array(SELECT notified_on FROM registry.event_rows AS r WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number AND r.kind = 'MV' ORDER BY history_number) AS "転居届出日履歴",
    array(SELECT coalesce(address_since_text, address_since_on::text) FROM registry.event_rows AS r WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number AND r.kind = 'MV' ORDER BY history_number) AS "転居住所変更日履歴",
    array(SELECT kind FROM registry.event_rows AS r WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number AND r.kind = 'MV' ORDER BY history_number) AS "転居変更区分履歴",
    array(SELECT concat_ws('　', address, building) FROM registry.event_rows AS r WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number AND r.kind = 'MV' ORDER BY history_number) AS "転居住所履歴",
    array(SELECT notified_on FROM registry.event_rows AS r WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number AND r.note IS NOT NULL ORDER BY history_number) AS "注釈届出日履歴",
    array(SELECT note FROM registry.event_rows AS r WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number AND r.note IS NOT NULL ORDER BY history_number) AS "注釈内容履歴",
    past.residence_period AS "在留期間等履歴",
    past.residence_card_number AS "在留カード等の番号履歴",
    past.residence_expires_on AS "在留期間の満了の日履歴",
    (h.further).alias_registered_on AS "通称履歴登録日",
    (h.further).alias_registered_in AS "通称履歴登録市町村",
    (h.further).alias_deleted_on AS "通称履歴削除日",
    (h.further).alias_deleted_in AS "通称履歴削除市町村コード",
    (h.further).alias_names AS "通称履歴通称",
    h.my_number_sealed AS "個人番号",
    (h.further).delivery_address AS "送付先情報",
    (h.further).health_insured_from AS "国民健康保険被保険者資格取得日",
    (h.further).health_insured_until AS "国民健康保険被保険者資格喪失日",
    (h.further).retired_insured AS "退職被保険者等である旨",
    (h.further).retired_insured_from AS "退職被保険者等となった年月日",
    (h.further).retired_insured_until AS "退職被保険者等でなくなつた年月日",
    (h.further).late_elderly_insured_from AS "後期高齢者医療被保険者資格取得日",
    (h.further).late_elderly_insured_until AS "後期高齢者医療被保険者資格喪失日",
    (h.further).care_insured_from AS "介護保険被保険者となった日",
    (h.further).care_insured_until AS "介護保険被保険者でなくなった日",
    (h.further).pension_from AS "国民年金資格取得日",
    (h.further).pension_until AS "国民年金資格喪失日",
    (h.further).pension_class AS "国民年金被保険者種別",
    (h.further).pension_class_changed_on AS "国民年金被保険者種別変更日",
    (h.further).basic_pension_number AS "基礎年金番号",
    (h.further).child_allowance_from AS "児童手当支給開始年月",
    (h.further).child_allowance_until AS "児童手当支給終了年月",
    (h.further).election_roll AS "選挙人名簿登録状況"
FROM registry.person AS p
JOIN registry.whole_history AS h
    ON h.municipality_code = p.municipality_code AND h.person_number = p.person_number AND h.history_number = p.last_sequence
    AND h.removed_in = p.removed_in
JOIN registry.event AS e ON e.municipality_code = h.municipality_code AND e.event_id = h.event_id
JOIN registry.household AS u ON u.municipality_code = p.municipality_code AND u.household_number = p.household_number
LEFT JOIN registry.person AS hp ON hp.municipality_code = u.municipality_code AND hp.person_number = u.head_person_number
LEFT JOIN registry.whole_history AS head
    ON head.municipality_code = hp.municipality_code AND head.person_number = hp.person_number
    AND head.history_number = hp.last_sequence AND head.removed_in = hp.removed_in
LEFT JOIN LATERAL (
    -- The newest removal: the row that made the person a removed one.
    SELECT s.kind, s.removal_reason, s.occurred_on, s.occurred_text, s.notified_on, s.notified_as
    FROM (
        SELECT r.*, lag(r.state) OVER (ORDER BY r.history_number) AS state_before
        FROM registry.event_rows AS r
        WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number
    ) AS s
    WHERE s.state = 'removed' AND s.state_before IS DISTINCT FROM 'removed'
    ORDER BY s.history_number DESC
    LIMIT 1
) AS gone ON true
CROSS JOIN LATERAL (
    -- Each value that an item had, one after another.
    SELECT
        array_agg(s.name ORDER BY s.history_number) FILTER (WHERE s.name IS DISTINCT FROM s.name_before) AS name,
        array_agg(s.domicile ORDER BY s.history_number) FILTER (WHERE s.domicile IS DISTINCT FROM s.domicile_before) AS domicile,
        array_agg(s.first_registrant ORDER BY s.history_number) FILTER (WHERE s.first_registrant IS DISTINCT FROM s.first_registrant_before) AS first_registrant,
        array_agg(s.relationship ORDER BY s.history_number) FILTER (WHERE s.relationship IS DISTINCT FROM s.relationship_before) AS relationship,
        array_agg(s.residence_period ORDER BY s.history_number) FILTER (WHERE s.residence_period IS DISTINCT FROM s.residence_period_before) AS residence_period,
        array_agg(s.residence_card_number ORDER BY s.history_number) FILTER (WHERE s.residence_card_number IS DISTINCT FROM s.residence_card_number_before) AS residence_card_number,
        array_agg(s.residence_expires_on ORDER BY s.history_number) FILTER (WHERE s.residence_expires_on IS DISTINCT FROM s.residence_expires_on_before) AS residence_expires_on,
        array_agg(s.head_name ORDER BY s.history_number) FILTER (WHERE s.head_name IS DISTINCT FROM s.head_name_before) AS head_name
    FROM (
        SELECT
            r.history_number, r.name, r.domicile, r.first_registrant, r.relationship, r.residence_period, r.residence_card_number,
            r.residence_expires_on, r.head_name,
            lag(r.name) OVER w AS name_before, lag(r.domicile) OVER w AS domicile_before,
            lag(r.first_registrant) OVER w AS first_registrant_before, lag(r.relationship) OVER w AS relationship_before,
            lag(r.residence_period) OVER w AS residence_period_before, lag(r.residence_card_number) OVER w AS residence_card_number_before,
            lag(r.residence_expires_on) OVER w AS residence_expires_on_before, lag(r.head_name) OVER w AS head_name_before
        FROM (
            SELECT r.*, (
                SELECT n.name FROM registry.household_history AS v
                JOIN registry.whole_history AS n ON n.municipality_code = v.municipality_code AND n.person_number = v.head_person_number
                WHERE v.municipality_code = r.municipality_code AND v.household_number = r.household_number
                    AND v.event_id <= r.event_id AND n.event_id <= r.event_id
                ORDER BY v.sequence DESC, n.history_number DESC
                LIMIT 1
            ) AS head_name
            FROM registry.event_rows AS r
            WHERE r.municipality_code = p.municipality_code AND r.person_number = p.person_number
        ) AS r
        WINDOW w AS (ORDER BY r.history_number)
    ) AS s
) AS past;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA registry FROM PUBLIC;
GRANT SELECT ON registry.event_rows, registry.resident_file TO registry;
GRANT EXECUTE ON FUNCTION registry.persons_as_of(text, timestamptz, text[]), registry.households_as_of(text, timestamptz) TO registry;
