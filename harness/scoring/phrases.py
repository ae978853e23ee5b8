"""The phrases in which replies abstain, guess and refuse, one a line.

They are matched in the normal form with " , " and " . " where a clause or a sentence ends, so no
phrase reaches across: "No, answer five" is not "no answer". `<name>` stands for a group of words
that is listed below. Lines that begin with # are comments; a backslash joins two lines.
"""

from __future__ import annotations

import re

from harness.core.late_pattern import LatePattern

_GROUPS = {
    "how": """
        actually already appear_to clearly currently definitively directly even ever exactly
        explicitly fully honestly just particularly previously quite really reliably seem_to
        simply specifically still yet been
    """,
    "told": """
        addressed communicated covered defined described disclosed discussed documented
        established given identified included indicated known listed mentioned provided recorded
        referenced revealed said shared specified stated supplied told
    """,
    "tell": """
        address contain cover define describe disclose discuss give identify include indicate list
        mention note provide reference reveal say share specify state supply tell
    """,
    "store": """
        article chat chats context conversation conversations dialogue discussion document essay
        essays excerpt history information it log logs material memory message messages note notes
        passage passages prompt record records session sessions source sources text thread
        transcript
    """,
    "news": """
        answer clue context data detail details evidence idea indication info information knowledge
        memory mention note notes recollection record records reference specification statement
        trace
    """,
    "aid": """
        answer assist comply disclose discuss do engage fulfil fulfill give hand help participate
        process provide respond reveal share support
    """,
    "be": "be has_to_be had_to_be is are was were should_be must_be might_be may_be could_be",
}
"""An underscore stands for a space within a phrase."""


def _group(listed: str) -> str:
    """A regular expression for any of the words and phrases of a group."""
    found = (phrase.replace("_", " ") for phrase in listed.split())
    return f"(?:{'|'.join(found)})"


def _any(lines: str) -> LatePattern:
    """A pattern for any of the lines, as whole words."""
    return LatePattern(lambda: _written(lines))


def _written(lines: str) -> str:
    """A regular expression for any of the lines, as whole words."""
    patterns = [line.strip() for line in re.sub(r"\\\n\s*", "", lines).splitlines()]
    text = "|".join(line for line in patterns if line and not line.startswith("#"))
    for name, listed in _GROUPS.items():
        group = _group(listed)
        text = text.replace(f"<{name}*>", f"(?:{group} )*").replace(f"<{name}>", group)
    return rf"\b(?:{text})(?!\w)"


