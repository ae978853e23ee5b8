"""Where a fact is said: by whom, or in which tool. Checked at its place, and made nouns.

The one rule: where it is said is compared, so nothing else of the same turn says it a second time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.core.scenario import PLACEHOLDER, Called
from harness.core.shapes import json_of

if TYPE_CHECKING:
    from harness.core.scenario import SaidIn
    from harness.scenarios.draft import Draft
    from harness.scenarios.schema_facts import FactModel


def places_said_in(fact: FactModel) -> tuple[SaidIn, ...]:
    """Where a session may say the fact; empty for by the user alone."""
    if fact.said_in is not None:
        found: tuple[SaidIn, ...] = tuple(fact.said_in)
        return () if found == ("user",) else found
    given: list[SaidIn] = ["tool_result"] if fact.tool_result is not None else []
    return (*given, "tool_call") if fact.tool_call is not None else tuple(given)


def tool_result(fact: FactModel) -> Called | None:
    """The tool whose result says the fact; an empty result is the sentence of `say`."""
    if "tool_result" not in places_said_in(fact):
        return None
    made = fact.tool_result
    path = json.dumps({"path": f"notes/{fact.id}.md"})
    return Called(
        name=made.name if made else "read_file",
        arguments=(made.arguments if made else None) or path,
        result=(made.result if made else None) or "",
    )


def tool_call(fact: FactModel) -> Called | None:
    """The tool that is called with the fact; empty arguments are a file with the sentence."""
    if "tool_call" not in places_said_in(fact):
        return None
    made = fact.tool_call
    return Called(
        name=made.name if made else "write_file",
        arguments=(made.arguments if made else None) or "",
        result=(made.result if made else None) or f"Wrote notes/{fact.id}.md.",
    )


def check_said_in(draft: Draft) -> None:
    """Check where each fact is said."""
    told = draft.told()
    for i, fact in enumerate(draft.model.facts):
        found = places_said_in(fact)
        for j, place in enumerate(fact.said_in or ()):
            if place in (fact.said_in or ())[:j]:
                problem = f"'{place}' stands twice in 'said_in'; take one out"
                draft.refuse(problem, "facts", i, "said_in", j)
        if (found or fact.said_in) and (fact.id in told or fact.say is None):
            why = "turns say it in their own words" if fact.id in told else "it has no 'say'"
            problem = f"fact '{fact.id}' cannot choose where it is said: {why}; take the key out"
            draft.refuse_key(problem, "facts", i, _given(fact))
            continue
        _check_keys(draft, i, fact)
        _check_result(draft, i, fact)
        _check_call(draft, i, fact)


def _given(fact: FactModel) -> str:
    keys = ("said_in", "tool_result", "tool_call")
    return next(key for key in keys if getattr(fact, key) is not None)


def _check_keys(draft: Draft, i: int, fact: FactModel) -> None:
    """Keys that would not be used, and wordings that would say it twice."""
    found = places_said_in(fact)
    for key in ("tool_result", "tool_call"):
        if getattr(fact, key) is not None and key not in found:
            problem = f"'said_in' does not name {key}, so this tool would never be used"
            draft.refuse_key(f"{problem}; name it there, or take it out", "facts", i, key)
    if fact.request is not None and not set(found) - {"user"}:
        problem = "'request' stands before what the assistant or a tool says, and the user says"
        draft.refuse_key(f"{problem} this fact; take it out", "facts", i, "request")
    for j, text in enumerate(fact.request or ()):
        if PLACEHOLDER in text:
            problem = "'request' holds {value}, so the user would say it; take it out"
            draft.refuse(problem, "facts", i, "request", j)
    for j, text in enumerate(fact.reply or ()):
        if found and PLACEHOLDER in text:
            problem = "'reply' holds {value}, and 'said_in' says where the value is said"
            draft.refuse(f"{problem}; write the reply without it", "facts", i, "reply", j)


def _check_result(draft: Draft, i: int, fact: FactModel) -> None:
    made = fact.tool_result
    if made is None:
        return
    path = ("facts", i, "tool_result")
    _check_arguments(draft, made.arguments, *path)
    if PLACEHOLDER in (made.arguments or ""):
        problem = "the arguments hold {value}, so the call would say it, and not the result"
        draft.refuse(f"{problem}; use 'tool_call' for that", *path, "arguments")
    _check_once(draft, made.result, "result", *path)


def _check_call(draft: Draft, i: int, fact: FactModel) -> None:
    made = fact.tool_call
    if made is None:
        return
    path = ("facts", i, "tool_call")
    _check_arguments(draft, made.arguments, *path)
    _check_once(draft, made.arguments, "arguments", *path)
    if PLACEHOLDER in (made.result or ""):
        problem = "the result holds {value}, which the arguments say already; take it out"
        draft.refuse(problem, *path, "result")


def _check_once(draft: Draft, text: str | None, key: str, *path: str | int) -> None:
    times = text.count(PLACEHOLDER) if text is not None else 1
    if times != 1:
        found = {0: "nowhere", 2: "twice"}.get(times, f"{times} times")
        problem = f"'{key}' holds {{value}} {found}; it must stand there exactly once"
        draft.refuse(problem, *path, key)


def _check_arguments(draft: Draft, text: str | None, *path: str | int) -> None:
    """Arguments are an object of JSON: providers refuse all else."""
    if text is None:
        return
    try:
        holds = isinstance(json_of(text), dict)
    except ValueError:
        holds = False
    if not holds:
        problem = "the arguments are no JSON object; expected keys and values, as {path: a.md}"
        draft.refuse(problem, *path, "arguments")
