"""An advice in a sentence or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.analysis.advice.choose import Chosen
    from harness.analysis.advice.model import KeptFacts, Reason, ThresholdChoice
    from harness.analysis.onset import OnsetEstimate


def advice_words(
    estimate: OnsetEstimate,
    chosen: Chosen | None,
    reason: Reason | None,
    survival: KeptFacts,
    limit: int,
) -> str:
    """What to do, and how sure that is.

    Args:
        estimate: The onset of the curve.
        chosen: The thresholds side by side; None where none could be judged.
        reason: Why none is the best.
        survival: What a compaction keeps.
        limit: The window, in tokens.
    """
    why = {
        "insufficient": f"{estimate.missing or 'too few sessions'}",
        "poor": "recall is poor from the start, however short the session",
        "narrow": "what a compaction leaves is as long as what was measured",
        "flat": _flat(estimate, survival, limit),
    }
    if reason in why or chosen is None:
        return f"cannot tell: {why[reason or 'insufficient']}."
    by_tokens = {one.threshold_tokens: one for one in chosen.choices}
    best = by_tokens[chosen.threshold or 0]
    thrifty = by_tokens[chosen.thrifty or 0]
    if reason == "alike":
        return (
            f"cannot tell: no threshold between {chosen.choices[0].threshold_tokens:,} and"
            f" {chosen.choices[-1].threshold_tokens:,} tokens can be told from the best; the one"
            f" that reads fewest tokens for as much is {thrifty.threshold_tokens:,}."
        )
    among = f" (best between {chosen.lo:,} and {chosen.hi:,})" if chosen.lo != chosen.hi else ""
    words = (
        f"Compact at {best.threshold_tokens:,} tokens{among}: it keeps {_percent(best)} of what was"
        f" said; regret at most {100 * best.regret_hi:.1f} points."
    )
    if best is chosen.choices[-1]:
        words += " That is the longest that was measured: later may be better still."
    if thrifty is best:
        return words
    saved = 1 - thrifty.prompt_tokens / best.prompt_tokens
    return (
        f"{words} {thrifty.threshold_tokens:,} keeps as much for all that matters"
        f" ({_percent(thrifty)}) and reads {100 * saved:.0f} % fewer tokens."
    )


def _flat(estimate: OnsetEstimate, survival: KeptFacts, limit: int) -> str:
    fill = estimate.max_fill or 0.0
    loses = 100 * (1 - survival.first)
    words = (
        f"the curve is flat: recall was not seen to fall up to {fill * limit:,.0f}"
        " tokens, so nothing that was measured speaks for compacting before that"
    )
    return f"{words}; a compaction loses {loses:.0f} % of the facts it replaces"


def _percent(choice: ThresholdChoice) -> str:
    return f"{100 * choice.recall:.0f} % ({100 * choice.lo:.0f}–{100 * choice.hi:.0f})"
