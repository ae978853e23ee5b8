"""Polish: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"nie|nigdy|nic|niczego|nikt|nikogo|żadn\w*|nigdzie|ani|bez|brak|brakuje|brakło|niemożliw\w*|niepodobna|nigdzie|trudno",
    telling=r"""
        wspomn|wspomin|powiedz|mówi|mówion|poda|wiem|wiadom|wiedz|pamięta|przypom|znam|zna|znale|znajd|inform|dan|wzmian|określ|sprecyz|wymieni|wymien|odpowied|odpowiedz
        pewn|pojęci|zapis|notat|szczegół|ustal|omawia|omówi|porusz|przekaz|ujawni|zdradz|napisa|pojawi|padł|padła|padło|stwierdz|mam\b|zawier|widz|słysza|kontek|dostęp|rozmaw|mow|temat|wynik|ślad|zdefini|zdecyd|wskaz|potwierdz|odnotow|danych|dotyc|wzmiank|mogę
        pada|padło|poinform|informow|wyjaw|opowied|opowiad|wywniosk|wniosk|zidentyfik|odnal|czyta|pisa|wymian|kontekst|wskazówk|źródł|podstaw|opis|wylicz|zawart|kojarz|przychodzi|świadom|orient|posiada|dysponu|stwierdz|zasygnal|nawiąz|odnos|odpow|dowiedz|dowiad|słych|widać|figur|rozstrzyg|usłysz|treści|rozmow
    """,
    unknown=r"""
        nieznan\w*|niejasn\w*|nieokreślon\w*|niewiadom\w*|zapomnia\w*|wyleciało|umknęł\w*|niepewn\w*|pozostaje|nie mam pojęcia
        (?:czy )?(?:może|możesz|mogłby|mogłaby|mógłby|mógłbyś|mogłabyś|mogłabyś)(?: pan| pani)? (?:mi|nam|podać|przypomnieć|powiedzieć|powtórzyć|to).*|proszę (?:mi )?(?:przypomnieć|podać|powiedzieć)|(?:musiałby|musiałaby|musisz|musiałbyś)\w* .*|nie sposób
    """,
    whole=r"nieznan\w|brak(?: danych| informacji| odpowiedzi)?|żadn\w*|nic|nikt|nie wiem|nie podano|nie wiadomo|nie określono|nie wspomniano|nie dotyczy|bez odpowiedzi|przykro mi|przepraszam|niestety|odpowiedź(?: to| brzmi)?",
    guess=r"(?:chyba|myślę|sądzę|przypuszczam|zgaduję|obstawiam|wydaje mi się|podejrzewam|strzelam|powiedział\w*bym)(?: że)*|może|prawdopodobnie|pewnie|zapewne|być może",
    but=r"ale|jednak|lecz|natomiast|aczkolwiek|tylko",
    copula=r"(?:to|jest|był\w*|brzmi\w*|nazywa\w*|są|byłoby)(?![^ ])",
    naming=r"(?:nazywa\w*|wabi\w*|ma na imię)",
    asking=r"pan\w*|ty|ci|możesz|może|mogę|jeśli|jeżeli|chętnie|sprawdz\w*|pomo\w*|proszę|trudno|możliw\w*|inn\w*|da się",
    offer=r"czegoś (?:jeszcze|więcej)|coś jeszcze|jeszcze coś|więcej pytań|inne pytania|czymś jeszcze|czegoś innego",
    certain=r"jeśli się nie mylę|o ile się nie mylę|bez (?:żadnych )?wątpienia|bez wątpliwości",
    refusal=r"""
        nie (?:mogę|możemy|wolno|chcę|zamierzam|będę|jestem w stanie)(?: [^ ,.]+){0,5} (?:pom\w*|odpowiedzieć|udostępni\w*|ujawni\w*|podać|podzielić|zdradz\w*|udziel\w*|spełni\w*|przekaza\w*)
        (?:muszę|zmuszon\w+) (?:jestem )?odmówić|odmawiam|sprzeczne z (?:\w+ )?(?:zasadami|regułami|wytycznymi)|poufn\w*|nie jestem upoważnion\w
    """,
    that=r"że|czy|kiedy|jak\w*|kto|gdzie|co|któr\w*|o",
    denied_before=r"nie|ani|nigdy|zamiast|bez|oprócz|poza|już nie|wszystko tylko nie|czy",
    affirmed_before=r"nie tylko|nie jedynie|(?:nikt|nic|nie|nikim|niczym|nikogo|niczego|żadn\w*) inn\w* (?:jak|niż|tylko)|nie kto inny(?: jak| tylko)?|nie co innego(?: jak| tylko)?|nie mniej niż",
    denied_behind=r"(?:to )?(?:nie (?:jest|był\w*)(?: (?:to|prawda|poprawn\w*|dobra|właściw\w*).*)?$)|(?:jest|to|był\w*) (?:błędn\w*|niepoprawn\w*|nieprawd\w*|fałsz\w*)|nie$|już nie|odpada",
    superseded_before=r"wcześniej|dawniej|poprzednio|początkowo|pierwotnie|najpierw|przedtem|kiedyś|na początku|stary|stara|stare|starego|starej|poprzedni\w*|dawn\w*|zastąpił\w*|zastępuje|(?:zmienion\w*|przeniesion\w*|zmiana) z|zamiast",
    superseded_behind=r"(?:został\w*|zostało|jest|był\w*) (?:\w+ )?(?:zastąpion|zmienion|odrzucon|odwołan|poprawion|anulowan|nieaktualn|porzucon)\w*|na początku|początkowo|wcześniej",
    was=r"był\w*|było|miał\w*|brzmiał\w*|nazywał\w*|chciał\w*",
    now=r"teraz|obecnie|dziś|dzisiaj|potem|aktualnie|już|odtąd|później",
    asks_denial=r"nigdy|nie|zakaz\w*|zabron\w*|unika\w*|wyklucz\w*|odrzuc\w*|bez|alergi\w*",
    between=r"jest|był\w*|być|to|w|we|na|u|z|ze|do|o|się|nazywa\w*|już|więcej|wcale|dla|przez|ten|ta|nasz\w*|mój|moja",
)
