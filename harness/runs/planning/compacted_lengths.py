"""How long a session is as compactions leave it, and what each of them is asked with; foreseen.

A summary of ours is taken to be as long as it may be. What a provider's own compaction leaves is
taken to be a tenth of what it replaces, since none says how long it will be; at OpenAI the user's
own words stay beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.policies import compacting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.protocols import Policy
    from harness.core.session import Session

LEFT = 0.1
"""Share of older turns that a provider's compaction leaves, beside the user's words: assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactionCall:
    """One compaction, in local tokens."""

    sent: int
    """Of the turns that are compacted."""
    written: int
    """Of what is written in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactedLengths:
    """A session under a policy that compacts."""

    shown: Sequence[int]
    """Tokens as they are sent, before each message and at the end."""
    calls: Sequence[CompactionCall]
    """In order."""
    writer: str | None
    """Who compacts; None: the model under test, or its provider."""


def compacted_lengths(
    policy: Policy, session: Session, budget_tokens: int, *, model: str
) -> CompactedLengths | None:
    """What is left of a session at each of its messages; None where nothing of it is compacted.

    Args:
        policy: One that a provider or a model compacts for, alone or among others.
        session: As it is written.
        budget_tokens: Of the window.
        model: Whose provider compacts.
    """
    one = compacting(policy)
    if one is None:
        return None
    # here: most studies compact nothing
    from harness.sessions.policies.provider_compaction import FRESH, ProviderCompaction
    from harness.sessions.policies.summarise import Summarise

    if not isinstance(one, Summarise | ProviderCompaction):
        return None  # somebody's own: nobody knows what it leaves
    summary = one.budget if isinstance(one, Summarise) else None
    keeps_user = summary is None and model.startswith("responses/")
    budget = min(one.tokens or budget_tokens, budget_tokens)
    kept = int(one.keep * budget)
    shown, calls = [0], []
    left = users = 0  # of the last compaction, and of the user's words so far
    for index, message in enumerate(session.messages):
        size = session.offsets[index + 1] - session.offsets[index]
        grown = shown[-1] + size
        users += size if keeps_user and message.role == "user" else 0
        older = grown - kept
        least = left + int(FRESH * budget) if summary is None else summary
        if grown > one.at * budget and older > least:
            written = int(LEFT * older) if summary is None else summary
            left = written + int(users * (1 - kept / session.offsets[index + 1]))
            calls.append(CompactionCall(sent=older, written=written))
            grown = min(kept + left, grown)
        shown.append(grown)
    writer = one.writer if isinstance(one, Summarise) else None
    return CompactedLengths(shown=shown, calls=calls, writer=writer)
