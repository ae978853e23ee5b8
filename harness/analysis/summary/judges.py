"""How often the judge errs that the scores of a group rest on.

Its one rule: a score without a calibration is no score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.curves import GROUP, wilson
from harness.analysis.records import collect
from harness.analysis.summary.model import JudgeError
from harness.analysis.summary.shares import Share

if TYPE_CHECKING:
    from harness.analysis.records import Frame


def calibrated() -> pl.Expr:
    """The score, or null where a judge gave it whose error rate is not known."""
    unknown = pl.col("judge").is_not_null() & (pl.col("judge_planted").list.len() == 0)
    return pl.when(~unknown.fill_null(value=False)).then(pl.col("score")).alias("score")


def judges(frame: Frame) -> dict[tuple[object, ...], tuple[JudgeError, ...]]:
    """The judges of each group, by the columns of `GROUP`; groups without one are not in it."""
    rows = collect(
        frame.lazy()
        .filter(pl.col("judge").is_not_null(), pl.col("judge_planted").list.len() > 0)
        .select(*GROUP, "judge", "run_id", "key", "judge_planted", "judge_errors")
    )
    found: dict[tuple[object, ...], tuple[JudgeError, ...]] = {}
    names = (*GROUP, "judge")
    for key, part in sorted(rows.partition_by(names, as_dict=True).items()):
        *group, judge = key
        each = part.unique(["run_id", "judge_planted", "judge_errors"]).sort("run_id")
        planted = [sum(column) for column in zip(*each["judge_planted"].to_list(), strict=True)]
        errors = [sum(column) for column in zip(*each["judge_errors"].to_list(), strict=True)]
        one = JudgeError(
            judge=str(judge),
            n=part.select("run_id", "key").n_unique(),
            false_wrong=_share(errors[0], planted[0]),
            false_right=_share(errors[1], planted[1]),
        )
        found[tuple(group)] = (*found.get(tuple(group), ()), one)
    return found


def _share(k: int, n: int) -> Share:
    low, high = wilson(pl.Series([float(k)]), pl.Series([n]))
    return Share(n=n, sessions=0, recall=k / n, lo=low.item(), hi=high.item())
