"""The scorer `judge`: left open in the run, and graded afterwards by a model with a fixed rubric.

Its one rule: it is for what no check can tell. Scorers are pure, so this one gives no score; the
verb `harness judge` asks the judge, on planted answers first, and writes its error rate beside each
score that rests on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.printable import well_formed
from harness.core.probe import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.probe import Probe

RUBRIC = (
    "The answer is RIGHT when it says what the reference says, in whatever words, and nothing that"
    " contradicts it. It is WRONG when it says something else, names several alternatives, or says"
    " that it does not know."
)
PROMPT = """\
You grade one answer to one question. {rubric}

Question: {question}
Reference: {reference}
Answer: {answer}

Give one sentence of reason. Then write RIGHT or WRONG on a line of its own, and nothing after."""

_VERDICT = re.compile(r"\b(RIGHT|WRONG)\b")


@dataclass(frozen=True, slots=True)
class Judge:
    """No score in the run; `harness judge RUN -m MODEL` gives 1.0 or 0.0 afterwards."""

    rubric: str = ""
    """What counts as right, in place of the built-in rubric."""

    def score(self, _probe: Probe, _reply: str, /) -> Score:
        """Nothing yet."""
        return Score(None, "Left to a judge: harness judge RUN -m MODEL.")


def prompt(rubric: str, question: str, reference: Sequence[str], answer: str) -> str:
    """What the judge is asked about one answer: each part on one line, so none poses as another."""
    return PROMPT.format(
        rubric=rubric or RUBRIC,
        question=_line(question),
        reference="; ".join(map(_line, reference)),
        answer=_line(answer),
    )


def verdict(text: str) -> bool | None:
    r"""The last verdict that a judge wrote; None where there is none.

    >>> verdict("It says the same.\nRIGHT"), verdict("WRONG, not RIGHT... WRONG"), verdict("Hm.")
    (True, False, None)
    """
    found = _VERDICT.findall(text)
    return found[-1] == "RIGHT" if found else None


def _line(text: str) -> str:
    return " ".join(well_formed(text).split())
