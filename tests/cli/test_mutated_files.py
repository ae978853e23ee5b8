"""Files that are damaged in any way: one sentence with the file, exit 4, and nothing written.

A few mutations of each kind of file by default; HARNESS_TEST_MUTATIONS=1000 tries a thousand.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from harness.core.messages import Message
from harness.models.answer_store.cache import Cache
from harness.models.answer_store.call import call
from tests.support.command import ROOT, SCENARIOS, harness
from tests.support.damage import (
    damage_bytes,
    damage_cache,
    damage_json,
    damage_lines,
    damage_text,
    damage_yaml,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MUTATIONS = int(os.environ.get("HARNESS_TEST_MUTATIONS", "2"))
FIXTURES = ROOT / "tests" / "scenarios" / "importers" / "fixtures"
RUN = ("-m", "reference/perfect", "-w", "1k", "--seeds", 1, "-q")
PROMPT = ("--system-prompt", "prompt.txt")
SCENARIO = """\
schema: 1
name: needle
system: |
  You plan trips.
facts:
  - id: city
    say: "We meet in {value}."
    values: [Lisbon, Oslo, Porto, Genoa, Turin, Ghent]
    ask: "Where do we meet? Answer with the city only."
  - id: code
    say: ["The code of the door is {value}.", "You get in with {value}."]
    reply: "Noted, {value}."
    values: {generate: code}
    ask: "What is the code of the door?"
    kind: update
    score: exact
questions:
  - id: both
    kind: set
    about: [city]
    ask: "Name all cities."
rules:
  - id: short
    say: "Use at most fifteen words a sentence."
    check: {max_sentence_words: 15}
