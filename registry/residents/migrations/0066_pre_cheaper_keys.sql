-- The keys of the search (0056), made without work for characters that nothing is done with; a whole city's are inserted in the order of their index.
SET LOCAL ROLE registry_owner;

-- Replacing looks each character up among all that are replaced, and hardly any name has one of them.
ALTER FUNCTION registry.with_base_characters(text) RENAME TO replace_variants;
CREATE FUNCTION registry.with_base_characters(written text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF written ~ (
        '[亞惡壓圍醫爲壹隱榮營衞驛圓鹽緣艷應歐毆櫻奧橫溫穩假價畫會繪壞懷擴殼覺學斈嶽樂渴罐卷陷勸寬關歡觀氣旣歸僞戲犧舊據擧虛峽挾敎强鄕區驅駈勳薰徑莖惠'
        || '揭溪經螢輕繼鷄雞藝擊缺硏縣儉劍劔劒剱釼險圈檢獻權顯驗嚴廣效恆黃鑛號國圀黑碎濟齋齊斉劑雜參棧蠶慘贊殘絲齒兒辭濕實寫釋壽收從澁獸縱肅處敍敘將稱涉'
        || '燒證奬條狀乘淨剩疊繩壤孃讓釀觸囑眞寢愼盡圖粹醉穗隨髓樞數瀨聲靜竊攝專淺戰踐錢潛纖禪雙壯爭莊搜插巢曾瘦裝總騷增藏臟卽屬續墮對體帶滯臺瀧擇澤擔單'
        || '膽團斷彈遲癡蟲晝鑄廳徵聽敕鎭遞鐵鐡銕點轉傳燈當黨盜稻鬪德獨讀屆貳惱腦霸拜廢賣麥發髮拔晚蠻祕濱濵甁拂佛倂竝邊邉變辨瓣辯步寶寳豐襃每萬滿麵默彌譯'
        || '藥與豫餘譽搖樣謠來賴亂覽龍兩獵綠淚壘禮勵戾靈齡曆歷戀爐勞樓錄灣髙﨑嵜碕嶋嶌淵渊𠮷桒冨舩舘峯栁桺栢檜巖堯遙瑤凜穰亙槇檮礒藪籠鶯鷗埜竃靭靑淸內吳'
        || '戶桝曻兔姊姬娛幷彥攪晉曉冰濤焰煕熈尓禰禱穐龝筝繫聰舍蘆萠蔣蟬蠟裡諫讚賤逹醬鉤鑒閒鄰鴈靏靍頰顏驒麴龜俁填頸鰺剝𠮟侭壺摑礪鹼嚙屢萊潑醱蠣園]'
    ) THEN
        RETURN registry.replace_variants(written);
    END IF;
    RETURN written;
END
$$;
CREATE OR REPLACE FUNCTION registry.name_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(registry.with_base_characters(registry.plain_text(written)), 100);
CREATE OR REPLACE FUNCTION registry.place_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN left(rtrim(regexp_replace(
    translate(registry.with_base_characters(registry.plain_text(written)), '一二三四五六七八九〇', '1234567890'),
    '(丁目|番地の|番地|番|号|の|ノ|‐|−|ー|-)+', '-', 'g'
), '-'), 100);

ALTER FUNCTION registry.exact_kana(text) RENAME TO as_katakana;
CREATE FUNCTION registry.exact_kana(written text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    plain text := registry.plain_text(written);
BEGIN
    IF plain ~ '[ぁ-ゖ]' THEN
        RETURN registry.as_katakana(plain);
    END IF;
    RETURN left(plain, 100);
END
$$;
CREATE OR REPLACE FUNCTION registry.kana_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(
    registry.exact_kana(written),
    'ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴァィゥェォッャュョヮヵヶヰヱヲー‐‑–—―－-・',
    'カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウアイウエオツヤユヨワカケイエオ'
);

CREATE OR REPLACE FUNCTION registry.note_search_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows WHERE history_number > 1) THEN
        INSERT INTO registry.search_key (municipality_code, item, key, person_number)
        SELECT n.municipality_code, k.item, k.key, n.person_number
        FROM new_rows AS n CROSS JOIN LATERAL registry.search_keys_of(n) AS k
        WHERE n.municipality_code = shared.city()
        ON CONFLICT DO NOTHING;
    ELSE
        -- Whoever is new has no keys yet.
        INSERT INTO registry.search_key (municipality_code, item, key, person_number)
        SELECT DISTINCT n.municipality_code, k.item, k.key, n.person_number
        FROM new_rows AS n CROSS JOIN LATERAL registry.search_keys_of(n) AS k
        WHERE n.municipality_code = shared.city()
        ORDER BY 1, 2, 3, 4;
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION registry.with_base_characters(text), registry.exact_kana(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.with_base_characters(text), registry.exact_kana(text) TO registry;
