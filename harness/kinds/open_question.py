"""What kinds have in common that ask an open question: its answers are the values of its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.core.scenario import Question


def refuse_values(question: Question) -> None:
    """An open question lists no answers to choose from.

    Raises:
        ValueError: It does.
    """
    if question.values:
        raise ValueError(
            f"a question of kind {question.kind.name} has no 'values' of its own: what is right are"
            " the values of its facts; take them out"
        )
