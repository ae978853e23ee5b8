"""`harness import`: conversations of other programs, as filler and as scenarios."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from harness.core.errors import FileError, UsageError
from harness.core.files import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.core.protocols import Importer, ImportSource
    from harness.core.transcript import Transcript
    from harness.scenarios.importers import ByteSource
    from harness.scenarios.importers.tally import Tally


EMPTY = "the file is empty"


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
    with _reading(files, format_, limit, partial=partial) as (tally, found):
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


@contextmanager
def _reading(
    files: list[Path], format_: str | None, limit: int | None, *, partial: bool
) -> Iterator[tuple[Tally, Iterator[Transcript]]]:
    """The conversations of the files one after the other, and the count of what they hold."""
    from tqdm import tqdm

    from harness.scenarios.importers.tally import Tally

    tally = Tally(name=", ".join("standard input" if str(f) == "-" else str(f) for f in files))
    size = sum(map(_size, files))
    with (
        TemporaryDirectory(prefix="harness-import-") as folder,
        tqdm(total=size, unit="B", unit_scale=True, disable=None, leave=False) as bar,
    ):
        found = _sources(files, format_, tally, Path(folder), bar.update)
        yield tally, _transcripts(found, tally, limit, partial=partial)


def _size(path: Path) -> int:
    """Bytes of a file, or of all in a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.is_file() else 0


def _sources(
    files: list[Path],
    format_: str | None,
    tally: Tally,
    folder: Path,
    seen: Callable[[int], object],
) -> Iterator[tuple[Importer, ImportSource]]:
    """What is to be read, and by which importer; files that go on with each other as one.

    Among several files one that is empty, or is no conversation, ends nothing: it is counted.
    """
    from harness.core.protocols import Gathers
    from harness.core.transcript import Skipped
    from harness.scenarios.importers import delivered, importers
    from harness.scenarios.importers.linked import Joined

    given = [one for file in files for one in delivered(file, folder, seen)]
    for one in given:
        if isinstance(one, Skipped):
            tally.skip(one)
    sources = [one for one in given if not isinstance(one, Skipped)]
    alone = len(files) == 1 and not files[0].is_dir() and len(given) == 1
    by_name: dict[str, list[ByteSource]] = {}
    for source in sources:
        name = _named(source, format_, tally, alone=alone)
        if name is not None:
            by_name.setdefault(name, []).append(source)
    for name, own in by_name.items():
        importer = importers.resolve(name)
        groups = importer.together(own) if isinstance(importer, Gathers) else ([one] for one in own)
        for group in groups:
            yield importer, group[0] if len(group) == 1 else Joined(group)


def _named(source: ByteSource, format_: str | None, tally: Tally, *, alone: bool) -> str | None:
    """The importer of a file; None for a file among others that is none of a conversation."""
    from harness.core.transcript import Skipped
    from harness.scenarios.importers import UnknownFormatError, guess

    try:
        if format_ is None:
            return guess(source)
        if not alone:
            source.sample()
    except UnknownFormatError as error:
        if alone:
            raise
        tally.skip(Skipped(what="file that is no conversation", detail=f"{error.where}"))
        return None
    except FileError as error:
        if alone:
            raise
        what = "empty file" if error.problem == EMPTY else "file that cannot be read"
        tally.skip(Skipped(what=what, where=error.where, detail=error.problem, broken=True))
        return None
    return format_


def _transcripts(
    found: Iterator[tuple[Importer, ImportSource]],
    tally: Tally,
    limit: int | None,
    *,
    partial: bool,
) -> Iterator[Transcript]:
    from harness.core.transcript import Skipped

    for importer, source in found:
        before = tally.sessions
        try:
            for one in tally.sifted(importer.sessions(source)):
                yield one
                if tally.sessions == limit:
                    return
            if tally.sessions == before:
                tally.skip(Skipped(what="file without a conversation", detail=source.name))
        except FileError as error:
            if not partial or not tally.sessions:
                hint = "; --partial keeps what came before" if tally.sessions else ""
                raise FileError(error.where, f"{error.problem}{hint}") from error
            click.echo(f"{error}; kept what came before", err=True)


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
