"""German: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"nicht|nie|niemals|nichts|kein\w*|niemand\w*|nirgend\w*|weder|ohne|unmöglich\w*",
    telling=r"""
        erwähn|genannt|nenn|nannt|gesagt|sagt|sagen|erzähl|mitgeteilt|mitteil|angegeben|angabe|angeben
        besproch|gesproch|geredet|festgelegt|festgehalten|bekannt|erinner|weiß|wissen|gewusst|weißt
        finde|fand|gefunden|info|hinweis|vermerk|notier|dokumentier|spezifizier|definier|beschrieb
        gegeben|verrat|geäußert|thema|rede|vorlieg|liegt|liegen|beantwort|bestimm|feststell|ermittel
        entnehm|hervor|ersichtlich|kenntnis|ahnung|vorgekommen|sprache|eintrag|aufzeichnung|daten
        antwort|enthalten|enthält|steht|stand|gehört|behandelt|gefallen|ausgesucht|entschieden|sicher
        festgesetzt|geklärt|thematisiert|überliefert|vor$|gemerkt|auskunft|gewiss|abruf|benannt
        auftauch|aufgetaucht|rede|präsent|verfügung|verfügbar|ersehen|einfallen|fällt
        herausfind|schließen|erschließ|bericht|offenbar|gemeldet|unterricht|informier|beruf|behaupt|dargelegt|geschildert|preisgegeb|angeführt|aufgeführt|gelistet|niedergeschrieb|geschrieben|schriftlich|sichtbar|sehe|sehen|gesehen|gelernt|erfahren|erfuhr|eingegangen|berührt|gestreift|gezeigt|beantworten|klar|zugänglich|bewusst|geläufig|erläuter|erklär|begründ|belegt|konkret|einsehen|grundlage|anhaltspunkt|spur|material|quelle|wert|kontext|zusammenhang|detail
    """,
    unknown=r"""
        entzieht sich (?:\w+ ){0,2}kenntnis|müsste ich raten|ich müsste raten|nur raten|(?:ist|wäre) mir (?:neu|fremd|entgangen|schleierhaft)
        (?:un|nicht )bekannt|unklar|ungeklärt|ungewiss|offen geblieben|blieb\w* offen|bleibt offen
        (?:ist|war) (?:noch )?offen|unerwähnt|(?:hab|habe) \w* ?vergessen|entfallen|keine ahnung
        unsicher|fehl(?:t|en) (?:mir|uns|hier|in|die|diese|jede|dazu)|überfragt|überfragt
        (?:können|könnten|kannst|könntest|würden|würdest) (?:sie|du) (?:mir|uns|mich|das|es)\b.*(?:sag|nenn|verrat|erinner|wiederhol|mitteil|geben|helfen)\w*
        (?:sagen|nennen|verraten) sie (?:mir|es)|(?:sag|nenn|verrat\w*) (?:mir|es) bitte
        (?:müssten|müsstest|müssen|musst) (?:sie|du) (?:mir|mich|das|es|uns)|passen muss|muss (?:ich )?passen
        (?:liegt|liegen|fehlt|fehlen) (?:mir|uns) (?:\w+ ){0,3}(?:nicht|keine\w*|die)
    """,
    whole=r"""
        unbekannt|keine?|nichts|niemand|weiß (?:ich |es )?(?:leider )?nicht|k a|keine angabe\w*|unklar
        nie (?:erwähnt|genannt)|nicht (?:erwähnt|genannt|bekannt|angegeben)|fehlanzeige|nicht vorhanden
        leider|tut mir leid|entschuldigung|das|die antwort ist|die antwort lautet|antwort
    """,
    guess=r"""
        (?:ich )?(?:glaube|denke|vermute|schätze|tippe|nehme an|meine|rate|würde)(?: ich| mal| auf| aber| eher)*
        vermutlich|wahrscheinlich|vielleicht|möglicherweise|eventuell|womöglich|wohl|mein tipp
    """,
    but=r"aber|doch|jedoch|allerdings|sondern|dennoch|trotzdem|nur",
    copula=r"(?:ist|war|lautet\w*|heißt|hieß|wäre|waren|sind|handelt\w*)(?![^ ])",
    naming=r"(?:hei(?:ß|ss)t|hieß|lautet\w*)(?= )",
    asking=r"""
        sie|du|ihr|ihnen|dir|gern\w*|nachsehen|nachschauen|nachfragen|wenn|falls|helfen|bitte|möglich
        schwer|schwierig|besser|andere\w*|sonst|noch
    """,
    offer=r"noch etwas|sonst (?:noch )?(?:etwas|was)|(?:weitere|andere|noch) fragen|weitere hilfe|etwas anderes|mehr wissen",
    certain=r"wenn ich (?:mich )?(?:da )?nicht (?:irre|täusche)|zweifelsohne|ohne (?:jeden )?zweifel|ohne frage",
    refusal=r"""
        (?:kann|können|darf|dürfen|möchte|will|werde)(?: [^ ,.]+){0,6} nicht (?:helfen|weiterhelfen|behilflich|nachkommen|unterstützen|preisgeben|herausgeben|beantworten|teilen|offenlegen|verraten|weitergeben|mitteilen)
        (?:kann|können|darf|dürfen|möchte|will|werde)(?: [^ ,.]+){0,4} keine\w*(?: [^ ,.]+){0,4} (?:geben|preisgeben|herausgeben|teilen|machen|weitergeben)
        (?:lehne|muss) (?:[^ ,.]+ ){0,5}ab(?:lehnen)?(?![^ ])|muss ich ablehnen|verweiger\w*|gegen (?:meine|die|unsere) (?:\w+ )?(?:richtlinien|regeln|vorgaben)
        nicht befugt|nicht berechtigt|nicht erlaubt|vertraulich
    """,
    that=r"dass|ob|wann|was|welche\w*|wer|wie|wo|worüber|davon",
    denied_before=r"""
        nicht|kein\w*|nie|niemals|weder|noch|statt|anstatt|anstelle|ohne|außer|weniger|ob
        alles andere als|nicht mehr|nicht länger|keineswegs|keinesfalls|mitnichten
    """,
    affirmed_before=r"""
        nicht nur|nicht bloß|nicht allein|nicht zuletzt|(?:nicht|nichts|niemand\w*|kein\w*) ander\w* als
        kein\w* geringer\w* als|nicht weniger als
    """,
    denied_behind=r"""
        (?:ist|war|wäre|stimmt)(?: es| das| aber)? (?:nicht|falsch|verkehrt)(?: (?:richtig|korrekt|wahr|gemeint|mehr|die|der|das).*)?$
        (?:ist|war|wäre) (?:es |das )?(?:falsch|verkehrt|unrichtig)|stimmt (?:also )?nicht|nicht$|(?:eben )?nicht (?:mehr|sondern)
    """,
    superseded_before=r"""
        ursprünglich|früher|zuvor|vorher|zunächst|anfangs|zuerst|ehemals|ehedem|bislang|bisher|einst|vormals
        (?:von|vom) (?:ursprünglich )?|alte\w*|ersetzt|ersetzte|löst|löste|überholte\w*|frühere\w*
    """,
    superseded_behind=r"""
        (?:wurde|wird|ist|war) (?:\w+ )?(?:ersetzt|abgelöst|geändert|verworfen|überholt|hinfällig|korrigiert|aufgehoben|gestrichen)
        (?:auf|zu|zum|zur|in) (?:\w+ ){0,4}(?:geändert|gewechselt|umgestellt|verlegt)|ab(?: .*)?$
    """,
    was=r"war|waren|hieß|lautete|sollte|wollte\w*|galt",
    now=r"jetzt|nun|inzwischen|mittlerweile|heute|nunmehr|dann|neuerdings|seitdem|aktuell",
    asks_denial=r"nie|niemals|nicht|kein\w*|verbot\w*|vermeid\w*|ausgeschloss\w*|abgelehnt\w*|verworf\w*|gestrich\w*|ohne|tabu",
    between=r"""
        der|die|das|dem|den|des|ein\w*|im|in|am|an|auf|bei|zu|zum|zur|mehr|etwa|unbedingt|als|wirklich|es|sich|um
        ist|war|sind|waren|heißt|hieß|lautet\w*|genannt|gewesen|sei|von|vom|mit|unser\w*|ihr\w*|mein\w*|dein\w*|sie|er
        wert|antwort|name|sollte|sollen|sein|wurde|für|unter
    """,
)