UNKNOWN = _any(
    r"""
    # what the speaker does not know, have or find
    (?:i|we) <how*>(?:do|did|would|could|can|will) not \
        <how*>(?:know|recall|remember|recollect)<know>
    (?:i|we) <how*>(?:do|did) not <how*>(?:have|see|find) (?:\w+ ){0,4}\
        (?:<news>|that|it|this|anything|access)
    (?:i|we) have not <how*>(?:seen|heard|received|got|gotten|found|had|told|given)
    (?:i|we) (?:was|were|am|are|have) (?:not|never) <how*>(?:sure|certain|aware|told|given|informed)
    (?:can|could) not \
        <how*>(?:confirm|determine|find|identify|know|locate|say(?! it)|see|tell|work out)
    (?:can|could) not <how*>(?:recall|recollect|remember)<know>
    (?:can|could) not <how*>be <how*>(?:answered|determined|inferred|known|worked out)
    not answerable
    (?:can|could) not <how*>answer (?:this|that|the|your) question
    (?:can|could) not <how*>(?:give|provide) (?:an?|any|the) (?:\w+ )?answer
    (?:un|not )able to (?:answer|confirm|determine|find|identify|locate|recall|remember|say|tell)
    (?:not |im)possible to (?:answer|determine|find|identify|know|say|tell)
    (?:did|do) not (?:catch|find|get|hear|receive|see) (?:\w+ ){0,3}\
        (?:<news>|that|it|this|any|anything)
    (?:i|we) lack (?:\w+ ){0,3}<news>
    # what was never said
    (?:not|never) <how*>(?:<told>|brought up|come up|came up)
    (?:did|does|do) not <how*>come up
    (?:has|have|is|was) (?:not|never) (?:yet )?(?:been )?\
        (?:announced|chosen|confirmed|decided|settled)(?: yet)?(?= [.,]|$)
    (?:you|we) <how*>(?:did not|have not|never) \
        <how*>(?:<tell>|<told>|bring up|gave|set|spoke|talk|talked)
    <store>(?: (?:above|given|here|provided|so far))? \
        (?:do|does|did) not <how*>(?:<tell>|have|go into)
    (?:no one|nobody) (?:has )?(?:ever )?(?:<told>|gave|spoke|talked)
    (?:not|never) <how*>named(?= [.,]|$)
    no (?:\w+ )?\w+ in sight
    nothing about (?:\w+ ){1,5}comes up
    (?:none|nothing) (?:\w+ ){0,3}(?:is|was|were|has|have|had) <how*>(?:<told>|set|there|in)
    (?:do|did) not (?:think|believe) (?:that )?(?:\w+ ){1,4}(?:<told>|gave|set|talked about)
    <store> you (?:gave|provided|sent|shared|showed) (?:me )?\
        (?:do|does|did) not <how*>(?:<tell>|have)
    no (?:\w+ ){1,3}(?:is|was|were|has been|have been) <how*><told>
    there (?:is|was|are|were) no (?:\w+ ){1,3}(?:in|within) (?:our|the|this|my) (?:\w+ ){0,2}<store>
    nothing in (?:our|the|this|my) (?:\w+ ){0,2}<store>
    (?:you|we|i) (?:\w+ )?(?:mentioned|said|told me|talked|spoke|know|knew|heard|discussed) \
        [^.]{0,200}(?:but|though|just|only|,) (?:not|never|nothing) (?:about )?\
        (?:its|the|his|her|their|your|our|a|an|any|what|when|where|which|who|how)\b
    <store> (?:say|says|said) nothing
    without (?:ever )?(?:naming|mentioning|saying|telling|specifying|stating|giving|sharing)(?! why)
    kept (?:\w+ ){1,4}to yourself
    (?:be|would be|only be) (?:making|guessing)(?: (?:it|that|this|something) up)?(?= [.,]|$| if\b)
    without (?:that|it|this|the \w+) being
    (?:was|is|been|got|it|that) left out(?= [.,]|$)
    (?:you|we|user) (?:only |just )?(?:mentioned|said|told me|talked about) [^.]{0,200}\
        but (?:did not|have not|never|not) <how*>(?:<tell>|<told>)
    none of (?:the|our|your|these|those|my) (?:\w+ ){0,2}<store> <how*>(?:<tell>|<told>)
    have yet to (?:be|give|mention|say|share|specify|tell)
    # what there is none of
    no (?:(?!longer|doubt|problem|matter)\w+ ){0,3}<news>(?! (?:label|number|code))
    no (?:such|way of knowing|way to know|way to tell|way to say)
    (?:not|never) (?:enough|sufficient) (?:\w+ )?<news>
    insufficient <news>
    <news> (?:\w+ ){0,3}(?:is|are|was|were) \
        (?:insufficient|(?:not|never) <how*>(?:enough|sufficient))
    not have (?:\w+ ){0,2}(?:enough|sufficient) (?:\w+ )?<news>
    without (?:additional|any|being|further|more|that) (?:\w+ ){0,2}<news>
    not (?:\w+ )?(?:in|part of|within) (?:any of the|my|our|the|this) (?:\w+ ){0,2}<store>
    (?:is|was|are|were|remains?|still) (?:\w+ly )?(?:still )?<blank>
    left (?:open|undecided|unsaid|unspecified|unstated)
    # what is silent, skipped or left out
    <store>(?: (?:above|given|here|provided|so far))? (?:is|are|was|were|stays?|remains?) <how*>\
        silent
    <store>(?: (?:above|given|here|provided|so far))? (?:holds?|has|have|contains?|shows?|gives?\
        |offers?|names?|mentions?|carr(?:y|ies)) (?:no|nothing|none)\b
    <store>(?: (?:above|given|here|provided|so far))? (?:leaves?|left|skips?|skipped|omits?) \
        (?:\w+ ){1,3}(?:out|open|unsaid|unanswered)
    <store>(?: (?:above|given|here|provided|so far))? (?:draws?|drew) (?:an? )?blank
    (?:missing|absent) from (?:\w+ ){0,6}(?:<store>|sent|said|wrote|me|here|above)
    (?:there is|there was|is|has) (?:an? )?(?:\w+ )?(?:gap|hole|void) (?:where|in)
    (?:you|we|i|he|she|they|nobody|no one) never got (?:a?round|as far) \w+
    (?:no one|nobody) (?:has |have )?(?:ever )?(?:brought|raised|passed|let|made|filled|shared\
        |touched|informed|mentioned|came|spelled)
    (?:not|never) <how*>(?:been )?(?:part of|come up in|covered in|touched on|raised|brought up)
    (?:we|you) (?:\w+ )?(?:skipped|passed over|glossed over|omitted|left out|did not get to)
    (?:you|we) left (?:that|it|this)(?: \w+)?(?: out| open)
    (?:not|never) (?:something|a thing|anything) (?:that )?(?:i|we|you)\b
    not a (?:single )?(?:word|hint|trace|peep|syllable|mention|whisper|line)\b
    (?:it|that|this) (?:just |simply )?(?:is|was) not (?:there|here|in (?:here|there)|anywhere)
    (?:it|that|this) is nowhere
    (?:i|we) have (?:nothing|none|zero) (?:on|about|for|of|to go)\b
    not (?:an?|the) (?:\w+ )?(?:matter|topic|subject|thing|point) (?:that )?(?:we|you|i)
    not <how*>(?:in|part of) any(?:thing|where)?\b
    never (?:come|came|stumbled|run|ran) (?:across|upon|into)
    my memory (?:\w+ ){0,4}(?:is|was) empty
    (?:has|have|did) not <how*>(?:crossed?|reach(?:ed)?|made it|make it|surfaced?|figured?\
        |featured?|arrived?|been passed)
    (?:never|not) (?:crossed|reached|surfaced|featured|figured|arrived|made it)
    (?:you|they|he|she) (?:\w+ )?kept (?:that|it|this) (?:to|from)
    (?:you|he|she|they) (?:\w+ ){0,2}(?:withheld|kept quiet)
    (?:i|we) (?:am|are) (?:missing|lacking|short of)\b
    (?:stop|stops|stopped|fall|falls|fell) short of (?:saying|telling|naming|mentioning)
    (?:would|will) (?:need|have) to ask (?:him|her|them|the|your|some)
    not (?:in on|in the loop)\b
    (?:i|we) have not the (?:foggiest|faintest|slightest)
    not on my radar|none of (?:it|that|this) (?:came|was|is)
    # figures of speech, and asking back
    (?:come|came|coming|comes) up (?:empty|short|blank|with nothing)
    in the dark\b
    guess is as good as
    first (?:time )?(?:that )?(?:i|we) (?:am |are |have )?(?:ever )?(?:hear|heard|hearing|told)
    (?:is|was) news to (?:me|us)
    (?:beyond|outside) (?:my|our) (?:knowledge|ken)
    (?:anyone|anybody) (?:is|s|has)? ?guess
    (?:am|are) (?:stumped|at a loss|none the wiser|out of the loop)
    not (?:been )?(?:privy|party) to
    have not (?:a|the (?:faintest|slightest|foggiest)) (?:clue|idea|notion)
    fill me in\b
    (?:will|would) (?:need|have) (?:you )?to (?:tell|fill|let|remind|inform|give) (?:me|us)?
    would need you to
    unbeknown\w*
    (?:i|we) (?:have )?(?:forgot|forgotten|forget|lost track)
    (?:slipped my mind|escapes me|draw(?:ing|n)? a blank|not ring a bell|beats me)
    i (?:may|might|must|seem to) (?:have )?(?:forgotten|lost|missed)
    not that (?:i|we) (?:am aware|can recall|can see|know|recall|remember)
    (?:remind|refresh) (?:me|my memory)
    (?:could|can|would) you (?:please )?(?:clarify|provide|repeat|share|specify|tell me(?! more))
    would need (?:additional|further|more|to be told|to know)
""".replace("<know>", "(?! (?:why|how (?!far|long|many|much|often|old)))").replace(
        "<blank>",
        "(?:missing|not available|not clear|unavailable|unclear|undefined|undetermined|undisclosed"
        "|unknown|unspecified|unstated)",
    )
)
"""Says somewhere that something is not known, was never said, or cannot be found."""

