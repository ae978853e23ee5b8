"""The words by which a reference reader knows languages other than English.

A reader is handed text and nothing else, so it has to hear for itself what it is spoken to in: by
the script, or by the small words that every question has. Its one rule: where that is not plain,
it is English.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from harness.core.languages.folding import ascii_digits, fold

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One language, as far as a reader needs it."""

    dont_know: str
    """What it says when nothing answers the question."""
    stop: str
    """Words that say nothing of what is asked; where no spaces divide words, pieces of text."""
    several: str
    """A pattern for questions that ask for several things."""
    snowball: str = ""
    """Name of the stemmer; empty where words have none."""
    mark: str = ""
    """A pattern for characters that its neighbours do not have."""


SPEECHES: dict[str, Speech] = {
    "de": Speech(
        snowball="german",
        mark="ß",
        dont_know="Das weiß ich nicht: Das kam in unserem Gespräch nicht vor.",
        several=r"\balle\b|\bsämtliche|\bjede[nrs]?\b|welche (?:zwei|drei|vier|fünf|\d+)|zählen sie|zähle\b",
        stop="""der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren hat
        haben hatte hatten wird werden wurde wurden worden sein seine ihr ihre ich du er sie es wir uns unser unsere mir
        mich dir dich ihm ihn ihnen wer was wann wo wie welche welcher welches welchen welchem wieviel warum
        in im an am auf aus bei mit nach von vom zu zum zur für über unter um bis durch gegen ohne vor
        nicht kein keine nur noch auch schon so als dass ob wenn dann denn da dort hier dieser diese dieses
        bitte antworte antworten antwort nenne nennen nenn sage sagen gesagt genannt erwähnt gespräch unterhaltung
        eben vorhin zuletzt jetzt genau mal doch ja nein kann können soll sollen will möchte lautet heißt gut
        notiert danke verstanden alles klar okay man sich mehr sehr gibt gab vereinbart""",
    ),
    "fr": Speech(
        snowball="french",
        mark="[œ]|\\b[cdjlmnst]['’]",
        dont_know="Je ne sais pas : cela n'a pas été dit dans notre conversation.",
        several=r"\btou(?:te)?s les\b|\b(?:les)?quel(?:le)?s\b|\bénumér|\blistez\b",
        stop="""le la les l un une des du de d à a au aux et ou mais est sont était étaient été a ont avait avaient être avoir
        je j tu il elle on nous vous ils elles me m te t se s lui leur mon ma mes ton ta tes son sa ses notre nos votre vos
        qui que qu quoi quand où comment quel quelle quels quelles combien pourquoi dans en par pour sur sous avec sans chez
        vers ne n pas plus seulement aussi déjà si ce c cet cette ces y dont comme très bien
        réponds répondez réponse donne donnez dis dites dit mentionné conversation merci noté compris accord oui non
        s'il plaît peut peux pouvez doit faut indiqué précisé rien que tout""",
    ),
    "es": Speech(
        snowball="spanish",
        mark="[¿¡ñ]",
        dont_know="No lo sé: eso no se dijo en nuestra conversación.",
        several=r"\btod[oa]s\b|\bcuáles\b|\benumer|\blista\b|\bqué (?:dos|tres|cuatro|cinco)\b",
        stop="""el la los las un una unos unas lo al del de y e o u pero es son era eran fue fueron ha han había ser estar está están
        yo tú él ella nosotros usted ustedes ellos ellas me te se nos le les mi mis tu tus su sus nuestro nuestra
        que qué quién cuándo dónde cómo cuál cuáles cuánto cuánta cuántos por para en con sin sobre a desde hasta entre
        no sí ya muy más solo sólo también si como este esta esto ese esa eso
        responde responda respuesta di diga dijo dicho mencionó conversación gracias anotado entendido vale favor hay
        puede puedes tiene hacer nada todo""",
    ),
    "it": Speech(
        snowball="italian",
        mark="[èìò]",
        dont_know="Non lo so: non è stato detto nella nostra conversazione.",
        several=r"\btutt[ie]\b|\bquali\b|\belenc",
        stop="""il lo la i gli le l un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel
        nella nei con su sul sulla per tra fra e ed o ma è sono era erano ha hanno aveva stato stata essere avere
        io tu lui lei noi voi loro mi ti si ci vi ne mio mia tuo tua suo sua nostro nostra
        che chi cosa quando dove come quale quali quanto quanti perché non sì già molto più solo anche se questo questa quello quella
        rispondi risponda risposta dica dimmi detto menzionato conversazione grazie annotato capito bene favore c'è
        può puoi deve cui qual""",
    ),
    "pt": Speech(
        snowball="portuguese",
        mark="[ãõ]",
        dont_know="Não sei: isso não foi dito na nossa conversa.",
        several=r"\btod[oa]s\b|\bquais\b|\benumer|\bliste\b",
        stop="""o a os as um uma uns umas de do da dos das em no na nos nas ao à aos por pelo pela para com sem sobre e ou mas é são era
        eram foi foram tem têm tinha ser estar está estão eu tu você ele ela nós vocês eles elas me te se lhe nos meu minha
        seu sua nosso nossa que quem quando onde como qual quais quanto quanta quantos porque não sim já muito mais só
        apenas também se este esta isto esse essa isso aquele responda responde resposta diga disse dito mencionou
        conversa obrigado obrigada anotado entendido certo favor há pode deve até""",
    ),
    "nl": Speech(
        snowball="dutch",
        mark="ij",
        dont_know="Dat weet ik niet: dat is in ons gesprek niet gezegd.",
        several=r"\balle\b|\bwelke (?:twee|drie|vier|vijf)\b|\bsom\b.*\bop\b|\bnoem ze\b",
        stop="""de het een en of maar is zijn was waren heeft hebben had hadden wordt werd worden ben ik jij je u hij zij ze wij we
        ons onze mij me jou hem haar hun wie wat wanneer waar hoe welke welk hoeveel waarom in op aan uit bij met naar van voor
        over onder om tot door tegen zonder niet geen alleen ook al zo als dat die dit deze er daar hier dan
        antwoord antwoorden noem zeg gezegd genoemd gesprek bedankt genoteerd begrepen goed ja nee graag kan kunt moet nog te
        zou zal""",
    ),
    "pl": Speech(
        snowball="polish",
        mark="[łąęśżź]",
        dont_know="Nie wiem: nie było o tym mowy w naszej rozmowie.",
        several=r"\bwszystkie\b|\bwszystkich\b|\bwymień\b|\bjakie są\b|\bktóre (?:dwa|dwie|trzy|cztery)\b",
        stop="""i a o w we z ze na do od po za przy dla bez nad pod przed przez u oraz lub albo ale jest są był była było były być ma mają
        ja ty on ona ono my wy oni mnie mi ciebie ci jego jej ich nas nam was wam się mój moja twój nasz nasza nasze pan pani
        kto co kiedy gdzie jak jaki jaka jakie jaką jakiego który która które którą ile dlaczego nie tak już tylko też czy że
        ten ta to te tego tej odpowiedz odpowiedź podaj powiedz powiedział powiedziała wspomniał rozmowa dziękuję zanotowane
        rozumiem dobrze proszę można""",
    ),
    "ru": Speech(
        snowball="russian",
        dont_know="Не знаю: об этом в нашем разговоре не говорилось.",
        several=r"\bвсе\b|\bвсех\b|\bперечисл|\bкакие\b|\bкаждый\b",
        stop="""и в во на с со к ко о об от до по за из у для без над под при через или но а же ли не ни да нет это этот эта эти тот та те
        я ты он она оно мы вы они меня мне тебя тебе его ему её ей нас нам вас вам их им мой моя наш наша ваш свой
        кто что когда где как какой какая какое какие какую какого каком который которая сколько почему чей быть был была
        было были есть будет так уже только тоже ещё бы чтобы ответь ответьте ответ назови назовите скажи скажите сказал
        сказала сказано говорил упомянул разговор разговоре спасибо записано понятно хорошо пожалуйста""",
    ),
    "tr": Speech(
        snowball="turkish",
        mark="[ğış]",
        dont_know="Bilmiyorum: bu konuşmamızda söylenmedi.",
        several=r"\bhepsi|\btüm\b|\bbütün\b|\bsırala|\bnelerdir\b|\bhangileri",
        stop="""bir ve veya ama fakat ile için gibi kadar de da ki mi mı mu mü bu şu o ben sen biz siz onlar bana sana ona bize size
        benim senin onun bizim sizin ne nedir neydi kim kimdir kimdi hangi hangisi nerede nereye ne zaman nasıl kaç neden değil var
        yok olan olarak oldu idi ise daha çok en sadece yalnızca yanıtla cevap cevapla ver verin söyle söyleyin söyledi söylenen
        belirtilen bahsedilen konuşma konuşmada teşekkürler not aldım anladım tamam evet hayır lütfen""",
    ),
    "ar": Speech(
        snowball="arabic",
        dont_know="لا أعرف: لم يُذكر ذلك في محادثتنا.",
        several=r"جميع|\bكل\b|اذكر|ما هي ال\w+ات|عدد ",
        stop="""في من على إلى عن مع هو هي هم أنا أنت نحن كان كانت يكون هذا هذه ذلك تلك التي الذي ما ماذا متى أين كيف كم أي لماذا هل
        و أو ثم لا لم لن قد أن إن أنه أنها إذا كما فقط أيضا بعد قبل عند كل بين أجب الإجابة إجابة قل قال قالت ذكر ذكرت ذكرنا
        المحادثة محادثتنا شكرا حسنا نعم تم تدوين من فضلك""",
    ),
    "hi": Speech(
        snowball="hindi",
        dont_know="मुझे नहीं पता: हमारी बातचीत में यह नहीं बताया गया।",
        several=r"सभी|कौन[- ]कौन|सारे|सब के",
        stop="""का की के को में से पर ने है हैं था थी थे हो होगा और या लेकिन यह वह ये वे मैं तू तुम आप हम मुझे तुम्हें आपको हमें उसे
        मेरा मेरी आपका आपकी हमारा हमारी उसका उनके उनका क्या कौन कौनसा कौनसी कब कहां कैसे कितना कितने कितनी क्यों किस किसने किसे नहीं
        न हां भी ही तो कि जो एक इस उस लिए तक साथ बाद पहले बताइए बताएं बताया कहा दीजिए केवल सिर्फ उत्तर जवाब दें बातचीत धन्यवाद
        नोट कर लिया ठीक कृपया गया गई""",
    ),
    "zh": Speech(
        dont_know="我不知道:我们的对话里没有提到这一点。",
        several=r"所有|哪些|全部|列出|哪几|哪[两三四五]|分别",
        stop="""什么时候 什么 哪一个 哪个 哪位 哪里 哪儿 哪一 哪天 哪 谁 多少 怎么 如何 为什么 请问 请 只需 只要 只 回答 告诉 说过 说 提到过 提到 提过
        我们 我 你们 你 您 他们 他 她 它 这个 这 那个 那 的 了 是 在 吗 呢 吧 啊 和 与 及 把 被 给 对 也 就 都 还 很 有 没 不 一个 一
        对话 刚才 之前 现在 目前 最新 谢谢 记下 好的 明白 收到 几 号 个 名字 叫 为 所 要 会 能 可以 到 上 下 里 中 用 来 去 过 着 地 得
        之 以 于 从 向 并 而 但 或 如果 已 已经""",
    ),
    "ja": Speech(
        dont_know="わかりません。この会話ではそのことは話に出ていません。",
        several=r"すべて|全て|全部|一覧|挙げて|どれとどれ|何と何|それぞれ|[二三四五]つとも",
        stop="""何時 何日 何曜日 何色 何人 何 誰 名前 教 答 回答 言 話 会話 私 私達 我々 今 現在 最新 先程 前 後 中 事 物 方 人 時 所 下 御
        知 承知 了解 一 以上 申 伝 聞""",
    ),
    "ko": Speech(
        dont_know="모르겠습니다. 우리 대화에서 그 이야기는 나오지 않았습니다.",
        several=r"모두|모든|전부|나열|각각|무엇무엇",
        stop="""무엇 누구 언제 어디 어느 어떤 어떻게 얼마 몇 왜 무슨 뭐 그 이 저 제 내 우리 저희 당신 것 수 등 및 또는 그리고 하지만
        대답 답 답변 말 말씀 알려 이름 대화 지금 현재 최근 아까 이전 다음 네 아니요 감사 메모 알겠 좋 확인 주세요 해 하 있 없 되 된
        위 한 때 만 입니다 인가 인지 무엇인가 누구인가""",
    ),
}

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0620-\u06ff]")),
    ("hi", re.compile(r"[\u0904-\u0939]")),
    ("ru", re.compile(r"[\u0430-\u044f]")),
)
_LATIN = ("de", "fr", "es", "it", "pt", "nl", "pl", "tr")
_FEWEST = 2
"""Small words of a language that make a question its own."""
_SIGN = "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
_WORD = re.compile(rf"[^\W_][\w{_SIGN}]*(?:-[\w{_SIGN}]+)*")
_CODE = re.compile(r"[0-9]")
_PIECE = re.compile(r"[\u4e00-\u9fff々]|[\u30a0-\u30ff]+|[0-9a-z][0-9a-z-]*")
_HIRAGANA = re.compile(r"(?=([\u3041-\u309f]{2}))")
_SYLLABLES = 2
"""Of a Korean noun that are kept; what follows is mostly its particles or its second half."""
_KOREAN_END = re.compile(
    r"(?:에서는|에게서|으로는|이라고|입니다|이었습니다|였습니다|에서|에게|께서|으로|까지|부터|은|는|이|가|을|를|의|에|로|와"
    r"|과|도|만|께)$"
)


