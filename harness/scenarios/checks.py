"""What takes two keys to judge: rules of a fact, of the layout and of the filler.

The one rule: a check adds what it finds to the draft and never stops, so that an author sees all
of a file's problems at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import nearest
from harness.core.languages import language
from harness.scenarios.draft import Draft, check_wordings
from harness.scenarios.schema import FileFillerModel
from harness.scenarios.schema_facts import Generate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.scenarios.questions import FileQuestions
    from harness.scenarios.schema_facts import FactModel


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