UNTOLD = _any(
    r"""
    (?:no|not|never|none|nothing|nobody|no one|nowhere|neither|without) (?:\w+ ){0,6}<telling>
""".replace(
        "<telling>",
        r"(?:told|tell\w*|mention\w*|sa(?:y|id|ys)|stat(?:e|ed|es|ing)|giv(?:e|en)"
        r"|gave|shar(?:e|ed|ing)|provid\w+|specif\w+|record\w*|recall\w*|recollect\w*|remember\w*"
        r"|know|knows|known|knew|find|found|see|saw|seen|hear|heard|aware|inform\w*|info|discuss\w*"
        r"|talk\w*|topic|subject|disclos\w*|reveal\w*|cover\w*|touch\w*|rais(?:e|ed)|idea|clue|trace"
        r"|hint\w*|indicat\w*|explain\w*|learn\w*|confirm\w*|identif\w*|determin\w*|data|detail\w*"
        r"|reference\w*|chat|conversation|transcript|messages?|notes|exchange)",
    )
)
"""A denial and, behind it in its clause, a word of telling, knowing or finding."""

EMPTY = re.compile(
    r"^(?:$|(?:sorry|hmm?|well|um|uh|honestly|unfortunately|apologies|no|oh|alas|i am (?:so )?sorry"
    r"|i am afraid|my apologies|so far|to my knowledge"
    r"|(?:as far as|if|that|which|whether|who|what|at least|please|nor|and i) .*"
    r"|(?:could|can|would) you .*|so i (?:can|could) .*|but (?:i|you|we) .*|i looked"
    r"|i (?:searched|looked|checked|have searched) .*)$)"
)
"""A clause that answers nothing."""

