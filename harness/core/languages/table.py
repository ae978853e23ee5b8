"""What each language writes its own way, as data: endings, particles, words round numbers.

Words stand here as people write them; whoever reads the table folds them as texts are folded.
Numbers, dates and months are not here: `numerals` and `calendar` have them from libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gluing = Literal["none", "endings", "particles", "turkish", "arabic"]
"""How words change where they stand: not at all; by their ending; by what is glued behind them; by
chains of suffixes; by what is glued before and behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language, as far as reading goes."""

    code: str
    name: str
    """In English."""
    gluing: Gluing = "none"
    spaced: bool = True
    """Whether spaces divide its words."""
    plain_space_groups: bool = True
    """Whether a plain space may group the digits of a number: 97 611."""
    endings: str = ""
    """Of nouns, names and adjectives; each may stand in place of another."""
    articles: str = ""
    """Words that may stand before a value or be left out."""
    joiners: str = ""
    """Words between the parts of a spelled number."""
    spelled: tuple[tuple[int, str], ...] = ()
    """Numbers as they are also written, beside what the library writes."""
    scales: tuple[tuple[int, str], ...] = ()
    """Words and abbreviations that multiply the number before them."""
    not_alone: str = ""
    """Words for numbers that mean something else where they stand alone."""
    percent: str = ""
    """Phrases for per cent, behind the number; a space in one is an underscore."""
    minus: str = "minus"
    noted: str = "Noted."
    """What an assistant answers to a fact where the scenario does not say."""
    go_on: str = "Please go on."
    """What a user says before the assistant or a tool says a fact, where the scenario does not."""


TABLE: dict[str, Language] = {
    found.code: found
    for found in (
        Language(
            code="en",
            name="English",
            plain_space_groups=False,
            articles="the a an",
            percent="percent pct per_cent",
        ),
        Language(
            code="de",
            name="German",
            gluing="endings",
            endings="e en em er es s n ns ens",
            articles="der die das den dem des ein eine einen einem einer eines",
            joiners="und",
            spelled=((100, "einhundert"), (100, "hundert"), (1, "eins"), (2, "zwo")),
            scales=(
                (1_000, "tausend eintausend tsd"),
                (1_000_000, "million millionen mio"),
                (1_000_000_000, "milliarde milliarden mrd"),
            ),
            not_alone="ein eine einen einem einer eines eins",
            percent="prozent vom_hundert v_h",
            noted="Notiert.",
            go_on="Bitte weiter.",
        ),
        Language(
            code="fr",
            name="French",
            gluing="endings",
            endings="s e es x ne nes le les te tes se ses che ches ve ves",
            articles="le la les l un une des du de d au aux",
            joiners="et",
            spelled=(
                (70, "septante"),
                (80, "quatre-vingt"),
                (80, "huitante"),
                (80, "octante"),
                (90, "nonante"),
                (200, "deux cents"),
                (300, "trois cents"),
                (400, "quatre cents"),
                (500, "cinq cents"),
                (600, "six cents"),
                (700, "sept cents"),
                (800, "huit cents"),
                (900, "neuf cents"),
            ),
            scales=(
                (1_000, "mille mil millier milliers"),
                (1_000_000, "million millions"),
                (1_000_000_000, "milliard milliards"),
            ),
            not_alone="un une neuf",
            percent="pour_cent pourcent pct",
            minus="moins",
            noted="C'est noté.",
            go_on="Continuez, s'il vous plaît.",
        ),
        Language(
            code="es",
            name="Spanish",
            gluing="endings",
            endings="o a os as e es s",
            articles="el la los las un una unos unas lo al del",
            joiners="y",
            spelled=((100, "ciento"),),
            scales=(
                (1_000, "mil"),
                (1_000_000, "millón millones"),
            ),
            not_alone="un una uno",
            percent="por_ciento por_cien",
            minus="menos",
            noted="Anotado.",
            go_on="Sigue, por favor.",
        ),
        Language(
            code="it",
            name="Italian",
            gluing="endings",
            endings="o a i e he hi io ia ie",
            articles="il lo la i gli le l un uno una",
            joiners="e",
            scales=(
                (1_000, "mille mila"),
                (1_000_000, "milione milioni mln"),
                (1_000_000_000, "miliardo miliardi mld"),
            ),
            not_alone="un una uno sei",
            percent="per_cento percento",
            minus="meno",
            noted="Preso nota.",
            go_on="Vai avanti, per favore.",
        ),
        Language(
            code="pt",
            name="Portuguese",
            gluing="endings",
            endings="o a os as e es s m ns ao oes aos",
            articles="o a os as um uma uns umas",
            joiners="e",
            spelled=(
                (100, "cento"),
                (14, "catorze"),
                (16, "dezasseis"),
                (17, "dezassete"),
                (19, "dezanove"),
            ),
            scales=(
                (1_000, "mil"),
                (1_000_000, "milhão milhões"),
                (1_000_000_000, "bilhão bilhões"),
            ),
            not_alone="um uma",
            percent="por_cento",
            minus="menos",
            noted="Anotado.",
            go_on="Continue, por favor.",
        ),
        Language(
            code="nl",
            name="Dutch",
            gluing="endings",
            endings="e en s es er n",
            articles="de het een 't",
            joiners="en",
            spelled=((1, "één"),),
            scales=(
                (1_000, "duizend"),
                (1_000_000, "miljoen mln"),
                (1_000_000_000, "miljard mld"),
            ),
            not_alone="een één",
            percent="procent",
            minus="min",
            noted="Genoteerd.",
            go_on="Ga maar verder.",
        ),
        Language(
            code="pl",
            name="Polish",
            gluing="endings",
            endings=(
                "a ą e ę i o u y ie ia iu ią ię io em ie om ami ach ów ego emu ej ym im ych ich ymi"
                " imi ą owi owie ze że czy ową owej owa owym owego owych iem iom iami iach"
            ),
            joiners="i",
            scales=(
                (1_000, "tysiąc tysiące tysięcy tysiąca tysiącami tys"),
                (1_000_000, "milion miliony milionów miliona mln"),
                (1_000_000_000, "miliard miliardy miliardów mld"),
            ),
            not_alone="sto",
            percent="procent procenta procentów proc",
            noted="Zanotowane.",
            go_on="Proszę kontynuować.",
        ),
        Language(
            code="ru",
            name="Russian",
            gluing="endings",
            endings=(
                "а я о е ё и ы у ю ь й ой ей ою ею ом ем ём ам ям ами ями ах ях ов ев ёв ий ый ая"
                " яя ое ее ие ые ого его ому ему ым им ых их ыми ими ую юю ья ью ье ьи ия ии ию"
                " ией ием иям иях"
            ),
            spelled=((40, "сорок"), (90, "девяносто")),
            scales=(
                (1_000, "тысяча тысячи тысяч тысячу тысячами тыс"),
                (1_000_000, "миллион миллиона миллионов млн"),
                (1_000_000_000, "миллиард миллиарда миллиардов млрд"),
            ),
            not_alone="один одна одно одного одной одном одну одни три сто сорок",
            percent="процент процента процентов проц",
            minus="минус",
            noted="Записано.",
            go_on="Продолжайте, пожалуйста.",
        ),
        Language(
            code="tr",
            name="Turkish",
            gluing="turkish",
            scales=((1_000, "bin"), (1_000_000, "milyon"), (1_000_000_000, "milyar")),
            not_alone="bir yüz",
            percent="yüzde",
            minus="eksi",
            noted="Not aldım.",
            go_on="Lütfen devam et.",
        ),
        Language(
            code="ar",
            name="Arabic",
            gluing="arabic",
            joiners="و",
            spelled=(
                (1, "أحد"),
                (2, "اثنين"),
                (11, "أحد عشر"),
                (11, "إحدى عشرة"),
                (12, "اثنا عشر"),
                (12, "اثني عشر"),
                (12, "اثنتا عشرة"),
                (13, "ثلاثة عشر"),
                (14, "أربعة عشر"),
                (15, "خمسة عشر"),
                (16, "ستة عشر"),
                (17, "سبعة عشر"),
                (18, "ثمانية عشر"),
                (19, "تسعة عشر"),
                (20, "عشرين"),
                (30, "ثلاثين"),
                (40, "أربعين"),
                (50, "خمسين"),
                (60, "ستين"),
                (70, "سبعين"),
                (80, "ثمانين"),
                (90, "تسعين"),
                (100, "مائة"),
                (100, "مئة"),
                (200, "مائتان"),
                (200, "مئتان"),
                (200, "مائتين"),
                (200, "مئتين"),
                *(
                    (100 * n, f"{word}{hundred}")
                    for n, word in enumerate(("ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع"), 3)
                    for hundred in ("مائة", "مئة")
                ),
                (800, "ثمانمائة"),
                (800, "ثمانيمائة"),
            ),
            scales=(
                (1_000, "ألف ألفا آلاف ألفاً الف"),
                (2_000, "ألفان ألفين"),
                (1_000_000, "مليون مليونا ملايين"),
                (1_000_000_000, "مليار مليارات"),
            ),
            not_alone="واحد واحدة أحد ست",
            percent="بالمائة بالمئة في_المائة في_المئة",
            minus="ناقص",
            noted="تم تدوين ذلك.",
            go_on="تابع من فضلك.",
        ),
        Language(
            code="hi",
            name="Hindi",
            gluing="endings",
            endings="ा े ी ो ों ें ि ियों ियां ियाँ यों यां याँ ओं एं एँ ाओं ुओं ए",
            spelled=(
                (6, "छः"),
                (6, "छ"),
                (9, "नौं"),
                (100, "सौ"),
                (79, "उनासी"),
                (89, "नवासी"),
                (91, "इक्यानवे"),
                (92, "बानवे"),
                (93, "तिरानवे"),
                (94, "चौरानवे"),
                (95, "पंचानवे"),
                (95, "पचानवे"),
                (96, "छियानवे"),
                (97, "सत्तानवे"),
                (98, "अट्ठानवे"),
                (99, "निन्यानवे"),
            ),
            scales=(
                (1_000, "हज़ार हजार"),
                (100_000, "लाख"),
                (10_000_000, "करोड़"),
                (1_000_000_000, "अरब"),
            ),
            not_alone="एक सौ दो",
            percent="प्रतिशत फ़ीसदी फीसदी",
            minus="माइनस",
            noted="नोट कर लिया।",
            go_on="कृपया आगे बढ़ें।",
        ),
        Language(
            code="zh",
            name="Chinese",
            spaced=False,
            plain_space_groups=False,
            minus="负",
            noted="记下了。",
            go_on="请继续。",
        ),
        Language(
            code="ja",
            name="Japanese",
            spaced=False,
            plain_space_groups=False,
            percent="パーセント",
            minus="マイナス",
            noted="承知しました。",
            go_on="続けてください。",
        ),
        Language(
            code="ko",
            name="Korean",
            gluing="particles",
            plain_space_groups=False,
            percent="퍼센트 프로",
            minus="마이너스",
            noted="메모했습니다.",
            go_on="계속해 주세요.",
        ),
    )
}
"""Each language by its code."""
