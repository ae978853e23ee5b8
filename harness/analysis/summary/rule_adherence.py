"""Adherence: how live replies keep their standing rules, against turn and fill; where they drift.

Its one rule: adherence is never pooled with recall. It is read by the same estimator, from records
of the kind `rule`, and only of replies of models that had the rule in view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from harness.analysis.curves import GROUP, main_rows, recall_curve, with_recall
from harness.analysis.onset import USUAL, OnsetOptions, estimate_onset
from harness.analysis.onset.rows import MAX_FILL
from harness.analysis.records import collect
from harness.analysis.stats.session_mean import session_mean
from harness.analysis.summary.adherence_model import Adherence, RuleShare, Tail
from harness.analysis.summary.shares import Bin, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.records import Frame

MIN_RULE_CHECKS = 200
"""With fewer checks a rule has no onset of its own."""

_NEEDED = (
    *GROUP, "run_id", "key", "scenario", "session", "session_number", "repeat", "trunk", "turn",
    "fill_requested", "fill", "score", "fact", "arm", "counts", "in_view", "server_truncated",
)  # fmt: skip
_THIRD = 3
_LEVEL = 0.95
_PLACE = ("n", "sessions", "recall", "lo", "hi")


def adherence(frame: Frame, *, asked: OnsetOptions = USUAL) -> tuple[Adherence, ...]:
    """What became of the rules, one finding a group; empty where no record is about a rule.

    Args:
        frame: Records.
        asked: What is meant by the onset of drift.
    """
    rules = once(collect(main_rows(frame, "rule").select(_NEEDED)))
    if rules.is_empty():
        return ()
    several = main_rows(frame).filter(pl.col("expected").list.len() > 1)
    sets = once(collect(several.select(_NEEDED)))
    sets = sets.filter(pl.col("score").is_not_null())
    found = []
    for key, rows in sorted(rules.partition_by(*GROUP, as_dict=True).items()):
        of_group = pl.all_horizontal(
            pl.col(name) == value for name, value in zip(GROUP, key, strict=True)
        )
        found.append(_group(key, rows, sets.filter(of_group), asked))
    return tuple(found)


def once(rows: pl.DataFrame) -> pl.DataFrame:
    """Each record of a run once, the measured one where a trial was asked again."""
    order = rows.sort("score", "key", nulls_last=False)
    return order.unique(["run_id", "session", "fact", "key"], keep="last", maintain_order=True)


def _group(
    key: tuple[Any, ...], rows: pl.DataFrame, sets: pl.DataFrame, asked: OnsetOptions
) -> Adherence:
    known = rows.filter(pl.col("score").is_not_null())
    seen = known.filter(_seen())
    model, window_limit, policy, memory, layout = key
    return Adherence(
        model=str(model),
        window_limit=window_limit,
        policy=str(policy),
        memory=str(memory),
        layout=str(layout),
        n_replies=rows.select("session", "session_number", "trunk", "turn", "repeat").n_unique(),
        n_checks=known.height,
        n_unseen=known.height - seen.height,
        n_untold=rows.height - known.height,
        share=_share(seen),
        onset=_onset(seen, asked),
        by_fill=_bins(seen, "fill"),
        by_turn=_bins(seen, "turn"),
        rules=tuple(_rules(seen, asked)),
        tails=tuple(_tails(seen, sets)),
    )


def _seen() -> pl.Expr:
    """The model had the rule in view: the application sent it, and the server dropped no part."""
    truncated = pl.col("server_truncated").fill_null(value=False)
    return pl.col("in_view").fill_null(value=False) & ~truncated


def _onset(rows: pl.DataFrame, asked: OnsetOptions) -> OnsetEstimate:
    near = rows.filter(pl.col("fill") <= MAX_FILL)
    return estimate_onset(
        near.select("session", "fill", "score", "window_limit"),
        criterion=asked.criterion,
        level=asked.level,
        near_empty=asked.near_empty,
    )


def _share(rows: pl.DataFrame) -> Share | None:
    if rows.is_empty():
        return None
    row = with_recall(rows.group_by(pl.lit(1).alias("all"))).row(0, named=True)
    return Share(**{name: row[name] for name in _PLACE})


def _bins(rows: pl.DataFrame, axis: Any) -> tuple[Bin, ...]:
    if rows.is_empty():
        return ()
    table = recall_curve(rows, axis, counts="rule")
    return tuple(
        Bin(
            start=row["from"],
            end=row["to"],
            at=row["at"],
            share=Share(**{name: row[name] for name in _PLACE}),
        )
        for row in table.to_dicts()
    )


def _rules(rows: pl.DataFrame, asked: OnsetOptions) -> Iterator[RuleShare]:
    for (scenario, rule), part in sorted(
        rows.partition_by("scenario", "fact", as_dict=True).items()
    ):
        share = _share(part)
        if share is None:
            continue
        told = part.height >= MIN_RULE_CHECKS
        onset = _onset(part, asked) if told else None
        yield RuleShare(scenario=str(scenario), rule=str(rule), share=share, onset=onset)


def _tails(rules: pl.DataFrame, sets: pl.DataFrame) -> Iterator[Tail]:
    """Is the tail of a session better than its start? Of rules kept, and of sets named whole."""
    for what, rows in (("adherence", rules), ("recall of sets", sets)):
        found = tail(rows, what=what)
        if found is not None:
            yield found


def tail(rows: pl.DataFrame, *, what: str, level: float = _LEVEL) -> Tail | None:
    """The last third of the sessions less their first, paired by session.

    Thirds are of the fill that the sessions of the rows reach together; a session takes part when
    it was asked in both.

    Args:
        rows: `session`, `fill` and `score`, none of the scores null.
        what: What the scores are of.
        level: Of the two-sided interval, in (0, 1).

    Returns:
        None where no session was asked in both thirds.
    """
    if rows.is_empty():
        return None
    reach = float(rows["fill"].max())  # type: ignore[arg-type]  # a column of floats
    begins = pl.col("fill") <= reach / _THIRD
    ends = pl.col("fill") > 2 * reach / _THIRD
    third = pl.when(begins).then(pl.lit("start")).when(ends).then(pl.lit("tail"))
    means = (
        rows.with_columns(third.alias("third"))
        .filter(pl.col("third").is_not_null())
        .group_by("session", "third")
        .agg(pl.col("score").mean(), pl.len().alias("n"))
        .pivot("third", index="session", values=["score", "n"])
        .sort("session")
    )
    needed = ("score_start", "score_tail")
    if any(name not in means.columns for name in needed):
        return None
    means = means.drop_nulls(list(needed))
    if means.is_empty():
        return None
    start, end = means["score_start"].to_list(), means["score_tail"].to_list()
    n_probes = sum(means["n_start"].to_list() + means["n_tail"].to_list()) // 2
    return _of(what, start, end, level=level, n_probes=n_probes)


def _of(
    what: str, start: Sequence[float], end: Sequence[float], *, level: float, n_probes: int
) -> Tail:
    values = [b - a for a, b in zip(start, end, strict=True)]
    mean = session_mean(values, level=level, n_probes=n_probes)
    return Tail(
        what=what,
        n_sessions=len(values),
        start=sum(start) / len(start),
        end=sum(end) / len(end),
        effect=sum(values) / len(values),
        lo=mean.lo if mean else None,
        hi=mean.hi if mean else None,
        p_value=mean.p_value if mean else None,
    )
