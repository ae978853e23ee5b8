"""What takes two keys to judge: rules of a fact, of the layout and of the filler.

The one rule: a check adds what it finds to the draft and never stops, so that an author sees all
of a file's problems at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import FileError, nearest
from harness.core.languages import language
from harness.scenarios.schema import FileFillerModel, Generate, TurnStep

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.core.errors import Where
    from harness.scenarios.questions import FileQuestions
    from harness.scenarios.schema import FactModel, QuestionModel, ScenarioModel
    from harness.scenarios.yaml_nodes import Key, Node

PLACEHOLDER = "{value}"
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


def check_facts(draft: Draft, asked: FileQuestions) -> None:
    """Check every fact by itself, and their ids together.

    Args:
        draft: The file.
        asked: What is asked about the facts: how often each is said follows from it.
    """
    first: dict[str, int] = {}
    told = draft.told()
    for i, fact in enumerate(draft.model.facts):
        if fact.id in first:
            line = draft.where("facts", first[fact.id], "id").line
            problem = f"fact '{fact.id}' is given twice, first in line {line}; rename one of them"
            draft.refuse(problem, "facts", i, "id")
        first.setdefault(fact.id, i)
        if fact.id in asked.sayings:
            _check_keys(draft, i, asked, told=fact.id in told)
            _check_count(draft, i, fact, asked.sayings[fact.id])
            _check_generator(draft, i, fact)
        check_wordings(draft, fact, "facts", i)


def _check_keys(draft: Draft, i: int, asked: FileQuestions, *, told: bool) -> None:
    """Which keys a fact has; one that turns of the script say has no words of its own."""
    fact = draft.model.facts[i]
    kinds = asked.kinds_about(fact.id)
    if not asked.sayings[fact.id]:
        for key in ("say", "reply", "amend", "values", "pick"):
            if getattr(fact, key) is not None:
                problem = f"an {kinds} fact is never said, so it has no '{key}'; take it out"
                draft.refuse_key(problem, "facts", i, key)
        return
    for key, example in (("say", 'say: "It is {value}."'), ("values", "values: [...]")):
        if getattr(fact, key) is None and not (told and key == "say"):
            draft.refuse(f"fact '{fact.id}' has no '{key}'; add {example}", "facts", i)
    if fact.amend is not None and asked.sayings[fact.id] == 1:
        problem = f"'amend' is for facts of kind update, and this one is {kinds}"
        draft.refuse_key(f"{problem}; add 'kind: update' or take it out", "facts", i, "amend")
    most = asked.most[fact.id]
    if fact.pick is not None and not most:
        problem = f"'pick' is for facts of kind set, and this one is {kinds}"
        draft.refuse_key(f"{problem}; add 'kind: set' or take it out", "facts", i, "pick")
    elif fact.pick is not None and fact.pick > most:
        draft.refuse(f"got {fact.pick}, expected at most {most} for {kinds}", "facts", i, "pick")


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


def _check_count(draft: Draft, i: int, fact: FactModel, need: int) -> None:
    """One session must find as many values as it says."""
    if fact.values is None or isinstance(fact.values, Generate):
        return
    have = len(fact.values)
    if have < need:
        problem = f"fact '{fact.id}' has {have} value{'s' * (have != 1)}, and a session says {need}"
        draft.refuse(f"{problem}; add values, or use {{generate: ...}}", "facts", i, "values")


def _check_generator(draft: Draft, i: int, fact: FactModel) -> None:
    """Nouns are English, and would be asked for in a conversation that is not."""
    if isinstance(fact.values, Generate) and fact.values.generate == "word":
        spoken = language(draft.model.language)
        if spoken.code != "en":
            problem = f"generator 'word' makes English nouns, and this file is in {spoken.name}"
            draft.refuse(f"{problem}; list values, as [...]", "facts", i, "values")


def check_layout(draft: Draft) -> None:
    """The script and the layout exclude each other; no fill or position stands twice."""
    if draft.model.script is not None:
        for key in ("layout", "positions"):
            if getattr(draft.model, key) is not None:
                problem = f"'{key}' and 'script' exclude each other: the script says what stands"
                draft.refuse_key(f"{problem} where; take one of them out", key)
    if draft.model.sample == "questions" and not draft.told():
        problem = "'sample: questions' is for a real log, whose turns say the facts ('says')"
        draft.refuse_key(f"{problem}; take it out: here sessions are sampled", "sample")
    fills = draft.model.fills
    _check_once(draft, "fills", fills if isinstance(fills, list) else ())
    _check_once(draft, "positions", draft.model.positions or ())


def _check_once(draft: Draft, key: str, numbers: Sequence[float]) -> None:
    for j, number in enumerate(numbers):
        if number in numbers[:j]:
            draft.refuse(f"{number:g} stands twice in '{key}'; take one out", key, j)


def check_filler_spec(draft: Draft, known_fillers: Collection[str] | None) -> None:
    """The filler is known, or its file is there."""
    filler = draft.model.filler
    if isinstance(filler, FileFillerModel):
        if not filler_path(draft.file, filler).is_file():
            problem = f"no such file '{filler.file}' in the folder of this scenario"
            draft.refuse(f"{problem}; mend the path", "filler", "file")
    elif filler.name == "file":
        draft.refuse("name the file, as {file: my-sessions.jsonl}", "filler", "name")
    elif known_fillers is not None and ":" not in filler.name:
        name = filler.name.partition("?")[0]
        if name not in known_fillers:
            problem = f"unknown filler '{name}': {nearest(name, known_fillers)}"
            draft.refuse(f"{problem} (or give package.module:Name)", "filler", "name")


def filler_path(file: str, filler: FileFillerModel) -> Path:
    """The file of real chats, seen from where the harness was started."""
    return Path(file).parent / filler.file
