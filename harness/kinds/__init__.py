"""Kinds of question, one file each: what is asked of what was said, and how it counts.

A kind is a frozen dataclass whose fields are its options. A new one is one file, one line below and
one test that calls `check_kind`. The room lies below the scenarios, since reading a file takes its
kinds: how often a fact is said, and which scorer it has, follow from what is asked about it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from harness.core.errors import UsageError
from harness.core.protocols import Kind
from harness.core.registry import Registry
from harness.core.scenario import Counts
from harness.kinds.abstain import AbstainKind
from harness.kinds.conformance import check_kind
from harness.kinds.count import CountKind
from harness.kinds.hop import HopKind
from harness.kinds.latent import LatentKind
from harness.kinds.latest import LatestKind
from harness.kinds.order import OrderKind
from harness.kinds.recall import RecallKind
from harness.kinds.reversal import ReversalKind
from harness.kinds.set_ import SetKind
from harness.kinds.sibling import SiblingKind
from harness.kinds.update import UpdateKind
from harness.kinds.when import WhenKind

if TYPE_CHECKING:
    from harness.core.spec import Spec

__all__ = ["check_kind", "kind_of", "kinds"]

kinds: Registry[Kind] = Registry("kind", Kind)
kinds.add("abstain", AbstainKind)
kinds.add("count", CountKind)
kinds.add("hop", HopKind)
kinds.add("latent", LatentKind)
kinds.add("latest", LatestKind)
kinds.add("order", OrderKind)
kinds.add("recall", RecallKind)
kinds.add("reversal", ReversalKind)
kinds.add("set", SetKind)
kinds.add("sibling", SiblingKind)
kinds.add("update", UpdateKind)
kinds.add("when", WhenKind)

COUNTS = tuple(name for name in get_args(Counts) if name != "rule")
"""What the score of a question may count towards."""

PARTS = ("facts", "score", "counts", "sayings", "needs", "expected", "guess")
"""What a kind has, beside its options."""


@lru_cache(maxsize=256)
def kind_of(spec: Spec) -> Kind:
    """The kind that a spec names, looked at before anything rests on it.

    Raises:
        UsageError: It does not load, or is no kind.
    """
    kind = kinds.resolve(spec)
    for part in PARTS:
        if not hasattr(kind, part):
            raise UsageError(f"kind '{spec}' has no '{part}'; see harness.core.protocols.Kind")
    if kind.counts not in COUNTS:
        raise UsageError(
            f"kind '{spec}' counts towards {kind.counts!r}; expected {', '.join(COUNTS)}"
        )
    return kind
