"""Whether a run may be compared with a baseline, and what must be said about it.

Its one rule: nothing that changed is passed over in silence. What changes the test itself is
refused; what is being tested (prompt, model, policy, memory) is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import NothingSelectedError, UsageError
from harness.gate.baseline import REPEATS_ADVISED
from harness.gate.snapshot import SOME_MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.gate.snapshot import ScenarioMark, Snapshot


def refuse_other_tests(baseline: Snapshot, run: Snapshot) -> None:
    """Refuse to compare answers to different questions.

    Raises:
        UsageError: A scenario, or the harness's own format, has changed since the blessing.
        NothingSelectedError: They have no scenario in common.
    """
    again = f"bless again: harness baseline bless RUN {baseline.name}"
    for what, old, new in (
        ("record schema", baseline.record_schema, run.record_schema),
        ("session format", baseline.format, run.format),
    ):
        if old != new:
            raise UsageError(
                f"baseline '{baseline.name}' was blessed with {what} {old} of the harness and"
                f" {run.name} has {what} {new}: the same scenario may give other sessions; {again}"
            )
    before = {mark.name: mark for mark in baseline.scenarios}
    common = [mark for mark in run.scenarios if mark.name in before]
    if not common:
        raise NothingSelectedError(
            f"{run.name} and baseline '{baseline.name}' have no scenario in common:"
            f" {_names(run.scenarios)} against {_names(baseline.scenarios)}"
        )
    for mark in common:
        if mark.body != before[mark.name].body:
            raise UsageError(
                f"baseline '{baseline.name}' is of another version of scenario '{mark.name}':"
                f" its facts, questions, filler or layout changed since {baseline.made[:10]};"
                f" bring the file back, or {again}"
            )


def _names(marks: tuple[ScenarioMark, ...]) -> str:
    return ", ".join(sorted({mark.name for mark in marks}))


def notes(baseline: Snapshot, run: Snapshot) -> Iterator[str]:
    """Sentences on everything that differs beside the answers."""
    yield from _scenarios(baseline, run)
    yield from _models(baseline, run)
    for name in ("policy", "memory"):
        old, new = (", ".join(s.rows[name].unique().sort().to_list()) for s in (baseline, run))
        if old != new:
            yield f"{name}: {new}; the baseline has {old}"
    for name in sorted(baseline.options.keys() | run.options.keys()):
        if baseline.options.get(name) != run.options.get(name):
            yield (
                f"-M {name} is {run.options.get(name, 'not given')}; in the baseline it is"
                f" {baseline.options.get(name, 'not given')}"
            )
    if baseline.harness != run.harness:
        yield f"made by session-harness {run.harness}; the baseline by {baseline.harness}"
    if baseline.repeats < REPEATS_ADVISED:
        yield (
            f"the baseline has {baseline.repeats} repeat{'s' * (baseline.repeats != 1)}:"
            f" every check shares their luck; bless a run with --repeats {REPEATS_ADVISED}"
        )
    if run.missing > SOME_MISSING * run.planned:
        yield f"{run.missing} trials of the run were never sent"


def _scenarios(baseline: Snapshot, run: Snapshot) -> Iterator[str]:
    before = {mark.name: mark for mark in baseline.scenarios}
    for mark in run.scenarios:
        old = before.get(mark.name)
        if old is None:
            yield f"scenario '{mark.name}' is not in the baseline and was not checked"
        elif old.prompt != mark.prompt:
            known = {m.prompt for m in baseline.scenarios if m.name == mark.name}
            if mark.prompt not in known:
                yield f"scenario '{mark.name}' has another system prompt than in the baseline"
    for name in sorted(before.keys() - {mark.name for mark in run.scenarios}):
        yield f"scenario '{name}' of the baseline is not in the run and was not checked"


def _models(baseline: Snapshot, run: Snapshot) -> Iterator[str]:
    before = {found.model: found.versions for found in baseline.models}
    if before.keys() != {found.model for found in run.models}:
        mine = ", ".join(found.model for found in run.models)
        yield f"model: {mine}; the baseline has {', '.join(before)}"
    for found in run.models:
        old = before.get(found.model)
        if old is not None and old != found.versions:
            yield (
                f"{found.model} answered as {_versions(found.versions)}; in the baseline as"
                f" {_versions(old)}: another version of the model"
            )


def _versions(versions: tuple[str, ...]) -> str:
    return " and ".join(f"'{version}'" for version in versions) or "a version that was not told"
