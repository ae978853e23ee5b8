"""What a scenario expects against what came, and the message that a reviewer reads.

Its one rule: a call that failed is not a miss. Where something was not measured the item fails and
says so, and no share is read from the rest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.printable import how_many
from harness.core.study import window_tokens
from harness.models.catalog import known_limit
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.record import Record
    from harness.core.scenario import Scenario
    from harness.testing.batch import Ran

_SHOWN = 6
"""Misses that a message lists, of every fact in turn; the rest is counted."""
_REPLY = 48
"""Characters of an answer that are shown."""

WHY = {
    "evicted": "the application had dropped it from what was sent",
    "opaque": "it went into a block that nobody but its provider can read",
    "lost_in_memory": "the memory did not carry it over",
    "server_truncated": "the server had dropped it",
    "output_truncated": "the answer was cut off",
    "abstained": "the model said that it does not know",
    "swapped": "another value of the session",
    "stale": "a value that had been superseded",
    "incomplete": "only a part of the set",
    "fabricated": "nothing that was ever said",
    "refused": "the model would not answer",
    "recalled": "not fully right",
}
"""Each outcome in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedScenario:
    """What came of one scenario under one model and window."""

    properties: tuple[tuple[str, str], ...]
    """For JUnit and for the summary."""
    unmet: tuple[str, ...]
    """A sentence for each expectation that was not met."""
    text: str
    """The whole message; empty where all was met."""


def judged(scenario: Scenario, ran: Ran, model: str, window: str) -> GatedScenario:
    """The expectations of a scenario against the records of a run.

    Args:
        scenario: What was asked.
        ran: The run; records of others are left alone.
        model: As it was asked for.
        window: As it was written: 8k, max.
    """
    limit = window_tokens(window) or known_limit(model)
    own = [
        record
        for record in ran.records
        if (record.scenario, record.model) == (scenario.name, model)
        and record.window_limit == limit
        and record.arm == "main"
    ]
    asked = [record for record in own if record.counts == "recall"]
    scored = [record for record in asked if record.score is not None]
    failed = [record for record in own if record.status in {"error", "cut"}]
    recall = _mean(scored)
    unmet: list[str] = []
    if failed:
        unmet.append(_not_measured(failed, len(own)))
    else:
        unmet += _recall_unmet(scenario, scored, recall)
        unmet += _onset_unmet(scenario, scored)
    missed = [record for record in scored if (record.score or 0.0) < 1.0]
    where = f"{model}, window {limit:,} tokens" if limit else model
    return GatedScenario(
        properties=_properties(ran, where, scored, missed, recall),
        unmet=tuple(unmet),
        text="\n".join(_message(scenario, ran, where, unmet, missed)) if unmet else "",
    )


def _mean(records: Sequence[Record]) -> float | None:
    scores = [record.score for record in records if record.score is not None]
    return sum(scores) / len(scores) if scores else None


def _recall_unmet(
    scenario: Scenario, scored: Sequence[Record], recall: float | None
) -> Iterator[str]:
    wanted = scenario.expect.recall_at_least
    if wanted is None:
        return
    line = verdict_line(scenario, "recall_at_least")
    expected = f"{shown_path(scenario)}:{line}: expect: recall_at_least: {wanted:g}"
    if recall is None:
        yield f"{expected}, but no probe was scored"
    elif recall < wanted:
        sessions = {record.session for record in scored}
        yield (
            f"{expected}, but recall is {fmt.percent(recall)}{_interval(scored)} of"
            f" {how_many(len(scored), 'probe')} in {how_many(len(sessions), 'session')}"
        )


def _interval(scored: Sequence[Record]) -> str:
    """The 95 % interval of recall over sessions, where there are sessions enough."""
    from harness.analysis.stats.session_mean import session_mean

    sessions: dict[str, list[float]] = {}
    for record in scored:
        sessions.setdefault(record.session, []).append(record.score or 0.0)
    means = [sum(scores) / len(scores) for scores in sessions.values()]
    found = session_mean(means, level=0.95, n_probes=len(scored))
    if found is None:
        return ""
    return f" ({fmt.span(max(found.lo, 0.0), min(found.hi, 1.0))})"


def _onset_unmet(scenario: Scenario, scored: Sequence[Record]) -> Iterator[str]:
    wanted = scenario.expect.onset_at_least
    if wanted is None:
        return
    from harness.analysis.onset import estimate_onset
    from harness.analysis.onset.rows import MAX_FILL

    line = verdict_line(scenario, "onset_at_least")
    expected = f"{shown_path(scenario)}:{line}: expect: onset_at_least: {wanted:g}"
    rows = [
        {
            "session": record.session,
            "fill": record.fill,
            "score": record.score,
            "guess": record.guess,
            "window_limit": record.window_limit,
        }
        for record in scored
        if record.fill <= MAX_FILL
    ]
    found = estimate_onset(rows)
    if found.verdict == "not_reached":
        reached = found.max_fill or 0.0
        if reached < wanted:
            yield f"{expected}, but only {fmt.percent(reached, 0)} of the window was filled"
    elif found.verdict == "cannot_tell" and (found.lo or 0.0) >= wanted:
        return  # whether anything is lost further on was not asked
    elif found.onset is None or found.onset < wanted:
        yield f"{expected}, but {found.message[:1].lower()}{found.message[1:]}"


