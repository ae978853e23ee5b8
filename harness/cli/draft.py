"""`harness init --from`: a draft of a scenario out of a conversation."""

from __future__ import annotations

import asyncio
import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from harness.core.errors import NothingSelectedError, UsageError
from harness.core.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.core.transcript import Asked, Skipped, Transcript

_HEAD = """\
# A draft, made from {source}{title}: go over every question before you trust it.
# The conversation stands in `script` word for word; the turns with `says` tell a fact. Edit `ask`,
# add spellings as `{{value: ..., accept: [...]}}`, take out facts that nobody would ask about.
# Check it:  harness validate {path}
# Run it:    harness run {path} -m MODEL -w 8k
"""


def draft(
    source: Path,
    path: Path,
    *,
    wanted: str | None,
    facts: int,
    checkpoints: int,
    model: str | None,
    options: Mapping[str, str],
) -> None:
    """Write a draft of a scenario.

    Args:
        source: Whatever `harness import` reads.
        path: Where the draft goes.
        wanted: Id or number of a conversation; the longest unless given.
        facts: How many are proposed at most.
        checkpoints: At how many places of the conversation they are asked.
        model: Proposes the facts; without one they are found by rule.
        options: Parameters of its calls.

    Raises:
        UsageError: There is no such conversation.
        NothingSelectedError: No fact was found.
    """
    from harness.scenarios.importers.propose import proposals
    from harness.scenarios.importers.scenario import scenario, slug
    from harness.scenarios.importers.tally import Tally
    from harness.scenarios.importers.yaml_text import dump
    from harness.scoring.gold import grading

    one, others = conversation(source, wanted)
    tally = Tally(name=str(source))
    if model is None:
        asked = proposals(one, facts)
    else:
        asked, dropped = asyncio.run(asked_of(model, options, one, facts))
        for left_out in dropped:
            tally.skip(left_out)
    name = slug(path.stem)[:72]
    data, skipped = scenario(replace(one, asked=asked), name, grading, checkpoints=checkpoints)
    for left_out in skipped:
        tally.skip(left_out)
    reasons = f"; dropped: {tally.reasons()}" if tally.left_out else ""
    if data is None:
        advice = "" if model else "; try another --conversation, or let a model look: --model M"
        raise NothingSelectedError(
            f"{source}: no fact was found in conversation '{one.id}' that could be asked"
            f" about{reasons}{advice}"
        )
    title = re.sub(r"[^\w .,:;()-]+", " ", one.title).strip()
    head = _HEAD.format(source=source.name, title=f" ({title})" if title else "", path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, dump(data, head))
    count = len(data["facts"])
    click.echo(
        f"{path}: {count} fact{'s' * (count != 1)} of conversation '{one.id}'"
        f" ({len(one.messages)} messages){reasons}"
    )
    if others:
        click.echo(f"  {others} more in {source}: choose one with --conversation ID or its number")
    click.echo("Go over the questions, then:")
    click.echo(f"  harness validate {shlex.quote(str(path))}")


def conversation(source: Path, wanted: str | None) -> tuple[Transcript, int]:
    """The conversation that is wanted, and how many others there are.

    Args:
        source: Whatever `harness import` reads.
        wanted: Its id or number; None: the longest.

    Raises:
        UsageError: None has that id or number.
    """
    from harness.cli.reading import reading

    best: Transcript | None = None
    size = -1
    with reading([source], None, None, partial=None) as (tally, found):
        for number, one in enumerate(found, 1):
            length = sum(len(message.text) for message in one.messages)
            if (wanted is None and length > size) or wanted in {one.id, str(number)}:
                best, size = one, length
    tally.check_any()
    if best is None:
        raise UsageError(
            f"{source} has no conversation '{wanted}': give an id, or a number from 1 to"
            f" {tally.sessions}"
        )
    return best, tally.sessions - 1


async def asked_of(
    name: str, options: Mapping[str, str], one: Transcript, facts: int
) -> tuple[tuple[Asked, ...], list[Skipped]]:
    """What a model proposes, checked against the conversation.

    Args:
        name: Of the model.
        options: Parameters of its calls.
        one: The conversation.
        facts: How many facts are wanted.

    Raises:
        UsageError: The model cannot be asked.
    """
    from harness.core.errors import ModelError
    from harness.core.transcript import Skipped
    from harness.models import make_model
    from harness.scenarios.importers.drafting import merged, pieces, read_drafts

    model = make_model(name, options)
    parts = pieces(one, facts, model.limit())
    click.echo(f"asking {name} about {len(parts)} part{'s' * (len(parts) != 1)} of it", err=True)
    found: list[Asked] = []
    dropped: list[Skipped] = []
    try:
        for part in parts:
            reply = await model.ask(part.prompt, {})
            kept, wrong = read_drafts(reply.text, one, part.first)
            found += kept
            dropped += wrong
    except ModelError as error:
        raise UsageError(f"{name}: {error}") from error
    finally:
        await model.close()
    chosen, more = merged(found, facts)
    if more:
        dropped.append(Skipped(what="fact more than was wanted", count=more))
    return chosen, dropped
