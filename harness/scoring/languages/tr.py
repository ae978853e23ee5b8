"""Turkish: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"değil\w*|yok\w*|hiç|hiçbir\w*|asla|hayır|ne|kimse|\w+(?:ma|me)(?:di|dı|du|dü|dım|dim|dum|düm|dık|dik|dınız|diniz|dın|din|diler|dılar|miş|mış|mişti|mıştı)\w*|\w+(?:m[ae]z|m[iıuü]yor)\w*|\w+(?:mam|mem)\w{0,5}|\w*(?:ama|eme)(?:d|m)\w*|bilmiyor\w*|\w+(?:madan|meden)|\w+(?:mamış|memiş|madığı|mediği|madı|medi)\w*|edilmemiş\w*|imkansız\w*|imkânsız\w*|mümkün değil\w*|olanaksız\w*",
    telling=r"""
        söyle|belirt|bahsed|bahset|bahs|söz|bil|hatırla|an|bulun|bul|bilgi|ver|verilm|paylaş|açıkla|konu|konuş|ilet|yanıt|cevap|emin|fikir|fikr|not|kayıt|kayd|ayrıntı|tanım|yaz|gör|duy|geçm|geçi|geçt|geçe|mevcut|değin|ifade|dile|tespit|belirle|karar|bahis|aktar|haber|iz|ipucu|rastla|içer|erişim|kesin
        ifşa|bilgilend|öğren|okud|sonuç|çıkar|saptan|kaynak|temel|bağlam|tarif|liste|ele|gündem|sahip|haberdar|bildir|anlat|dayan|sohbet|ilgili|konuda|hakkında|detay|veri|yazış|akl|hafıza|hatır|zikred
    """,
    unknown=r"""
        bilmiyor\w*|bilinmiyor\w*|bilemiyor\w*|bilemem|bilinmez|belirsiz\w*|meçhul|unuttum|unutmuş\w*|hatırlamıyor\w*|hatırlayamıyor\w*|hatırlayamadım|anımsa(?:mı|yamı)yor\w*|fikrim yok|emin değil\w*|aklımda (?:yok|kalmamış|değil)\w*|haberim yok
        belirtilmemiş\w*|belirtilmedi\w*|belirtmedi\w*|bahsedilmedi\w*|bahsetmedi\w*|söylenmedi\w*|söylemedi\w*|söylenmemiş\w*|verilmedi\w*|verilmemiş\w*|geçmiyor\w*|geçmedi\w*|yer almıyor\w*|bulamadım|bulamıyor\w*|bulunmuyor\w*|bulunamadı\w*|konuşmadık|konuşulmadı\w*|değinilmedi\w*|paylaşmadı\w*|paylaşılmadı\w*|bilgi(?:m|miz|ye)? (?:\w+ )?(?:yok|sahip değil)\w*|anılmadı\w*|mevcut değil\w*
        (?:söyl|belirt|bahse|hatırla|anıl|bulun|paylaş|ilet|duy|değin|rastla|öğren|aktar|tespit|belirle|veril|yazıl|açıklan|konuşul|görüşül|ele alın|dile getir)\w*(?:m[aeıiuü])(?:d|y|z|nd|n[ıiuü]z|t|m[ıiae])\w*
        (?:söyler|hatırlatır|tekrarlar|paylaşır|verir|belirtir) mi\w*|(?:söyleyebilir|hatırlatabilir|paylaşabilir|verebilir|belirtebilir|tekrarlayabilir) mi\w*|söylemeniz gerek\w*|bilmem mümkün değil\w*
    """,
    whole=r"bilinmiyor|bilmiyorum|yok|hiç(?:biri)?|hiç kimse|belirtilmemiş|belirtilmedi|bilgi yok|fikrim yok|belirsiz|yanıt yok|cevap yok|üzgünüm|maalesef|özür dilerim|yanıt|cevap",
    guess=r"sanırım|galiba|tahminim\w*|tahminimce|belki(?: de)?|muhtemelen|herhalde|bence|sanıyorum|düşünüyorum|tahmin ediyorum|olabilir|zannedersem",
    but=r"ama|fakat|ancak|yine de|lakin|oysa",
    copula=r"(?:\w+(?:ydı|ydi|ydu|ydü|dır|dir|dur|dür|tır|tir|tur|tür)|idi|adı|olarak)(?![^ ])",
    naming=r"(?:adı|ismi)(?= )",
    asking=r"siz\w*|sen\w*|size|sana|isterseniz|istersen|yardım\w*|lütfen|bakabilir\w*|eğer|mümkün|zor|başka|mi|mı|mu|mü|misiniz|mısınız",
    offer=r"başka (?:bir )?(?:şey|soru\w*|konu\w*)\w*",
    certain=r"yanlış hatırlamıyorsam|yanılmıyorsam|hiç şüphesiz|hiç kuşkusuz",
    refusal=r"""
        (?:yardımcı olam|yardım edem|yanıtlayam|cevap verem|cevaplayam|paylaşam|açıklayam|veremem|vereme|söyleyemem|yerine getirem)\w*|reddediyorum|reddetmek zorunda\w*|reddetmeliyim|kurallarıma aykırı|(?:politika|kural|ilke)\w* aykırı|gizli\w* (?:bilgi|olduğu)\w*|yetkim yok|izin verilmiyor
    """,
    that=r"ki",
    denied_before=r"ne",
    denied_behind=r"(?:\w{1,5} )?(?:değil\w*|yerine|yanlış\w*|hariç|dışında|olmamalı\w*|doğru değil\w*|artık değil\w*)",
    affirmed_before=r"sadece|yalnızca",
    superseded_before=r"eskiden|önceden|daha önce|ilk başta|başta|başlangıçta|önce|ilk olarak|evvelce|eski|önceki|aslında önce",
    superseded_behind=r"(?:\w{1,5} )?(?:yerini|iptal|değiştirildi|değişti|bırakıldı|vazgeçildi|güncellendi)\w*",
    was=r"önce|ilk|daha önce|eskiden",
    now=r"şimdi|artık|şu an\w*|bugün|sonra|sonradan|günümüzde|güncel",
    asks_denial=r"asla|hiç|yasak\w*|kaçın\w*|\w+(?:ma|me)(?:malı|meli)\w*|hariç|reddedil\w*|alerji\w*|değil",
    between=r"bir|de|da|te|ta|olan|olarak|bu|şu|o",
)
