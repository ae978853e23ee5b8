"""A session: a scenario made concrete for one seed and length, with every token accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from harness.core.arms import Arm
    from harness.core.messages import Message
    from harness.core.scenario import Carry, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlant:
    """A plant before the session is built."""

    fact: str
    ordinal: int
    """0 is the first saying of the fact; an update has a 1, a set has one for each item."""
    at_tokens: int
    """Where it should start, in tokens from the first token of the session."""
    position_requested: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTurn:
    """A turn that a script writes out, before the session is built."""

    step: int
    """Index of the step in the scenario's script."""
    at_tokens: int
    """Where it should start, in tokens from the first token of the session."""


Say: TypeAlias = PlannedPlant | PlannedTurn
"""Something that must be said at its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCut:
    """A checkpoint before the session is built: how long it is then, and who is asked."""

    tokens: int
    """Length of the session in local tokens, the question not counted."""
    ask: tuple[str, ...]
    """Ids of the questions put there."""
    fill_requested: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """Everything that decides the bytes of one session; its hash is part of each trial's key."""

    scenario: str
    seed: int
    arm: Arm
    says: tuple[Say, ...]
    """What must be said, in order; filler goes between. Sorted by `at_tokens`."""
    cuts: tuple[PlannedCut, ...]
    """Sorted by `tokens`."""
    stream: str = "trunk"
    """Names the stream of filler: sessions of one seed and stream begin with the same bytes. The
    sessions of a chain draw from one stream, so that no turn of filler stands in two of them."""
    earlier: tuple[Blueprint, ...] = ()
    """The sessions before this one in its chain, in order, each written out to its end."""
    carry: tuple[Carry, ...] = ("system",)
    """What this session begins with; the first of a chain has its system prompt and nothing to
    remember."""

    @property
    def number(self) -> int:
        """Which session of its chain this is, counted from 1."""
        return len(self.earlier) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """The turn in which a fact was said; the session's ledger is made of these."""

    fact: str
    ordinal: int
    value: Value
    message: int
    """Index of the message that says it."""
    offset_tokens: int
    """Tokens before that message."""
    tokens: int
    """Length of that message in tokens."""
    position_requested: float | None = None
    session_number: int = 1
    """Which session of the chain it was said in. Plants of sessions before this one have a
    `message` of -1 and a negative offset: so many tokens before this session began."""
    quoted: bool = True
    """Whether that message says the value itself. A turn of a real conversation may be evidence of
    an answer that nobody said in these words; what carried it over cannot be told by reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A checkpoint as it was built."""

    messages: int
    """How many messages the session has there."""
    tokens: int
    """How long it is there, the question not counted."""
    asked_tokens: int
    """How long it should have been (law 1: the two differ by one short message at most)."""
    fill_requested: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The whole conversation of one blueprint; each cut of it is a prefix of `messages`."""

    id: str
    """Scenario and seed: the cluster of every statistic."""
    trunk: str
    """Hash of the messages: what `messages.jsonl` calls this conversation."""
    seed: int
    arm: Arm
    messages: tuple[Message, ...]
    hashes: tuple[str, ...]
    """Name of each message in `messages.jsonl`."""
    offsets: tuple[int, ...]
    """Tokens before each message, and one more entry: the length of the whole session."""
    plants: tuple[Plant, ...]
    """In the order in which they were said; those of earlier sessions of the chain included."""
    cuts: tuple[Cut, ...]
    number: int = 1
    """Which session of its chain this is, counted from 1."""
    kind_offsets: tuple[tuple[int, ...], ...] = ()
    """As `offsets`, of the texts alone and for each kind of text in the order of
    `harness.core.text_kinds.KINDS`; empty where they are not told apart."""
