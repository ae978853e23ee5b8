"""Score grids that others published, as rows with the names of the record fields.

Its one rule: the published files are read as they are, and what they leave open (what a judge's 7
is worth, what a session is) is decided here and nowhere else.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent

GPT_4_WINDOW = 128_000
CLAUDE_WINDOW = 200_000
PERFECT = 10
"""What the judge gives to an answer that is right and complete; the scale starts at 1."""


class Cell(TypedDict):
    """One published cell, under the names of the record fields."""

    session: str
    probe: str
    fill: float
    position: float
    score: float
    tokens: int


def data_folder(given: str | Path | None = None) -> Path:
    """The folder with the published files; it may not be there."""
    return Path(given or os.environ.get("HARNESS_SHARED_DATA") or ROOT.parent / "shared" / "data")


def perfect(score: float) -> float:
    """1.0 for the judge's 10: the needle was recalled. Everything else is a miss."""
    return float(score == PERFECT)


def graded(score: float) -> float:
    """The judge's 1 to 10 as 0 to 1."""
    return (score - 1) / (PERFECT - 1)


def gpt_4(
    data: Path, *, again: bool = False, recall: Callable[[float], float] = perfect
) -> list[Cell]:
    """The needle grid of GPT-4-128k; with `again`, also the cells that were asked a second time.

    A cell is its own session: each was a fresh prompt. The second answer to a cell is the same
    session asked again.
    """
    rows = json.loads((data / "niah" / "OpenAI_OriginalResults.json").read_text("utf-8"))
    if again:
        rows += json.loads((data / "niah" / "OpenAI_OriginalResults_2.json").read_text("utf-8"))
    return [_cell(row, row["token_limit"], GPT_4_WINDOW, recall) for row in rows]


def claude(data: Path) -> list[Cell]:
    """The needle grid of Claude 2.1; the short lengths were asked twice."""
    text = (data / "niah" / "claude-2.1_original_results.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return [_cell(row, row["context_length"], CLAUDE_WINDOW, perfect) for row in rows]


def _cell(
    row: dict[str, float], tokens: float, window: int, recall: Callable[[float], float]
) -> Cell:
    position = row["depth_percent"] / 100  # counted from the top, as positions are
    name = f"{tokens} tokens, position {position:g}"
    return Cell(
        session=name,
        probe=name,
        fill=tokens / window,
        position=position,
        score=recall(row["score"]),
        tokens=int(tokens),
    )


def context_rot(data: Path, history: str) -> list[dict[str, object]]:
    """GPT-4.1's answers with the `focused` or the `full` history; a question is a session."""
    path = data / "context_rot" / f"gpt_4_1_longmemeval_{history}_evaluated.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                "session": row["custom_id"],
                "probe": row["custom_id"],
                # the file mixes True and true
                "score": float(row["llm_judge_output"].lower() == "true"),
            }
            for row in csv.DictReader(file)
        ]
