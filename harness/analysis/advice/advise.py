"""Where to compact: a measured curve and a measured survival in, one answer out.

Its one rule: nothing is judged beyond what was measured. Where recall does not fall over the
lengths that were measured, no threshold among them is the best, and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from harness.analysis.advice import survival as surviving
from harness.analysis.advice.choose import choose_threshold
from harness.analysis.advice.model import Advice, KeptFacts, Shape
from harness.analysis.advice.options import SESSION_WINDOWS, SUMMARY_TOKENS, USUAL
from harness.analysis.advice.words import advice_words
from harness.analysis.curves import model_rows
from harness.analysis.onset import OnsetOptions
from harness.analysis.onset.recall_draws import recall_draws
from harness.analysis.onset.rows import MAX_FILL
from harness.analysis.records import collect
from harness.analysis.summary.group_onset import facts_alone, onset_of
from harness.analysis.summary.trials import under_prompt
from harness.core.errors import UsageError
from harness.core.spec import Spec
from harness.sessions.policies import policies
from harness.sessions.policies.provider_compaction import ProviderCompaction
from harness.sessions.policies.summarise import Summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.advice.cost import Prices
    from harness.analysis.advice.model import Reason
    from harness.analysis.advice.options import AdviceOptions
    from harness.analysis.advice.survival import SurvivalDraws
    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.records import Frame

COUNT = 256
"""Curves, and pairs of survivals, that the data allow."""
_STRIDE = 159
"""Pairs a curve with a survival: it has no divisor in common with their number."""
_WHOLE = "send_all"
_OURS = ("summarise", "provider_compaction")
_PLACE = ("model", "window_limit", "memory", "layout")
_OF_A_CURVE = (
    *_PLACE, "policy", "session", "scenario", "arm", "counts", "fill", "score", "guess", "in_view",
    "server_truncated", "compactions", "opaque", "run_id",
)  # fmt: skip
_VERDICTS: dict[str, Reason] = {
    "insufficient": "insufficient", "floor": "poor", "not_reached": "flat", "cannot_tell": "flat",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compaction:
    """A way to compact, and what it keeps."""

    survival: KeptFacts
    drawn: SurvivalDraws
    summary_tokens: int
    kept_share: float
    writer: str | None


def advise(
    frame: Frame, asked: AdviceOptions = USUAL, *, price: Prices | None = None
) -> tuple[Advice, ...]:
    """An answer for each model, window and compaction; empty where nothing was compacted.

    Args:
        frame: Records, see `harness.analysis.records`.
        asked: What is asked.
        price: Looks a model up in the price list; None leaves costs out.
    """
    named = frame.lazy().with_columns(under_prompt())
    rows = collect(named.select(_OF_A_CURVE))
    alone = facts_alone(rows)
    found = []
    for place, of_place in sorted(rows.partition_by(_PLACE, as_dict=True).items()):
        whole = collect(model_rows(of_place.filter(pl.col("policy") == _WHOLE)))
        if whole.is_empty():
            continue
        here = named.filter(*(pl.col(n) == v for n, v in zip(_PLACE, place, strict=True)))
        facts = alone.get(str(place[0]))
        found += [
            _advice(place, whole, facts, compaction, asked, price)
            for compaction in _compactions(here, of_place, asked)
        ]
    return tuple(found)


def check_advice(frame: Frame, asked: AdviceOptions) -> None:
    """Make sure that there is something to advise on.

    Raises:
        UsageError: The records hold no whole sessions, or no compaction and none was told.
    """
    rows = collect(frame.lazy().select("policy", "compactions", "opaque").unique())
    if rows.filter(pl.col("policy") == _WHOLE).is_empty():
        raise UsageError(
            "no session of these records was sent whole, so there is no curve to advise by; run"
            f" the same with --policy {_WHOLE},summarise, or name a run that has it beside this one"
        )
    if asked.survival is None and rows.filter(pl.col("compactions") > 0).is_empty():
        raise UsageError(
            "no session of these records was compacted, so nobody can tell what a compaction keeps;"
            f" run the same with --policy {_WHOLE},summarise, or tell it by --survival 0.6"
        )
    if asked.survival is None and rows.filter(pl.col("compactions") > 0)["opaque"].all():
        raise UsageError(
            "nobody can read what the provider's compaction kept; tell what you know of it by"
            " --survival 0.6"
        )


def _compactions(
    here: pl.LazyFrame, rows: pl.DataFrame, asked: AdviceOptions
) -> Iterator[_Compaction]:
    """The compactions of one place, or the one that was told."""
    if asked.survival is not None:
        yield _told(*asked.survival, asked)
        return
    # what a sealed item kept nobody can read: its facts would all be those that stand beside it
    readable = (pl.col("compactions") > 0) & ~pl.col("opaque").fill_null(value=False).any().over(
        "policy"
    )
    compacting = rows.filter(readable)["policy"].unique().sort().to_list()
    seen = surviving.compacted(here.filter(pl.col("policy").is_in(compacting)), more=("policy",))
    parts = seen.partition_by("policy", as_dict=True)
    for name in compacting:
        compaction = _measured(str(name), parts[name,], asked)
        if compaction is not None:
            yield compaction


def _told(first: float, later: float, asked: AdviceOptions) -> _Compaction:
    return _Compaction(
        survival=KeptFacts(
            policy="", first=first, first_lo=first, first_hi=first, later=later, later_lo=later,
            later_hi=later, n_first=0, n_later=0, n_sessions=0,
        ),
        drawn=surviving.given(first, later, COUNT),
        summary_tokens=asked.summary_tokens or SUMMARY_TOKENS,
        kept_share=asked.kept_share or 0.0,
        writer=None,
    )  # fmt: skip


def _measured(name: str, rows: pl.DataFrame, asked: AdviceOptions) -> _Compaction | None:
    found = surviving.fact_passages(rows)
    if not found:
        return None
    drawn = surviving.draws(found, COUNT)
    kept, writer = _options(name)
    kept = kept if asked.kept_share is None else asked.kept_share
    done = rows.filter(pl.col("compactions") > 0)
    before, after = (float(str(done[one].median())) for one in ("compacted_from", "compacted_to"))
    return _Compaction(
        survival=surviving.survival(name, found, drawn, level=asked.level),
        drawn=drawn,
        summary_tokens=asked.summary_tokens or max(round(after - kept * before), 1),
        kept_share=kept,
        writer=writer,
    )


def _options(name: str) -> tuple[float, str | None]:
    """How much of the threshold a policy keeps as it is, and who writes for it."""
    if Spec.parse(name).name not in _OURS:  # a plug of the user's own need not be at hand here
        return 0.0, None
    policy = policies.resolve(name)
    writer = policy.writer if isinstance(policy, Summarise) else None
    if not isinstance(policy, Summarise | ProviderCompaction):
        return 0.0, None
    return policy.keep / policy.at, writer


def _advice(  # noqa: PLR0917 -- what an answer is made of
    place: tuple[object, ...],
    whole: pl.DataFrame,
    alone: pl.DataFrame | None,
    compaction: _Compaction,
    asked: AdviceOptions,
    price: Prices | None,
) -> Advice:
    model, window, memory, layout = place
    limit = int(str(window))
    meant = OnsetOptions(level=asked.level)
    near = whole.filter(pl.col("fill") <= MAX_FILL)
    if alone is not None:
        alone = alone.filter(
            pl.col("scenario").is_in(near["scenario"].unique().cast(pl.String).to_list())
        )
    estimate = onset_of(near, limit, alone, meant)
    shape = Shape(
        session_tokens=asked.session_tokens or SESSION_WINDOWS * limit,
        turn_tokens=asked.turn_tokens,
        half_life_tokens=asked.half_life_tokens,
        summary_tokens=compaction.summary_tokens,
        kept_share=compaction.kept_share,
    )
    reason = _VERDICTS.get(estimate.verdict)
    chosen = None
    if reason != "insufficient":
        paired = np.arange(COUNT) * _STRIDE % COUNT
        chosen = choose_threshold(
            recall_draws(near, meant, window_tokens=limit, count=COUNT),
            surviving.SurvivalDraws(
                first=compaction.drawn.first[paired], later=compaction.drawn.later[paired]
            ),
            shape,
            asked,
            limit=limit,
            model=str(model),
            writer=compaction.writer or str(model),
            price=price,
        )
        reason = reason or chosen.reason
    best = chosen if chosen is not None and reason is None else None
    runs = whole["run_id"].unique().to_list()
    return Advice(
        run=str(runs[0]) if len(runs) == 1 else None,
        model=str(model),
        window_limit=limit,
        memory=str(memory),
        layout=str(layout),
        survival=compaction.survival,
        shape=shape,
        level=asked.level,
        n_probes=near.height,
        n_sessions=near["session"].n_unique(),
        measured_tokens=_measured_tokens(estimate, near, limit),
        reason=reason,
        threshold_tokens=best.threshold if best else None,
        threshold_lo=best.lo if best else None,
        threshold_hi=best.hi if best else None,
        thrifty_tokens=chosen.thrifty if chosen and reason in {None, "alike"} else None,
        advice=advice_words(estimate, chosen, reason, compaction.survival, limit),
        choices=chosen.choices if chosen else (),
    )


def _measured_tokens(estimate: OnsetEstimate, rows: pl.DataFrame, limit: int) -> int:
    fill = estimate.max_fill
    return round((float(str(rows["fill"].max())) if fill is None else fill) * limit)
