"""Kinds of question, one file each: what is asked of what was said, and how it counts.

A kind is a frozen dataclass whose fields are its options. A new one is one file, one line below and
one test that calls `check_kind`. The room lies below the scenarios, since reading a file takes its
kinds: how often a fact is said, and which scorer it has, follow from what is asked about it.
A kind that is named as `package.module:Name` is somebody's code: `load_kind` alone imports it, and
until then something else stands in its place.
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
from harness.kinds.unimported import UnimportedKind
from harness.kinds.update import UpdateKind
from harness.kinds.when import WhenKind

if TYPE_CHECKING:
    from harness.core.spec import Spec

__all__ = ["check_kind", "kind_of", "kinds", "load_kind"]

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


_imported: dict[Spec, Kind] = {}
"""Kinds that are code and were imported, as `sys.modules` has their modules."""


def kind_of(spec: Spec) -> Kind:
    """The kind that a spec names; of code that was not imported, what stands in its place.

    Raises:
        UsageError: It does not load, or is no kind.
    """
    return _imported.get(spec) or _without_code(spec)


def load_kind(spec: Spec) -> Kind:
    """The kind that a spec names, imported where it is somebody's code.

    Raises:
        UsageError: It does not load, or is no kind.
    """
    if kinds.is_code(spec) and spec not in _imported:
        _imported[spec] = _looked_at(spec)
    return kind_of(spec)


@lru_cache(maxsize=256)
def _without_code(spec: Spec) -> Kind:
    if kinds.is_code(spec):
        kinds.check(spec)
        return UnimportedKind()
    return _looked_at(spec)


def _looked_at(spec: Spec) -> Kind:
    """The kind, looked at before anything rests on it."""
    kind = kinds.resolve(spec)
    for part in PARTS:
        if not hasattr(kind, part):
            raise UsageError(f"kind '{spec}' has no '{part}'; see harness.core.protocols.Kind")
    if kind.counts not in COUNTS:
        raise UsageError(
            f"kind '{spec}' counts towards {kind.counts!r}; expected {', '.join(COUNTS)}"
        )
    return kind
