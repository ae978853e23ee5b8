"""A transcript with its questions as a scenario: the conversation as its script, word for word.

The turns that are evidence say the facts in their own words (`says`), so nothing of the
conversation is rewritten; questions that no scorer could grade by reading are left out and counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.core.text import contains, words
from harness.core.transcript import Skipped
from harness.scenarios.importers.turns import exchanges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.transcript import Asked, Transcript
    from harness.scenarios.importers.turns import Exchange

MOST_WORDS = 8
"""A longer answer is a sentence, which a model that knows it would word otherwise."""
_NAME_LENGTH = 72
_PLACEHOLDER = re.compile(r"\{value\}")


def scenario(
    one: Transcript, name: str, *, checkpoints: int = 1, new_sessions: bool | None = None
) -> tuple[dict[str, Any] | None, list[Skipped]]:
    """The scenario of a transcript as data for YAML, and what could not be part of it.

    Args:
        one: The transcript.
        name: Name of the scenario.
        checkpoints: At how many places the questions are asked, the last at the end; each question
            wherever all of its evidence has been said by then.
        new_sessions: Whether a break of the transcript begins a fresh session; unless given, where
            what stood before it was out of context.

    Returns:
        The data, or None when no question is left; and what was left out.
    """
    system, turns, later = exchanges(one)
    skipped = [Skipped(what="later system message", count=later)] if later else []
    facts: list[dict[str, Any]] = []
    evidence: dict[str, set[int]] = {}
    for asked in one.asked:
        reason = _unusable(asked)
        if reason is not None:
            skipped.append(Skipped(what=f"question: {reason}", detail=f"{name}, {asked.id}"))
            continue
        fact = f"f{len(facts) + 1}-{slug(asked.id)}"[:_NAME_LENGTH].rstrip("-.")
        facts.append(_fact(asked, fact))
        evidence[fact] = {at for at, turn in enumerate(turns) if turn.indexes & {*asked.evidence}}
    if not facts:
        return None, skipped
    data: dict[str, Any] = {"schema": 1, "name": name}
    if system is not None:
        data["system"] = system
    data["facts"] = facts
    cuts = one.compacted if new_sessions is None else new_sessions
    data["script"] = list(_steps(turns, evidence, _places(len(turns), checkpoints), cuts=cuts))
    return data, skipped


def slug(text: str) -> str:
    """The text as part of a name: letters, digits and hyphens.

    >>> slug("gpt4_70e84552_abs"), slug("Ähm, q1?")
    ('gpt4_70e84552_abs', 'hm-q1')
    """
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-._") or "x"


def _unusable(asked: Asked) -> str | None:
    """Why a question cannot be asked and graded here, or None when it can."""
    if not asked.answers:
        return None
    if not asked.evidence:
        return "its evidence is not in the conversation"
    answer = words(asked.answers[0])
    if not answer or answer in {("yes",), ("no",)}:
        return "its answer is yes or no" if answer else "its answer has no letter or digit"
    if len(answer) > MOST_WORDS:
        return f"its answer is longer than {MOST_WORDS} words, so a reply cannot be graded by it"
    return "its answer stands in it" if contains(words(asked.ask), answer) else None


def _fact(asked: Asked, fact: str) -> dict[str, Any]:
    ask = _PLACEHOLDER.sub("{ value }", asked.ask.strip())
    ask = ask.replace("{", "(").replace("}", ")")
    if not asked.answers:
        return {"id": fact, "kind": "abstain", "ask": ask}
    answer, *others = [answer.strip() for answer in asked.answers]
    others = [other for other in others if words(other) and words(other) != words(answer)]
    value: Any = {"value": answer, "accept": others} if others else answer
    return {"id": fact, "values": [value], "ask": ask}


def _places(turns: int, checkpoints: int) -> set[int]:
    """After how many turns the questions are asked."""
    return {max(round(turns * n / checkpoints), 1) for n in range(1, checkpoints + 1)}


def _steps(
    turns: Sequence[Exchange], evidence: dict[str, set[int]], places: set[int], *, cuts: bool
) -> Iterator[dict[str, Any]]:
    for at, turn in enumerate(turns):
        if cuts and turn.begins:
            yield {"new_session": {"carry": ["system", "memory"]}}
        user, assistant = (_PLACEHOLDER.sub("{ value }", text) for text in turn.texts)
        step: dict[str, Any] = {"user": user, "assistant": assistant}
        says = [fact for fact, turns_of in evidence.items() if at in turns_of]
        if says:
            step["says"] = says
        yield step
        if at + 1 in places:
            for fact, turns_of in evidence.items():
                if max(turns_of, default=-1) <= at:
                    yield {"probe": fact}
