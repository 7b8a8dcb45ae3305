-- At the counter residents are found by name, furigana and birth date, and what the kiosk would refuse them is told by the kiosk's own rules.
SET LOCAL ROLE issuance_owner;

-- As people type it: without spaces and variation selectors, widths folded, hiragana as katakana. For searching only; nothing is stored so.
CREATE FUNCTION issuance.as_searched(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(translate(
    regexp_replace(normalize(written, NFKC), '[\s\uFE00-\uFE0F\U000E0100-\U000E01EF]', '', 'g'),
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ',
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ'
));
GRANT EXECUTE ON FUNCTION issuance.as_searched(text) TO staff;

-- Under row-level security an index is used by comparisons of the bare column alone.
CREATE INDEX resident_record_name ON issuance.resident_record (municipality_code, name text_pattern_ops);
CREATE INDEX resident_record_alias ON issuance.resident_record (municipality_code, alias text_pattern_ops) WHERE alias IS NOT NULL;
CREATE INDEX resident_record_birth ON issuance.resident_record (municipality_code, birth_on);
CREATE INDEX resident_record_extension_furigana ON issuance.resident_record_extension (municipality_code, furigana text_pattern_ops);
CREATE INDEX user_id_person ON issuance.user_id (municipality_code, person_number);

-- Numbers and sequences, no personal data: whether a record is behind the registry.
SET LOCAL ROLE registry_owner;
GRANT USAGE ON SCHEMA registry TO staff;
GRANT SELECT ON registry.freshness TO staff;
