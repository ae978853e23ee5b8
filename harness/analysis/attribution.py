"""Who lost what: misses by cause, controls, and probes of what was never said.

Its one rule: a fact that the application or the server dropped is no loss of the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.curves import GROUP, main_rows, wilson, with_recall
from harness.analysis.records import collect
from harness.core.arms import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.records import Frame

BY_APPLICATION = ("evicted", "lost_in_memory", "server_truncated")
"""Outcomes in which the model never saw the fact."""

BY_MODEL = (
    "abstained",
    "swapped",
    "stale",
    "incomplete",
    "fabricated",
    "refused",
    "output_truncated",
)
"""Outcomes of losses in which the model had the fact in view."""

UNSEEN = "maybe_unseen"
"""A wrong answer while part of the session, perhaps the fact, was out of the model's view."""

CANNOT_TELL = "cannot_tell"
"""A wrong answer where nobody can tell whether the server had dropped a part of the session."""

OPAQUE = "opaque"
"""A wrong answer about what went into a block that nobody but its provider can read."""

BY_NOBODY = (CANNOT_TELL, OPAQUE)
"""Losses of which nobody can tell who lost them."""

_SOUND = 0.95
"""Recall without any filler that is surely below this says that a question or its scorer is off."""

NOT_MEASURED = ("ok", "cut", "overflow", "refused", "error")
"""Statuses under which a probe may have no score."""


def cause() -> pl.Expr:
    """What became of a probe: recalled, the outcome of a loss, or null where nothing was measured.

    A wrong answer while part of the session was out of the model's view is `maybe_unseen`, and
    `cannot_tell` where it is not known whether all of it was.
    """
    score, outcome = pl.col("score"), pl.col("outcome").cast(pl.String)
    sent = pl.col("in_view").fill_null(value=True)
    truncated = pl.col("server_truncated")
    # a fact that is known to stand in what the server kept was read
    cut = truncated.fill_null(value=False) & pl.col("fact_dropped").fill_null(value=True)
    lost = (
        pl.when(outcome.is_in(list(BY_MODEL)) & (~sent | cut))
        .then(pl.lit(UNSEEN))
        .when(outcome.is_in(list(BY_MODEL)) & truncated.is_null())
        .then(pl.lit(CANNOT_TELL))
        .otherwise(outcome)
        .fill_null("fabricated")
    )
    return pl.when(score >= 1).then(pl.lit("recalled")).when(score < 1).then(lost)


def who() -> pl.Expr:
    """Who lost a fact: application, memory, server, model, nobody; or recalled, partial, or null.

    Partial is some of a set, or a score between 0 and 1. What the application did send and was
    perhaps not seen was cut by the server. Nobody is whoever cannot be told.
    """
    score, found = pl.col("score"), cause()
    some = (score < 1) & ((found == "recalled") | (score > 0))
    sent = pl.col("in_view").fill_null(value=True)
    return (
        pl.when(some)
        .then(pl.lit("partial"))
        .when((found == "server_truncated") | ((found == UNSEEN) & sent))
        .then(pl.lit("server"))
        .when(found.is_in(list(BY_NOBODY)))
        .then(pl.lit("nobody"))
        .when(found == "lost_in_memory")
        .then(pl.lit("memory"))
        .when(found.is_in([*BY_APPLICATION, UNSEEN]))
        .then(pl.lit("application"))
        .when(found == "recalled")
        .then(pl.lit("recalled"))
        .when(score.is_not_null())
        .then(pl.lit("model"))
    )


