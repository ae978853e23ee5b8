"""`harness plan`: trials, tokens and cost, before anything is sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import click

from harness.cli.grouped import GroupedCommand
from harness.cli.options import RESULTS, study_options
from harness.cli.study import make_study, tell_code, tell_unchecked
from harness.core.errors import NothingSelectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.core.study import SessionTrials, Study
    from harness.runs.planning.cost import Estimate
    from harness.sessions.materials import Materials, Workshop


@click.command("plan", cls=GroupedCommand)
@study_options
@click.option(
    "--detect",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    envvar="HARNESS_DETECT",
    metavar="DROP",
    help="Say how many seeds it takes to find such a drop of recall between two models or prompts:"
    " 0.05 is 5 points.",
)
@click.option(
    "--power",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.8,
    show_default=True,
    envvar="HARNESS_POWER",
    help="Chance of finding that drop.",
)
@click.option(
    "--half-width",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    envvar="HARNESS_HALF_WIDTH",
    metavar="WIDTH",
    help="Say how many seeds an onset takes to within that share of the window: 0.03 is 3 %.",
)
@click.option(
    "--trust-code",
    is_flag=True,
    envvar="HARNESS_TRUST_CODE",
    help="Import what the scenarios name as package.module:Name, to plan with it.",
)
@RESULTS
def command(
    paths: tuple[Path, ...],
    *,
    out: Path,
    trust_code: bool,
    detect: float | None,
    power: float,
    half_width: float | None,
    **options: Any,
) -> int:
    """Say what a run would send and cost; nothing is sent."""
    from harness.models import known_limit, price
    from harness.runs.planning.cost import CostSums, total_usd
    from harness.runs.planning.named_code import load_code, refuse_filler
    from harness.runs.planning.plan import make_plan
    from harness.sessions.materials import Workshop

    workshop = Workshop()
    study = make_study(paths, **options)
    tell_code(study, imports=trust_code)
    if trust_code:
        study = load_code(study)
    else:
        refuse_filler(study)
    tell_unchecked(study)
    sums, probes = CostSums(study, price), _Probes()

    def add(materials: Materials, group: SessionTrials) -> None:
        sums.add(materials, group)
        probes.add(group)

    make_plan(study, workshop, known_limit, tell=add)
    rows = sums.estimates()
    _print_table(rows, workshop)
    before = sum(row.preparation_calls for row in rows)
    if before:
        click.echo(
            f"At most {before:,} of these calls write into sessions before anything is asked:"
            " notes, summaries, compactions, live replies."
        )
    for row in rows:
        if row.room_to_think is not None:
            click.echo(
                f"{row.model} thinks before it answers: {row.room_to_think:,} of {row.window:,}"
                " tokens are kept for its answer (-M max_tokens=N says otherwise)."
            )
    total, without = total_usd(rows), total_usd(rows, cached=False)
    if total is None:
        names = sorted({row.model for row in rows if row.cost_usd is None})
        are = "is" if len(names) == 1 else "are"
        rest = total_usd([row for row in rows if row.cost_usd is not None])
        others = f" The others cost {dollars(rest)}." if rest else ""
        click.echo(f"Cost unknown: {', '.join(names)} {are} not in the price list.{others}")
    elif without:
        click.echo(
            f"Cost {dollars(total)} if the provider's prefix cache holds forks,"
            f" {dollars(without)} if it holds none."
        )
    for line in _times(rows, out):
        click.echo(line)
    for line in _seeds(study, probes, detect=detect, power=power, half_width=half_width):
        click.echo(f"\n{line}")
    return 0


def _print_table(rows: Sequence[Estimate], workshop: Workshop) -> None:
    """A line for each model and window, and what they come to."""
    width = max(len("model"), *(len(row.model) for row in rows))
    click.echo(
        f"{'model':<{width}} {'window':>9} {'sessions':>8} {'trials':>7} {'calls':>7}"
        f" {'tokens':>13} {'cached':>13} {'output':>9} {'cost':>10}"
    )
    for row in rows:
        click.echo(
            f"{row.model:<{width}} {row.window:>9,} {row.sessions:>8,} {row.trials:>7,}"
            f" {row.calls:>7,} {row.prompt_tokens:>13,} {row.cached_tokens:>13,}"
            f" {row.completion_tokens:>9,} {dollars(row.cost_usd):>10}"
        )
    click.echo(
        f"\n{sum(r.calls for r in rows):,} calls, {sum(r.prompt_tokens for r in rows):,} prompt"
        f" tokens by the local tokenizer ({workshop.counter.encoding}); nothing was sent."
    )


def _times(rows: Sequence[Estimate], out: Path) -> Iterator[str]:
    """How long each model will take, by its newest run; models are asked side by side."""
    from harness.cli.time_left import duration
    from harness.runs.planning.past_rate import past_rate

    unknown = []
    for model in dict.fromkeys(row.model for row in rows):
        rate = past_rate(model, out)
        if rate is None:
            unknown.append(model)
            continue
        seconds = sum(row.prompt_tokens for row in rows if row.model == model) / rate.tokens_per_s
        yield f"Time: {model} about {duration(seconds)}, at the rate of {rate.run}."
    if unknown:
        names = ", ".join(unknown)
        yield f"Time unknown: no run in {out}/ has asked {names} yet; a small one tells its rate."


def _seeds(
    study: Study, probes: _Probes, *, detect: float | None, power: float, half_width: float | None
) -> Iterator[str]:
    """How many seeds the questions of `--detect` and `--half-width` take, as sentences."""
    if detect is None and half_width is None:
        return
    from harness.analysis.stats.power import (  # here, since it brings scipy
        DISCORDANT,
        seeds_for_half_width,
        seeds_to_detect,
    )

    for (window, layout), (sessions, asked) in probes.per_seed(study).items():
        has = f"this plan has {study.seeds} seeds"
        lines = [f"window {window:,}, layout {layout}: {asked} scored probes a seed; {has}"]
        if detect is not None:
            # Sessions are what chance comes from, and each scenario has one of its own a seed.
            wanted = seeds_to_detect(detect, max(asked // sessions, 1), power=power)
            differ = 100 * max(DISCORDANT, detect)
            lines.append(
                f"To find a drop of {100 * detect:g} points between two models or prompts takes"
                f" {-(-wanted // sessions)} seeds in each\n  (power {power:g}, one-sided error"
                f" 0.05, if {differ:g} % of the answers differ)."
            )
        if half_width is not None:
            lines.append(f"{seeds_for_half_width(half_width, asked).message}.")
        yield "\n  ".join(lines)


class _Probes:
    """Counts the scored probes of the main arm while the sessions of a plan pass by."""

    def __init__(self) -> None:
        self._scenarios: defaultdict[tuple[int, str], dict[str, set[str]]] = defaultdict(dict)
        self._counts: Counter[tuple[int, str, str]] = Counter()

    def add(self, group: SessionTrials) -> None:
        """Count those of a session."""
        for trial in group.trials:
            if trial.arm == "main" and trial.counts == "recall":
                limit, layout, model = trial.window.limit, trial.layout, trial.model
                self._scenarios[limit, layout].setdefault(model, set()).add(trial.scenario)
                self._counts[limit, layout, model] += 1

    def per_seed(self, study: Study) -> dict[tuple[int, str], tuple[int, int]]:
        """Sessions and scored probes of the main arm in one seed, by window and layout.

        Models of one window are asked the same, so that the first of them speaks for all.

        Raises:
            NothingSelectedError: The plan asks for nothing that was said.
        """
        if not self._scenarios:
            raise NothingSelectedError(
                "no probe of this plan asks for something that was said, so there is neither"
                " recall to compare nor an onset; add a fact with a `plant`"
            )
        cells = {}
        for key, scenarios in sorted(self._scenarios.items()):
            model = min(scenarios, key=study.models.index)
            n = self._counts[*key, model]
            cells[key] = (len(scenarios[model]), max(n // study.seeds, 1))
        return cells


_CENT = 0.01


def dollars(amount: float | None) -> str:
    """An amount as people read it; unknown is unknown, never $0.

    >>> dollars(None), dollars(0.0), dollars(0.0004), dollars(12.3)
    ('unknown', '$0', '$0.0004', '$12.30')
    """
    if amount is None:
        return "unknown"
    if amount == 0:
        return "$0"
    return f"${amount:,.2f}" if amount >= _CENT else f"${amount:.2g}"
