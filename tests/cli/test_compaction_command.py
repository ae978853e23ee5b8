from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.claude_code_log import claude_code_log
from tests.support.command import ROOT, harness
from tests.support.small import small

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of eight thousand tokens with what it is known to say, and the same to paste."""
    folder = tmp_path_factory.mktemp("rendered")
    scenario = ROOT / "scenarios" / "design-decisions.yaml"
    found = harness(
        "compaction", "render", scenario, "-w", "4k", "--seed", "3",
        "-o", folder / "s.json", "-o", folder / "s.md", "-o", folder / "s.jsonl",
    )  # fmt: skip
    assert found.code == 0, found.err
    assert "design-decisions/3" in found.out
    return folder


def facts(folder: Path) -> dict[str, list[str]]:
    data = json.loads((folder / "s.json").read_text(encoding="utf-8"))
    return {one["id"]: [value["value"] for value in one["expected"]] for one in data["facts"]}


def test_the_session_is_the_same_in_all_forms_and_holds_its_facts(rendered: Path) -> None:
    data = json.loads((rendered / "s.json").read_text(encoding="utf-8"))
    lines = (rendered / "s.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == data["messages"]
    for fact in data["facts"]:
        said = data["messages"][fact["messages"][-1]]["content"]
        assert fact["expected"][0]["value"] in said
        assert 0 <= fact["position"] <= 1
    pasted = (rendered / "s.md").read_text(encoding="utf-8")
    assert all(message["content"] in pasted for message in data["messages"])
    assert harness("import", "openai", rendered / "s.jsonl", "-o", rendered / "i.jsonl").code == 0


def test_a_summary_of_it_is_scored_fact_by_fact_with_an_interval(
    rendered: Path, tmp_path: Path
) -> None:
    known = facts(rendered)
    summary = tmp_path / "summary.md"
    summary.write_text(
        f"- The single method is `{known['interface'][0]}`.\n"
        f"- The flag is {known['feature-flag'][0]}.\n",
        encoding="utf-8",
    )
    found = harness("compaction", "score", rendered / "s.json", "--compacted", summary)
    assert found.code == 0, found.err
    assert "kept 2 of 6, 33.3 % (10–70)" in found.out
    assert "1: - The single method is" in found.out
    assert "harness advise RUN --survival 0.33" in found.out
    assert max(map(len, found.out.splitlines())) <= 80
    output = tmp_path / "score.json"
    found = harness(
        "compaction", "score", rendered / "s.json", "--compacted", summary, "-o", output,
        "-o", tmp_path / "score.md",
    )  # fmt: skip
    assert found.code == 0, found.err
    (text,) = json.loads(output.read_text(encoding="utf-8"))["texts"]
    doors = {one["fact"]: one["door"] for one in text["facts"]}
    assert [name for name, door in doors.items() if door == "kept"] == ["interface", "feature-flag"]


def test_rounds_in_a_log_are_told_apart_and_what_cannot_be_read_has_no_share(
    rendered: Path, tmp_path: Path
) -> None:
    known = facts(rendered)
    first = f"{known['interface'][0]} and {known['feature-flag'][0]}"
    log = tmp_path / "log.jsonl"
    log.write_text(
        "".join(
            json.dumps({"type": "user", "isCompactSummary": True, "message": {"content": said}})
            + "\n"
            for said in (first, known["interface"][0])
        ),
        encoding="utf-8",
    )
    found = harness("compaction", "score", rendered / "s.json", "--compacted", log)
    assert "after 2 rounds: kept 1 of 6" in found.out
    assert "of what a round held, the next: kept 1 of 2" in found.out
    assert "--survival 0.33,0.50" in found.out
    hidden = tmp_path / "response.json"
    hidden.write_text(json.dumps({"type": "compaction", "encrypted_content": "gAAA"}))
    found = harness("compaction", "score", rendered / "s.json", "--compacted", hidden)
    assert "0 of 6 stand in the part that can be read; 6 opaque" in found.out
    assert "--survival" not in found.out
    both = harness(
        "compaction", "score", rendered / "s.json", "--compacted", hidden, "--compacted", log,
    )  # fmt: skip
    assert "kept 3 of 12, 25.0 %" in both.out  # the interval is of six facts, however many texts


def test_a_log_of_ones_own_is_scored_by_the_facts_that_were_gone_over(tmp_path: Path) -> None:
    log = tmp_path / "day.jsonl"
    said = claude_code_log(4_000)
    log.write_text(said, encoding="utf-8")
    draft = tmp_path / "day.yaml"
    found = harness("init", "--from", log, draft)
    assert found.code == 0, found.err
    last = said.count("\n")
    boundary = {
        "type": "system", "subtype": "compact_boundary", "uuid": "b", "parentUuid": None,
        "logicalParentUuid": f"u{last}", "sessionId": "day",
    }  # fmt: skip
    summary = {
        "type": "user", "isCompactSummary": True, "uuid": "c", "parentUuid": "b",
        "sessionId": "day", "message": {"role": "user", "content": "We worked, and it was good."},
    }  # fmt: skip
    log.write_text(f"{said}{json.dumps(boundary)}\n{json.dumps(summary)}\n", encoding="utf-8")
    found = harness("compaction", "score", draft, "--compacted", log)
    assert found.code == 0, found.err
    assert "kept 0 of" in found.out


def test_a_session_of_a_run_is_rendered_as_the_run_built_it(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    ran = harness("run", scenario, "-m", "reference/perfect", "-w", "2k", "--seeds", "1", "-q",
                  "--no-controls", "--out", tmp_path / "results")  # fmt: skip
    assert ran.code == 0, ran.err
    output = tmp_path / "s.json"
    found = harness("compaction", "render", "latest", "--out", tmp_path / "results", "-o", output)
    assert found.code == 0, found.err
    assert json.loads(output.read_text(encoding="utf-8"))["id"] == "small/0"


@pytest.mark.parametrize(
    ("session", "words"),
    [
        ("s.md", "tells no facts: give what `harness compaction render` wrote"),
        ("none.json", "does not exist; expected a rendered session or a scenario"),
        ("old.json", "a rendered session of version 9; this version reads 1"),
        ("odd.json", "not a rendered session"),
    ],
)
def test_what_tells_no_facts_is_refused_in_a_line(rendered: Path, session: str, words: str) -> None:
    data = json.loads((rendered / "s.json").read_text(encoding="utf-8"))
    (rendered / "old.json").write_text(json.dumps(data | {"schema": 9}), encoding="utf-8")
    (rendered / "odd.json").write_text(json.dumps({"schema": 1}), encoding="utf-8")
    found = harness("compaction", "score", rendered / session, "--compacted", rendered / "s.md")
    assert found.code == 4
    assert words in found.err


def test_the_whole_session_in_place_of_a_summary_keeps_every_fact(rendered: Path) -> None:
    found = harness("compaction", "score", rendered / "s.json", "--compacted", rendered / "s.md")
    assert "kept 6 of 6, 100.0 %" in found.out
