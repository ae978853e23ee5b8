"""`harness import`: conversations of other programs, as filler and as scenarios."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.reading import reading
from harness.core.errors import UsageError
from harness.core.files import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.core.transcript import Transcript


@click.command("import")
@click.argument("words", nargs=-1, required=True, metavar="[FORMAT] FILE...")
@click.option(
    "-o",
    "--output",
    "out",
    type=click.Path(path_type=Path),
    help="x.jsonl: one session a line; x.yaml or a folder: a scenario each. Unless given: stdout.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--limit", type=click.IntRange(1), help="Take the first so many conversations.")
@click.option(
    "--partial", is_flag=True, help="Of a file that is cut off, keep what came before the damage."
)
@click.option(
    "--checkpoints",
    type=click.IntRange(1, 200),
    default=1,
    show_default=True,
    help="For scenarios: ask at so many places of the session, the last at its end.",
)
@click.option(
    "--judged",
    is_flag=True,
    help="For scenarios: keep questions that no reading can grade, for harness judge.",
)
@click.option(
    "--new-sessions/--one-session",
    default=None,
    help="For scenarios: begin a fresh session where the conversation has a break, or never. Unless"
    " given: where a compaction took what stood before out of context.",
)
def command(
    words: tuple[str, ...],
    *,
    out: Path | None,
    force: bool,
    limit: int | None,
    partial: bool,
    checkpoints: int,
    judged: bool,
    new_sessions: bool | None,
) -> int:
    """Import conversations; FORMAT is guessed unless it is given.

    \b
    FILE is a file, a folder, a zip archive as it was delivered, or - for standard input.

    \b
    Formats: chatgpt, claude, claude-code, codex, gemini-cli, aistudio, copilot, specstory, aider,
    open-webui, librechat, lmstudio, sillytavern, langfuse, langsmith, otel, inspect, openai,
    sharegpt, markdown, longmemeval, locomo, msc, beam, goodai, or package.module:Name of your own;
    options as in goodai?questions=false.

    \b
    Example:
      harness import conversations.json -o sessions.jsonl
      harness run scenarios/first.yaml --filler sessions.jsonl -m reference/perfect -w 8k
    """  # noqa: D301 -- click reads the control character
    from harness.cli.imported import count_grading, share_sentence, to_scenarios

    format_, files = _format_and_files(words)
    _check_free(out, files, force=force)
    ways: Counter[str] = Counter()
    with reading(files, format_, limit, partial=partial) as (tally, found):
        transcripts = count_grading(found, ways)
        if out is None:
            _to_lines(transcripts, click.echo)
        elif _is_lines(out):
            with _whole(out) as write:
                _to_lines(transcripts, write)
                tally.check_any()
        else:
            to_scenarios(
                transcripts,
                tally,
                out,
                judged=judged,
                checkpoints=checkpoints,
                new_sessions=new_sessions,
                force=force,
            )
        tally.check_any()
    click.echo(tally.sentence(), err=True)
    if ways:
        click.echo(share_sentence(ways, judged=judged), err=True)
    if out is not None:
        click.echo(f"written to {out}", err=True)
    return 0


def _format_and_files(words: tuple[str, ...]) -> tuple[str | None, list[Path]]:
    """The format, where the first word is one, and the files."""
    from harness.core.errors import nearest
    from harness.scenarios.importers import importers

    first = words[0]
    name = first.partition("?")[0]
    if name in importers.names() or (":" in name and not Path(first).exists()):
        if len(words) == 1:
            raise UsageError(f"no file given: harness import {first} FILE")
        return first, [Path(word) for word in words[1:]]
    if len(words) > 1 and not Path(first).exists() and not Path(first).suffix:
        raise UsageError(f"unknown importer '{first}': {nearest(name, importers.names())}")
    return None, [Path(word) for word in words]


def _check_free(out: Path | None, files: list[Path], *, force: bool) -> None:
    """Make sure that nothing is overwritten that was not meant.

    Raises:
        UsageError: The output is there already, or is one of the inputs.
    """
    if out is None:
        return
    if any(out.exists() and file.exists() and out.samefile(file) for file in files):
        raise UsageError(f"{out} is what is read; write to another file")
    if out.is_file() and not force:
        raise UsageError(f"{out} is there already; give another path, or --force")


def _is_lines(out: Path) -> bool:
    return out.suffix in {".jsonl", ".json", ".ndjson"} or str(out) == os.devnull


@contextmanager
def _whole(out: Path) -> Iterator[Callable[[str], object]]:
    """Writes lines to a file that appears when all of them are there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole(out) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        yield lambda line: file.write(f"{line}\n")


def _to_lines(transcripts: Iterator[Transcript], write: Callable[[str], object]) -> None:
    from harness.scenarios.importers.lines import line

    for number, one in enumerate(transcripts, 1):
        write(line(one, number))
