"""Treatments side by side: what each carried over session boundaries, and at what price.

Its one rule: they are compared on the same questions. What was not asked, or not measured, under
every treatment is left out, and counted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl

from harness.analysis.curves import main_rows, wilson
from harness.analysis.records import collect
from harness.analysis.stats.session_mean import session_mean
from harness.analysis.summary.memory_model import Carrying, DoorLoss, Treatments
from harness.analysis.summary.memory_splits import by_kind, by_sessions_between, share_of
from harness.analysis.summary.rule_adherence import once

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.records import Frame
    from harness.analysis.stats.session_mean import SessionMean
    from harness.core.memory import LostAt

AS_GOOD = 0.02
"""Recall so near to the best counts as good as the best, whatever the interval says."""

_LEVEL = 0.95
_PLACE = ("model", "window_limit", "scenario")
_TREATMENT = ("policy", "memory")
_QUESTION = ("session", "session_number", "probe", "fact", "repeat", "layout", "variant")
_NEEDED = (
    "run_id", "key", *_PLACE, *_TREATMENT, *_QUESTION, "trunk", "score", "written", "injected",
    "lost_at", "miss", "probe_kind", "expected", "planted_session", "memory_tokens", "memory_how",
    "memory_write_s", "memory_read_s",
    "prompt_tokens", "completion_tokens", "cost_usd", "preparation_prompt_tokens",
    "preparation_completion_tokens", "preparation_cost_usd",
)  # fmt: skip


def treatments(frame: Frame, *, floor: float = 0.0) -> tuple[Treatments, ...]:
    """The treatments of each model, window and scenario; empty where no fact crossed a boundary.

    Args:
        frame: Records.
        floor: The chance, in [0, 1), of naming a value that was never told.
    """
    frame = frame.lazy().with_columns(_any_length())
    crossing = main_rows(frame).filter(pl.col("injected").is_not_null())
    rows = once(collect(crossing.select(_NEEDED)))
    later = main_rows(frame, "abstain").filter(pl.col("session_number") > 1)
    never = once(collect(later.select(_NEEDED)))
    found = []
    for (model, limit), of_model in sorted(
        rows.partition_by("model", "window_limit", as_dict=True).items()
    ):
        parts = of_model.partition_by("scenario", as_dict=True)
        for (scenario,), part in sorted(parts.items()):
            found.append(_side_by_side((model, limit, scenario), part, never, floor))
        if len(parts) > 1:
            found.append(_side_by_side((model, limit, ""), of_model, never, floor))
    return tuple(one for one in found if one is not None)


def _any_length() -> pl.Expr:
    """The model, named alike however many sessions a scenario was grown to: that is in a table."""
    return pl.col("model").str.replace(r",?sessions=[0-9]+\]$", "]").str.replace(r" \[\]$", "")


def _side_by_side(
    key: tuple[object, ...], rows: pl.DataFrame, never: pl.DataFrame, floor: float
) -> Treatments | None:
    model, window_limit, scenario = key
    asked = rows.select(_QUESTION).n_unique()
    known = _shared(rows, rows.select(_TREATMENT).n_unique())
    if known.is_empty():
        return None
    here = never.filter(pl.col("model") == model, pl.col("window_limit") == window_limit)
    if scenario:
        here = here.filter(pl.col("scenario") == scenario)
    unsaid = _shared(here, here.select(_TREATMENT).n_unique())
    parts = known.partition_by(_TREATMENT, as_dict=True)
    best = max(parts.values(), key=lambda part: (_recall(part), -_tokens(part)))
    lines = [_line(name, part, best, floor, unsaid) for name, part in sorted(parts.items())]
    lines.sort(key=lambda line: (-line.share.recall, line.tokens, line.policy, line.memory))
    order = [(line.policy, line.memory) for line in lines]
    n_facts = known.select(_QUESTION).n_unique()
    return Treatments(
        model=str(model),
        window_limit=int(str(window_limit)),
        scenario=str(scenario),
        n_facts=n_facts,
        n_left_out=asked - n_facts,
        rows=tuple(lines),
        kinds=by_kind(known, unsaid, order),
        gaps=by_sessions_between(known, order),
        advice=_advice(lines),
    )


def _shared(rows: pl.DataFrame, treatments: int) -> pl.DataFrame:
    """The measured records of the questions that were measured under so many treatments."""
    known = rows.filter(pl.col("score").is_not_null())
    under = known.group_by(_QUESTION).agg(pl.struct(_TREATMENT).n_unique().alias("under"))
    shared = under.filter(pl.col("under") == treatments).drop("under")
    return known.join(shared, on=list(_QUESTION), how="semi", nulls_equal=True)


def _recall(rows: pl.DataFrame) -> float:
    return float(rows["score"].sum()) / rows.height


def _line(
    name: tuple[object, ...],
    rows: pl.DataFrame,
    best: pl.DataFrame,
    floor: float,
    unsaid: pl.DataFrame,
) -> Carrying:
    policy, memory = map(str, name)
    never = unsaid.filter(pl.col("policy") == policy, pl.col("memory") == memory)
    lost = dict(rows.group_by("lost_at").len().iter_rows())
    untold = rows.filter(~pl.col("injected"))
    guessed = untold.filter(pl.col("score") >= 1).height
    least, _ = wilson(pl.Series([guessed]), pl.Series([max(untold.height, 1)]))
    recalled = float(rows["score"].sum())
    tokens, usd, sessions = _tokens(rows), _usd(rows), _sessions(rows)
    behind = _behind(rows, best)
    return Carrying(
        policy=policy,
        memory=memory,
        share=share_of(rows),
        never_written=lost.get("written", 0),
        not_injected=lost.get("injected", 0),
        not_used=lost.get("used", 0),
        doors=tuple(_doors(rows)),
        swapped=sum(part.filter(pl.col("miss") == "swapped").height for part in (rows, never)),
        stale=rows.filter(pl.col("miss") == "stale").height,
        untold=guessed,
        leak=bool(guessed) and least.item() > floor,
        tokens=tokens,
        carried_tokens=round(_mean(rows, "memory_tokens") or 0.0, 3),
        tokens_per_session=round(tokens / sessions, 3) if sessions else None,
        usd_per_session=usd / sessions if sessions and usd is not None else None,
        write_s=_mean(rows, "memory_write_s"),
        read_s=_mean(rows, "memory_read_s"),
        how=tuple(sorted(set(rows["memory_how"].drop_nulls()))),
        tokens_per_recalled=round(tokens / recalled, 3) if recalled else None,
        usd_per_recalled=usd / recalled if recalled and usd is not None else None,
        behind=None if behind is None else behind.effect,
        behind_lo=None if behind is None else behind.lo,
        behind_hi=None if behind is None else behind.hi,
    )


def _doors(rows: pl.DataFrame) -> Iterator[DoorLoss]:
    """What was lost at each door, of what came to it."""
    written = rows.filter(pl.col("written").is_not_null())
    listed = written.height == rows.height
    held = written.filter("written") if listed else rows
    given = rows.filter("injected")
    doors: list[tuple[LostAt, pl.DataFrame, int]] = [
        ("written", written, written.height - held.height),
        ("injected", held, held.filter(~pl.col("injected")).height),
        ("used", given, given.filter(pl.col("score") < 1).height),
    ]
    for door, came, lost in doors if listed else doors[2:]:
        if came.is_empty():
            continue
        lo, hi = wilson(pl.Series([lost]), pl.Series([came.height]))
        share = lost / came.height
        yield DoorLoss(door=door, n=came.height, lost=lost, share=share, lo=lo.item(), hi=hi.item())


def _sessions(rows: pl.DataFrame) -> int:
    """Sessions that were lived through for these questions: those before each, and its own."""
    chains = rows.group_by("session", "repeat", "layout", "variant").agg(
        pl.col("session_number").max()
    )
    return int(chains["session_number"].sum())


def _mean(rows: pl.DataFrame, name: str) -> float | None:
    values = rows[name].drop_nulls().to_list()
    return math.fsum(values) / len(values) if values else None


def _chains(rows: pl.DataFrame) -> pl.DataFrame:
    """What was written for each chain of sessions, once.

    The last session of a chain counts what was written for those before it, so the most that any
    of its records says is what the whole chain came to.
    """
    stream = pl.col("probe").str.extract("@(.*):", 1)
    return rows.group_by("session", "repeat", "layout", "variant", stream.alias("stream")).agg(
        (pl.col("preparation_prompt_tokens") + pl.col("preparation_completion_tokens"))
        .max()
        .alias("tokens"),
        pl.col("preparation_cost_usd").max().alias("usd"),
        pl.col("preparation_cost_usd").null_count().alias("unknown"),
    )


def _tokens(rows: pl.DataFrame) -> int:
    """Prompt and completion tokens of the questions, and of what was written for them."""
    asked = sum(rows["prompt_tokens"].drop_nulls()) + sum(rows["completion_tokens"].drop_nulls())
    return int(asked + sum(_chains(rows)["tokens"].to_list()))


def _usd(rows: pl.DataFrame) -> float | None:
    chains = _chains(rows)
    if rows["cost_usd"].null_count() or chains["unknown"].sum():
        return None
    return math.fsum(rows["cost_usd"]) + math.fsum(chains["usd"])


def _behind(rows: pl.DataFrame, best: pl.DataFrame) -> SessionMean | None:
    """By how much the best is better, over sessions; None with too few sessions."""
    mean = pl.col("score").mean()
    here, there = (part.group_by("session").agg(mean).sort("session") for part in (rows, best))
    values = (there["score"] - here["score"]).to_list()
    return session_mean(values, level=_LEVEL, n_probes=rows.height)


def _advice(lines: Sequence[Carrying]) -> str | None:
    """The cheapest treatment that recalls as much as the best."""
    if len(lines) < 2:  # noqa: PLR2004 - one treatment is no choice
        return None
    best = lines[0]
    if not best.share.recall:
        return "Nothing that was tried carries these facts over."
    good = [line for line in lines if _as_good(line, best)]
    chosen = min(good, key=lambda line: (line.tokens, line.memory))
    same_policy = len({line.policy for line in lines}) == 1
    name = f"'{chosen.memory}'" if same_policy else f"'{chosen.memory}' under '{chosen.policy}'"
    share, each = chosen.share, chosen.tokens_per_recalled or 0.0
    dearer = [line for line in good if line is not chosen]
    alone = ", more than any other," if chosen is best and not dearer else ""
    said = (
        f"Carry over {name}: it recalls {100 * share.recall:.0f} %"
        f" ({100 * share.lo:.0f}–{100 * share.hi:.0f}){alone} at {each:,.0f} tokens a fact"
    )
    if chosen is best:
        return f"{said}."
    factor = best.tokens / chosen.tokens
    return (
        f"{said}; '{best.memory}' recalls {100 * best.share.recall:.0f} %"
        f" and spends {factor:.1f} times as many."
    )


def _as_good(line: Carrying, best: Carrying) -> bool:
    """Whether a treatment cannot be told from the best, or is so near that it does not matter."""
    if best.share.recall - line.share.recall <= AS_GOOD:
        return True
    return line.behind_lo is not None and line.behind_lo <= 0
