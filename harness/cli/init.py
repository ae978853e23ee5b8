"""`harness init`: a first scenario to start from."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from harness.core.errors import UsageError
from harness.core.files import write_whole
from harness.scenarios.shipped import shipped, shipped_file

_TEMPLATE = """\
# A session with two facts in it. Check it:  harness validate {path}
# Run it:    harness run {path} -m 'reference/perfect,reference/fading?onset=0.6' -w 8k
schema: 1
name: "{name}"
system: |
  You are a helpful assistant to a small team.
facts:
  - id: venue
    say:
      - "For the record: the summer party takes place at the {{value}}."
      - "We settled it: this year the summer party takes place at the {{value}}."
    reply: "Good, the {{value}} it is."
    values: ["boathouse", "planetarium", "orangery", "brickworks", "velodrome", "lighthouse",
             "aquarium", "gasworks", "observatory", "ropewalk", "tannery", "windmill"]
    ask:
      - "At which place does the summer party take place? Answer with the place only."
      - "The summer party takes place at which place? One or two words, please."
  - id: door-code
    say: "The code for the side door of the office is {{value}}."
    reply: "I have noted it."
    values: {{generate: code}}
    ask: "What is the code for the side door of the office? Reply with the code only."
filler: workday        # or your own chats: {{file: chats.jsonl}}, one {{"messages": [...]}} a line
layout: growing
fills: 12
"""


@click.command("init")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--example",
    metavar="NAME",
    help="Copy a scenario that comes along, to change it: needle, brand-voice, ...; `list` names"
    " them all.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draft a scenario out of a conversation in FILE: whatever harness import reads.",
)
@click.option(
    "--conversation",
    metavar="ID|N",
    help="With --from: which conversation of the file; the longest unless given.",
)
@click.option(
    "--facts",
    type=click.IntRange(1, 200),
    default=12,
    show_default=True,
    help="With --from: how many facts to propose at most.",
)
@click.option(
    "--checkpoints",
    type=click.IntRange(1, 200),
    default=4,
    show_default=True,
    help="With --from: at how many places of the conversation they are asked.",
)
@click.option(
    "-m",
    "--model",
    metavar="M",
    help="With --from: a model that proposes the facts; each is checked against the text.",
)
@click.option("-M", "options", multiple=True, metavar="KEY=VALUE", help="A parameter of its calls.")
@click.pass_context
def command(
    context: click.Context,
    /,
    path: Path | None,
    *,
    example: str | None,
    source: Path | None,
    conversation: str | None,
    facts: int,
    checkpoints: int,
    model: str | None,
    options: tuple[str, ...],
) -> int:
    """Write a first scenario to PATH; an existing file is never touched.

    With --from, a draft out of a conversation of your own: facts that stand in it, each with a
    question, for you to go over.
    """
    if source is None:
        _check_unused(context)
    elif example is not None:
        raise UsageError("--example and --from are two ways to begin; give one of them")
    if example == "list":
        click.echo("\n".join(shipped()))
        return 0
    text = None if example is None else shipped_file(example).read_text(encoding="utf-8")
    if path is None:
        path = Path("scenarios") / f"{example or ('first' if source is None else source.stem)}.yaml"
    if path.exists():
        raise UsageError(f"{path} is there already; give another path")
    if source is not None:
        from harness.cli.draft import draft
        from harness.cli.study import call_options

        draft(
            source,
            path,
            wanted=conversation,
            facts=facts,
            checkpoints=checkpoints,
            model=model,
            options=dict(call_options(options)),
        )
        return 0
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "first"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text or _TEMPLATE.format(path=path, name=name))
    click.echo(f"{path} is written. Next:")
    models = "-m 'reference/perfect,reference/fading?onset=0.6'"
    click.echo(f"  harness run {shlex.quote(str(path))} {models} -w 8k")
    return 0


def _check_unused(context: click.Context) -> None:
    """Make sure that no option was given that only a conversation needs.

    Raises:
        UsageError: One was.
    """
    given = click.core.ParameterSource.COMMANDLINE
    for name in ("conversation", "facts", "checkpoints", "model", "options"):
        if context.get_parameter_source(name) is given:
            flag = {"options": "-M"}.get(name, f"--{name}")
            raise UsageError(f"{flag} goes with --from FILE")
