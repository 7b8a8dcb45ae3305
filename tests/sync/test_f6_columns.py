import asyncpg

# 特定個人情報ファイル記録項目, 別添１, ファイル6 (発行用住民票): the 17 items in their order, and the columns that hold each.
F6_ITEMS = (
    ("氏名", "name"),
    ("生年月日", "birth_on", "birth_text"),
    ("性別", "sex"),
    ("世帯主名", "head_name"),
    ("世帯主との続柄", "relationship"),
    ("本籍地", "domicile"),
    ("筆頭者", "first_registrant"),
    ("住民となった年月日", "resident_since_on", "resident_since_text"),
    ("住所", "address"),
    ("住定日", "address_since_on", "address_since_text"),
    ("届出日", "address_notified_on"),
    ("従前の住所", "previous_address"),
    ("国籍・地域", "nationality"),
    ("外国人住民となった年月日", "foreign_resident_since_on", "foreign_resident_since_text"),
    ("法第３０条の４５の表の下欄に掲げる事項", "article_30_45"),
    ("通称", "alias"),
    ("個人番号", "my_number_sealed", "my_number_key_version", "my_number_index"),
)


async def test_f6_001_to_f6_017_are_the_record_s_columns_in_their_order(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'issuance' AND table_name = 'resident_record' ORDER BY ordinal_position"
    )
    assert len(F6_ITEMS) == 17
    assert [row["column_name"] for row in rows] == [
        "municipality_code", "person_number", *(column for _, *columns in F6_ITEMS for column in columns)
    ]  # fmt: skip


async def test_f6_has_no_resident_code_anywhere_in_its_schema(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'issuance' "
        "AND (column_name LIKE '%resident_code%' OR column_name LIKE '%juminhyo%' OR column_name LIKE '%住民票コード%')"
    )
    assert rows == []
    source = await admin.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'registry' AND table_name = 'issuance_source'"
    )
    assert "resident_code" not in {row["column_name"] for row in source}
