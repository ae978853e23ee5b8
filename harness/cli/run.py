"""`harness run`: replay scenarios against models and windows, and say where forgetting begins."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from harness.cli.again import before
from harness.cli.answers import ANSWERS, answer_options, answers_of
from harness.cli.budget import budget_options, read_out
from harness.cli.grouped import GroupedCommand
from harness.cli.limits import limit_options
from harness.cli.looks import look_at_models
from harness.cli.options import RESULTS, study_options
from harness.cli.resume_line import resume_line
from harness.cli.study import make_study, tell_code, tell_unchecked
from harness.cli.workers import worker_options
from harness.core.errors import IncompleteError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from harness.adaptive.search import Ended
    from harness.core.study import Study
    from harness.runs.limits import Limits
    from harness.runs.result import RunTotals

_INTERRUPTED = 2

_ADAPTIVE_SEEDS = 30
"""Sessions over which adaptive batches rotate unless --seeds says otherwise."""


@click.command("run", cls=GroupedCommand)
@study_options
@RESULTS
@click.option("--resume", metavar="RUN|latest", help="Go on with a run that was interrupted.")
@click.option("--retry-errors", is_flag=True, help="With --resume: ask again where it failed.")
@limit_options
@click.option(
    "--adaptive", is_flag=True, help="Choose each batch by what the records so far leave open."
)
@click.option(
    "--half-width",
    type=float,
    default=0.03,
    show_default=True,
    help="With --adaptive: stop when the onset is known to so much of the window either way.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(8, 512),
    default=32,
    show_default=True,
    help="With --adaptive: probes chosen at a time.",
)
@click.option(
    "--max-probes",
    type=click.IntRange(1),
    default=4000,
    show_default=True,
    help="With --adaptive: stop here at the latest, for each model and window.",
)
@budget_options
@answer_options
@worker_options
@click.option(
    "--preflight/--no-preflight",
    default=True,
    show_default=True,
    help="Look at key, address and name of each model before anything is sent; it costs nothing.",
)
@click.option("-q", "--quiet", is_flag=True, help="Do not print the report at the end.")
@click.pass_context
def command(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    *,
    out: Path,
    resume: str | None,
    retry_errors: bool,
    limits: Limits,
    executor: str,
    preflight: bool,
    quiet: bool,
    adaptive: bool,
    half_width: float,
    batch_size: int,
    max_probes: int,
    budget_usd: float | None,
    budget_tokens: int | None,
    **options: Any,
) -> int:
    """Replay scenarios against models and windows; records go to results/."""
    from harness.cli.progress import Bar
    from harness.runs.budget import Budget
    from harness.runs.folder.find import find_run, runs
    from harness.runs.folder.run_json import read_config
    from harness.sessions.tokens import counts_kept

    kept = answers_of(**{name: options.pop(name) for name in ANSWERS})
    aim: dict[str, Any] | None = None
    folder = None
    if resume is not None:
        folder = find_run(resume, out)
        paths, options = _as_before(context, folder, paths, options)
        aim = read_config(folder)["adaptive"]
    elif retry_errors:
        raise UsageError("--retry-errors goes with --resume RUN")
    elif adaptive:
        aim = {
            "half_width": half_width,
            "batch_size": batch_size,
            "max_probes": max_probes,
            "budget_tokens": budget_tokens,
        }
        if context.get_parameter_source("seeds") is click.core.ParameterSource.DEFAULT:
            options["seeds"] = _ADAPTIVE_SEEDS
    study = _one_prompt(make_study(paths, **options), aim)
    tell_unchecked(study)
    tell_code(study, imports=True)
    if preflight and folder is None and (kept.get("cassette") is None or kept.get("record")):
        look_at_models(study)
    known = set(runs(out))
    how = {
        "out": out,
        "resume": folder,
        "retry_errors": retry_errors,
        "limits": limits,
        "executor": executor,
        "budget": Budget(usd=budget_usd, tokens=budget_tokens),
        **kept,
    }
    try:
        with counts_kept(kept["cache"]), Bar() as bar:
            result, ended = _replay(study, aim, how | {"progress": bar})
    except KeyboardInterrupt:
        begun = folder or next(iter(set(runs(out)) - known), None)
        how_on = (
            "nothing was sent"
            if begun is None
            else f"go on with: {resume_line(begun, out, context)}"
        )
        click.echo(f"interrupted; {how_on}", err=True)
        return _INTERRUPTED
    if not quiet:
        _print_report(result.folder)
    return _end(result, ended, out, context)


def _end(result: RunTotals, ended: list[Ended], out: Path, context: click.Context) -> int:
    """Say what the run came to, and where it is kept.

    Raises:
        IncompleteError: Something that was asked for is missing.
    """
    for end in ended:
        click.echo(f"stopped: {end.model}, window {end.window:,}: {end.reason}")
    told = (read_out(result.bill, result.expected), *result.notes)
    for note in told:
        if note is not None:
            click.echo(note, err=True)
    click.echo(f"records: {result.folder / 'records.jsonl'}", err=True)
    if result.cut:
        click.echo(
            f"{result.cut:,} of {result.planned:,} replies ended before they held an answer, and"
            f" are not measured; most with: {result.cut_said}",
            err=True,
        )
    _check_complete(result, out, context)
    if not all(end.enough for end in ended):
        raise IncompleteError("the search ended before its aim was reached; see above")
    return 0


def _one_prompt(study: Study, aim: dict[str, Any] | None) -> Study:
    """The study itself.

    Raises:
        UsageError: An adaptive run, whose records steer it, has several prompts.
    """
    if aim is not None and len(study.prompts) > 1:
        raise UsageError("--adaptive searches under one prompt; give one --variant at a time")
    return study


def _replay(
    study: Study, aim: dict[str, Any] | None, how: dict[str, Any]
) -> tuple[RunTotals, list[Ended]]:
    """The run, planned at once or batch by batch."""
    if aim is None:
        from harness.runs.run import run

        return run(study, **how), []
    from harness.adaptive.goal import SearchGoal
    from harness.adaptive.run import run_adaptive

    return run_adaptive(study, SearchGoal(**aim), **how)


def _as_before(
    context: click.Context, folder: Path, paths: tuple[Path, ...], options: dict[str, Any]
) -> tuple[tuple[Path, ...], dict[str, Any]]:
    """The study of a run folder; what is given again on the command line is not changed by it.

    Raises:
        UsageError: An option would make it another study.
    """
    from harness.runs.folder.run_json import read_config

    source = click.core.ParameterSource.COMMANDLINE
    flags = {"models": "model", "windows": "window", "policies": "policy", "memories": "memory"}
    flags |= {"variants": "variant", "system_prompt": "system-prompt", "names": "name"}
    fixed = (*flags, "replies", "facts", "seeds", "first_seed", "repeats", "fills", "positions")
    for name in (*fixed, "filler", "controls"):
        if context.get_parameter_source(name) is source:
            flag = flags.get(name, name).replace("_", "-")
            raise UsageError(
                f"--{flag} cannot change in a run that is resumed; start a new run instead"
            )
    if paths:
        raise UsageError("scenario paths cannot change in a run that is resumed; leave them out")
    return before(read_config(folder), options["options"])


def _print_report(folder: Path) -> None:
    """The report: in a terminal the answer alone, so that it stays in sight."""
    from harness.cli.report import print_report

    short = sys.stdout.isatty()
    print_report([folder], details=not short)
    if short:
        click.echo(f"each curve in full: harness report {folder.name}", err=True)


def _check_complete(result: RunTotals, out: Path, context: click.Context) -> None:
    """Say what is left.

    Raises:
        IncompleteError: Errors are left, or trials were never sent.
    """
    if result.complete and not result.unmeasured:
        return
    parts = []
    if result.errors:
        kinds = ", ".join(f"{count} {kind}" for kind, count in result.error_kinds)
        parts.append(
            f"{result.errors} of {result.planned} trials ended in an error ({kinds}), most with:"
            f" {result.error_said}"
        )
    if result.broken_off:
        parts.append(f"{result.broken_off:,} answers were broken off by the provider")
    if result.recorded < result.planned:
        parts.append(f"{result.planned - result.recorded} were not sent")
    for why in dict.fromkeys(why for _, why in result.given_up):
        names = [name for name, reason in result.given_up if reason == why]
        parts.append(
            f"{' and '.join(names)} {'was' if len(names) == 1 else 'were'} given up: {why}"
        )
    if result.unmeasured:
        parts.append(
            f"nothing was measured of {' and '.join(result.unmeasured)}: every reply ended before"
            " it held an answer"
        )
    if result.complete:
        mend = str(result.cut_said).rpartition(": ")[2]
        raise IncompleteError(f"{'; '.join(parts)}. Start again with room for it: {mend}")
    if result.stopped is not None:
        parts.insert(0, result.stopped)
    go_on = "Go on with" if result.stopped is None else "Go on, with a larger budget or none"
    failed = result.errors or result.broken_off or result.stopped is None
    retry = " --retry-errors" if failed else ""
    line = resume_line(result.folder, out, context, larger_budget=result.stopped is not None)
    raise IncompleteError(f"{'; '.join(parts)}. {go_on}: {line}{retry}")
