"""What scorers share: the sentences they give as reasons, and the rule that guesses do not count.

Its one rule: a reply that names a wrong value beside the right one has not recalled it. Someone who
knows names one; and a model that lists every value it ever saw would pass any other test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.printable import shown
from harness.core.probe import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.probe import Probe
    from harness.scoring.mentions import Mention, Named

_SHOWN = 200

NOTHING_EXPECTED = Score(None, "The probe expects no value; the scorer 'abstain' is for such.")


def names_all(probe: Probe, said: Named) -> Score:
    """1.0 when every expected value is named and no other is, else 0.0."""
    for value in probe.expected:
        if said.denies(value):
            return Score(0.0, f"The reply denies '{value.text}'.")
        if not said.stands(value):
            return Score(0.0, f"The reply does not name '{value.text}'.")
    if said.wrong:
        return Score(0.0, also_names(said.wrong))
    return Score(1.0, f"The reply names {listed_values(probe)}.")


def also_names(wrong: Sequence[Mention]) -> str:
    """The sentence for a reply that names something wrong."""
    return f"The reply names {wrong[0]}."


def listed_values(probe: Probe) -> str:
    """The expected values, as a sentence lists them."""
    return " and ".join(f"'{value.text}'" for value in probe.expected)


def graded(score: object) -> Score:
    """What a scorer or a rule gave, which may be code that we did not write.

    Raises:
        TypeError: It is no score.
    """
    if not isinstance(score, Score):
        raise TypeError(f"it gave {type(score).__name__} and not a Score")
    return score


def not_graded(error: Exception) -> str:
    """The reason for a reply that could not be graded."""
    told = shown(f"{type(error).__name__}: {error}", _SHOWN)
    return f"The reply could not be graded, so nothing was measured: {told}"
