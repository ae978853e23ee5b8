"""What every scorer must keep, as a check that anyone who adds one can run against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.probe import Probe, Score
from harness.core.scenario import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.core.protocols import Scorer

PROBES = (
    Probe(
        fact="tone",
        kind="recall",
        question="Which brand voice did the art director ask for?",
        expected=(Value("dry", ("bone-dry",)),),
        planted=(Value("Friday"),),
        decoys=(Value("tender"), Value("exuberant")),
    ),
    Probe(
        fact="budget",
        kind="update",
        question="What is the budget now?",
        expected=(Value("5,417", ("5417",)),),
        stale=(Value("6,200"),),
        shape=r"\b[5-9],?\d{3}\b",
    ),
    Probe(
        fact="cities",
        kind="set",
        question="Which cities are on the list?",
        expected=(Value("Oslo"), Value("São Paulo")),
        decoys=(Value("Lima"),),
    ),
    Probe(fact="pet", kind="abstain", question="What is the name of the dog?", expected=()),
)
"""One probe of each kind."""

REPLIES = (
    "",
    " \n\t",
    "dry",
    "**Dry**.",
    "Not dry, but tender.",
    "Oslo, Lima and SÃO PAULO",
    "It was 6,200 and is five thousand four hundred and seventeen.",
    "I don't know.",
    "I'm sorry, but I can't help with that.",
    "<think>dry",
    "</think>",
    "((([[[{{{***___```~~~|||>>>###",
    "\\d+(?P<n>.*)$^",
    "\x00\x07\ud800\ufffe\u202e\u200b",
    "١٢٣ ４４１７ ½ ① ² ß İ ŉ ﬁ 品牌 กำ é",
    "9" * 6_000,
    "1" + "0" * 400 + " % -" + "1.2" * 300,
    "dry " * 2_000,
    "not " * 500 + "dry",
    "a" * 20_000,
)
"""Texts that are empty, odd, long or hostile."""


def check_scorer(
    scorer: Scorer, *, probes: Iterable[Probe] = PROBES, replies: Iterable[str] = REPLIES
) -> None:
    """Check that a scorer never raises, repeats itself, and gives nothing for an empty reply.

    Args:
        scorer: The scorer.
        probes: What is asked; your own where the built-in ones are not of its kind.
        replies: Texts to score, beside the empty one.

    Raises:
        AssertionError: A clause of the contract is broken; the message says which.
    """
    texts = tuple(replies)
    for probe in probes:
        for reply in texts:
            _check_one(scorer, probe, reply)
        empty = scorer.score(probe, "").value
        _claim(not empty, f"an empty reply is worth 0 or None, not {empty!r}")


def _check_one(scorer: Scorer, probe: Probe, reply: str) -> None:
    """Check one reply to one probe."""
    about = f"(fact '{probe.fact}', reply {reply[:40]!a})"
    try:
        score = scorer.score(probe, reply)
        again = scorer.score(probe, reply)
    except Exception as error:
        raise AssertionError(
            f"a scorer raises on no text, but {type(error).__name__}: {error} {about}"
        ) from error
    _claim(isinstance(score, Score), f"a scorer returns a Score, not {score!r} {about}")
    _claim(score == again, f"a scorer gives one text one score, not {score} and {again} {about}")
    _claim(bool(score.why) and "\n" not in score.why, f"`why` is one sentence {about}")


def _claim(holds: bool, clause: str) -> None:
    if not holds:
        raise AssertionError(f"the contract of scorers is broken: {clause}")
