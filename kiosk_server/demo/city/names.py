"""Invented names of invented people: common surnames and given names, combined at random.

Where a combination is somebody's name, that is chance: a name here belongs to no one in particular.
"""

from civil.sex import Sex


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


SURNAMES = _pairs("""
    佐藤 サトウ 鈴木 スズキ 高橋 タカハシ 田中 タナカ 渡辺 ワタナベ 伊藤 イトウ 中村 ナカムラ 小林 コバヤシ 山本 ヤマモト
    加藤 カトウ 吉田 ヨシダ 山田 ヤマダ 佐々木 ササキ 山口 ヤマグチ 松本 マツモト 井上 イノウエ 木村 キムラ 清水 シミズ
    林 ハヤシ 斎藤 サイトウ 斉藤 サイトウ 山崎 ヤマザキ 森 モリ 阿部 アベ 池田 イケダ 橋本 ハシモト 石川 イシカワ
    中島 ナカジマ 前田 マエダ 藤田 フジタ 小川 オガワ 後藤 ゴトウ 岡田 オカダ 長谷川 ハセガワ 村上 ムラカミ 近藤 コンドウ
    石井 イシイ 坂本 サカモト 遠藤 エンドウ 青木 アオキ 藤井 フジイ 西村 ニシムラ 福田 フクダ 太田 オオタ 三浦 ミウラ
    岡本 オカモト 松田 マツダ 中川 ナカガワ 中野 ナカノ 原田 ハラダ 小野 オノ 田村 タムラ 竹内 タケウチ 金子 カネコ
    和田 ワダ 中山 ナカヤマ 石田 イシダ 上田 ウエダ 森田 モリタ 柴田 シバタ 酒井 サカイ 工藤 クドウ 横山 ヨコヤマ
    宮崎 ミヤザキ 宮本 ミヤモト 内田 ウチダ 高木 タカギ 安藤 アンドウ 谷口 タニグチ 大野 オオノ 丸山 マルヤマ 今井 イマイ
    大塚 オオツカ 飯塚 イイヅカ 茂木 モテギ 新井 アライ 川島 カワシマ 長島 ナガシマ 亀田 カメダ 小島 コジマ 関口 セキグチ
    須藤 スドウ 柳田 ヤナギダ 島田 シマダ 増田 マスダ 本島 モトジマ 小暮 コグレ 岩崎 イワサキ 早川 ハヤカワ 星野 ホシノ
    大竹 オオタケ 秋山 アキヤマ 板橋 イタバシ 荒井 アライ 川田 カワダ 栗原 クリハラ 腰塚 コシヅカ 篠崎 シノザキ 殿岡 トノオカ
""")

SPECIAL_SURNAMES = _pairs("""
    渡邉󠄏 ワタナベ 葛󠄂西 カサイ 辻󠄃 ツジ 𠮷田 ヨシダ 髙橋 タカハシ 山﨑 ヤマザキ 斎󠄃藤 サイトウ 榊󠄃原 サカキバラ
    渡邊󠄈 ワタナベ 神󠄃田 カンダ 濵󠄂田 ハマダ 䶒藤󠄃 ガトウ
""")
"""Letters that common fonts lack, as the register must keep them: the sequences are those of Moji_Joho (IPAmj明朝)."""

_MALE = _pairs("""
    蓮 レン 湊 ミナト 陽翔 ハルト 悠真 ユウマ 大翔 ヒロト 颯太 ソウタ 樹 イツキ 蒼 アオイ 翔太 ショウタ 大輔 ダイスケ
    健太 ケンタ 拓也 タクヤ 直樹 ナオキ 和也 カズヤ 達也 タツヤ 哲也 テツヤ 剛 ツヨシ 誠 マコト 浩 ヒロシ 隆 タカシ
    明 アキラ 豊 ユタカ 茂 シゲル 勇 イサム 清 キヨシ 正 タダシ 実 ミノル 進 ススム 勝 マサル 弘 ヒロシ 健一 ケンイチ
    雄太 ユウタ 亮 リョウ 学 マナブ 修 オサム 武 タケシ 博之 ヒロユキ 秀樹 ヒデキ 英明 ヒデアキ 康夫 ヤスオ 一郎 イチロウ
    三郎 サブロウ 昭夫 アキオ 義雄 ヨシオ 幸雄 ユキオ 正雄 マサオ 俊介 シュンスケ 圭吾 ケイゴ 航 ワタル 悠人 ユウト
""")
_FEMALE = _pairs("""
    陽葵 ヒマリ 凛 リン 結菜 ユイナ 芽依 メイ 咲良 サクラ 葵 アオイ 美咲 ミサキ 七海 ナナミ 愛 アイ 彩 アヤ 優子 ユウコ
    恵 メグミ 由美子 ユミコ 明美 アケミ 直美 ナオミ 真由美 マユミ 久美子 クミコ 裕子 ユウコ 洋子 ヨウコ 京子 キョウコ
    和子 カズコ 幸子 サチコ 節子 セツコ 恵子 ケイコ 美智子 ミチコ 千代子 チヨコ 文子 フミコ 光子 ミツコ 照子 テルコ
    静江 シズエ キヨ キヨ ハル ハル 花子 ハナコ 舞 マイ 麻衣 マイ 香織 カオリ 智子 トモコ 陽子 ヨウコ 里美 サトミ
    千尋 チヒロ 遥 ハルカ 楓 カエデ 詩織 シオリ 莉子 リコ 杏 アン 琴音 コトネ 美月 ミツキ 奈々 ナナ 早紀 サキ
""")

GIVEN_NAMES = {Sex.MALE: _MALE, Sex.FEMALE: _FEMALE, Sex.UNKNOWN: _MALE}

FOREIGN_NAMES = {
    "ブラジル": (("SILVA", "SANTOS", "OLIVEIRA", "COSTA"), ("LUCAS", "GABRIEL", "PEDRO"), ("MARIA", "ANA", "JULIA")),
    "ペルー": (("QUISPE", "FLORES", "ROJAS", "DIAZ"), ("JOSE", "LUIS"), ("ROSA", "CARMEN")),
    "フィリピン": (("REYES", "CRUZ", "GARCIA"), ("MARK", "JOHN PAUL"), ("MARY GRACE", "ANGELICA")),
    "ベトナム": (("NGUYEN", "TRAN", "LE", "PHAM"), ("VAN MINH", "DUC ANH"), ("THI LINH", "THI HUONG")),
    "中国": (("WANG", "LI", "ZHANG", "LIU", "CHEN"), ("WEI", "JUN"), ("FANG", "MIN", "JING")),
    "韓国": (("KIM", "LEE", "PARK", "CHOI"), ("MINJUN", "JIHO"), ("SEOYEON", "HAEUN")),
    "ネパール": (("SHRESTHA", "GURUNG", "TAMANG"), ("RAM", "BISHNU"), ("SITA", "MAYA")),
    "パキスタン": (("KHAN", "AHMED", "MALIK"), ("ALI", "USMAN"), ("FATIMA", "AYESHA")),
}
"""By country: family names, then given names of men and of women, as a residence card has them: in Latin capitals."""
