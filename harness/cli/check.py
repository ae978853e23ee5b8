"""`harness check`: has recall got worse than in the baseline? A gate for CI."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.limits import limit_options
from harness.cli.onset_options import CRITERION, NEAR_EMPTY
from harness.cli.options import RESULTS, output_files
from harness.cli.outputs import check_outputs
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.gate.check import Again, Wanted
    from harness.gate.decision import GateRule
    from harness.gate.results import Check
    from harness.gate.snapshot import Snapshot
    from harness.runs.limits import Limits

SECOND_LOOKS = "second-looks"
"""Folder under the results for fresh answers, so that `latest` stays the run that is checked."""

_FAILED = 1
_INCOMPLETE = 6
_SUFFIXES = (".md", ".json", ".txt", ".xml")


def _share(
    name: str, default: float, text: str
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """An option that is a fraction in (0, 1)."""
    return click.option(
        f"--{name}",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        default=default,
        show_default=True,
        envvar=f"HARNESS_{name.upper().replace('-', '_')}",
        help=text,
    )


@click.command("check")
@click.argument("run")
@click.option(
    "--baseline", metavar="NAME", envvar="HARNESS_BASELINE", help="What it must not lose."
)
@_share("margin", 0.05, "The drop of recall that matters.")
@_share("alpha", 0.05, "One-sided error of each test.")
@_share("power", 0.8, "Chance of a decision that missing seeds are counted for.")
@_share("onset-margin", 0.1, "How much earlier an onset may lie, of the window.")
@CRITERION
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    envvar="HARNESS_LEVEL",
    help="Confidence of the intervals of onsets.  [default: 1 - 2 alpha, shared among the cells]",
)
@NEAR_EMPTY
@click.option(
    "--on-inconclusive",
    type=click.Choice(["pass", "fail", "warn"]),
    default="warn",
    show_default=True,
    envvar="HARNESS_ON_INCONCLUSIVE",
    help="What it means when nobody can tell: exit code 0, 1, or 0 with a warning.",
)
@click.option(
    "--confirm/--no-confirm",
    default=True,
    show_default=True,
    envvar="HARNESS_CONFIRM",
    help="Ask the sessions once more before a drop is called a failure.",
)
@click.option(
    "--trust-code",
    is_flag=True,
    envvar="HARNESS_TRUST_CODE",
    help="Let the second look import the code that the run or its scenarios name.",
)
@click.option(
    "--a-a",
    is_flag=True,
    help="Instead: set the same prompt against itself, and say how often the gate would flap.",
)
@click.option(
    "-M",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help="For the second look: parameters that are not stored with a run, such as api_key.",
)
@limit_options
@output_files(".md (for a pull request) .xml (JUnit) .json .txt")
@RESULTS
def command(
    run: str,
    *,
    baseline: str | None,
    margin: float,
    alpha: float,
    power: float,
    onset_margin: float,
    criterion: float,
    level: float | None,
    near_empty: int | None,
    on_inconclusive: str,
    confirm: bool,
    trust_code: bool,
    a_a: bool,
    options: tuple[str, ...],
    limits: Limits,
    outputs: tuple[Path, ...],
    out: Path,
) -> int:
    """Check RUN against a baseline: pass, fail, or not to be told.

    It passes when a drop of the margin is excluded, and fails when recall is surely lower by at
    least 0.6 of the margin in this run and once more in fresh answers to the same questions.
    Exit codes: 0 passed, 1 failed, 4 not comparable, 6 too little was measured. In GitHub Actions
    the summary of the step is written, too.
    """
    check_outputs(outputs, "check", _SUFFIXES)
    from harness.cli.again import why_not_again
    from harness.gate.decision import GateRule
    from harness.runs.folder.find import find_run

    rule = GateRule(
        margin=margin,
        alpha=alpha,
        power=power,
        onset_margin=onset_margin,
        criterion=criterion,
        onset_level=level,
        near_empty=near_empty,
    )
    folder = find_run(run, out)
    if a_a:
        if confirm and (kept_back := why_not_again(folder, options, trusted=trust_code)):
            raise UsageError(f"no second look: {kept_back}; or say --no-confirm")
        fresh = _again(folder, options, out, limits) if confirm else None
        return _flapping(folder, rule, fresh)
    if baseline is None:
        raise UsageError("check against what? give --baseline NAME (harness baseline ls), or --a-a")
    from harness.gate.baseline import read_baseline
    from harness.gate.check import check
    from harness.gate.replies import lost_replies
    from harness.gate.snapshot import of_run

    blessed, snapshot = read_baseline(baseline, out), of_run(folder)
    again: Again | None = None
    why_not = "--no-confirm"
    if confirm and snapshot.from_cassette:
        why_not = "the answers come from a cassette, which holds no others"
    elif confirm:
        kept_back = why_not_again(folder, options, trusted=trust_code)
        again = None if kept_back else _again(folder, options, out, limits)
        why_not = kept_back or why_not
    found = check(blessed, snapshot, rule, again=again, why_not=why_not)
    found = replace(found, replies=lost_replies(folder, found.lost))
    _show(found, outputs)
    return _code(found, on_inconclusive)


def _again(folder: Path, options: Sequence[str], out: Path, limits: Limits) -> Again:
    """Runs the sessions once more, under repeat numbers that no answer has yet."""

    def ask(wanted: Wanted) -> Snapshot:
        from harness.cli.again import study_again
        from harness.cli.progress import Bar
        from harness.gate.snapshot import of_run
        from harness.runs.run import run

        study = study_again(
            folder,
            options,
            models=wanted.models,
            scenarios=wanted.scenarios,
            first_repeat=wanted.first_repeat,
            repeats=wanted.repeats,
        )
        click.echo(f"asking the same questions again: {wanted.why}", err=True)
        with Bar() as bar:
            result = run(study, out=out / SECOND_LOOKS, limits=limits, progress=bar)
        click.echo(f"fresh answers: {result.folder}", err=True)
        return of_run(result.folder)

    return ask


def _show(found: Check, outputs: Sequence[Path]) -> None:
    from harness.core.files import write_whole
    from harness.reports.files.junit_file import check_junit
    from harness.reports.sections.gate import check_json, check_markdown, check_text

    forms: dict[str, Callable[[Check], str]] = {
        ".md": check_markdown,
        ".json": check_json,
        ".txt": check_text,
        ".xml": check_junit,
    }
    for output in outputs:
        write_whole(output, forms[output.suffix.lower()](found))
        click.echo(str(output), err=True)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8", errors="replace") as file:
            file.write(check_markdown(found))
    click.echo(check_text(found), nl=False)  # last: no verdict is said that is nowhere kept


def _code(found: Check, on_inconclusive: str) -> int:
    """The exit code of a verdict."""
    from harness.gate.check import MOST_MISSING

    if found.verdict == "fail":
        return _FAILED
    if found.verdict == "pass":
        return 0
    if found.not_measured > MOST_MISSING:
        return _INCOMPLETE
    if on_inconclusive == "warn":
        click.echo("warning: inconclusive is not a pass (--on-inconclusive)", err=True)
    return _FAILED if on_inconclusive == "fail" else 0


def _flapping(folder: Path, rule: GateRule, again: Again | None) -> int:
    """How often the gate would have been wrong on answers to the same prompt."""
    from harness.gate.flapping import enough_repeats, flapping
    from harness.gate.snapshot import of_run
    from harness.reports.sections.gate import flapping_text

    snapshot = of_run(folder)
    if again is not None and not snapshot.from_cassette:
        snapshot = enough_repeats(snapshot, again)
    click.echo(flapping_text(flapping(snapshot, rule)), nl=False)
    return 0
