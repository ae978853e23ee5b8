"""Answers that could not be told apart: values that hold one another, or stand in a fixed text.

Compared are normal forms, whole words only. A value that a system prompt or a question also holds
would be found in a session that never said it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.core.text import words
from harness.scenarios.checks import PLACEHOLDER
from harness.scenarios.schema import Generate, TurnStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.scenarios.checks import Draft
    from harness.scenarios.yaml_nodes import Key

Form = tuple[str, ...]


class _Said(NamedTuple):
    """One spelling of one listed value."""

    fact: int
    value: int
    text: str
    path: tuple[Key, ...]
    form: Form


def check_clashes(draft: Draft) -> None:
    """Refuse values whose finding in a reply would prove nothing.

    A fact that turns of a real conversation say is as it was: its answer may stand elsewhere, too.
    """
    spellings = []
    told = draft.told()
    for said in _spellings(draft):
        if said.form and draft.model.facts[said.fact].id not in told:
            spellings.append(said)
        elif not said.form:
            problem = f"'{said.text}' has no letter or digit, so no reply could be found to hold it"
            draft.refuse(f"{problem}; give it a name", *said.path)
    owners: dict[Form, _Said] = {}
    for said in spellings:
        other = owners.setdefault(said.form, said)
        if (other.fact, other.value) != (said.fact, said.value):
            line = draft.where(*other.path).line
            problem = f"'{said.text}' reads the same as '{other.text}' in line {line}"
            draft.refuse(f"{problem}: answers could not be told apart; change one", *said.path)
    longest = max((len(form) for form in owners), default=0)
    for said in spellings:
        _check_inside(draft, said, owners, longest)
    _check_texts(draft, owners, longest)


def _check_inside(draft: Draft, said: _Said, owners: dict[Form, _Said], longest: int) -> None:
    """No spelling holds a shorter one of another value."""
    for part in parts(said.form, min(longest, len(said.form) - 1)):
        other = owners.get(part)
        if other is not None and (other.fact, other.value) != (said.fact, said.value):
            line = draft.where(*other.path).line
            problem = f"'{said.text}' holds '{other.text}', another value (line {line})"
            draft.refuse(f"{problem}: answers could not be told apart; change one", *said.path)
            return


def _check_texts(draft: Draft, owners: dict[Form, _Said], longest: int) -> None:
    """No fixed text holds a value."""
    told: set[tuple[int, int]] = set()
    for name, path, text in _texts(draft):
        for piece in text.split(PLACEHOLDER):
            form = words(piece, draft.model.language)
            for part in parts(form, longest):
                said = owners.get(part)
                if said is None or (said.fact, said.value) in told:
                    continue
                told.add((said.fact, said.value))
                line = draft.where(*path).line
                problem = f"'{said.text}' also stands in {name} (line {line})"
                draft.refuse(f"{problem}, so finding it proves nothing; change one", *said.path)


def parts(form: Form, longest: int) -> Iterator[Form]:
    """Every run of words of a text, up to a length in words.

    >>> list(parts(("a", "b"), 2))
    [('a',), ('a', 'b'), ('b',)]
    """
    for start in range(len(form)):
        for stop in range(start + 1, min(len(form), start + longest) + 1):
            yield form[start:stop]


def _spellings(draft: Draft) -> Iterator[_Said]:
    for i, fact in enumerate(draft.model.facts):
        if fact.values is None or isinstance(fact.values, Generate):
            continue
        for j, listed in enumerate(fact.values):
            path: tuple[Key, ...] = ("facts", i, "values", j)
            yield _Said(
                i, j, listed.value, (*path, "value"), words(listed.value, draft.model.language)
            )
            for k, text in enumerate(listed.accept):
                yield _Said(i, j, text, (*path, "accept", k), words(text, draft.model.language))


def _texts(draft: Draft) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """Every text that sessions show whatever the seed: what it is called, its path, itself."""
    if draft.model.system:
        yield "the system prompt", ("system",), draft.model.system
    for i, fact in enumerate(draft.model.facts):
        for key in ("say", "amend", "reply", "ask"):
            for j, text in enumerate(getattr(fact, key) or ()):
                yield f"'{key}' of fact '{fact.id}'", ("facts", i, key, j), text
    for i, rule in enumerate(draft.model.rules or ()):
        for key in ("say", "reply"):
            if text := getattr(rule, key):
                yield f"'{key}' of rule '{rule.id}'", ("rules", i, key), text
    for i, step in enumerate(draft.model.script or ()):
        if isinstance(step, TurnStep):
            yield "the script", ("script", i, "user"), step.user
            yield "the script", ("script", i, "assistant"), step.assistant or ""
