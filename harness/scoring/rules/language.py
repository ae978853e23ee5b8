"""The rule `language`: which language a reply is in, told by py3langid (the extra `language`).

Its one rule: a few words are no language. Where no language is more likely than not, it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from harness.core.errors import UsageError
from harness.core.printable import well_formed
from harness.core.probe import Score
from harness.scoring.rules.prose import without_code

if TYPE_CHECKING:
    from collections.abc import Sequence

_SURE = 0.5
_FEWEST_LETTERS = 12
_MOST_READ = 20_000
"""Characters from which a language is told."""


@dataclass(frozen=True, slots=True)
class LanguageRule:
    """Kept when the reply is more likely than not in that language; code does not count."""

    code: str
    """ISO 639: en, de, pt, zh."""

    def __post_init__(self) -> None:
        known = _identifier().labels
        if self.code not in known:
            raise ValueError(
                f"language '{self.code}' is not known; expected one of the ISO 639"
                f" codes {', '.join(sorted(known)[:3])}, ... en, ..."
            )

    def check(self, reply: str, /) -> Score:
        """Whether it is; None for a reply too short to tell."""
        prose = well_formed(without_code(reply)[:_MOST_READ])
        if sum(map(str.isalpha, prose)) < _FEWEST_LETTERS:
            return Score(None, "The reply is too short to tell its language.")
        code, sure = _ranked(prose)[0]
        if sure < _SURE:
            return Score(None, "The language of the reply cannot be told.")
        return Score(float(code == self.code), f"The reply is in '{code}'.")


def _ranked(text: str) -> Sequence[tuple[str, float]]:
    """Languages by probability, the most likely first."""
    found: Sequence[tuple[str, float]] = _identifier().rank(text)
    return found


@cache
def _identifier() -> Any:
    """The model of py3langid, loaded once."""
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError as error:
        raise UsageError(
            "the rule 'language' needs the language extra: pip install 'session-harness[language]'"
        ) from error
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
