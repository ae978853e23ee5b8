"""The answer in a sentence: where a model begins to forget, how surely, and who loses most.

Its one rule: a sentence says no more than the estimate and the counts that it is made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.comparison.two_runs import interval_text
from harness.core.printable import how_many
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.comparison.within_run import Contrast, Middle
    from harness.analysis.onset import EffectiveLengths, LengthEstimate
    from harness.analysis.summary.model import Attribution, CurveGroup, JudgeError, Lengths

_HOW = {
    "abstained": "it says that it does not know",
    "swapped": "it names another value",
    "stale": "it names a value that was superseded",
    "incomplete": "it names a part",
    "fabricated": "it makes one up",
    "refused": "it refuses",
    "output_truncated": "its reply is cut off",  # in runs of before such replies had no score
}
_MOST = 0.5


def onset_answer(group: CurveGroup) -> str:
    """One sentence without its subject, the model, and without a full stop."""
    found = group.onset
    if found.onset is None:
        return found.message
    window = f"{group.window_limit:,}-token window"
    fine = fmt.fine(found.onset)
    begins = f"forgetting begins at {fmt.percent(found.onset, fine)} of the {window}"
    ends = fmt.span(found.lo, found.hi, digits=fine).replace("–", " to ")
    tokens = fmt.onset_tokens(found).replace("–", " to ")
    inside = f", {tokens} tokens" if tokens else ""
    weak = f"; weak from the start (plateau {fmt.percent(found.plateau)})" if found.weak else ""
    blame = blamed(group)
    return f"{begins}, {ends} %{inside}{weak}" + (f"; {blame}" if blame else "")


def blamed(group: CurveGroup) -> str:
    """Who lost most, as the end of a sentence; empty where nothing was lost."""
    lost = group.attribution
    parts = losses(lost)
    total = sum(parts.values())
    if not total:
        return ""
    name, n = max(parts.items(), key=lambda part: part[1])
    words = {
        "application": f"evictions by {fmt.plain(group.policy)}",
        "memory": f"lost in the memory {fmt.plain(group.memory)}",
        "server": "text that the server dropped",
        "model": f"the model's own losses{_how(lost)}",
        "nobody": "losses that nobody can be blamed for",
    }[name]
    share = n / total
    if share == 1:
        return f"all are {words}" if name != "memory" else f"all {words}"
    return f"{'mostly' if share > _MOST else 'most often'} {words}"


def losses(lost: Attribution) -> dict[str, int]:
    """Losses by who lost them; they add up."""
    memory = sum(count.n for count in lost.causes if count.name == "lost_in_memory")
    return {
        "application": lost.by_application - lost.by_server - memory,
        "memory": memory,
        "server": lost.by_server,
        "model": lost.by_model,
        "nobody": lost.by_nobody,
    }


def _how(lost: Attribution) -> str:
    """What the model mostly says instead."""
    own = [count for count in lost.causes if count.name in _HOW]
    if not own:
        return ""
    return f" ({_HOW[max(own, key=lambda count: count.n).name]})"


def length_sentences(found: Lengths) -> Iterator[str]:
    """What the ledger says, as sentences.

    Args:
        found: Of one group.
    """
    if found.ratio is None:
        yield "by our own count: the provider reports no usage"
        return
    aim = ""
    if found.error is not None and found.worst_error is not None:
        aim = (
            f"; fills met within {100 * found.error:.1f} points of the window"
            f" (at worst {100 * found.worst_error:.1f})"
        )
    yield f"the provider counts {found.ratio:.3g} tokens for one of ours{aim}"
    yield from _dropped(found)
    if found.n_corrected:
        yield (
            f"of {how_many(found.n_corrected, 'prompt')} the provider told no count of all that"
            " was sent; ours is taken there, corrected by its other counts"
        )
    if found.n_untold:
        yield (
            f"nobody can tell whether {how_many(found.n_untold, 'prompt')} was read whole;"
            if found.n_untold == 1
            else f"nobody can tell whether {how_many(found.n_untold, 'prompt')} were read whole;"
        ) + " what was missed there is counted with nobody's losses"


def _dropped(found: Lengths) -> Iterator[str]:
    """What the server dropped, as far as that is known."""
    if found.dropped_from is None or found.kept is None:
        return
    part = {"start": "the start", "middle": "the middle", "end": "the end"}.get(
        found.dropped or "", "a part"
    )
    answers = f"{how_many(found.n_truncated, 'answer')} to such prompts are not in the"
    if found.kept < found.dropped_from:
        at = f"from {found.dropped_from:,} tokens on (it read about {found.kept:,})"
    else:  # several servers, or one that was set up anew between two runs
        at = f"of some sessions from {found.dropped_from:,} tokens on, and of others later"
    yield f"the server dropped {part} of the session {at}; {answers} model's own curve"


def middle(found: Middle) -> tuple[str, ...]:
    """Ends of the session against its middle: over the whole window, and where it is full."""
    if found.overall.effect is None:
        return (_low(found.overall.message),)  # then there is even less where the window is full
    full = _ends(found.high_fill)
    return _ends(found.overall), f"past {fmt.percent(found.cut, 0)} of the window: {full}"


def _ends(contrast: Contrast) -> str:
    if contrast.effect is None or contrast.lo is None or contrast.hi is None:
        return _low(contrast.message)
    size = f"{abs(100 * contrast.effect):.1f}"
    side = "more than" if contrast.effect > 0 else "less than"
    head = f"{size} points {side}" if size != "0.0" else "as much as"
    ends = interval_text(contrast.lo, contrast.hi, contrast.level)
    return f"ends recall {head} the middle ({ends})"


def distance(contrast: Contrast) -> str:
    """What the gap between plant and probe costs."""
    return _low(contrast.message)


def _low(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def judge(found: JudgeError) -> str:
    """Who graded, and how often that judge errs."""
    wrong, right = found.false_wrong, found.false_right
    return (
        f"{found.n:,} replies graded by {found.judge}, which calls"
        f" {fmt.percent(right.recall)} of wrong answers right"
        f" ({fmt.span(right.lo, right.hi)}; n {right.n}) and {fmt.percent(wrong.recall)} of"
        f" right answers wrong ({fmt.span(wrong.lo, wrong.hi)}; n {wrong.n})"
    )


def effective(found: EffectiveLengths, *, noun: str = "") -> Iterator[str]:
    """The lengths that others report, as sentences; `noun` stands before those that are lengths."""
    for name, length in (
        ("recall of 85.6 % or more (RULER)", found.ruler),
        ("85 % of its own plateau (NoLiMa)", found.nolima),
        ("half of its own plateau (half-life)", found.half_life),
    ):
        yield f"{noun}{name}: {_length(length, found)}"
    yield (
        f"recall averaged over log length: {fmt.percent(found.auc)}"
        f" ({fmt.span(found.auc_lo, found.auc_hi, digits=1)})"
    )


def _length(length: LengthEstimate, found: EffectiveLengths) -> str:
    """A length with its interval, in tokens where they are known and in per cent."""
    first, last = found.from_fill, found.to_fill

    def shown(fill: float | None, *, top: bool = False) -> str:
        if fill is None:
            return f"over {_place(last, found)}" if top else f"beyond {_place(last, found)}"
        return f"under {_place(first, found)}" if fill <= 0 else _place(fill, found)

    if length.fill is None and length.lo is not None and length.lo >= last:
        return f"at least {_place(last, found)}"
    ends = f"{shown(length.lo)} to {shown(length.hi, top=True)}".replace(" tokens", "")
    return f"{shown(length.fill)} ({fmt.percent(found.level, 0)} interval {ends})"


def _place(fill: float, found: EffectiveLengths) -> str:
    if found.to_tokens is None or not found.to_fill:
        return fmt.percent(fill)
    return f"{fmt.tokens(round(fill / found.to_fill * found.to_tokens))} tokens"
