"""`harness init`: a first scenario to start from."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from harness.core.errors import UsageError

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
      - "We settled it, the summer party is going to be at the {{value}}."
    reply: "Good, the {{value}} it is."
    values: ["boathouse", "planetarium", "orangery", "brickworks", "velodrome", "lighthouse",
             "aquarium", "gasworks", "observatory", "ropewalk", "tannery", "windmill"]
    ask:
      - "At which place does the summer party take place? Answer with the place only."
      - "Where did we say the summer party is going to be? One or two words, please."
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
@click.argument(
    "path", type=click.Path(path_type=Path, dir_okay=False), default=Path("scenarios/first.yaml")
)
def command(path: Path) -> int:
    """Write a first scenario to PATH; an existing file is never touched."""
    if path.exists():
        raise UsageError(f"{path} is there already; give another path")
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "first"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_TEMPLATE.format(path=path, name=name), encoding="utf-8")
    click.echo(f"{path} is written. Next:")
    models = "-m 'reference/perfect,reference/fading?onset=0.6'"
    click.echo(f"  harness run {shlex.quote(str(path))} {models} -w 8k")
    return 0