OPENING = LatePattern(
    lambda: (
        r"^(?:(?:sorry|hmm?|well|um|uh|honestly|unfortunately|apologies|no|oh|i am sorry)"
        r"(?: [.,])? )*"
        + _written(r"""
    (?:do|did|can|could) not <how*>(?:find|know|recall|remember|say|see|tell)
    not (?:entirely |really |quite )?(?:certain|given|known|mentioned|specified|stated|sure)
    not (?:applicable|available|found|provided|there)
    unknown (?:based|from|to)
    (?:unsure|idk|dunno|i dunno|no idea|no clue)
""")
    )
)
"""Begins with it, in the short way in which people answer."""

WHOLE = LatePattern(
    lambda: (
        r"^(?:(?:sorry|hmm?|well|the answer|my answer|answer|it|that|the value|this)"
        r"(?: is| was)? (?:[.,] )?)*"
        + _written(r"""
    unknown|unclear|unspecified|undefined|undetermined|unanswerable|unrecorded|unavailable
    n a|na|none|nothing|null|nil|blank|missing|never|tbd|not set|no value|no answer
    to be (?:announced|confirmed|decided|determined)
    information (?:missing|unavailable)
""")
        + "$"
    )
)
"""Is nothing else: words that say it only when they stand alone."""

GUESS = _any(
    r"""
    (?:i|we) (?:would |do |still )?<hold> (?:that )?(?:it|this|that|he|she|they|the \w+(?: \w+)?) \
        <be> <open>
    (?:i|we) (?:would |do |still )?<hold> (?:that )?(?:it|this|that|he|she|they) \
        (?:asked for|chose|picked|said|wanted)
    (?:i|we) would (?:guess|say|go with|bet on) (?!that\b|not\b|no\b|it\b)\w+
    (?:a|an|best|my) (?:best |educated |first )?guess (?:is|was|would be)
    (?:had|have) to guess
    (?:is|was) (?:called|named) <open>
    name (?:is|was) <open>
    but (?:it|this|that|the \w+(?: \w+)?) \
        (?:<be>|could have been|may have been|might have been) <open>
    (?:maybe|perhaps|possibly|probably)(?: it (?:is|was))? \
        (?!you\b|the\b|in\b|not\b|it\b|we\b|i\b)\w+(?: \w+)?(?= [.,]|$)
""".replace("<hold>", "(?:assume|believe|bet|go with|guess|say|suspect|think)").replace(
        "<open>",
        r"(?!(?:not|never|no|nothing|ever|beyond|best|difficult|hard|likely|mentioned|missing|only|outside|possible"
        r"|un\w+|up|what|worth|in (?:an?|our|the))\b)\w+",
    )
)
"""Answers all the same, as in "I'm not sure, but I think it was dry"."""

REFUSAL = _any(r"""
    (?:can|could|will|would|must|may|shall) not (?:\w+ly )?(?:be able to )?<aid>(?! but)
    (?:can|could|will|would|must|may|shall) not (?:be |continue )\
        (?:\w+ly )?(?:answering|assisting|helping|sharing|with)
    (?:unable|not able|not allowed|not permitted|not at liberty|not authori[sz]ed) to <aid>
    (?:not in a position|not willing|not going|unwilling|not programmed) to <aid>
    (?:decline|refuse|have to decline|must decline|must refuse) to
    i (?:have to|must|need to|respectfully|will have to) (?:decline|refuse|pass on)
    (?:against|breach(?:es)?|violates?|violating) (?:\w+ ){0,3}\
        (?:guidelines|polic(?:y|ies)|rules|terms)
    not comfortable (?:answering|disclosing|discussing|doing|providing|sharing|with)
    do not feel comfortable
    not (?:appropriate|something i can)
""")
"""Declines, for a reason that may be another than not knowing."""
