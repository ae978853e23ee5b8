"""Whether a summary speaks of what was said: the words of a fact without its value, or a rule.

Its one rule: words are compared by their stems, a sentence at a time. What a summary puts wholly in
other words is not found, and counts as left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.content_words import content_stems
from harness.core.text import find, words
from harness.sessions.memories.fitting import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.scenario import Value

_MOST = 0.75
"""Share of the words of a fact that a sentence about it has."""
_RULE = 0.7
"""Share of the words of a rule that a sentence has which gives it again."""
_DIGITS = re.compile(r"\d+")


def speaks_of(
    text: str, said: str, value: Value, others: Sequence[Value], language: str = "en"
) -> bool:
    """Whether a text is about a fact, whatever it says of it.

    Args:
        text: A summary.
        said: What said the fact.
        value: What it said.
        others: Values of other facts; a sentence that holds one is about that fact.
        language: Of all of them.

    >>> from harness.core.scenario import Value
    >>> said, value = "The job number of the leaflet is KX-4417.", Value("KX-4417")
    >>> speaks_of("The leaflet has job number KX-4471.", said, value, ())
    True
    >>> speaks_of("The leaflet was discussed.", said, value, ())
    False
    """
    sentence = saying(said, value, language)
    own = set(content_stems(sentence, language))
    for spelling in value.spellings:
        own -= set(content_stems(spelling, language))
    if not own:
        return False
    forms = [words(other.text, language) for other in others]
    for part in sentences(text):
        found = own & set(content_stems(part, language))
        if len(found) < _MOST * len(own):
            continue
        form = words(part, language)
        if not any(find(form, other, language) for other in forms):
            return True
    return False


def saying(said: str, value: Value, language: str = "en") -> str:
    """The sentence of a text that says a value; all of it where none does."""
    spelled = [words(spelling, language) for spelling in value.spellings]
    for part in sentences(said):
        form = words(part, language)
        if any(find(form, one, language) for one in spelled):
            return part
    return said


def gives_again(text: str, rule: str, language: str = "en") -> bool:
    """Whether a text gives a rule again: in its words, or nearly, with all of its numbers.

    >>> gives_again("Rules: sentences never over 15 words.", "Never write sentences over 15 words.")
    True
    >>> gives_again("Rules: sentences never over 25 words.", "Never write sentences over 15 words.")
    False
    """
    if rule.strip() in text:
        return True
    own = set(content_stems(rule, language))
    numbers = set(_DIGITS.findall(rule))
    for part in sentences(text):
        found = own & set(content_stems(part, language))
        same = numbers <= set(_DIGITS.findall(part))
        if own and same and len(found) >= _RULE * len(own):
            return True
    return False
