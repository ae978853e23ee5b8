"""`harness probe`: a session of your own is forked as it grows, and asked what stood in it."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.run import command as run_command
from harness.core.errors import FileError, NothingSelectedError, UsageError
from harness.core.files import write_whole
from harness.core.printable import how_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.core.errors import Where
    from harness.core.transcript import Asked, Skipped, Transcript

_NOT_HERE = frozenset(
    {
        "paths", "resume", "retry_errors", "adaptive", "half_width", "batch_size", "max_probes",
        "memories", "replies", "seeds", "first_seed", "fills", "positions", "filler",
        "system_prompt", "variants",
    }
)  # fmt: skip
"""Options of a run that a log leaves nothing to choose for."""
_MORE = 4
"""So many candidates are looked at for each question: most do not stand in the log once."""


@click.command("probe")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "--propose",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write questions about the log to FILE, for you to go over: by rule, or with -m by a"
    " model.",
)
@click.option(
    "--run",
    "reviewed",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Ask the questions of FILE.",
)
@click.option(
    "--conversation",
    metavar="ID|N",
    help="With --propose: which conversation of the log; the longest unless given.",
)
@click.option(
    "--questions",
    type=click.IntRange(1, 200),
    default=24,
    show_default=True,
    help="With --propose: how many at most.",
)
@click.option(
    "--forks",
    type=click.IntRange(2, 200),
    default=12,
    show_default=True,
    help="With --run: at how many fills the log is forked.",
)
@click.option("--force", is_flag=True, help="With --propose: write over a file that is there.")
@click.pass_context
def command(
    context: click.Context,
    /,
    log: Path,
    *,
    propose: Path | None,
    reviewed: Path | None,
    conversation: str | None,
    questions: int,
    forks: int,
    force: bool,
    **how: Any,
) -> int:
    """Ask models what stood in a real session, at several fills of the window.

    LOG is whatever harness import reads. First questions are proposed, for you to go over
    (--propose FILE); then they are asked (--run FILE -m M), each on a fork of its own. The run is
    one like any other: report, show, and harness run --resume.
    """
    if propose is not None and reviewed is not None:
        raise UsageError("--propose and --run are two steps: give one of them")
    if reviewed is not None:
        return _ask(context, log, reviewed, forks, how)
    models = ",".join(how["models"])
    proposing = propose is not None
    path = propose or Path(f"{log.stem.strip('-') or 'log'}.questions.yaml")
    by = (models, how["options"]) if proposing and models else None
    then = f"harness probe {shlex.quote(str(log))} --run {shlex.quote(str(path))} -m"
    then += f" {shlex.quote(models) if models and not proposing else 'MODEL'}"
    if path.exists() and not force:
        advice = f"ask them: {then}" if not proposing else "give another path, or --force"
        raise UsageError(f"{path} is there already; {advice}")
    _propose(log, path, conversation, questions, by, then)
    return 0


command.params += [one for one in run_command.params if one.name not in _NOT_HERE]


def _propose(  # noqa: PLR0917 -- what questions are made of
    log: Path,
    path: Path,
    wanted: str | None,
    most: int,
    by: tuple[str, tuple[str, ...]] | None,
    then: str,
) -> None:
    """Write questions about a log, and say what comes next.

    Raises:
        NothingSelectedError: None was found that holds.
    """
    from harness.cli.draft import asked_of, conversation
    from harness.cli.forked import longest_stretch
    from harness.cli.study import call_options
    from harness.scenarios.importers.once import standing_once, without_leaks
    from harness.scenarios.importers.propose import proposals
    from harness.scenarios.importers.review import review_text

    whole, others = conversation(log, wanted)
    one, which = longest_stretch(whole)
    dropped: list[Skipped] = []
    if by is None:
        candidates = proposals(one, _MORE * most)
    else:
        name, options = by
        candidates, dropped = asyncio.run(asked_of(name, dict(call_options(options)), one, most))
    standing, leaving = standing_once(one, candidates)
    standing, leaking = without_leaks(_spread(standing, most))
    if by is not None:  # what a rule passes over is no news
        dropped += [*leaving, *leaking]
    told = _told(log, dropped)
    if not standing:
        advice = "" if by else "; try another --conversation, or let a model look: -m M"
        raise NothingSelectedError(
            f"{log}: nothing was found in conversation '{one.id}' that stands there once and can be"
            f" asked about{told}{advice}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, review_text(one, standing, then))
    part = f", {which}" if which else ""
    click.echo(
        f"{path}: {how_many(len(standing), 'question')} about conversation '{one.id}'"
        f" ({len(one.messages):,} messages{part}){told}"
    )
    if others:
        click.echo(f"  {others} more in {log}: choose one with --conversation ID or its number")
    click.echo(f"Go over them, then:\n  {then}")


def _spread(asked: tuple[Asked, ...], most: int) -> tuple[Asked, ...]:
    """So many of the questions, from all over the log."""
    step = max(len(asked) / most, 1.0)
    return tuple(asked[int(n * step)] for n in range(min(most, len(asked))))


def _ask(context: click.Context, log: Path, path: Path, forks: int, how: dict[str, Any]) -> int:
    """Ask the questions of a file, and say what of them did not count."""
    from harness.cli.forked import write_forked
    from harness.runs.folder.find import runs
    from harness.runs.folder.reader import latest_records
    from harness.scenarios.importers.review import read_review

    review = read_review(path)
    one = _same_log(log, review.conversation, review.digest, path)
    asked = _checked(one, review.asked, review.places)
    room = _room(how)
    found, skipped = write_forked(log, one, asked, path, room=room, forks=forks)
    click.echo(
        f"{found.path}: {how_many(len(found.asked), 'question')} at"
        f" {how_many(found.forks, 'fork')} of {log} ({found.tokens:,} tokens){_told(log, skipped)}",
        err=True,
    )
    if found.span < found.tokens:
        click.echo(
            f"note: the window does not hold the whole log: it is forked in its first"
            f" {found.span:,} tokens; --policy drop_oldest asks about all of it",
            err=True,
        )
    before = set(runs(how["out"]))
    code: int = context.invoke(run_command, paths=(found.path,), **how)
    for folder in [one for one in runs(how["out"]) if code == 0 and one not in before]:
        _tell_counted(latest_records(folder).values())
    return code


def _tell_counted(rows: Iterable[Mapping[str, Any]]) -> None:
    """Say what the intervals are over, and which questions a model needs no log for."""
    asked: dict[str, set[str]] = {}
    known: dict[str, set[str]] = {}
    for row in rows:
        if row["arm"] == "main":
            asked.setdefault(row["model"], set()).add(row["question_id"])
            if row["counts"] == "apart":
                known.setdefault(row["model"], set()).add(row["question_id"])
    for model, names in known.items():
        click.echo(
            f"not counted: {len(names)} of {how_many(len(asked[model]), 'question')}, which {model}"
            f" answers without the log: {', '.join(sorted(names))}"
        )
    click.echo(
        "A log is one session whatever the seed: where a report says sessions, these are the"
        " questions, and more of them (--questions), or another log, make it narrower."
    )


def _same_log(log: Path, wanted: str, digest: str, path: Path) -> Transcript:
    """The conversation that a file of questions is about.

    Raises:
        UsageError: It has changed, or was never in the log.
    """
    from harness.cli.draft import conversation
    from harness.cli.forked import longest_stretch
    from harness.scenarios.importers.review import said_in

    one, _ = longest_stretch(conversation(log, wanted)[0])
    if said_in(one) != digest:
        raise UsageError(
            f"the questions of {path} are about another log, or {log} has grown since: propose them"
            " anew, or keep a copy of the log beside them"
        )
    return one


def _checked(
    one: Transcript, asked: tuple[Asked, ...], places: Mapping[str, Where]
) -> tuple[Asked, ...]:
    """The questions with what answers them; whoever went over them is told what does not hold.

    Raises:
        FileError: The answer of one does not stand in the log once, or a question gives one away.
    """
    from harness.scenarios.importers.once import standing_once, without_leaks

    standing, wrong = standing_once(one, asked)
    _, leaking = without_leaks(asked)
    for problem in (*wrong, *leaking):
        raise FileError(
            places[problem.detail],
            f"question '{problem.detail}': {problem.what}; change it, or take the question out",
        )
    return standing


def _room(how: dict[str, Any]) -> int | None:
    """Tokens of the longest session that the largest window takes whole; None: any.

    A policy that drops something has the log go on past the ceiling.
    """
    from harness.core.study import Study, unique
    from harness.models.catalog import known_limit
    from harness.runs.planning.plan import windows_of

    if how["policies"] != "send_all" or not how["models"]:
        return None
    names = unique([name for text in how["models"] for name in text.split(",")], "model")
    study = Study(scenarios=(), models=names, windows=unique(how["windows"].split(","), "window"))
    budgets = [w.budget for name in names for w in windows_of(study, name, known_limit)]
    return max(budgets) - _QUESTION


_QUESTION = 160
"""Tokens that are kept for the question."""


def _told(log: Path, dropped: list[Skipped]) -> str:
    """What was left out, as the end of a sentence."""
    from harness.scenarios.importers.tally import Tally

    tally = Tally(name=str(log))
    for one in dropped:
        tally.skip(replace(one, detail=""))
    return f"; dropped: {tally.reasons()}" if tally.left_out else ""
