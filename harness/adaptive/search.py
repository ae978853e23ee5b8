"""Adaptive runs: the next batch is chosen by what the records so far leave open.

Each batch is written down in `batches.jsonl` before it is sent, so that a run which goes on asks
what it was about to ask. What cannot be reached is told before anything is sent.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from harness.adaptive.choose import ChosenProbe, next_batch
from harness.adaptive.sessions import ChosenSessions, layout_of
from harness.adaptive.stop import FORESEEN_FROM, Stop, known_by_now, outlook, stop
from harness.core.arms import nearly_empty
from harness.core.draws import Draws
from harness.core.near_empty import near_empty_fill
from harness.models.call_options import CallOptions
from harness.runs.folder.layout import BATCHES
from harness.runs.folder.reader import lines
from harness.runs.folder.writer import Lines
from harness.runs.meter.aims import LengthAims
from harness.runs.meter.exact_aims import aim_exactly
from harness.runs.planning.plan import windows_of
from harness.runs.planning.seed_sessions import windows_aimed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from harness.adaptive.goal import SearchGoal
    from harness.core.arms import Stage
    from harness.core.record import Record
    from harness.core.scenario import Layout
    from harness.core.study import SessionTrials, Study
    from harness.core.window import Window
    from harness.runs.executors import Executor
    from harness.runs.stages import FindCounter
    from harness.runs.trials.runner import TrialRunner
    from harness.sessions.materials import Workshop


@dataclass(frozen=True, slots=True)
class Ended:
    """How the search under one model and window ended."""

    model: str
    window: int
    reason: str
    enough: bool
    """Whether it was because enough is known."""


class Search:
    """One adaptive run, model by model and window by window.

    Args:
        study: What is asked for; its seeds are the sessions over which batches rotate.
        goal: When to stop.
        workshop: Shared tools.
        runner: Replays.
        folder: The run folder.
        find: Finds who counts the prompts of a model exactly; None: nobody is asked.
        note: Is told, before the probes run out, what the goal will take.
        narrowed: Is told after each batch what is known of an onset by then.
    """

    def __init__(
        self,
        *,
        study: Study,
        goal: SearchGoal,
        workshop: Workshop,
        runner: TrialRunner,
        folder: Path,
        find: FindCounter | None = None,
        note: Callable[[str], None] = lambda _: None,
        narrowed: Callable[[str, int, str], None] = lambda _model, _window, _words: None,
    ) -> None:
        self._study = study
        self._note = note
        self._narrowed = narrowed
        self._goal = goal
        self._workshop = workshop
        self._runner = runner
        self._find = find
        self._path = folder / BATCHES
        before = list(lines(self._path))
        # A run that goes on keeps its layout; those of before there were two said none.
        self._layout: Layout = before[0].get("layout", "grid") if before else layout_of(study)
        self._sessions = ChosenSessions(
            study, workshop, batch_size=goal.batch_size, layout=self._layout
        )
        self._written: dict[tuple[str, int, int], list[ChosenProbe]] = {
            (line["model"], line["window"], line["batch"]): [
                ChosenProbe.read(c) for c in line["choices"]
            ]
            for line in before
        }
        self._rows: dict[tuple[str, int], dict[str, dict[str, Any]]] = {}
        self._tokens = 0
        self.planned: list[str] = []
        """Keys of all trials so far, in order."""

    def recall(self, before: Sequence[Record], limit_of: Callable[[str], int | None]) -> None:
        """Take up what an interrupted run has learned.

        The meter had been fixed after the first batch of the first window, and is again.
        """
        first = {m: windows_of(self._study, m, limit_of)[0].limit for m in self._study.models}
        for record in before:
            self.notice(record)
            if record.batch <= 1 and record.window_limit == first.get(record.model):
                self._runner.recall(record)

    def notice(self, record: Record) -> None:
        """Take a record into account."""
        self._tokens += record.prompt_tokens or 0
        if record.arm == "main" and record.counts == "recall" and record.batch:
            rows = self._rows.setdefault((record.model, record.window_limit), {})
            rows[record.key] = {
                "session": record.session,
                "fill": record.fill,
                "score": record.score,
                "guess": record.guess,
                "batch": record.batch,
            }

    async def run_on(
        self,
        start: AbstractAsyncContextManager[Executor],
        limit_of: Callable[[str], int | None],
        done: Collection[str],
    ) -> list[Ended]:
        """`run` with an executor that is there for as long as it takes."""
        async with start as executor:
            return await self.run(executor, limit_of, done)

    async def run(
        self, executor: Executor, limit_of: Callable[[str], int | None], done: Collection[str]
    ) -> list[Ended]:
        """Search under every model and window; models side by side."""
        found = await asyncio.gather(
            *(
                self._model(model, windows_of(self._study, model, limit_of), executor, done)
                for model in self._study.models
            )
        )
        return [ended for part in found for ended in part]

    async def _model(
        self, model: str, windows: Sequence[Window], executor: Executor, done: Collection[str]
    ) -> list[Ended]:
        options = CallOptions(dict(self._study.options))
        counter = None if self._find is None else await self._find(model, options)
        try:
            if counter is not None:
                self._runner.counters[model] = counter
                ledger, like = self._runner.ledger, self._sessions.samples(model, windows)
                await aim_exactly(ledger, model, counter, like, self._workshop)
            if self._study.controls:
                aims = self._runner.ledger.aims(model) if self._is_exact(model) else LengthAims()
                controls = self._sessions.controls(model, windows[0], aims)
                await self._replay(list(controls), executor, done)
            return [await self._search(model, window, executor, done) for window in windows]
        finally:
            if counter is not None:
                await counter.close()

    def _is_exact(self, model: str) -> bool:
        """Whether lengths were aimed before the first call, and not by what calls taught."""
        return self._runner.ledger.counter(model) is not None

    async def _search(
        self, model: str, window: Window, executor: Executor, done: Collection[str]
    ) -> Ended:
        """Batch after batch, until enough is known or spent."""
        batch, look = 0, FORESEEN_FROM
        while True:
            rows = self._asked(model, window, before=batch + 1)
            found = self._stop(rows, window) if rows else None
            if rows:
                control = near_empty_fill(window.limit)
                known = known_by_now(rows, control=control, window_tokens=window.limit)
                self._narrowed(model, window.limit, known)
            if found is not None:
                return Ended(model, window.limit, found.reason, enough=True)
            spent = self._spent(model, rows)
            if spent is not None:
                ahead = self._ahead(rows, window)
                reason = spent if ahead is None else f"{spent}; {ahead}"
                return Ended(model, window.limit, reason, enough=False)
            if len(rows) >= look:  # what is foreseen changes: once more at every doubling
                look, ahead = 2 * look, self._ahead(rows, window)
                if ahead is not None:
                    self._note(f"{model}, window {window.limit:,}: {ahead}")
            batch += 1
            choices = self._choices(model, window, batch, rows)
            if batch == 1:
                openings = list(self._groups(model, window, batch, choices, "opening"))
                self._runner.settle(model, "bare", openings)
            # The openings of the first batch teach how to aim all that follows.
            for stage in ("opening", "main"):
                groups = list(self._groups(model, window, batch, choices, stage))
                await self._replay(groups, executor, done)
                long = self._groups(model, window, batch, choices, "main")
                self._runner.settle(model, stage, long if stage == "opening" else ())

    def _stop(self, rows: Sequence[Mapping[str, Any]], window: Window) -> Stop | None:
        """Why enough is known, or None while it is not."""
        return stop(
            rows,
            half_width=self._goal.half_width,
            control=near_empty_fill(window.limit),
            window_tokens=window.limit,
        )

    def _ahead(self, rows: Sequence[Mapping[str, Any]], window: Window) -> str | None:
        """What it will take to reach the goal, where that is more than may be asked."""
        wanted = self._goal.half_width
        found = outlook(
            rows,
            half_width=wanted,
            control=near_empty_fill(window.limit),
            window_tokens=window.limit,
        )
        if found is None or found.probes <= self._goal.max_probes:
            return None
        said = found.compared(wanted, asked=len(rows), most=self._goal.max_probes)
        return f"{said}: a larger {'' if found.octaves else '--half-width or '}--max-probes"

    def _spent(self, model: str, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """Why nothing more may be asked, if so."""
        if model in self._runner.given_up:
            return self._runner.given_up[model]
        if len(rows) >= self._goal.max_probes:
            return f"{self._goal.max_probes} probes were asked and the aim is not reached"
        budget = self._goal.budget_tokens
        if budget is not None and self._tokens >= budget:
            return f"the budget of {budget:,} tokens is spent and the aim is not reached"
        return None

    def _asked(self, model: str, window: Window, *, before: int) -> list[dict[str, Any]]:
        """Rows of the batches before one, in an order that no reply's timing decides."""
        rows = self._rows.get((model, window.limit), {})
        return [row for _, row in sorted(rows.items()) if row["batch"] < before]

    def _choices(
        self, model: str, window: Window, batch: int, rows: Sequence[Mapping[str, Any]]
    ) -> list[ChosenProbe]:
        """What a batch asks: as written down, or chosen now and written down."""
        at = (model, window.limit, batch)
        if at not in self._written:
            chosen = next_batch(
                rows,
                size=self._goal.batch_size,
                sessions=self._study.seeds * len(self._study.scenarios),
                batch=batch,
                draws=Draws("adaptive", model, window.limit),
                guess=fmean(row["guess"] for row in rows) if rows else 0.0,
                fills_up_to=min(1.0, self._runner.room.rooms(model).window(window, "main").top),
                control=near_empty_fill(window.limit),
                a_session=self._sessions.shared,
            )
            self._written[at] = list(chosen)
            line = {"model": model, "window": window.limit, "batch": batch, "layout": self._layout}
            with Lines(self._path) as file:
                file.append(line | {"choices": [asdict(c) for c in chosen]})
        return self._written[at]

    def _groups(
        self,
        model: str,
        window: Window,
        batch: int,
        choices: Sequence[ChosenProbe],
        stage: Stage,
    ) -> Iterator[SessionTrials]:
        """The sessions of a batch that are sent at that stage, by what is known now."""
        # Openings of the first batch are built before the ledger is settled, and keep their keys.
        known: Stage = "opening" if batch == 1 and stage == "opening" else "main"
        aims = self._runner.ledger.aims(model)
        rooms = self._runner.room.rooms(model)
        by_seed: dict[int, list[ChosenProbe]] = {}
        for index, choice in enumerate(choices):
            if nearly_empty(choice.fill, window.limit) != (stage == "opening"):
                continue
            if self._layout == "growing" and stage == "main":
                by_seed.setdefault(choice.seed, []).append(choice)
                continue
            scenario = self._sessions.scenario(choice)
            aimed = rooms.window(windows_aimed(window, aims, scenario)[known], known)
            yield self._sessions.group(model, aimed, batch, index, choice)
        for shared in by_seed.values():
            scenario = self._sessions.scenario(shared[0])
            aimed = rooms.window(windows_aimed(window, aims, scenario)[known], known)
            yield from self._sessions.together(model, aimed, batch, shared)

    async def _replay(
        self, groups: list[SessionTrials], executor: Executor, done: Collection[str]
    ) -> None:
        self.planned += [trial.key for group in groups for trial in group.trials]
        await executor.execute(groups, self._runner, done)
