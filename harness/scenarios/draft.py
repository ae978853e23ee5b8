"""A scenario file whose shape is right while its sense is checked, and how wordings hold values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.errors import FileError
from harness.core.scenario import PLACEHOLDER
from harness.scenarios.schema_steps import TurnStep

if TYPE_CHECKING:
    from harness.core.errors import Where
    from harness.scenarios.schema import QuestionModel, ScenarioModel
    from harness.scenarios.schema_facts import FactModel
    from harness.scenarios.yaml_nodes import Key, Node

_BRACES = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file whose shape is right and whose sense is being checked."""

    file: str
    source: str
    """The text of the file."""
    root: Node
    model: ScenarioModel
    problems: list[FileError] = field(default_factory=list)

    def told(self) -> frozenset[str]:
        """The facts that turns of the script say in their own words."""
        turns = [step for step in self.model.script or () if isinstance(step, TurnStep)]
        return frozenset(name for step in turns for name in step.says or ())

    def where(self, *path: Key) -> Where:
        """Where the value at a path stands, or the nearest thing around it."""
        return self.root.at(*path).where

    def refuse(self, problem: str, *path: Key) -> None:
        """Note a problem with the value at a path."""
        self.problems.append(FileError(self.where(*path), problem))

    def refuse_key(self, problem: str, *path: Key) -> None:
        """Note a problem with the key at the end of a path."""
        parent = self.root.at(*path[:-1])
        self.problems.append(FileError(parent.keys.get(str(path[-1]), parent.where), problem))


def check_wordings(draft: Draft, said: FactModel | QuestionModel, *path: Key) -> None:
    """`{value}` once where a value is said, never where it is asked, and no other braces.

    The id of another fact in braces stands for its value, but for one that names this fact.
    """
    told = draft.told()
    others = {
        f"{{{fact.id}}}"
        for fact in draft.model.facts
        if fact.id not in {said.id, *told} and fact.values is not None
    }
    for key, (least, most) in _places_of_value(draft, said).items():
        for j, text in enumerate(getattr(said, key, None) or ()):
            for other in _BRACES.findall(text):
                if other != PLACEHOLDER and (key == "ask" or other not in others):
                    problem = f"unknown '{other}' in '{key}'; only {{value}} is filled in"
                    if key != "ask" and others:
                        problem += ", and the id of another fact that has values"
                    draft.refuse(problem, *path, key, j)
            count = text.count(PLACEHOLDER)
            if not least <= count <= most:
                problem = f"'{key}' holds {{value}} {_times(count)}"
                problem += f"; it must stand there {_WANTED[least, most]}"
                draft.refuse(problem, *path, key, j)


_WANTED = {
    (1, 1): "exactly once",
    (0, 1): "at most once",
    (0, 0): "never, or it gives itself away",
}


def _places_of_value(draft: Draft, said: FactModel | QuestionModel) -> dict[str, tuple[int, int]]:
    """How often `{value}` stands in the texts under each key, at least and at most.

    A request may be the same each time, and what it brought stand in the reply.
    """
    once, perhaps, never = (1, 1), (0, 1), (0, 0)
    say, reply = getattr(said, "say", None) or (), getattr(said, "reply", None) or ()
    answered = bool(reply) and not any(PLACEHOLDER in text for text in say)
    answered = answered and any(PLACEHOLDER in text for text in reply)
    taken_back = any(
        said.id in question.about and question.kind.partition("?")[0] == "reversal"
        for question in draft.model.questions or ()
    )
    return {
        "say": never if answered else once,
        "reply": once if answered else perhaps,
        "amend": never if answered else perhaps if taken_back else once,
        "ask": never,
    }


def _times(count: int) -> str:
    return {0: "nowhere", 1: "once", 2: "twice"}.get(count, f"{count} times")
