"""Italian: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"non|mai|nulla|niente|nessun\w*|né|senza|neanche|nemmeno|neppure|impossibil\w*",
    telling=r"""
        menzion|dett|dic|dir|indic|specific|so\b|sa\b|sai\b|sap|ricord|conosc|trov|inform|dat|parl|forni|precis|defini|rispond|rispost
        accenn|nomin|comunic|riferi|rivel|condivis|scritt|figur|appar|tratt|chiarit|chiariment|conferm|determin|sicur|cert|dispon
        risult|emers|registr|dettagl|idea|notizi|memoria|traccia|citat|annot|elencat|stabilit|decis|contien|presente|spiegat|contenut|notizi|affrontat|discuss|riport
        compar|cenn|rivel|rispond|raccont|espost|apprend|appres|sentit|lett|scrit|dedu|conclu|identific|rintracci|reperi|scambi|contest|indizi|fonte|base|descri|elenc|incl|sollev|emers|possied|possess|avvis|riferim|svel|dire|dirl|dirgl|messaggi|conversazione|colloqui|cronologia|sapu|saprei|accen|pronunci|fatto|informaz|noto\b|nota\b
    """,
    unknown=r"""
        sconosciut\w|ignoto|ignota|ignoro|mi sfugge|(?:ho|l ho) dimenticat\w|nessuna idea|non saprei|boh
        (?:può|puoi|potrebbe|potresti|mi|me lo) (?:dir\w*|ricordar\w*|indicar\w*|ripeter\w*|confermar\w*|ricorda|dice|dici|ridire|precisar\w*).*
        (?:dovrebbe|dovresti|deve|devi) (?:dir|ricordar|indicar)\w*|mi dica|dimmi|(?:resta|rimane) (?:da|sconosciut|indefinit|un mistero|incert|vag)\w*|indeterminat\w|manca\w* (?:questa|questo|l|le|i|il|informazioni|dati)
        non (?:disponibile|specificat\w|menzionat\w|indicat\w|pervenut\w)|impossibile (?:sapere|saperlo|dire|dirlo|stabilire)
    """,
    whole=r"sconosciut\w|nessun\w|nulla|niente|n d|non (?:lo )?so|non specificat\w|non menzionat\w|non indicat\w|non disponibile|non pervenut\w|boh|nessuna (?:idea|informazione)|mi dispiace|scusa|scusi|la risposta è|risposta|mai (?:detto|menzionato|detta|menzionata)",
    guess=r"(?:io )?(?:credo|penso|suppongo|direi|immagino|presumo|scommetto|ritengo|mi sembra|mi pare)(?: che| di| sia)*|forse|probabilmente|magari|può darsi(?: che)?",
    but=r"ma|però|tuttavia|comunque|bensì",
    copula=r"(?:è|era|sono|erano|si chiama\w*|fu|sarebbe|sia)(?![^ ])",
    naming=r"si chiama\w*",
    asking=r"lei|tu|le|ti|può|puoi|potrebbe|potresti|se|volentieri|possibile|difficile|aiut\w*|controll\w*|posso|favore|impossibile|altr\w*",
    offer=r"(?:serve|occorre|bisogno d|desidera) ?(?:\w+ )?(?:altro|altr\w)|altre domande|qualcos altro|altro|non esit\w*",
    certain=r"se non (?:sbaglio|erro|ricordo male|vado errato)|senza (?:alcun )?dubbio|senz altro",
    refusal=r"""
        non (?:posso|possiamo|devo|voglio|intendo|sono)(?: [^ ,.]+){0,5} (?:aiut\w*|risponder\w*|forni\w*|rivelar\w*|condivider\w*|divulgar\w*|dar\w*|comunicar\w*|assister\w*)
        (?:devo|debbo) (?:rifiutare|declinare)|mi rifiuto|rifiuto|declino|contro le (?:mie|nostre) (?:\w+ )?(?:regole|politiche|linee)|riservat\w|non sono autorizzat\w
    """,
    that=r"che|se|quando|quale|cosa|chi|dove|di",
    denied_before=r"non|né|mai|invece|anziché|al posto|piuttosto|senza|nemmeno|neanche|tranne|eccetto|tutto fuorché|fuorché|se",
    affirmed_before=r"non solo|non soltanto|non solamente|(?:non|nessun\w*|nient|niente|nulla) (?:\w+ )?altr\w* (?:che|se non)|nientemeno che|non meno di|altri non (?:è|era) che",
    denied_behind=r"(?:non (?:è|era|fu)(?: (?:corrett\w|giust\w|la risposta|ver\w|così).*)?$)|(?:è|sarebbe|era) (?:sbagliat\w|errat\w|fals\w|scorrett\w)|no$|non più|non è (?:corrett\w|giust\w|più)",
    superseded_before=r"prima|in precedenza|originariamente|inizialmente|all inizio|un tempo|precedentemente|dapprima|in origine|vecchi\w*|precedente|sostitui\w*|rimpiazza\w*|(?:cambiat\w|passat\w|spostat\w|modificat\w) da\w*|ex",
    superseded_behind=r"(?:è stat\w|fu|era stat\w|è|venne) (?:\w+ )?(?:sostitu|rimpiazz|cambi|modific|scart|corret|annull|abbandon|superat)\w*|(?:all inizio|inizialmente|in origine|prima)",
    was=r"era|erano|fu|si chiamava|doveva essere|era stat\w|volev\w*",
    now=r"ora|adesso|oggi|attualmente|poi|ormai|invece|infine|da allora",
    asks_denial=r"mai|non|vietat\w*|proibit\w*|evit\w*|esclus\w*|rifiut\w*|scartat\w*|senza|bandit\w*|allergi\w*",
    between=r"il|lo|la|l|i|gli|le|un|uno|una|è|era|sia|essere|in|nel|nella|nell|di|del|della|dell|al|alla|all|a|da|si|chiama\w*|che|più|con|per|su|sul|proprio|nostr\w|mi\w",
)
