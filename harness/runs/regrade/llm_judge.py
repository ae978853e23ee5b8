"""Grades the replies of a run that were left to a judge: a model with a fixed rubric.

Its one rule: without calibration it does not report. The judge first grades planted answers that
are known to be right or wrong; its error rate goes into every record that rests on it, and where
too few of the planted ones could be graded no reply is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.draws import Draws
from harness.core.errors import ModelError, NothingSelectedError, OverflowRefusedError, UsageError
from harness.core.messages import Message
from harness.core.record import from_json
from harness.models.response import why_cut
from harness.runs.folder.reader import latest_records
from harness.runs.folder.run_json import read_config
from harness.runs.folder.writer import Lines, Store
from harness.scenarios import loads
from harness.scoring.judged import prompt, verdict
from harness.scoring.normalise import answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.core.probe import Outcome
    from harness.core.protocols import Model
    from harness.core.record import Record

JUDGEMENTS = "judgements.jsonl"
"""The file of a run folder with every text that a judge wrote, planted answers included."""

PLANTED = 40
"""Planted answers of each kind."""
FEWEST = 20
"""With fewer of a kind the error rate would be no more than a guess."""

_SAYINGS = ("{value}", "It is {value}.", "That would be {value}, as you told me.")
_NOT_KNOWN = "I don't know: that was not said in our conversation."


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a judge came to."""

    graded: int
    failed: int
    """Replies that it gave no verdict on."""
    planted: tuple[int, int]
    """Planted answers graded: right ones, wrong ones."""
    false_wrong: int
    """Right ones called wrong."""
    false_right: int
    """Wrong ones called right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One answer to be graded."""

    rubric: str
    question: str
    reference: tuple[str, ...]
    answer: str
    key: str
    """Of the record it belongs to; empty for a planted answer."""
    right: bool | None = None
    """The truth about a planted answer."""


async def judge_run(
    folder: Path, name: str, model: Model, options: Mapping[str, object], *, connections: int = 16
) -> Judged:
    """Grade what a run left to a judge.

    Args:
        folder: The run.
        name: Of the judge, as records keep it.
        model: The judge.
        options: Parameters of every call.
        connections: Calls in flight.

    Raises:
        NothingSelectedError: The run left nothing to a judge.
        UsageError: Too few planted answers could be made or graded.
    """
    rubrics = _rubrics(folder)
    waiting = _waiting(folder, rubrics)
    if not waiting:
        raise NothingSelectedError(
            f"{folder.name} has no reply that waits for a judge; give facts 'score: judge'"
        )
    planted = list(_planted(waiting, rubrics))
    slots = asyncio.Semaphore(connections)
    found = await _all(planted, model, options, slots)
    truth = [(task.right, said) for task, (said, _) in zip(planted, found, strict=True)]
    counts = [sum(r is kind and said is not None for r, said in truth) for kind in (True, False)]
    if min(counts) < FEWEST:
        _keep(folder, name, planted, found)
        raise UsageError(
            f"judge '{name}' graded {counts[0]} planted right answers and {counts[1]} wrong ones;"
            f" it takes {FEWEST} of each to know its error rate, and without that nothing is"
            " reported: run more seeds, or use another judge"
        )
    tasks = [_task(record, rubrics) for record in waiting]
    graded = await _all(tasks, model, options, slots)
    _keep(folder, name, [*planted, *tasks], [*found, *graded])
    false_wrong = sum(right is True and said is False for right, said in truth)
    false_right = sum(right is False and said is True for right, said in truth)
    with Store(folder) as store:
        for record, (said, text) in zip(waiting, graded, strict=True):
            if said is not None:
                store.append(
                    replace(
                        record,
                        score=float(said),
                        outcome="recalled" if said else _miss(record),
                        why=" ".join(text.split()),
                        judge=name,
                        judge_planted=tuple(counts),
                        judge_errors=(false_wrong, false_right),
                    )
                )
    failed = sum(said is None for said, _ in graded)
    return Judged(
        graded=len(graded) - failed,
        failed=failed,
        planted=(counts[0], counts[1]),
        false_wrong=false_wrong,
        false_right=false_right,
    )


def _miss(record: Record) -> Outcome:
    """Why a wrong answer was wrong, as far as the record knows."""
    if record.injected is False:
        return "lost_in_memory"
    if record.in_view is None and record.opaque:
        return "opaque"
    if record.in_view is False:
        return "evicted"
    return "server_truncated" if record.server_truncated else "fabricated"