def _not_measured(failed: Sequence[Record], asked: int) -> str:
    why = Counter(record.error or "unknown" for record in failed).most_common(1)[0][0]
    cut = sum(record.status == "cut" for record in failed)
    said = f"{len(failed)} of {asked} calls failed"
    if cut == len(failed):
        said = f"settings: {cut} of {asked} replies were cut before they held an answer"
    return f"not measured: {said}, most with: {fmt.plain(why)}"


def _properties(
    ran: Ran,
    where: str,
    scored: Sequence[Record],
    missed: Sequence[Record],
    recall: float | None,
) -> tuple[tuple[str, str], ...]:
    outcomes = Counter(record.outcome or "" for record in missed)
    costs = [record.cost_usd for record in ran.records if record.answered_by == "model"]
    unknown = any(cost is None for cost in costs)
    return (
        ("where", where),
        ("recall", "" if recall is None else f"{recall:.6f}"),
        ("probes", str(len(scored))),
        ("missed", ", ".join(f"{name} {n}" for name, n in sorted(outcomes.items()))),
        ("calls", str(sum(record.attempts for record in ran.records))),
        ("cost_usd", "" if unknown else f"{sum(cost or 0.0 for cost in costs):.6f}"),
        ("run", ran.folder.name),
    )


def _message(
    scenario: Scenario,
    ran: Ran,
    where: str,
    unmet: Sequence[str],
    missed: Sequence[Record],
) -> Iterator[str]:
    yield from unmet
    yield f"under {fmt.plain(where)}"
    if not missed:
        return
    outcomes = Counter(str(record.outcome) for record in missed)
    questions = Counter(record.question_id for record in missed)
    yield ""
    yield (
        f"{how_many(len(missed), 'probe')} missed ({_counted(outcomes)}), of the"
        f" questions {_counted(questions)}:"
    )
    order = _in_turn(missed)
    for record in order[:_SHOWN]:
        yield from _missed(scenario, record)
    if len(order) > _SHOWN:
        yield f"  ... and {len(order) - _SHOWN} more"
    yield ""
    yield (f"what was sent: harness show {ran.folder} {order[0].key[:10]} --messages")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.most_common())


def _in_turn(missed: Sequence[Record]) -> list[Record]:
    """One miss of every question, then a second of each, and so on; emptier windows first."""
    turns: Counter[str] = Counter()
    placed: list[tuple[int, str, int, Record]] = []
    for record in sorted(missed, key=lambda r: (r.fill, r.seed, r.repeat, r.question_id)):
        placed.append((turns[record.question_id], record.question_id, len(placed), record))
        turns[record.question_id] += 1
    return [record for *_, record in sorted(placed, key=lambda item: item[:3])]


def _missed(scenario: Scenario, record: Record) -> Iterator[str]:
    where = scenario.question(record.question_id).where
    place = f"{shown_path(scenario)}:{where.line}" if where else shown_path(scenario)
    position = "" if record.position is None else f", said at {fmt.percent(record.position, 0)}"
    yield (
        f"  {place}: {record.question_id}, seed {record.seed}, {fmt.percent(record.fill, 0)} full"
        f"{position}"
    )
    expected = " and ".join(repr(value) for value in record.expected)
    yield f"    expected {fmt.plain(expected)}"
    yield f"    came     {fmt.plain(repr(_short(record.reply or '')))}"
    outcome = record.outcome or record.status
    yield f"    {outcome}: {WHY.get(outcome, fmt.plain(record.error or ''))}"


def _short(reply: str) -> str:
    flat = " ".join(reply.split())
    return flat if len(flat) <= _REPLY else f"{flat[: _REPLY - 1]}…"


def shown_path(scenario: Scenario) -> str:
    """The path of its file, from here where it lies below."""
    path = Path(scenario.path)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def verdict_line(scenario: Scenario, key: str) -> int:
    """The line of the file in which an expectation stands, counted from 1."""
    import yaml

    root = yaml.compose(scenario.source, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 -- the file was read before
    for name, node in root.value:
        if name.value == "expect":
            for inner, _ in node.value:
                if inner.value == key:
                    return int(inner.start_mark.line) + 1
            return int(name.start_mark.line) + 1
    return 1
