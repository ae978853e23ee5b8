"""docs/ci.md followed in a fresh repository, the change of a prompt included."""

from __future__ import annotations

import shlex

from tests.docs.test_commands import commands
from tests.support.command import ROOT, harness

PAGE = ROOT / "docs" / "ci.md"
SECTION = "## What a cassette catches, and what it cannot"


def test_a_changed_prompt_ends_the_replay_that_the_page_shows_in_its_words(tmp_path):
    lines = [line for line in commands(PAGE) if "needle" in line]
    assert len(lines) == 3
    for line in lines:
        result = harness(*shlex.split(line)[1:], cwd=tmp_path)
        assert result.code == 0, result.err
    scenario = tmp_path / "recall" / "needle.yaml"
    text = scenario.read_text(encoding="utf-8")
    assert "system: |\n" in text
    scenario.write_text(text.replace("system: |\n", "system: |\n  Be brief.\n"), encoding="utf-8")
    changed = harness(*shlex.split(lines[-1])[1:], cwd=tmp_path)
    assert changed.code == 4
    said = PAGE.read_text(encoding="utf-8").partition(SECTION)[2]
    for words in ("recall.jsonl holds no answer of reference/perfect to ",
                  "the system prompt, which is ", "has changed since it was",
                  "Record again: the same command with --record in place of --replay"):  # fmt: skip
        assert words in " ".join(changed.err.split())
        assert words in " ".join(said.split())
    again = harness(*shlex.split(lines[1])[1:], cwd=tmp_path)
    assert again.code == 0, again.err
    assert harness(*shlex.split(lines[-1])[1:], cwd=tmp_path).code == 0
