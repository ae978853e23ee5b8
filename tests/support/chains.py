"""A small chain of sessions, and runs of it under treatments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.command import harness, the_run

if TYPE_CHECKING:
    from pathlib import Path

CHAIN = """
schema: 1
name: two-days
system: You are a copywriter working with a small agency.
facts:
  - id: tone
    say: "From the art director: the brand voice has to be {value}."
    reply: "Noted, {value} it is."
    values: [dry, exuberant, matter-of-fact, tender, sober, playful, stern, wry]
    ask: "Which brand voice did the art director ask for? Answer with the voice only."
  - id: door
    say: "The code for the side door of the office is {value}."
    values: {generate: code}
    ask: "What is the code for the side door of the office? Reply with the code only."
  - id: party
    kind: update
    say: "The summer party takes place at the {value}."
    amend: "Change of plan: the summer party takes place at the {value} instead."
    values: {generate: word}
    ask: "At which place does the summer party take place? Answer with the place only."
  - id: budget
    kind: abstain
    ask: "What is the budget of the trade fair stand?"
fills: [0.2]
script:
  - plant: tone
  - filler: 1
  - plant: door
  - plant: party
  - probe: tone
  - new_session: {carry: CARRY}
  - user: Good morning, let us go on.
    assistant: Good morning.
  - plant: party
  - filler: 1
  - probe: party
  - new_session: {carry: CARRY}
  - probe: tone
  - probe: door
  - probe: party
  - probe: budget
"""
"""Three sessions: the third is asked for what the first two said, and amended."""


def write_chain(folder: Path, carry: str = "[system, memory]", **changes: str) -> Path:
    """The chain as a file, each boundary carrying the same."""
    text = CHAIN.replace("CARRY", carry)
    for old, new in changes.items():
        text = text.replace(f"{old}:", f"{old}: {new} #", 1)
    path = folder / "two-days.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run_chain(path: Path, out: Path, *options: object, model: str = "reference/perfect") -> Path:
    """The folder of a run of it, which has to succeed."""
    result = harness("run", path, "-m", model, "-w", "4k", "-q", "--out", out, *options)
    assert result.code == 0, result.err
    return the_run(out)


def records_of(folder: Path, **wanted: Any) -> list[dict[str, Any]]:
    """The records of a run with these values."""
    lines = (folder / "records.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [r for r in found if all(r[name] == value for name, value in wanted.items())]