def _rubrics(folder: Path) -> dict[tuple[str, str], str]:
    """Scenario and question -> the rubric, of the questions that are left to a judge."""
    found: dict[tuple[str, str], str] = {}
    for kept in read_config(folder)["scenarios"]:
        scenario = loads(kept["source"], kept["path"])
        for question in scenario.questions:
            if question.score.name == "judge":
                rubric = dict(question.score.options).get("rubric", "")
                found[scenario.name, question.id] = rubric
    return found


def _waiting(folder: Path, rubrics: Mapping[tuple[str, str], str]) -> list[Record]:
    """The replies that no judge has graded."""
    latest = latest_records(folder)
    # in an order that does not depend on which call came back first
    records = sorted(map(from_json, latest.values()), key=_place)
    return [
        record
        for record in records
        if (record.scenario, record.question_id) in rubrics
        and record.status == "ok"
        and record.reply is not None
        and record.score is None
        and record.expected
    ]


def _place(record: Record) -> tuple[object, ...]:
    cell = (record.model, record.window_limit, record.policy, record.memory, record.arm)
    return (record.scenario, record.seed, record.probe, *cell, record.repeat, record.key)


def _task(record: Record, rubrics: Mapping[tuple[str, str], str]) -> _Task:
    return _Task(
        rubric=rubrics[record.scenario, record.question_id],
        question=record.question,
        reference=record.expected,
        answer=answer(record.reply or "") or _NOT_KNOWN,
        key=record.key,
    )


def _planted(waiting: Sequence[Record], rubrics: Mapping[tuple[str, str], str]) -> Iterator[_Task]:
    """Answers that are known to be right or wrong, to the questions of the run itself.

    A right one says the value; a wrong one says that of another session, or that it is not known.
    """
    draws = Draws("judge", *(f"{record.session} {record.probe}" for record in waiting))
    chosen = [waiting[i % len(waiting)] for i in range(PLANTED)] if waiting else []
    for number, record in enumerate(chosen):
        saying = draws.choice(_SAYINGS)
        said = " and ".join(record.expected)
        base = _task(record, rubrics)
        yield replace(base, answer=saying.replace("{value}", said), key="", right=True)
        others = sorted(
            {
                " and ".join(other.expected)
                for other in waiting
                if other.question_id == record.question_id
                and not set(other.expected) & set(record.expected)
            }
        )
        wrong = draws.choice(others) if others and number % 4 else _NOT_KNOWN
        text = wrong if wrong == _NOT_KNOWN else saying.replace("{value}", wrong)
        yield replace(base, answer=text, key="", right=False)


async def _all(
    tasks: Sequence[_Task],
    model: Model,
    options: Mapping[str, object],
    slots: asyncio.Semaphore,
) -> list[tuple[bool | None, str]]:
    async def one(task: _Task) -> tuple[bool | None, str]:
        asked = prompt(task.rubric, task.question, task.reference, task.answer)
        async with slots:
            try:
                reply = await model.ask([Message("user", asked)], options)
            except (ModelError, OverflowRefusedError) as error:
                return None, f"no verdict: {error}"
        if reply.cut is not None and not reply.text.strip():
            return None, f"no verdict: {why_cut(reply)}"
        return verdict(answer(reply.text)), reply.text

    return list(await asyncio.gather(*map(one, tasks)))


def _keep(
    folder: Path, name: str, tasks: Sequence[_Task], found: Sequence[tuple[bool | None, str]]
) -> None:
    """Every text that the judge wrote, with what it was asked about."""
    with Lines(folder / JUDGEMENTS) as file:
        file.append(*(_line(name, *one) for one in zip(tasks, found, strict=True)))


def _line(name: str, task: _Task, found: tuple[bool | None, str]) -> dict[str, object]:
    """One text of the judge's, as it is kept."""
    said, text = found
    return {
        "judge": name,
        "key": task.key or None,
        "planted": {True: "right", False: "wrong", None: None}[task.right],
        "rubric": task.rubric,
        "question": task.question,
        "reference": list(task.reference),
        "answer": task.answer,
        "verdict": {True: "right", False: "wrong", None: None}[said],
        "text": text,
    }
