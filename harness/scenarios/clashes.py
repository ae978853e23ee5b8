"""Answers that could not be told apart: values that hold one another, or stand in a fixed text.

Compared are normal forms, whole words only. A value that a system prompt or a question also holds
would be found in a session that never said it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.core.scenario import PLACEHOLDER
from harness.core.text import words
from harness.scenarios.schema_facts import Generate
from harness.scenarios.schema_steps import TurnStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.scenarios.draft import Draft
    from harness.scenarios.schema_facts import FactModel, Listed
    from harness.scenarios.schema_steps import CallModel
    from harness.scenarios.yaml_nodes import Key

Form = tuple[str, ...]


class _Said(NamedTuple):
    """One spelling of one listed value."""

    owner: tuple[Key, ...]
    """Path of the fact or the question that lists it."""
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
        if said.form and not _is_told(draft, said, told):
            spellings.append(said)
        elif not said.form:
            problem = f"'{said.text}' has no letter or digit, so no reply could be found to hold it"
            draft.refuse(f"{problem}; give it a name", *said.path)
    # answers to choose from are no secret: two questions may list the same, and a plant name them
    facts = [said for said in spellings if said.owner[0] == "facts"]
    secret = _check_apart(draft, facts, {})
    for owner in dict.fromkeys(said.owner for said in spellings if said.owner[0] != "facts"):
        _check_apart(draft, [said for said in spellings if said.owner == owner], secret)
    _check_texts(draft, secret, max((len(form) for form in secret), default=0))


def _check_apart(
    draft: Draft, spellings: list[_Said], known: dict[Form, _Said]
) -> dict[Form, _Said]:
    """Refuse spellings that read the same, or of which one holds another.

    Args:
        draft: The file.
        spellings: What is looked at.
        known: What they must not be, either.

    Returns:
        The spellings by their form, with those known.
    """
    owners = dict(known)
    for said in spellings:
        other = owners.setdefault(said.form, said)
        if (other.owner, other.value) != (said.owner, said.value):
            line = draft.where(*other.path).line
            problem = f"'{said.text}' reads the same as '{other.text}' in line {line}"
            draft.refuse(f"{problem}: answers could not be told apart; change one", *said.path)
    longest = max((len(form) for form in owners), default=0)
    for said in (*spellings, *known.values()):
        _check_inside(draft, said, owners, longest)
    return owners


def _is_told(draft: Draft, said: _Said, told: frozenset[str]) -> bool:
    where, i = said.owner
    return where == "facts" and draft.model.facts[int(i)].id in told


def _check_inside(draft: Draft, said: _Said, owners: dict[Form, _Said], longest: int) -> None:
    """No spelling holds a shorter one of another value."""
    for part in parts(said.form, min(longest, len(said.form) - 1)):
        other = owners.get(part)
        if other is not None and (other.owner, other.value) != (said.owner, said.value):
            line = draft.where(*other.path).line
            problem = f"'{said.text}' holds '{other.text}', another value (line {line})"
            draft.refuse(f"{problem}: answers could not be told apart; change one", *said.path)
            return


def _check_texts(draft: Draft, owners: dict[Form, _Said], longest: int) -> None:
    """No fixed text holds a value."""
    told: set[tuple[tuple[Key, ...], int]] = set()
    for name, path, text in _texts(draft):
        for piece in text.split(PLACEHOLDER):
            form = words(piece, draft.model.language)
            for part in parts(form, longest):
                said = owners.get(part)
                if said is None or (said.owner, said.value) in told:
                    continue
                told.add((said.owner, said.value))
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
        if not isinstance(fact.values, Generate):
            for j, listed in enumerate(fact.values or ()):
                yield from _of_value(("facts", i), j, listed, draft.model.language)
    for i, question in enumerate(draft.model.questions or ()):
        for j, listed in enumerate(question.values or ()):
            yield from _of_value(("questions", i), j, listed, draft.model.language)


def _of_value(owner: tuple[Key, ...], j: int, listed: Listed, language: str) -> Iterator[_Said]:
    path = (*owner, "values", j)
    yield _Said(owner, j, listed.value, (*path, "value"), words(listed.value, language))
    for k, text in enumerate(listed.accept):
        yield _Said(owner, j, text, (*path, "accept", k), words(text, language))


def _texts(draft: Draft) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """Every text that sessions show whatever the seed: what it is called, its path, itself."""
    if draft.model.system:
        yield "the system prompt", ("system",), draft.model.system
    for i, fact in enumerate(draft.model.facts):
        yield from _texts_of_fact(i, fact)
    yield from _texts_beside(draft)
    for i, step in enumerate(draft.model.script or ()):
        if isinstance(step, TurnStep):
            yield from _texts_of_turn(i, step)


def _texts_of_fact(i: int, fact: FactModel) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """Those of a fact, its tools and its distractors."""
    for key in ("say", "amend", "reply", "ask", "request"):
        for j, text in enumerate(getattr(fact, key) or ()):
            yield f"'{key}' of fact '{fact.id}'", ("facts", i, key, j), text
    for tool in ("tool_result", "tool_call"):
        for key in ("arguments", "result"):
            if text := getattr(getattr(fact, tool), key, None):
                yield f"'{tool}' of fact '{fact.id}'", ("facts", i, tool, key), text
    for key in ("near", "far") if fact.distractors else ():
        for j, text in enumerate(getattr(fact.distractors, key) or ()):
            path = ("facts", i, "distractors", key, j)
            yield f"a distractor of fact '{fact.id}'", path, text


def _texts_of_turn(i: int, step: TurnStep) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """Those of a turn of the script, and of its tools."""
    yield "the script", ("script", i, "user"), step.user or ""
    yield "the script", ("script", i, "assistant"), step.assistant or ""
    tools: list[tuple[tuple[Key, ...], CallModel]] = []
    if step.tool is not None:
        tools.append((("tool",), step.tool))
    tools += [(("calls", j), call) for j, call in enumerate(step.calls or ())]
    for path, call in tools:
        yield "the script", ("script", i, *path, "arguments"), call.arguments
        yield "the script", ("script", i, *path, "result"), call.result


def _texts_beside(draft: Draft) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """Those of questions and rules."""
    for i, question in enumerate(draft.model.questions or ()):
        for j, text in enumerate(question.ask):
            yield f"'ask' of question '{question.id}'", ("questions", i, "ask", j), text
    for i, rule in enumerate(draft.model.rules or ()):
        for key in ("say", "reply"):
            if text := getattr(rule, key):
                yield f"'{key}' of rule '{rule.id}'", ("rules", i, key), text