@lru_cache(maxsize=1 << 12)
def spoken(text: str, english: frozenset[str]) -> str:
    """The code of the language of a question.

    Args:
        text: The question.
        english: Small words of English.
    """
    plain = text.casefold()
    counts = Counter({code: len(script.findall(plain)) for code, script in _SCRIPTS})
    if counts["ja"] or counts["ko"]:
        return "ja" if counts["ja"] >= counts["ko"] else "ko"
    code, letters = counts.most_common(1)[0]
    if letters and letters >= sum("a" <= char <= "z" for char in plain):
        return code
    words = _WORD.findall(plain)
    score = {
        code: sum(word in _stop(code) for word in words)
        + (2 if re.search(SPEECHES[code].mark, plain) else 0)
        for code in _LATIN
    }
    best = max(score, key=score.__getitem__)
    own = sum(word in english for word in words)
    enough = score[best] >= _FEWEST or not own
    return best if enough and score[best] > own else "en"


def stems_in(text: str, code: str) -> list[str]:
    """The stems of the words of a language that carry meaning, in order, repeats included."""
    plain = ascii_digits(text).casefold()
    if code in {"zh", "ja"}:
        return _pieces(plain, code)
    stop = _stop(code)
    return [_stem(word, code) for word in _WORD.findall(plain) if not _stops(word, stop, code)]


def _stops(word: str, stop: frozenset[str], code: str) -> bool:
    return word in stop or (code == "ko" and _KOREAN_END.sub("", word) in stop)


def _pieces(text: str, code: str) -> list[str]:
    """Characters and words of a text that no spaces divide, the empty ones taken out."""
    pattern = _stop_pieces(code)
    found: list[str] = _PIECE.findall(pattern.sub(" ", text))
    return found or [pair[0] if isinstance(pair, tuple) else pair for pair in _HIRAGANA.findall(text)]


@cache
def _stop(code: str) -> frozenset[str]:
    return frozenset(SPEECHES[code].stop.split())


@cache
def _stop_pieces(code: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _stop(code)), key=len, reverse=True)))


@lru_cache(maxsize=1 << 16)
def _stem(word: str, code: str) -> str:
    """A word without its endings; codes and numbers are names, and have none."""
    if _CODE.search(word):
        return word
    if code == "ko":
        return (_KOREAN_END.sub("", word) or word)[:_SYLLABLES]
    return fold(_stemmer(code)(word))


@cache
def _stemmer(code: str) -> Callable[[str], str]:
    import snowballstemmer

    found: Callable[[str], str] = snowballstemmer.stemmer(SPEECHES[code].snowball).stemWord
    return found
