"""Portuguese: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"não|nunca|jamais|nada|ninguém|nenhum\w*|tampouco|nem|sem|impossível|impossibil\w*",
    telling=r"""
        mencion|dit|diss|diz|indic|especific|sei|sab|record|lembr|conhec|encontr|inform|dad|comentad|coment|convers|fal|fornec|precis|defin|respond|respost
        const|regist|detalh|ideia|idéia|not|comunic|revel|compartilh|partilh|escrit|figur|aparec|trat|esclarec|confirm|determin|cert|tenho|dispo
        refer|abord|cit|estabelec|contém|contém|presente|decid|explic|pista|memória|descrit|acesso|discut|surgi|apont|contad|contou
        revel|cit|ouvi|soube|descobr|deduz|conclu|identific|localiz|ach[ae]|acho\b|li\b|lid|escrev|troca|contexto|pista|fonte|base|descrev|list|inclu|levant|abord|possu|conhecimento|record|expli|alud|refer|saber|sabe|menç|respond|inform|avis|ocorr|mensag|toc
    """,
    unknown=r"""
        desconhecid\w|desconheço|ignoro|(?:me )?(?:esqueci|escapa|escapou)|esquecido|sem ideia|faço ideia|fica\w* por|por definir|indeterminad\w
        (?:pode|poderia|podes|podia|poderias) (?:você )?(?:me|nos|dizer|lembrar|repetir|indicar|recordar|informar|confirmar|esclarecer).*
        (?:teria|terias|precisaria) (?:de|que) (?:me )?(?:dizer|lembrar|indicar)|diga me|diz me|me diga|lembre me|falta\w* (?:essa|esse|a|informaç\w*|dados|o)
        não (?:disponível|especificad\w|mencionad\w|indicad\w|consta|informad\w)|impossível (?:saber|dizer|determinar)
    """,
    whole=r"desconhecid\w|nenhum\w*|nada|ninguém|n a|não (?:o )?sei|não consta|não (?:especificad\w|mencionad\w|informad\w|disponível|indicad\w)|sem (?:informaç\w*|resposta|dados)|desculpe|lamento|sinto muito|a resposta é|resposta|nunca (?:foi )?(?:dito|mencionad\w)",
    guess=r"(?:eu )?(?:acho|penso|creio|suponho|diria|imagino|acredito|aposto|arriscaria|palpite)(?: que| em| seria)*|talvez|provavelmente|possivelmente|se calhar|quem sabe|porventura",
    but=r"mas|porém|contudo|todavia|no entanto|entretanto",
    copula=r"(?:é|era|foi|são|eram|chama\w*|seria|está|estava)(?![^ ])",
    naming=r"(?:se chama\w*|chama se)",
    asking=r"você|o senhor|a senhora|te|lhe|posso|pode\w*|podia|se (?:quiser|puder|você|precisar)|prazer|possível|difícil|ajud\w*|verificar|favor|impossível|outr\w*|quiser",
    offer=r"(?:mais )?alguma (?:outra )?coisa|algo mais|mais (?:alguma|perguntas|dúvidas)|outra (?:coisa|pergunta|dúvida)|não hesite",
    certain=r"se não (?:me engano|estou em erro|me falha a memória)|sem (?:nenhuma |qualquer )?dúvida|se não me falha",
    refusal=r"""
        não (?:posso|podemos|devo|quero|vou|estou)(?: [^ ,.]+){0,5} (?:ajud\w*|responder\w*|fornecer\w*|revelar\w*|partilhar\w*|compartilhar\w*|divulgar\w*|dar\w*|atender\w*)
        (?:devo|tenho de|tenho que|preciso) (?:recusar|declinar)|recuso\w*|declino|contra as (?:minhas|nossas) (?:\w+ )?(?:regras|políticas|diretrizes|normas)|confidencia\w*|não estou autorizad\w
    """,
    that=r"que|se|quando|qual\w*|quem|onde|como|de",
    denied_before=r"não|nem|nunca|jamais|tampouco|em vez|ao invés|no lugar|em lugar|sem|exceto|menos|já não|tudo menos|se",
    affirmed_before=r"não só|não apenas|não somente|(?:não|nenhum\w*|ninguém|nada) (?:\w+ )?(?:outr\w|mais|menos) (?:que não|senão|do que|que)|nada menos que",
    denied_behind=r"(?:não (?:é|era|foi)(?: (?:corret\w|cert\w|a resposta|verdade|isso).*)?$)|(?:é|seria|está|era) (?:fals\w|incorret\w|errad\w)|não$|já não|não é (?:mais|corret\w)",
    superseded_before=r"antes|anteriormente|originalmente|inicialmente|no início|a princípio|primeiro|antigamente|previamente|antig\w|anterior|substitu\w*|(?:mud\w+|pass\w+|alter\w+|transfer\w+) d\w?|em vez d\w?",
    superseded_behind=r"(?:foi|tinha sido|havia sido|ficou|está) (?:\w+ )?(?:substitu|troc|mud|alter|descart|corrig|anul|cancel|atualiz|abandon|obsolet)\w*|(?:no início|originalmente|inicialmente|antes)",
    was=r"era|eram|foi|tinha sido|havia sido|chamava se|estava|seria|queria\w*|pedi\w*",
    now=r"agora|atualmente|hoje|depois|desde então|entretanto|finalmente|passou",
    asks_denial=r"nunca|jamais|não|proibid\w*|evit\w*|exclu\w*|recus\w*|rejeit\w*|descart\w*|sem|vetad\w*|alérgic\w*",
    between=r"o|a|os|as|um|uma|é|era|foi|ser|seja|em|no|na|nos|nas|de|do|da|ao|à|se|chama\w*|está|que|mais|com|para|por|seu|sua|nosso|nossa|meu|minha|exatamente",
)
