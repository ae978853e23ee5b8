"""What survives compactions: by round, its half-life, its cliff, and whose luck it was.

Its one rule: a fact is followed through its session. At each question the record says how many
rounds it has gone through and how many it survived, so the last of them tells the whole way.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.curves import GROUP, main_rows
from harness.analysis.records import collect
from harness.analysis.stats.clustered_share import clustered_share
from harness.analysis.stats.repeats_luck import luck
from harness.analysis.summary.rounds_model import Round, Survival
from harness.analysis.summary.rule_adherence import once
from harness.analysis.summary.shares import Count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.records import Frame
    from harness.analysis.summary.shares import Share
    from harness.core.scenario import Counts

_NEEDED = (
    *GROUP, "run_id", "key", "scenario", "session", "session_number", "repeat", "trunk", "fact",
    "question_id", "probe", "score", "rounds", "rounds_kept", "compaction_loss", "plant_messages",
    "variant", "turn", "fill_requested",
)  # fmt: skip
_FOLLOWED = ("run_id", "session", "session_number", "repeat", "trunk", "question_id", "variant")
"""What names one fact on its way through one session."""
_KINDS: tuple[tuple[Counts, str], ...] = (("recall", "facts"), ("rule", "rules"))
_DOORS = ("cleared", "left_out", "garbled", "unused")


def survival_by_round(frame: Frame) -> tuple[Survival, ...]:
    """What survives, a finding a group and kind; empty where nothing was compacted or cleared.

    Args:
        frame: Records.
    """
    found = []
    for counts, what in _KINDS:
        rows = once(collect(main_rows(frame, counts).select(_NEEDED)))
        rows = rows.filter(pl.col("rounds").is_not_null())
        for key, part in sorted(rows.partition_by(*GROUP, as_dict=True).items()):
            touched = part["compaction_loss"].is_not_null().any()
            if touched or part["rounds"].max():
                found.append(_group(key, what, part))
    return tuple(found)


def _group(key: tuple[object, ...], what: str, rows: pl.DataFrame) -> Survival:
    model, window_limit, policy, memory, layout = key
    several = pl.col("plant_messages").list.len() > 1
    alone = rows.filter(~several)
    doors = dict(rows.group_by("compaction_loss").len().iter_rows())
    ways = alone.sort("rounds", "rounds_kept").unique(_FOLLOWED, keep="last", maintain_order=True)
    loss = _loss(_exposures(ways))
    rounds = tuple(_rounds(alone, ways))
    shared = luck(_outcomes(ways))
    return Survival(
        model=str(model),
        window_limit=int(str(window_limit)),
        policy=str(policy),
        memory=str(memory),
        layout=str(layout),
        what=what,
        n=ways.height,
        n_sessions=ways["session"].n_unique(),
        n_several=rows.filter(several).height,
        rounds=rounds,
        loss=loss,
        half_life=_half_life(loss.recall) if loss else None,
        half_life_lo=_half_life(loss.hi) if loss else None,
        half_life_hi=_half_life(loss.lo) if loss else None,
        cliff=_cliff(_exposures(ways)),
        doors=tuple(Count(name=name, n=doors[name]) for name in _DOORS if doors.get(name)),
        n_repeats=ways["repeat"].n_unique(),
        luck=shared.share if shared else None,
        luck_lo=shared.lo if shared else None,
        luck_hi=shared.hi if shared else None,
    )


def _rounds(rows: pl.DataFrame, ways: pl.DataFrame) -> Iterator[Round]:
    """What is left after each round; facts that stand as they were said are round 0."""
    asked = rows.filter(pl.col("score").is_not_null())
    exposures = _exposures(ways)
    for number in range(int(ways["rounds"].max() or 0) + 1):  # type: ignore[arg-type] # whole numbers
        reached = ways.filter(pl.col("rounds") >= number)
        kept = _share(reached.with_columns((pl.col("rounds_kept") >= number).alias("hit")))
        if kept is None:
            continue
        put = asked.filter(pl.col("rounds") == number)
        yield Round(
            round=number,
            kept=kept,
            loss=_loss(exposures.filter(pl.col("at") == number)) if number else None,
            answered=_share(put.with_columns((pl.col("score") >= 1).alias("hit"))),
        )


def _exposures(ways: pl.DataFrame) -> pl.DataFrame:
    """A row for each round in which something was still said before it, and whether it was lost."""
    risked = pl.min_horizontal(pl.col("rounds_kept") + 1, pl.col("rounds"))
    return (
        ways.with_columns(pl.int_ranges(1, risked + 1).alias("at"))
        .explode("at")
        .filter(pl.col("at").is_not_null())
        .with_columns((pl.col("at") > pl.col("rounds_kept")).alias("hit"))
    )


def _share(rows: pl.DataFrame) -> Share | None:
    by = rows.group_by("session").agg(pl.col("hit").sum().cast(pl.Float64), pl.len().alias("n"))
    by = by.sort("session")
    return clustered_share(by["hit"].to_list(), by["n"].to_list())


def _loss(exposures: pl.DataFrame) -> Share | None:
    return _share(exposures) if exposures.height else None


def _half_life(loss: float) -> float | None:
    """Rounds after which half is lost at a steady loss a round; None where it never is."""
    if loss <= 0:
        return None
    return 0.0 if loss >= 1 else math.log(0.5) / math.log1p(-loss)


def _cliff(exposures: pl.DataFrame) -> int | None:
    """The round whose loss lies above that of all others, with no overlap of the intervals."""
    found = []
    for number in sorted(exposures["at"].unique().to_list()):
        here = _loss(exposures.filter(pl.col("at") == number))
        rest = _loss(exposures.filter(pl.col("at") != number))
        if here and rest and here.lo > rest.hi:
            found.append((here.recall, number))
    return max(found)[1] if found else None


def _outcomes(ways: pl.DataFrame) -> pl.DataFrame:
    """Whether each fact was still said when all repeats had gone through as many rounds.

    Returns:
        `session`, `item` (a fact at that many rounds), `stratum` (that many rounds) and `hit`.
    """
    item = ("run_id", "session", "session_number", "question_id", "variant", "stream")
    stream = pl.col("probe").str.extract("@(.*):", 1).fill_null("").alias("stream")
    rows = ways.with_columns(stream)
    rows = rows.with_columns(pl.col("rounds").min().over(item).alias("stratum"))
    rows = rows.filter((pl.col("stratum") > 0) & (pl.len().over(item) > 1))
    return rows.select(
        "session",
        pl.concat_str([pl.col(name).cast(pl.String) for name in item], separator="\n").alias(
            "item"
        ),
        "stratum",
        (pl.col("rounds_kept") >= pl.col("stratum")).cast(pl.Float64).alias("hit"),
    )
