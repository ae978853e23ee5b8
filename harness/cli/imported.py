"""The scenario side of `harness import`: a file for each conversation that has questions."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from harness.core.errors import NothingSelectedError, UsageError
from harness.core.transcript import Skipped

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator

    from harness.core.transcript import Transcript
    from harness.scenarios.importers.tally import Tally

SUFFIXES = {".yaml", ".yml"}
_LONGEST_NAME = 72


def to_scenarios(
    transcripts: Iterable[Transcript],
    tally: Tally,
    out: Path,
    *,
    judged: bool,
    checkpoints: int,
    new_sessions: bool | None,
    force: bool,
) -> None:
    """Write a scenario for each conversation with a question that can be asked.

    Args:
        transcripts: The conversations.
        tally: Counts what cannot be part of a scenario.
        out: A YAML file for a single conversation, or a folder.
        judged: Whether questions are kept that only a model can grade.
        checkpoints: At how many places of a session its questions are asked.
        new_sessions: Whether breaks begin fresh sessions; None leaves it to each conversation.
        force: Whether files that are there may be written over.

    Raises:
        UsageError: There are several conversations for one file, or a file is there already.
        NothingSelectedError: No conversation has a question that can be asked.
    """
    from harness.scenarios.importers.scenario import scenario, slug
    from harness.scenarios.importers.yaml_text import dump
    from harness.scoring.gold import grading

    single = out.suffix in SUFFIXES
    folder = out.parent if single else out
    # In a folder beside, so that a file that ends in the middle leaves nothing half done.
    with _made(folder), TemporaryDirectory(dir=folder, prefix=".import-") as beside:
        written: list[str] = []
        for one in transcripts:
            name = slug(out.stem if single else one.id)[:_LONGEST_NAME]
            data, skipped = scenario(
                one,
                name,
                grading,
                judged=judged,
                checkpoints=checkpoints,
                new_sessions=new_sessions,
            )
            for left_out in skipped:
                tally.skip(left_out)
            if data is None:
                tally.skip(Skipped(what="conversation without a question that can be asked"))
                continue
            if single and written:
                raise UsageError(
                    f"several conversations have questions; give a folder in place of {out},"
                    " or --limit 1"
                )
            data["name"] = _free(name, written)
            written.append(data["name"])
            title = "".join(c for c in " ".join(one.title.split()) if c.isprintable())
            text = dump(data, f"# {title}\n" if title else "")
            Path(beside, f"{data['name']}.yaml").write_text(text, encoding="utf-8")
        if not written:
            tally.check_any()
            raise NothingSelectedError(
                f"{tally.sentence()}; there is no scenario to write: -o x.jsonl makes filler of the"
                " sessions, and harness init --from x.jsonl drafts questions"
            )
        places = {name: out if single else folder / f"{name}.yaml" for name in written}
        there = [path for path in places.values() if path.exists() and not force]
        if there:
            raise UsageError(f"{there[0]} is there already; give another path, or --force")
        for name, path in places.items():
            Path(beside, f"{name}.yaml").replace(path)
    click.echo(f"{len(written)} scenario{'s' * (len(written) != 1)}", err=True)


def count_grading(transcripts: Iterable[Transcript], ways: Counter[str]) -> Iterator[Transcript]:
    """The same conversations; counts how replies to their questions are graded.

    Args:
        transcripts: The conversations.
        ways: What is counted.
    """
    from harness.scoring.gold import grading

    for one in transcripts:
        ways.update(grading(asked).way for asked in one.asked)
        yield one


def share_sentence(ways: Counter[str], *, judged: bool) -> str:
    """Which share of the questions is graded by reading, as a sentence."""
    total = ways.total()
    read = ways["reading"] + ways["abstain"]
    percent = f"{100 * read / total:.0f} %"
    kept = "by a model, with harness judge" if judged else "only by a model: --judged keeps them"
    parts = [f"graded by reading: {read:,} of {total:,} questions ({percent})"]
    parts += [f"{kept}: {ways['judge']:,}"] if ways["judge"] else []
    parts += [f"not at all: {ways['none']:,}"] if ways["none"] else []
    return "; ".join(parts)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder, which is gone again when it was made for nothing."""
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if new and not any(folder.iterdir()):
            folder.rmdir()


def _free(name: str, taken: list[str]) -> str:
    """The name; where two conversations share one, the later get a number."""
    chosen, number = name, 2
    while chosen in taken:
        chosen, number = f"{name}-{number}", number + 1
    return chosen
