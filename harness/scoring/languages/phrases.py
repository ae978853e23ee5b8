"""What a language says where something is not known, or denied: patterns, one field a purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Patterns: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The words of one language; each field is a list of patterns."""

    negations: Patterns
    """What denies within a clause."""
    telling: Patterns
    """Stems of telling, knowing, finding and remembering, and of what is told."""
    before_telling: Patterns = ()
    """Prefixes that a word of telling may have, where the language glues such."""
    unknown: Patterns
    """What says by itself that something is not known, was not said or is asked back."""
    whole: Patterns
    """What says it only where it is the whole reply."""
    guess: Patterns
    """What an answer begins with that is only believed: I think, probably, my guess is."""
    but: Patterns
    """What turns round from not knowing to an answer."""
    copula: Patterns
    """Verbs that an answer is given with: is, was, is called."""
    naming: Patterns
    """Clauses that give a name, whatever else is said not to be known: is called."""
    filler: Patterns
    """Clauses that say nothing: no, hm, unfortunately, I am sorry."""
    frame: Patterns
    """What a clause begins with that only says how much is known: as far as I can see."""
    asking: Patterns
    """Words that make of a guess or a turn an offer or a request: you, could, gladly, check."""
    offer: Patterns
    """What only offers or asks for something else: anything else, further questions."""
    certain: Patterns = ()
    """Turns of phrase with a denial in them that deny nothing: if I am not mistaken."""
    refusal: Patterns
    """What declines for another reason than not knowing."""
    that: Patterns = ()
    """Conjunctions after which the clause goes on: that, whether, which."""
    denied_before: Patterns
    """What denies a value that follows at once, ending where the value begins."""
    affirmed_before: Patterns = ()
    """What looks like that and affirms: not only, none other than."""
    denied_behind: Patterns
    """What denies a value that stands before it, beginning where the value ends."""
    superseded_before: Patterns
    """What says that the value that follows held earlier."""
    superseded_behind: Patterns
    """What says so of the value that stands before it."""
    was: Patterns
    """What may stand before a value that held earlier, where `now` stands behind it."""
    now: Patterns
    asks_denial: Patterns
    """Words of a question whose right answer may itself be denied: never, avoid, forbidden."""
    joining: Patterns = ()
    """Words that begin another clause without a comma: and."""
    between: Patterns = ()
    """Words that may stand between a denial and the value that it denies."""
