"""How each language denies, abstains, guesses and declines: one file of phrases a language.

Its one rule: a file holds words and patterns, and `grammar` makes checks of them, the same for all.
English has more to it, and is in `harness.scoring.phrases` and `harness.scoring.negation`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from harness.scoring.languages.grammar import Grammar, Phrases

__all__ = ["Grammar", "Phrases", "grammar"]


@lru_cache(maxsize=32)
def grammar(code: str) -> Grammar:
    """The checks of a language other than English."""
    phrases: Phrases = import_module(f"harness.scoring.languages.{code}").PHRASES
    return Grammar(code, phrases)