filler: workday
fills: [0.5]
positions: [0.5]
expect: {recall_at_least: 0.9}
"""
TABLE = "model,1000,2000,4000,8000,16000\nred,97.1,96,95.5,80,61\nblue,99,98.2,97,96,95\n"
ROOM = {"schema": 1, "models": {"reference/perfect": {"opening": 1024, "main": 2048}}}
ITEMS = [
    {"model": "red", "length": 1000 * 2**n, "score": 1.0 - n / 9, "n": 40} for n in range(6)
]  # fmt: skip
CHAT = {
    "messages": [
        {"role": "user", "content": "My dog is called Rex. Where is the lead?"},
        {"role": "assistant", "content": "In the hall, behind the door."},
        {"role": "user", "content": "Thank you. What was the name of my dog?"},
        {"role": "assistant", "content": "Rex."},
    ]
}


class Kind(NamedTuple):
    """A kind of file."""

    path: str
    """Where the good one stands, as a glob."""
    damage: Callable[[random.Random, Path], None]
    commands: tuple[tuple[object, ...], ...]
    """What reads it; `KEY` stands for the key of a record."""


def run_of(name, *commands):
    return tuple(tuple(name if word == "RUN" else word for word in one) for one in commands)


READS = run_of(
    "good", ("report", "RUN"), ("report", "RUN", "-o", "r.html"), ("run", "--resume", "RUN", "-q"),
    ("score", "RUN"), ("show", "RUN", "KEY", "--messages"), ("export", "RUN", "--to", "inspect"),
)  # fmt: skip
KINDS = {
    "records": Kind("results/good/records.jsonl", damage_lines, (
        *READS, *run_of("good",
            ("report", "RUN", "-o", "r.json"), ("check", "RUN", "--baseline", "base"), ("ls",),
            ("compare", "RUN", "other"), ("baseline", "bless", "RUN", "new"), ("judge", "RUN"),
            ("export", "RUN", "--to", "hf"), ("export", "RUN", "--to", "eee"),
            ("export", "RUN", "--to", "promptfoo")),
    )),
    "messages": Kind("results/good/messages.jsonl", damage_lines, READS),
    "run.json": Kind("results/good/run.json", damage_json, (
        *READS, ("ls",), ("check", "good", "--baseline", "base"),
        ("baseline", "bless", "good", "new"), ("judge", "good"), ("compare", "good", "other"),
    )),
    "ledger": Kind("results/good/ledger.json", damage_json, READS[:4]),
    "answer room": Kind("results/good/answer_room.json", damage_json, READS[:4]),
    "memory": Kind("results/lived/memories/*", damage_lines, run_of(
        "lived", ("report", "RUN", "-o", "r.html"), ("run", "--resume", "RUN", "-q"),
        ("show", "RUN", "KEY", "--messages"), ("export", "RUN", "--to", "promptfoo"))),
    "texts that a model wrote": Kind("results/lived/writings.jsonl", damage_lines, run_of(
        "lived", ("report", "RUN", "-o", "r.html"), ("run", "--resume", "RUN", "-q"),
        ("run", "--resume", "RUN", "--retry-errors", "-q"))),
    "batches": Kind("results/searched/batches.jsonl", damage_lines, run_of(
        "searched", ("run", "--resume", "RUN", "--adaptive", "-q"), ("report", "RUN"))),
    "baseline": Kind("results/baselines/base.jsonl", damage_lines, (
        ("check", "good", "--baseline", "base"), ("baseline", "ls"),
        ("check", "good", "--baseline", "base", "-o", "r.xml"),
    )),
    "cassette": Kind("tape.jsonl", damage_lines, (
        ("run", "needle.yaml", *RUN, "--no-cache", "--cassette", "tape.jsonl", "--replay"),
        ("run", "needle.yaml", *RUN, "--no-cache", "--cassette", "tape.jsonl", "--record"),
    )),
    "packed cassette": Kind("tape.jsonl.gz", damage_lines, (
        ("run", "needle.yaml", *RUN, "--no-cache", "--cassette", "tape.jsonl.gz", "--replay"),
    )),
    "bytes of a packed cassette": Kind("tape.jsonl.gz", damage_bytes, (
        ("run", "needle.yaml", *RUN, "--no-cache", "--cassette", "tape.jsonl.gz", "--replay"),
    )),
    "cache": Kind("cache/answers.sqlite", damage_cache, (
        ("cache", "ls", "--cache", "cache"), ("cache", "prune", "--cache", "cache"),
    )),
    "transcript": Kind("chats.jsonl", damage_lines, (
        ("import", "openai", "chats.jsonl", "-o", "out.jsonl"),
        ("plan", "needle.yaml", *RUN[:-1], "--filler", "chats.jsonl"),
        ("init", "drafted", "--from", "chats.jsonl"),
    )),
    "scenario": Kind("needle.yaml", damage_yaml, (
        ("validate", "needle.yaml"), ("plan", "needle.yaml", *RUN[:-1]),
    )),
    "scenario with a script": Kind("weeks.yaml", damage_yaml, (
        ("validate", "weeks.yaml"), ("plan", "weeks.yaml", *RUN[:-1]),
    )),
    "prompt": Kind("prompt.txt", damage_text, (("plan", "needle.yaml", *RUN[:-1], *PROMPT),)),
    "settings": Kind(".env", damage_text, (("ls",), ("doctor",))),
    "table": Kind("table.csv", damage_text, (("reread", "table.csv"),)),
    "table as JSON": Kind("table.json", damage_json, (
        ("reread", "table.json"), ("reread", "table.json", "-o", "r.md"))),
    "table as lines": Kind("table.jsonl", damage_lines, (("reread", "table.jsonl"),)),
    "imports as JSON": Kind("imports/*.json", damage_json, (("import", "FORMAT", "FILE"),)),
    "imports as lines": Kind("imports/*.jsonl", damage_lines, (("import", "FORMAT", "FILE"),)),
    "imports as text": Kind("imports/*.md", damage_text, (("import", "FORMAT", "FILE"),)),
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder with a file of each kind, all of them good."""
    home = tmp_path_factory.mktemp("good")
    (home / "needle.yaml").write_text(SCENARIO)
    shutil.copy(SCENARIOS / "weeks-of-work.yaml", home / "weeks.yaml")
    shutil.copytree(FIXTURES, home / "imports")
    make(home, "good", "needle.yaml", *RUN, "--no-cache")
    with Cache(home / "cache") as cache:
        for number in range(20):
            asked = call("openai/x", {}, [Message("user", f"question {number}")], 0)
            cache.keep(asked, {"reply": "yes", "finish_reason": "stop", "prompt_tokens": 9})
    make(home, "other", "needle.yaml", *RUN, "--no-cache", "--cassette", "tape.jsonl", "--record")
    tape = (*RUN, "--no-cache", "--cassette", "tape.jsonl.gz", "--record")
    make(home, "packed", "needle.yaml", *tape)
    make(home, "lived", "weeks.yaml", *RUN, "--no-cache", "--memory", "summary")
    adaptive = ("--adaptive", "--max-probes", 16, "--batch-size", 8, "--no-cache")
    make(home, "searched", "needle.yaml", *RUN[:4], "--seeds", 2, *adaptive, "-q")
    assert harness("baseline", "bless", "good", "base", cwd=home).code == 0
    (home / "results" / "good" / "answer_room.json").write_text(json.dumps(ROOM))
    (home / "chats.jsonl").write_text((json.dumps(CHAT) + "\n") * 3)
    (home / "prompt.txt").write_text("You are brief.\nYou never guess.\n")
    (home / ".env").write_text("OPENAI_API_KEY=sk-1234567890abcdef\nHARNESS_WINDOW=2k\n")
    (home / "table.csv").write_text(TABLE)
    (home / "table.json").write_text(json.dumps(ITEMS))
    (home / "table.jsonl").write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    return home


