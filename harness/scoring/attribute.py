"""What became of a trial: a score, and for each miss the reason (laws 3 and 4).

Its one rule: neither a failed call nor a reply that was cut is a miss, and a miss is laid at the
first door that explains it: the text was not sent, the server dropped it, and only then the model.
What a memory kept is known to the run alone, which says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.scoring.abstention import abstains, refuses
from harness.scoring.mentions import named
from harness.scoring.normalise import answer

if TYPE_CHECKING:
    from harness.core.probe import Outcome, Probe, Reply, Status
    from harness.core.protocols import Scorer
    from harness.scoring.mentions import Named


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a trial is worth, and why."""

    score: float | None
    """In [0, 1]; None where nothing was measured."""
    outcome: Outcome | None
    why: str
    miss: Outcome | None = None
    """What the model did where it missed, whoever is to blame for it; None where it did not."""


_NOT_MEASURED: dict[Status, Judgement] = {
    "error": Judgement(None, None, "The call failed; nothing was measured."),
    "cut": Judgement(None, "output_truncated", "The reply ended before its answer."),
    "overflow": Judgement(None, "refused", "The provider refused a prompt of this length."),
    "refused": Judgement(None, "refused", "The application refused a session of this length."),
}


_CUT_MISS = Judgement(
    None, "output_truncated", "The reply was cut before it held the answer, which may have come."
)
"""A wrong answer in a reply that is not whole is none: the right one may still have come."""


def score_and_attribute(
    probe: Probe,
    reply: Reply | None,
    *,
    scorer: Scorer,
    status: Status,
    in_view: bool | None,
    fact_truncated: bool | None,
    told: bool,
    lost_in_memory: bool = False,
    sealed: bool = False,
) -> Judgement:
    """Score the outcome of a call and attribute it.

    Args:
        probe: What was asked.
        reply: What came back; None unless the status is ok.
        scorer: The scorer of the question; not used where an abstention is expected.
        status: How the call ended.
        in_view: Whether the fact was among the messages sent; None when it was never said.
        fact_truncated: Whether the server seems to have dropped the text that holds the fact; None
            when that cannot be told.
        told: Whether the session was told what is asked. In control arms that were not, and
            wherever no value is expected, the right answer is that it was never said.
        lost_in_memory: The fact was said in an earlier session, and what was carried into this one
            does not hold it.
        sealed: A block that nobody but its provider can read stands in place of older turns: what
            was not sent beside it was lost in it or by the model, and nobody can tell which.

    Raises:
        ValueError: The status is ok and there is no reply.
    """
    if status != "ok":
        return _NOT_MEASURED[status]
    if reply is None:
        raise ValueError(
            f"a trial with status 'ok' has a reply; question '{probe.question_id}' has none"
        )
    said = named(probe, reply.text)
    if not told or not probe.expected:
        return _judge_abstention(probe, reply, said)
    score = scorer.score(probe, reply.text)
    unsent = "lost_in_memory" if lost_in_memory else _unsent(in_view, sealed=sealed)
    if score.value is None:
        return Judgement(score.value, None, score.why)
    if score.value >= 1.0:
        return Judgement(score.value, "recalled", score.why)
    if unsent is None and not fact_truncated and reply.cut is not None:
        return _CUT_MISS
    miss = _miss(probe, reply, said)
    outcome = unsent or ("server_truncated" if fact_truncated else miss)
    return Judgement(score.value, outcome, score.why, miss=miss)


def _judge_abstention(probe: Probe, reply: Reply, said: Named) -> Judgement:
    """The judgement where the right answer is that it was never said."""
    if abstains(probe, reply.text):
        return Judgement(1.0, "abstained", "The reply says that it is not known, as it should.")
    leaked = [value.text for value in probe.expected if said.stands(value)]
    if leaked and not said.wrong:
        return Judgement(0.0, "recalled", f"The reply names '{leaked[0]}', which was never said.")
    if reply.cut is not None:
        return _CUT_MISS
    outcome = _miss(probe, reply, said)
    why = "The reply does not say that it is not known."
    return Judgement(0.0, outcome, why, miss=outcome)


def _unsent(in_view: bool | None, *, sealed: bool) -> Outcome | None:
    """Why the words of a fact were not before the model; None where they were."""
    if in_view is None and sealed:
        return "opaque"
    return "evicted" if in_view is False else None


def _miss(probe: Probe, reply: Reply, said: Named) -> Outcome:
    """What the model itself did instead of answering rightly."""
    refused = refuses(reply.text, probe.language)
    abstained = abstains(probe, reply.text)
    silent = not answer(reply.text).strip()
    if refused or silent or reply.finish_reason == "content_filter":
        return "refused"
    if abstained:
        return "abstained"
    kinds = {mention.kind for mention in said.wrong}
    if "stale" in kinds:
        return "stale"
    if "planted" in kinds:
        return "swapped"
    return "incomplete" if _names_part(probe, said) else "fabricated"


def _names_part(probe: Probe, said: Named) -> bool:
    """Whether the reply names some of several values and nothing wrong (decision 8)."""
    several = len(probe.expected) > 1
    return several and not said.wrong and any(map(said.stands, probe.expected))
