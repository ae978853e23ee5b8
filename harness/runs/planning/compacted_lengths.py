"""How long a session is as compactions leave it, and what each of them is asked with; foreseen.

A summary of ours is taken to be as long as it may be. What a provider's own compaction leaves is
taken to be a tenth of what it replaces, since none says how long it will be; at OpenAI the user's
own words stay beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.policies import ProviderCompaction, Summarise, parts_of
from harness.sessions.policies.provider_compaction import FRESH

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
    for one in parts_of(policy):
        if isinstance(one, Summarise):
            return _lengths(one, session, budget_tokens, one.writer)
        if isinstance(one, ProviderCompaction):
            keeps_user = model.startswith("responses/")
            return _lengths(one, session, budget_tokens, None, keeps_user=keeps_user)
    return None


def _lengths(
    policy: Summarise | ProviderCompaction,
    session: Session,
    budget_tokens: int,
    writer: str | None,
    *,
    keeps_user: bool = False,
) -> CompactedLengths:
    budget = min(policy.tokens or budget_tokens, budget_tokens)
    kept = int(policy.keep * budget)
    shown, calls = [0], []
    left = users = 0  # of the last compaction, and of the user's words so far
    for index, message in enumerate(session.messages):
        size = session.offsets[index + 1] - session.offsets[index]
        grown = shown[-1] + size
        users += size if keeps_user and message.role == "user" else 0
        older = grown - kept
        least = policy.budget if isinstance(policy, Summarise) else left + int(FRESH * budget)
        if grown > policy.at * budget and older > least:
            written = policy.budget if isinstance(policy, Summarise) else int(LEFT * older)
            left = written + int(users * (1 - kept / session.offsets[index + 1]))
            calls.append(CompactionCall(sent=older, written=written))
            grown = min(kept + left, grown)
        shown.append(grown)
    return CompactedLengths(shown=shown, calls=calls, writer=writer)
