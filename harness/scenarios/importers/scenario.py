"""A transcript with its questions as a scenario: the conversation as its script, word for word.

The turns that are evidence say the facts in their own words (`says`), so nothing of the
conversation is rewritten; questions that no reply could be graded by are left out and counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from harness.core.text import words
from harness.core.transcript import Skipped
from harness.scenarios.importers.turns import exchanges

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from harness.core.scenario import Value
    from harness.core.transcript import Asked, Grading, Transcript
    from harness.scenarios.importers.turns import Exchange

_NAME_LENGTH = 72
_PLACEHOLDER = re.compile(r"\{value\}")


def scenario(
    one: Transcript,
    name: str,
    grade: Callable[[Asked], Grading],
    *,
    judged: bool = False,
    checkpoints: int = 1,
    places: Collection[int] = (),
    new_sessions: bool | None = None,
) -> tuple[dict[str, Any] | None, list[Skipped]]:
    """The scenario of a transcript as data for YAML, and what could not be part of it.

    Args:
        one: The transcript.
        name: Name of the scenario.
        grade: Says how a reply to a question is told right from wrong.
        judged: Whether questions are kept that only a model can grade.
        checkpoints: At how many places the questions are asked, the last at the end; each question
            wherever all of its evidence has been said by then.
        places: After how many turns they are asked, in place of a number of checkpoints.
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
        grading = grade(asked)
        if grading.way == "none" or (grading.way == "judge" and not judged):
            skipped.append(Skipped(what=f"question: {grading.why}", detail=f"{name}, {asked.id}"))
            continue
        fact = f"f{len(facts) + 1}-{slug(asked.id)}"[:_NAME_LENGTH].rstrip("-.")
        facts.append(_fact(asked, fact, grading))
        told = set() if grading.way == "abstain" else {*asked.evidence}
        evidence[fact] = {at for at, turn in enumerate(turns) if turn.indexes & told}
    if not facts:
        return None, skipped
    data: dict[str, Any] = {"schema": 1, "name": name}
    if system is not None:
        data["system"] = system
    data["facts"] = facts
    cuts = one.compacted if new_sessions is None else new_sessions
    after = set(places) or _places(len(turns), checkpoints)
    data["script"] = list(_steps(turns, evidence, after, cuts=cuts))
    return data, skipped


def slug(text: str) -> str:
    """The text as part of a name: letters, digits and hyphens.

    >>> slug("gpt4_70e84552_abs"), slug("Ähm, q1?")
    ('gpt4_70e84552_abs', 'hm-q1')
    """
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-._") or "x"


def _fact(asked: Asked, fact: str, grading: Grading) -> dict[str, Any]:
    ask = _PLACEHOLDER.sub("{ value }", f"{asked.ask.strip()}{grading.ask}")
    ask = ask.replace("{", "(").replace("}", ")")
    if grading.way == "abstain":
        return {"id": fact, "kind": "abstain", "ask": ask}
    said: dict[str, Any] = {"id": fact}
    if len(grading.values) > 1:
        said |= {"kind": "set", "pick": len(grading.values)}
    said |= {"values": [_value(value) for value in grading.values], "ask": ask}
    return said | ({"score": str(grading.score)} if grading.score else {})


def _value(value: Value) -> Any:
    """A value as a file has it: its text, or that and the spellings that are right as well."""
    answer = value.text.strip()
    others = [other.strip() for other in value.accept]
    others = [other for other in others if words(other) and words(other) != words(answer)]
    return {"value": answer, "accept": others} if others else answer


def _places(turns: int, checkpoints: int) -> set[int]:
    """After how many turns the questions are asked."""
    return {max(round(turns * n / checkpoints), 1) for n in range(1, checkpoints + 1)}


def _steps(
    turns: Sequence[Exchange], evidence: dict[str, set[int]], places: set[int], *, cuts: bool
) -> Iterator[dict[str, Any]]:
    for at, turn in enumerate(turns):
        if cuts and turn.begins:
            yield {"new_session": {"carry": ["system", "memory"]}}
        step = turn.step
        for side in step.keys() & {"user", "assistant"}:
            step[side] = _PLACEHOLDER.sub("{ value }", step[side])
        says = [fact for fact, turns_of in evidence.items() if at in turns_of]
        if says:
            step["says"] = says
        yield step
        if at + 1 in places:
            for fact, turns_of in evidence.items():
                if max(turns_of, default=-1) <= at:
                    yield {"probe": fact}
