"""Which records ask the same question on the same session, of two models or in two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.analysis.comparison.pairs import PAIR_ON

if TYPE_CHECKING:
    from collections.abc import Sequence


def pair_numbers(rows: Sequence[dict[str, Any]]) -> list[int | None]:
    """For each record the number of its question; None where one model was asked it in one run.

    Records of one number differ at most in run, model, prompt, policy and memory.
    """
    keys = [tuple(row[name] for name in PAIR_ON) for row in rows]
    asked: dict[Any, set[tuple[str, str]]] = {}
    for key, row in zip(keys, rows, strict=True):
        asked.setdefault(key, set()).add((row["run_id"], row["model"]))
    shared = (key for key, found in asked.items() if len(found) > 1)
    numbers = {key: number for number, key in enumerate(shared)}
    return [numbers.get(key) for key in keys]
