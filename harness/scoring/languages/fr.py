"""French: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"pas|jamais|aucun\w*|rien|personne|nulle|ni|sans|(?:ne|n) (?:[^ ,.]+ ){1,3}plus|impossible\w*|guère",
    telling=r"""
        mention|dit|dis|dire|indiqu|précis|sais|sait|savoir|su\b|souvien|souvenir|rappel|connai|connu|trouv|inform
        donn|évoqu|abord|parl|communiqu|fourni|spécifi|défini|répon|trace|élément|détail|idée|discut
        échang|question|figur|appar|not|renseign|mémoire|déterminer|confirm|certain|sûr|précisé|vu\b|vois
        révél|partag|communic|transmis|établi|décid|contien|contenu|présent|écrit|entendu|reçu|dispos
        connaissance|référence|historique|signal|choisi|fixé|expliqu|stipul|énonc
        révél|signifi|fait état|ressort|ressorti|cité|citée|soulev|entend|appris|apprendre|renseign|conclu|dédui|identifi|retrouv|lu\b|écri|échange|contexte|indice|piste|source|base|matière|expos|décri|descri|communiqué|divulg|exprim|énum|list|enregistr|inscri|tranch|arrêt|saurais|saurait|possède|possession|avis|vent\b|accès
    """,
    unknown=r"""
        ne saurai\w* (?:vous |le )?(?:dire|répondre)
        inconnu\w*|(?:j ai|ai) oublié|m échappe|aucune idée|pas sûr|pas certain\w*|l ignore|ignore
        (?:pouvez|pourriez|peux|pourrais) (?:vous|tu) (?:me|nous|m|le|la).*|(?:faudrait|faut) (?:que vous|que tu|me).*
        (?:reste|demeure) (?:inconnu|indétermin|imprécis|vague|floue?)\w*|non (?:précisé|mentionné|spécifié|indiqué|communiqué|renseigné|défini|disponible)\w*
        indétermin\w*|(?:manque|manquent) (?:d|de|cette|des|les)|dites (?:le )?moi|rappelez (?:le )?moi|indisponible\w*|séche
    """,
    whole=r"""
        inconnu\w*|aucun\w*|rien|personne|n a|non (?:précisé|mentionné|spécifié|indiqué|disponible|communiqué)\w*|sans objet|je ne sais pas
        désolé\w*|pas d information\w*|pas (?:précisé|mentionné|d idée)\w*|aucune idée|jamais (?:dit|mentionné|précisé)\w*|la réponse est|réponse
    """,
    guess=r"""
        (?:je )?(?:crois|pense|suppose|dirais|parie|imagine|devine|présume)(?: que| plutôt)*|peut être|probablement|sans doute
        vraisemblablement|éventuellement|à mon avis|il me semble(?: que)?
    """,
    but=r"mais|cependant|toutefois|pourtant|néanmoins|sinon",
    copula=r"(?:est|était|sont|étaient|s appelle|s appelait|serait|fut|a été)(?![^ ])",
    naming=r"(?:s appelle|s appelait|se nomme|se prénomme)",
    asking=r"vous|tu|votre|vos|peux|puis|pouvez|volontiers|si|possible|difficile|vérifi\w*|aider|merci|impossible|je peux|autre\w*",
    offer=r"d autres? (?:questions?|informations?|choses?)|autre chose|n hésitez pas|besoin d (?:autre|aide)",
    certain=r"si je ne (?:me trompe|m abuse)(?: pas)?|sans (?:aucun )?doute(?: possible)?|sauf erreur",
    refusal=r"""
        (?:ne )?(?:peux|puis|pouvons|dois|souhaite|veux|suis)(?: [^ ,.]+){0,4} pas(?: [^ ,.]+){0,4} (?:aider|aide|répondre|fournir|divulguer|révéler|partager|communiquer|donner|assister|donner suite)
        (?:refuse|décline)(?: de)?|dois (?:refuser|décliner)|contraire (?:à|aux)(?: [^ ]+)? (?:\w+ )?(?:règles|consignes|directives|politiques?)|confidentiel\w*|pas (?:autorisé|habilité)\w*
        impossible de (?:vous )?(?:aider|communiquer)
    """,
    that=r"que|qu|si|quand|ce|lequel|laquelle|qui|quel\w*|où",
    denied_before=r"pas|non|jamais|ni|sans|au lieu|plutôt|(?:n est|ne sera|n était) plus|à la place|tout sauf|sauf|hormis|aucunement|nullement|si",
    affirmed_before=r"non seulement|pas (?:que|seulement|uniquement)|(?:nul|aucun|rien|personne|pas) d? ?autre que|pas moins (?:de|que)|sans doute|pas d autre que|personne d autre que|rien d autre que",
    denied_behind=r"""
        (?:n est|ce n est|n était|ne l est) pas(?: (?:la bonne|correct|juste|exact|la réponse|ça|cela|le bon).*)?$|est (?:faux|fausse|incorrect\w*|erroné\w*|inexact\w*)|non(?: plus)?$|n est plus
        ne convient pas|a été (?:rejet|écart|refus)\w*
    """,
    superseded_before=r"""
        auparavant|avant|autrefois|initialement|d abord|au départ|à l origine|au début|précédemment|jadis|anciennement
        ancien\w*|remplace|remplacé|remplaçait|(?:passé|changé|modifié|déplacé|évolué|passe) d|d origine
    """,
    superseded_behind=r"(?:a|ont|avait|est|fut) (?:\w+ )?(?:été )?(?:remplac|abandonn|chang|modifi|corrig|supprim|annul|dépass)\w*|(?:au départ|à l origine|au début|initialement|auparavant|avant)",
    was=r"était|étaient|fut|avait|s appelait|devait|avais|aviez|voulait",
    now=r"maintenant|désormais|aujourd hui|à présent|depuis|ensuite|actuellement|dorénavant|finalement",
    asks_denial=r"jamais|pas|interdi\w*|évit\w*|exclu\w*|refus\w*|rejet\w*|sans|bann\w*|prosc\w*|allergi\w*",
    between=r"le|la|les|l|un|une|des|du|de|d|au|aux|à|a|dans|en|ce|c|est|était|sera|être|que|qu|il|elle|s|appelle|sur|chez|plus|du tout|tout|avec|pour|se|notre|votre|mon|ma",
)