def make(home, name, *arguments):
    known = {path.name for path in home.glob("results/*")}
    done = harness("run", *arguments, cwd=home)
    assert done.code in {0, 6}, done.err
    (new,) = (path for path in home.glob("results/*") if path.name not in known)
    new.rename(home / "results" / name)


def attempt(good, home, kind, number):
    """One mutation, put to one of the commands that read such a file.

    Args:
        good: The folder with good files.
        home: Where a damaged copy of it is made.
        kind: Which file.
        number: Of the mutation: it says all that is drawn.
    """
    draw = random.Random(f"{kind}/{number}")
    path, damage, commands = KINDS[kind]
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(good, home)
    file = draw.choice(sorted(home.glob(path)))
    damage(draw, file)
    command = [filled(word, good, file) for word in commands[number % len(commands)]]
    before = sorted(home.rglob("*"))
    done = harness(*command, cwd=home)
    told = f"{kind}/{number}, {' '.join(map(str, command))}: {done.code}, {done.err[-1500:]}"
    assert done.code in {0, 1, 4, 5, 6}, told
    assert "Traceback" not in done.err + done.out, told
    assert "internal error" not in done.err, told
    assert "\x1b" not in done.out + done.err, told
    if done.code == 4:
        assert len(done.err.splitlines()) < 12, told
        assert len(done.err) < 3_000, told
        made = [new for new in sorted(home.rglob("*")) if new not in before]
        assert not [new for new in made if new.name not in {".lock", "results"}], (told, made)
    return done


def filled(word, good, file):
    """A word of a command, with what this file makes of it."""
    if word == "KEY":
        run = file.relative_to(file.parents[len(file.parents) - 1])
        name = next(part for part in run.parts[::-1] if (good / "results" / part).is_dir())
        records = (good / "results" / name / "records.jsonl").read_text().splitlines()
        return json.loads(records[0])["key"]
    if word == "FORMAT":
        return file.stem
    return file.relative_to(file.parents[1]) if word == "FILE" else word


@pytest.mark.parametrize("number", range(MUTATIONS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_told_in_a_sentence(good, tmp_path, kind, number):
    attempt(good, tmp_path / "home", kind, number)
