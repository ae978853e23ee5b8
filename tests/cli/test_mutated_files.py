"""Files that are damaged in any way: one sentence with the file, exit 4, and nothing written.

A few mutations of each kind of file by default; HARNESS_TEST_MUTATIONS=1000 tries a thousand.
"""

from __future__ import annotations

import copy
import json
import os
import random
import shutil

import pytest

from tests.support.command import SCENARIOS, harness

MUTATIONS = int(os.environ.get("HARNESS_TEST_MUTATIONS", "8"))
ODD = (
    None, True, False, 0, -1, 1.5, 10**26, -(10**26), 2**63, 10**400, float("nan"), float("inf"),
    "", "x", "\ud800", "\x00", "=cmd()", "../../x", "9" * 5_000, "a" * 100_000, "2026-13-45",
    "é\u202e", "1e999", [], [[]], [None], [1, "a", None], [10**26], {}, {"": {}}, {"a": 1},
    {"x": [10**400]},
)  # fmt: skip
RUN = ("-m", "reference/perfect", "-w", "2k", "--seeds", 2, "--fills", "0.2", "--no-cache", "-q")


def odd_bytes(draw, data):
    """The bytes with a piece cut, doubled, or replaced by what is no UTF-8."""
    at = draw.randrange(max(len(data), 1))
    kind = draw.randrange(5)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + b"\xff\xfe\x00" + data[at:]
    if kind == 3:
        return data[at:] + data
    return data[:at] + b"[" * 50_000


def places(value, path=()):
    """Every place of a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for key, item in enumerate(value[:5]):
            yield from places(item, (*path, key))


def odd_value(draw, value):
    """The value with something odd in one place, or without that place."""
    value = copy.deepcopy(value)
    path = draw.choice(list(places(value)))
    new = draw.choice(ODD)
    if not path:
        return new
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    if draw.random() < 0.2:
        del inside[path[-1]]
    elif draw.random() < 0.1 and isinstance(inside, dict):
        inside[draw.choice(["", "new", "schema", "key"])] = new
    else:
        inside[path[-1]] = new
    return value


def mutated(draw, data, *, lines):
    """A damaged file."""
    if draw.random() < 0.25:
        return odd_bytes(draw, data)
    if not lines:
        return json.dumps(odd_value(draw, json.loads(data))).encode()
    rows = data.splitlines(keepends=True)
    at = draw.randrange(len(rows))
    rows[at] = json.dumps(odd_value(draw, json.loads(rows[at]))).encode() + b"\n"
    return b"".join(rows)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a file of each kind, all of them good."""
    home = tmp_path_factory.mktemp("good")
    shutil.copy(SCENARIOS / "needle.yaml", home / "needle.yaml")
    run = harness("run", "needle.yaml", *RUN, "--cassette", "tape.jsonl", "--record", cwd=home)
    assert run.code == 0, run.err
    (folder,) = (home / "results").iterdir()
    folder.rename(home / "results" / "good")
    bless = harness("baseline", "bless", "good", "base", cwd=home)
    assert bless.code == 0, bless.err
    turns = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Good day."}]
    chat = {"messages": turns}
    (home / "chats.jsonl").write_text((json.dumps(chat) + "\n") * 3)
    return home


KINDS = {
    "records": ("results/good/records.jsonl", True, [
        ("report", "good"), ("report", "good", "-o", "r.html"),
        ("check", "good", "--baseline", "base"),
        ("compare", "good", "good"), ("run", "--resume", "good", "-q"), ("ls",), ("score", "good"),
    ]),
    "messages": ("results/good/messages.jsonl", True, [
        ("report", "good", "-o", "r.html"), ("run", "--resume", "good", "-q"), ("score", "good"),
    ]),
    "run.json": ("results/good/run.json", False, [
        ("report", "good"), ("ls",), ("run", "--resume", "good", "-q"), ("score", "good"),
        ("check", "good", "--baseline", "base"), ("baseline", "bless", "good", "other"),
    ]),
    "ledger": ("results/good/ledger.json", False, [
        ("report", "good", "-o", "r.html"), ("run", "--resume", "good", "-q"),
    ]),
    "baseline": ("results/baselines/base.jsonl", True, [
        ("check", "good", "--baseline", "base"), ("baseline", "ls"),
    ]),
    "cassette": ("tape.jsonl", True, [
        ("run", "needle.yaml", *RUN, "--cassette", "tape.jsonl", "--replay"),
    ]),
    "transcript": ("chats.jsonl", True, [
        ("import", "openai", "chats.jsonl", "-o", "out.jsonl"),
        ("plan", "needle.yaml", *RUN[:-2], "--filler", "chats.jsonl"),
    ]),
}  # fmt: skip


def attempt(made, tmp_path, kind, draw):
    """One mutation, put to every command that reads such a file."""
    path, lines, commands = KINDS[kind]
    good = next(iter(made.glob(path)))
    body = mutated(draw, good.read_bytes(), lines=lines)
    for number, command in enumerate(commands):
        home = tmp_path / str(number)
        shutil.copytree(made, home)
        file = home / good.relative_to(made)
        file.write_bytes(body)
        done = harness(*command, cwd=home)
        told = f"{command}: {done.err[-1500:]}"
        assert done.code in {0, 1, 4, 5, 6}, told
        assert "Traceback" not in done.err, told
        assert "internal error" not in done.err, told
        if done.code == 4:
            assert len(done.err.splitlines()) < 12, told
            assert len(done.err) < 3_000, told
        shutil.rmtree(home)


@pytest.mark.parametrize("seed", range(MUTATIONS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_told_in_a_sentence(made, tmp_path, kind, seed):
    attempt(made, tmp_path, kind, random.Random(f"{kind}/{seed}"))
