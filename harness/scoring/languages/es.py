"""Spanish: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"no|nunca|jamás|nada|nadie|ningun\w*|ningún|tampoco|ni|sin|imposible\w*|apenas",
    telling=r"""
        mencion|dij|dich|dec|indic|especific|sab|record|recuerd|conoz|conoc|encontr|encuentr|inform|dato|coment
        habl|facilit|proporcion|precis|defin|respond|constan?|constanc|registr|detall|idea|nota\b|notas\b|anotad|menció
        acord|acuerd|comunic|revel|compart|escrib|figur|aparec|trat|aclar|confirm|determin|segur|certez|tengo|tiene|dispon
        dio|dado|diste|estableci|contien|contenid|referenc|pista|memoria|señal|habló|decid|fij|concret|explic|expres|surgi|sali
        revel|apunt|cit|menc|oíd|oí\b|sup[eo]|averigu|deduc|conclu|identific|localiz|hall|leíd|escrit|intercambi|contexto|pista|fuente|base|describ|expon|enter|list|inclu|plante|toc|salió|abord|posee|poseo|cuento|contad|conocimiento|explic|aludi|alusión|referi|sabr|consta|responder|contestar|contest
    """,
    unknown=r"""
        no (?:lo )?sé(?![^ ])|no se sabe
        desconoc\w*|desconozco|ignoro|(?:se me|me) (?:ha )?(?:olvid|escap|pas)\w*|olvidé|ni idea|sin especificar|sin determinar|sin definir
        (?:puede|podría|puedes|podrías|me|nos) (?:usted )?(?:me |decirme|recordarme|indicarme|repetirme|decir|aclararme|facilitarme|recordar|confirmarme|recuerda|dices|aclara).*
        (?:tendría|tendrías) que (?:decirme|recordarme|indicarme)|dígame\w*|recuérdame\w*|dime|queda (?:sin|pendiente)|indeterminad\w*|falta\w* (?:ese|esa|la|información|datos|el)
        no (?:disponible|especificad\w|mencionad\w|indicad\w|consta)|no lo sé|imposible (?:saber|de saber|decir)\w*
    """,
    whole=r"""
        desconocid\w|ningun\w|ninguno|nada|nadie|n a|no (?:lo )?sé|no se sabe|no consta|sin (?:datos|información|respuesta)|ni idea|no (?:especificad\w|mencionad\w|disponible|indicad\w)
        lo siento|perdón|la respuesta es|respuesta|nunca (?:se )?(?:dijo|mencionó)
    """,
    guess=r"(?:yo )?(?:creo|pienso|supongo|diría|imagino|apuesto|apostaría|sospecho|me parece)(?: que| por)*|quizás?|tal vez|probablemente|posiblemente|seguramente|a lo mejor|acaso",
    but=r"pero|sin embargo|aunque|sino|no obstante",
    copula=r"(?:es|era|fue|son|eran|se llama\w*|sería|está|estaba)(?![^ ])",
    naming=r"se llama\w*",
    asking=r"usted|tú|te|le|puedo|puede\w*|podría\w*|si|gusto|posible|difícil|ayud\w*|comprobar|revisar|favor|imposible|otra\w*|otro\w*",
    offer=r"(?:algo|alguna cosa|otra cosa) más|otra pregunta|más preguntas|alguna otra|otra cosa|no dude\w*",
    certain=r"nada menos que|si no (?:recuerdo mal|me equivoco|me falla la memoria)|sin (?:ninguna )?duda\w*|sin lugar a dudas",
    refusal=r"""
        no (?:puedo|podemos|debo|quiero|voy a|estoy)(?: [^ ,.]+){0,5} (?:ayud\w*|responder\w*|proporcionar\w*|revelar\w*|compartir\w*|divulgar\w*|dar\w*|facilitar\w*|atender\w*)
        (?:debo|tengo que) (?:rechazar|negarme|declinar)|me niego|rechazo|declino|va (?:en )?contra (?:de )?(?:mis|las|nuestras) (?:\w+ )?(?:normas|políticas|reglas|directrices)|confidencial\w*
        no estoy autorizad\w
    """,
    that=r"que|si|cuándo|cuál\w*|qué|quién|dónde|cómo|de",
    denied_before=r"no|ni|nunca|jamás|tampoco|en vez|en lugar|sin|salvo|excepto|ya no|todo menos|si",
    affirmed_before=r"no solo|no sólo|no solamente|no únicamente|(?:no|ningun\w*|nadie|nada) (?:\w+ )?(?:otr\w|más) que|nada menos que|no menos (?:de|que)",
    denied_behind=r"(?:no (?:es|era|fue)(?: (?:correct\w|la respuesta|ciert\w|eso|así).*)?$)|(?:es|sería|era) (?:fals\w|incorrect\w|erróne\w)|no$|ya no|no es (?:correct\w|la)",
    superseded_before=r"antes|anteriormente|originalmente|inicialmente|al principio|en un principio|primero|antiguamente|previamente|antigu\w|anterior|reemplaz\w*|sustituy\w*|sustituye|(?:cambi\w+|pas\w+|mov\w+|traslad\w+|modific\w+) d|en origen",
    superseded_behind=r"(?:fue|ha sido|había sido|se|quedó|está) (?:\w+ )?(?:reemplaz|sustitu|cambi|modific|descart|correg|anul|cancel|actualiz|obsolet)\w*|(?:al principio|originalmente|inicialmente|antes)",
    was=r"era|eran|fue|fueron|había sido|se llamaba|estaba|iba a ser|quería\w*|pidi\w*",
    now=r"ahora|actualmente|hoy|después|luego|desde entonces|finalmente|ya",
    asks_denial=r"nunca|jamás|no|prohib\w*|evit\w*|exclu\w*|rechaz\w*|descart\w*|sin|vet\w*|alérgi\w*",
    between=r"el|la|los|las|lo|un|una|es|era|fue|ser|sea|en|de|del|al|a|se|llama\w*|está|estaba|que|por|ya|más|con|para|su|sus|nuestr\w*|mi|precisamente|exactamente",
)
