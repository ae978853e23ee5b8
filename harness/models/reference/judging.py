"""The law of a judge: it reads the reference and the answer in its prompt, and errs at a rate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.text import contains, words
from harness.models.reference.base import Prompt, Reader, between, chance

if TYPE_CHECKING:
    from harness.models.reference.reader import Reading

_PART = re.compile(r"^(Reference|Answer): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging(Reader):
    """Grades an answer by whether it holds the whole reference, and is wrong at a rate."""

    error: float = 0.1
    """Share of verdicts that are turned round."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        between("error", self.error, 0, 1)

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """The verdict; or, to anything else than a grading task, what a reader answers."""
        text = prompt.messages[-1].text if prompt.messages else ""
        parts = dict(_PART.findall(text))
        if set(parts) != {"Reference", "Answer"}:
            return reading.answer()
        said = words(parts["Answer"])
        right = all(contains(said, words(value)) for value in parts["Reference"].split("; "))
        if chance(prompt.key(), "verdict") < self.error:
            right = not right
        return f"I compared the two.\n{'RIGHT' if right else 'WRONG'}"
