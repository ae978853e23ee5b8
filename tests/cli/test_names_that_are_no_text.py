"""Bytes of another encoding in a path, a name or an option: one sentence, and no traceback."""

from __future__ import annotations

import os

import pytest

from tests.support.command import SCENARIOS, harness

BYTES = os.fsdecode(b"caf\xe9")
"""As Python has it from a shell or a folder of another encoding."""


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", BYTES),
        ("plan", SCENARIOS / "needle.yaml", "-m", f"openai/{BYTES}", "-w", "2k"),
        ("plan", SCENARIOS / "needle.yaml", "-m", "reference/perfect", "-M", f"user={BYTES}"),
        ("report", BYTES),
        ("run", "--resume", BYTES),
        ("import", "openai", BYTES, "-o", "x.jsonl"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_argument_that_is_no_text_is_named(tmp_path, arguments):
    done = harness(*arguments, cwd=tmp_path)
    assert done.code == 4
    assert done.err.startswith("harness: argument ")
    assert "is not UTF-8: write it in UTF-8, or rename the file" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [("-M", f"api_key=sk-12{BYTES}"), (f"-Mapi_key=sk-12{BYTES}",)])
def test_a_key_that_is_no_text_is_not_shown(given):
    done = harness("plan", "-m", "openai/x", *given)
    assert done.code == 4
    assert "api_key=...') is not UTF-8" in done.err
    assert "sk-12" not in done.err


def test_a_setting_that_is_no_text_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_MODEL", BYTES)
    done = harness("ls", cwd=tmp_path)
    assert done.code == 4
    assert done.err.startswith("harness: HARNESS_MODEL ('caf\ufffd') is not UTF-8")


@pytest.mark.parametrize("verb", ["ls", "validate", "report"])
def test_a_file_with_such_a_name_in_a_folder_ends_no_command(tmp_path, verb):
    try:
        (tmp_path / "results" / BYTES).mkdir(parents=True)
        (tmp_path / f"{BYTES}.yaml").write_text("schema: 1\nname: x\n")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes no such name")
    done = harness(verb, cwd=tmp_path)
    assert done.code in {0, 4, 5}, done.err
    assert "Traceback" not in done.err