def attribution(frame: Frame, *, by: Sequence[str] = GROUP) -> pl.DataFrame:
    """The probes of each group by what became of them; the parts add up to n.

    Returns:
        Sorted by `by`: n, recalled, partial (some of a set, or a score between 0 and 1, whatever
        its outcome), lost_by_application and lost_by_model, then one column for each
        outcome of these two, `lost_by_server` (the part of lost_by_application that the server
        dropped), lost_by_nobody (`cannot_tell` and `opaque`), and `unscored_<status>` for the
        probes without a score.
    """
    unscored = pl.col("score").is_null().alias("unscored")
    kinds: list[str | pl.Expr] = [
        *by,
        unscored,
        "status",
        cause().alias("cause"),
        who().alias("who"),
    ]
    # of millions of probes some dozens of kinds are left, and all that follows is about those
    rows = collect(main_rows(frame).select(*kinds).group_by(pl.all()).len("probes"))
    lost = pl.col("who").is_in(["application", "memory", "server", "model", "nobody"])
    unseen = pl.col("who").is_in(["application", "memory", "server"])

    def count(condition: pl.Expr, name: str) -> pl.Expr:
        probes = pl.col("probes").cast(pl.Int64)
        return probes.filter(condition.fill_null(value=False)).sum().alias(name)

    return (
        rows.group_by(*by)
        .agg(
            pl.col("probes").cast(pl.Int64).sum().alias("n"),
            count(pl.col("who") == "recalled", "recalled"),
            count(pl.col("who") == "partial", "partial"),
            count(unseen, "lost_by_application"),
            count(pl.col("who") == "server", "lost_by_server"),
            count(pl.col("who") == "model", "lost_by_model"),
            count(pl.col("who") == "nobody", "lost_by_nobody"),
            *(
                count(lost & (pl.col("cause") == name), name)
                for name in (*BY_APPLICATION, UNSEEN, *BY_NOBODY, *BY_MODEL)
            ),
            *(
                count(pl.col("unscored") & (pl.col("status") == status), f"unscored_{status}")
                for status in NOT_MEASURED
            ),
        )
        .sort(*by)
    )


def controls(frame: Frame, *, floor: float = 0.0) -> pl.DataFrame:
    """The control arms of each model.

    Args:
        frame: Records.
        floor: The chance, in [0, 1), of naming the right value without having been told it: 0 for
            generated values, one over their number for a short list that anybody might guess. What
            the kinds of the questions say that a guess is worth is the least that it is.

    Returns:
        Sorted by model and arm: n (scored), not_measured, right (mean score; in closed_book,
        fact_removed and nothing_carried the right answer is that it was never said), named (how
        often the reply was the right value), and flag: `leak` when a fact that was never said was
        named surely more often than the floor, `weak` when recall without any filler is surely
        below 95 %, else null. Probes of the main arm whose fact an earlier session said, and whose
        session began without it, are a control as well: the arm `not_carried`.
    """
    score = pl.col("score")
    rows = collect(_control_rows(frame))
    table = rows.group_by("model", "arm").agg(
        score.count().cast(pl.Int64).alias("n"),
        score.is_null().sum().cast(pl.Int64).alias("not_measured"),
        (score * 2.0**32).round().cast(pl.Int64).sum().alias("right"),
        (score.is_not_null() & (pl.col("outcome") == "recalled"))
        .sum()
        .cast(pl.Int64)
        .alias("named"),
        pl.col("guess").filter(score.is_not_null()).mean().fill_null(0.0).alias("floor"),
    )
    some = pl.col("n") > 0
    table = table.with_columns(
        pl.when(some).then((pl.col("right") / pl.col("n") / 2.0**32).round(9)).alias("right")
    )
    least, _ = wilson(table["named"], table["n"].clip(1))
    _, best = wilson((table["right"].fill_null(1.0) * table["n"]).round(), table["n"].clip(1))
    untold = pl.col("arm").is_in([*UNTOLD, "not_carried"])
    flag = (
        pl.when(untold & some & (least > pl.max_horizontal("floor", pl.lit(floor))))
        .then(pl.lit("leak"))
        .when(some & (pl.col("arm") == "needle_only") & (best < _SOUND))
        .then(pl.lit("weak"))
    )
    return table.with_columns(flag.alias("flag")).drop("floor").sort("model", "arm")


def _control_rows(frame: Frame) -> pl.LazyFrame:
    """The probes of control arms, and those of the main arm that serve as one."""
    score, arm = pl.col("score"), pl.col("arm").cast(pl.String)
    uncarried = (arm == "main") & (pl.col("injected") == False).fill_null(value=False)  # noqa: E712 -- null is neither
    rows = frame.lazy().filter((arm != "main") | uncarried, pl.col("counts") == "recall")
    # There, what is right is not to name it; every score of 1 is a value that nobody carried over.
    return rows.with_columns(
        pl.when(uncarried)
        .then(1.0 - (score >= 1).cast(pl.Float64))
        .otherwise(score)
        .alias("score"),
        pl.when(uncarried).then(pl.lit("not_carried")).otherwise(arm).alias("arm"),
    )


def abstentions(frame: Frame, *, by: Sequence[str] = GROUP) -> pl.DataFrame:
    """How often the model rightly said that something was never said.

    Returns:
        Sorted by `by`: n, sessions, recall (the share of right abstentions), lo, hi.
    """
    rows = frame.lazy().filter(
        pl.col("arm") == "main",
        pl.col("counts") == "abstain",
        pl.col("score").is_not_null(),
    )
    return with_recall(collect(rows).group_by(*by)).sort(*by)
