"""Whether a text that is no reply says a value: notes, summaries, transcripts.

Its one rule: the same mentions count as in replies, and one that is denied does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.text import find, read, words
from harness.scoring.negation import asks_for_a_denial, is_denied

if TYPE_CHECKING:
    from harness.core.scenario import Value


def holds(text: str, value: Value, question: str, language: str = "en") -> bool:
    """Whether the text names the value in any accepted spelling, and does not deny it everywhere.

    Args:
        text: What may say it.
        value: What is looked for.
        question: What will be asked; where it asks for something denied, denials are mentions.
        language: Of all three.

    >>> from harness.core.scenario import Value
    >>> holds("- The voice is dry.", Value("dry"), "Which voice?")
    True
    >>> holds("- The voice is not dry.", Value("dry"), "Which voice?")
    False
    """
    found = read(text, language)
    deniable = not asks_for_a_denial(words(question, language), language)
    for spelling in value.spellings:
        form = words(spelling, language)
        for start in find(found.words, form, language):
            if not (deniable and is_denied(found, start, start + len(form), language)):
                return True
    return False
