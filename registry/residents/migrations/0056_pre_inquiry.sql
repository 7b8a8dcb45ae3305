-- 照会 (S1-2): what the register is searched by, and who looked at whom.
SET LOCAL ROLE registry_owner;

-- Variants of a character (異体字・旧字体) are found by the form most people type. For searching only; nothing is stored so.
CREATE FUNCTION registry.with_base_characters(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(written,
    '亞惡壓圍醫爲壹隱榮營衞驛圓鹽緣艷應歐毆櫻奧橫溫穩假價畫會繪壞懷擴殼覺學斈嶽樂渴罐卷陷勸寬關歡觀氣旣歸僞戲犧舊據擧虛峽挾敎强鄕區驅駈勳薰徑莖惠'
    '揭溪經螢輕繼鷄雞藝擊缺硏縣儉劍劔劒剱釼險圈檢獻權顯驗嚴廣效恆黃鑛號國圀黑碎濟齋齊斉劑雜參棧蠶慘贊殘絲齒兒辭濕實寫釋壽收從澁獸縱肅處敍敘將稱涉'
    '燒證奬條狀乘淨剩疊繩壤孃讓釀觸囑眞寢愼盡圖粹醉穗隨髓樞數瀨聲靜竊攝專淺戰踐錢潛纖禪雙壯爭莊搜插巢曾瘦裝總騷增藏臟卽屬續墮對體帶滯臺瀧擇澤擔單'
    '膽團斷彈遲癡蟲晝鑄廳徵聽敕鎭遞鐵鐡銕點轉傳燈當黨盜稻鬪德獨讀屆貳惱腦霸拜廢賣麥發髮拔晚蠻祕濱濵甁拂佛倂竝邊邉變辨瓣辯步寶寳豐襃每萬滿麵默彌譯'
    '藥與豫餘譽搖樣謠來賴亂覽龍兩獵綠淚壘禮勵戾靈齡曆歷戀爐勞樓錄灣髙﨑嵜碕嶋嶌淵渊𠮷桒冨舩舘峯栁桺栢檜巖堯遙瑤凜穰亙槇檮礒藪籠鶯鷗埜竃靭靑淸內吳'
    '戶桝曻兔姊姬娛幷彥攪晉曉冰濤焰煕熈尓禰禱穐龝筝繫聰舍蘆萠蔣蟬蠟裡諫讚賤逹醬鉤鑒閒鄰鴈靏靍頰顏驒麴龜俁填頸鰺剝𠮟侭壺摑礪鹼嚙屢萊潑醱蠣園',
    '亜悪圧囲医為壱隠栄営衛駅円塩縁艶応欧殴桜奥横温穏仮価画会絵壊懐拡殻覚学学岳楽渇缶巻陥勧寛関歓観気既帰偽戯犠旧拠挙虚峡挟教強郷区駆駆勲薫径茎恵'
    '掲渓経蛍軽継鶏鶏芸撃欠研県倹剣剣剣剣剣険圏検献権顕験厳広効恒黄鉱号国国黒砕済斎斎斎剤雑参桟蚕惨賛残糸歯児辞湿実写釈寿収従渋獣縦粛処叙叙将称渉'
    '焼証奨条状乗浄剰畳縄壌嬢譲醸触嘱真寝慎尽図粋酔穂随髄枢数瀬声静窃摂専浅戦践銭潜繊禅双壮争荘捜挿巣曽痩装総騒増蔵臓即属続堕対体帯滞台滝択沢担単'
    '胆団断弾遅痴虫昼鋳庁徴聴勅鎮逓鉄鉄鉄点転伝灯当党盗稲闘徳独読届弐悩脳覇拝廃売麦発髪抜晩蛮秘浜浜瓶払仏併並辺辺変弁弁弁歩宝宝豊褒毎万満麺黙弥訳'
    '薬与予余誉揺様謡来頼乱覧竜両猟緑涙塁礼励戻霊齢暦歴恋炉労楼録湾高崎崎崎島島渕渕吉桑富船館峰柳柳柏桧巌尭遥瑶凛穣亘槙梼磯薮篭鴬鴎野竈靱青清内呉'
    '戸枡昇兎姉姫娯并彦撹晋暁氷涛焔熙熙爾祢祷秋秋箏繋聡舎芦萌蒋蝉蝋裏諌讃賎達醤鈎鑑間隣雁鶴鶴頬顔騨麹亀俣塡頚鯵剥叱儘壷掴砺鹸噛屡莱溌醗蛎薗'
);
CREATE FUNCTION registry.plain_text(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(regexp_replace(normalize(written, NFKC), '[\s\uFE00-\uFE0F\U000E0100-\U000E01EF]', '', 'g'));
CREATE FUNCTION registry.name_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(registry.with_base_characters(registry.plain_text(written)), 100);

-- Kana as they are heard least exactly: 清音, large, without prolonged sounds and points.
CREATE FUNCTION registry.exact_kana(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(translate(
    registry.plain_text(written),
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ',
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ'
), 100);
CREATE FUNCTION registry.kana_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(
    registry.exact_kana(written),
    'ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴァィゥェォッャュョヮヵヶヰヱヲー‐‑–—―－-・',
    'カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウアイウエオツヤユヨワカケイエオ'
);

-- 通二丁目１番地の２ and 通2-1-2 are one place.
CREATE FUNCTION registry.place_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(rtrim(regexp_replace(
    translate(registry.with_base_characters(registry.plain_text(written)), '一二三四五六七八九〇', '1234567890'),
    '(丁目|番地の|番地|番|号|の|ノ|‐|−|ー|-)+', '-', 'g'
), '-'), 100);

-- Every value that a person had of what is searched for most; a row is found by these and then looked at itself.
CREATE TABLE registry.search_key (
    municipality_code text NOT NULL,
    item text NOT NULL,
    key text COLLATE "C" NOT NULL,
    person_number text NOT NULL,
    PRIMARY KEY (municipality_code, item, key, person_number)
);
-- The days that a birth date can mean which is not one day (不詳日): the first and the last, infinite where the text sets no bound.
CREATE TABLE registry.uncertain_birth (
    municipality_code text NOT NULL,
    person_number text NOT NULL,
    history_number integer NOT NULL,
    first_on date NOT NULL,
    last_on date NOT NULL,
    PRIMARY KEY (municipality_code, person_number, history_number)
);
CREATE INDEX uncertain_birth_days ON registry.uncertain_birth (municipality_code, first_on, last_on);

CREATE FUNCTION registry.search_keys_of(row_of registry.person_history) RETURNS TABLE (item text, key text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT v.item, v.key
    FROM (VALUES
        ('household', row_of.household_number), ('resident_code', row_of.resident_code),
        ('my_number', encode(row_of.my_number_index, 'hex')),
        ('name', registry.name_key(row_of.name)), ('name', registry.name_key(row_of.alias)),
        ('name', registry.name_key(row_of.former_surname)),
        ('kana', registry.kana_key(row_of.furigana)), ('kana', registry.kana_key(row_of.alias_furigana)),
        ('kana', registry.kana_key(row_of.former_surname_furigana)),
        ('birth', CASE WHEN row_of.birth_text IS NULL THEN to_char(row_of.birth_on, 'YYYY-MM-DD') END),
        ('address', registry.place_key(row_of.address)), ('building', registry.place_key(row_of.building)),
        ('first_registrant', registry.name_key(row_of.first_registrant)),
        ('residence_card_number', row_of.residence_card_number), ('telephone', (row_of.further).telephone::text)
    ) AS v (item, key)
    WHERE v.key <> '';
END;

-- Written with the row whoever writes it. Rows that the owner moves between partitions have theirs: then no city is set.
CREATE FUNCTION registry.note_search_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry.search_key (municipality_code, item, key, person_number)
    SELECT n.municipality_code, k.item, k.key, n.person_number
    FROM new_rows AS n CROSS JOIN LATERAL registry.search_keys_of(n) AS k
    WHERE n.municipality_code = shared.city()
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

-- The owner sees no rows of forced tables without a city, and this concerns all cities.
ALTER TABLE registry.person_history NO FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.person_history_second_tier NO FORCE ROW LEVEL SECURITY;
INSERT INTO registry.search_key (municipality_code, item, key, person_number)
SELECT h.municipality_code, k.item, k.key, h.person_number
FROM (
    SELECT p AS row_of, p.municipality_code, p.person_number FROM registry.person_history AS p
    UNION ALL
    SELECT ROW(s.*)::registry.person_history, s.municipality_code, s.person_number FROM registry.person_history_second_tier AS s
) AS h
CROSS JOIN LATERAL registry.search_keys_of(h.row_of) AS k
ON CONFLICT DO NOTHING;
INSERT INTO registry.uncertain_birth (municipality_code, person_number, history_number, first_on, last_on)
SELECT municipality_code, person_number, history_number, '-infinity', 'infinity'
FROM registry.whole_history
WHERE birth_text IS NOT NULL;
ALTER TABLE registry.person_history FORCE ROW LEVEL SECURITY;
ALTER TABLE registry.person_history_second_tier FORCE ROW LEVEL SECURITY;
CREATE TRIGGER searchable AFTER INSERT ON registry.person_history
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION registry.note_search_keys();

-- 照会の記録: who asked, why, by which items, and whom they saw. What was typed is not kept.
CREATE TABLE registry.inquiry (
    municipality_code text NOT NULL,
    inquiry_id bigint GENERATED ALWAYS AS IDENTITY,
    asked_at timestamptz NOT NULL,
    staff text NOT NULL CHECK (staff <> ''),
    purpose text NOT NULL CHECK (char_length(purpose) BETWEEN 1 AND 400),
    terminal text CHECK (char_length(terminal) BETWEEN 1 AND 100),
    what text NOT NULL CHECK (what IN ('search', 'person', 'household', 'my_number')),
    items text[] NOT NULL,
    refused boolean NOT NULL,
    PRIMARY KEY (municipality_code, inquiry_id)
);
CREATE INDEX inquiry_time ON registry.inquiry (municipality_code, asked_at);
CREATE TABLE registry.inquiry_seen (
    municipality_code text NOT NULL,
    inquiry_id bigint NOT NULL,
    person_number text NOT NULL,
    my_number_seen boolean NOT NULL,
    PRIMARY KEY (municipality_code, person_number, inquiry_id),
    FOREIGN KEY (municipality_code, inquiry_id) REFERENCES registry.inquiry (municipality_code, inquiry_id)
);
SELECT registry.guard_history(name) FROM unnest(ARRAY['search_key', 'uncertain_birth', 'inquiry', 'inquiry_seen']) AS name;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA registry FROM PUBLIC;
GRANT SELECT, INSERT ON registry.search_key, registry.uncertain_birth, registry.inquiry, registry.inquiry_seen TO registry;
GRANT EXECUTE ON FUNCTION
    registry.with_base_characters(text), registry.plain_text(text), registry.name_key(text), registry.exact_kana(text),
    registry.kana_key(text), registry.place_key(text), registry.search_keys_of(registry.person_history)
TO registry;
