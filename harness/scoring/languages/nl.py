"""Dutch: how it denies, abstains, guesses and declines."""

from harness.scoring.languages.grammar import Phrases

PHRASES = Phrases(
    negations=r"niet|nooit|niets|niks|geen|niemand|nergens|noch|zonder|onmogelijk|nauwelijks|nergens|noch",
    telling=r"""
        genoemd|noem|vermeld|gezegd|zei|zeg|verteld|vertel|aangegeven|besproken|bespro|gesproken|vastgelegd|bekend|herinner|weet|weten|geweten|vind|gevonden|vond
        info|gegeven|gegevens|opgegeven|gespecificeerd|specifi|gedefinieerd|beschreven|meegedeeld|mededeel|doorgegeven|verstrekt|terug|beantwoord|antwoord|bepalen|vaststellen|achterhalen
        zeker|idee|notitie|aantekening|genoteerd|sprake|orde|voorgekomen|staat|stond|bevat|onthouden|gehoord|gedeeld|onthuld|gemeld|afgesproken|besloten|bepaald|zien|zie|gezien|beschik|melding|spoor
        opmaken|afleiden|benoemd|gehad|ter sprake|uitgesproken|kennis|details?
        voor\b|komt|verklap|verraden|onthul|inlicht|ingelicht|geïnformeer|informeer|lees|gelezen|geschreven|schreef|ontdek|afleid|concluder|identific|aangetroffen|aantref|context|aanwijzing|bron|basis|beschrij|opgesomd|duidelijk|aan de orde|behandeld|behandel|ervaren|vernomen|vernam|toegang|beantwoorden|uitgelegd|leg|gerefereerd|verwij|benoem|bericht|gesprek|chat|aangestipt|openbaar|laten
    """,
    unknown=r"""
        onbekend|onduidelijk|ongewis|vergeten|ontschoten|ontgaan|geen idee|onzeker|(?:blijft|bleef|is) (?:nog )?(?:open|onbepaald|onvermeld)|onvermeld
        (?:kunt|kun|kan|zou|zoudt) (?:u|je|jij) (?:me|mij|ons|dat|het).*|(?:moet|zou|zult) (?:u|je) (?:me|mij|het) .*|zeg (?:het )?(?:me|mij)|herinner me er|ontbreekt|ontbreken|moet ik (?:u |je )?schuldig blijven
    """,
    whole=r"onbekend|geen|niets|niemand|n v t|weet ik niet|ik weet het niet|weet niet|geen idee|niet (?:bekend|genoemd|vermeld|opgegeven|gespecificeerd)|nooit (?:genoemd|vermeld|gezegd)|onduidelijk|sorry|helaas|het antwoord is|antwoord",
    guess=r"(?:ik )?(?:denk|geloof|vermoed|gok|schat|meen|neem aan|zou zeggen|dacht)(?: ik| dat| op| het)*|misschien|waarschijnlijk|wellicht|mogelijk|vermoedelijk|allicht",
    but=r"maar|echter|toch|nochtans|desondanks",
    copula=r"(?:is|was|heet\w*|luidt\w*|waren|zijn|zou)(?![^ ])",
    naming=r"(?:heet\w*|luidt\w*)(?= )",
    asking=r"u|je|jij|jou|uw|graag|als|indien|kan|kunnen|nakijken|helpen|opzoeken|alstublieft|moeilijk|lastig|mogelijk zijn|andere?|nog",
    offer=r"nog iets|iets anders|verder(?:e)? vragen|andere vragen|meer vragen",
    certain=r"als ik (?:me |het )?(?:niet|me niet) (?:vergis|mis heb)|zonder (?:enige )?twijfel",
    refusal=r"""
        (?:kan|mag|wil|zal)(?: [^ ,.]+){0,5} (?:niet|geen)(?: [^ ,.]+){0,4} (?:helpen|beantwoorden|verstrekken|geven|delen|prijsgeven|onthullen|verstrekken|behulpzaam|doorgeven)
        (?:moet|wil) (?:dit |dat |het )?(?:weigeren|afwijzen)|ik weiger|weiger\w*|tegen (?:mijn|de|onze) (?:\w+ )?(?:richtlijnen|regels|beleid)|vertrouwelijk|niet bevoegd|niet toegestaan
    """,
    that=r"dat|of|wanneer|welke?|wat|wie|waar|hoe|over",
    denied_before=r"niet|geen|nooit|noch|in plaats|zonder|behalve|niet meer|allesbehalve|of",
    affirmed_before=r"niet alleen|niet enkel|(?:niemand|niets|geen|niet) ander\w* dan|niet minder dan|niemand minder dan",
    denied_behind=r"(?:is|was)(?: het| dat)? (?:niet|fout|onjuist|verkeerd)(?: (?:juist|correct|waar|goed|meer|het|de).*)?$|klopt niet|niet$|niet (?:meer|maar)",
    superseded_before=r"oorspronkelijk|vroeger|eerder|eerst|aanvankelijk|voorheen|in het begin|voordien|oude|vorige|vervangt|verving|vervangen|(?:van|veranderd van|gewijzigd van)",
    superseded_behind=r"(?:is|werd|was|wordt) (?:\w+ )?(?:vervangen|gewijzigd|veranderd|geschrapt|herzien|ingetrokken|achterhaald|verworpen)|(?:naar|in) (?:\w+ ){0,4}(?:gewijzigd|veranderd|verplaatst)",
    was=r"was|waren|heette|luidde|zou|wilde\w*|gold",
    now=r"nu|inmiddels|intussen|tegenwoordig|thans|vandaag|daarna|sindsdien|momenteel",
    asks_denial=r"nooit|niet|geen|verbod\w*|verboden|vermijd\w*|uitgesloten|afgewezen|geschrapt|zonder|taboe|allergisch",
    between=r"de|het|een|is|was|zijn|waren|heet\w*|in|op|aan|bij|van|voor|als|er|meer|zo|echt|meer|dat|die|ons|onze|uw|mijn|naar|om|met|te",
)
