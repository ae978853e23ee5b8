"""A session that was lived through: with the texts of compactions, and what each checkpoint shows.

Its one rule: what was sent can be sent again. Texts that a policy put in place of others stand in
the session beside them, where they belong, and each checkpoint knows which messages its view shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.window import History, Span, View
from harness.sessions.kinds import KindCounter, said_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.errors import ModelError
    from harness.core.memory import Compaction, LiveReply
    from harness.core.messages import Message
    from harness.core.protocols import Policy
    from harness.core.session import Session
    from harness.sessions.tokens import TokenCounter


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checkpoint of a session that a policy has compacted."""

    shown: tuple[int, ...]
    """Indexes of the messages that the policy's own view is made of."""
    compactions: tuple[Compaction, ...]
    """So far, in order."""
    cleared: tuple[int, ...] = ()
    """Indexes of the messages whose place is there and whose text is not, as they were said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivedSession:
    """A session that was lived through."""

    session: Session
    """As built, with the texts of compactions among its messages."""
    checkpoints: tuple[Checkpoint, ...]
    """One for each checkpoint of the session; empty where no policy compacts."""
    replies: tuple[LiveReply, ...]
    restated: tuple[int, ...]
    """Indexes of messages that may say a fact again: summaries and live replies."""
    compactions: tuple[Compaction, ...] = ()
    """All of them, in order."""
    failed: ModelError | None = None
    """Why it ends before its time; the checkpoints that it reached hold."""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message of the session under way: said, or written by a compaction."""

    index: int
    """Among the messages of the session, or among all that compactions wrote."""
    written: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A checkpoint while the session still grows."""

    shown: tuple[MessageRef, ...]
    """What the policy's own view is made of."""
    compactions: int
    """How many there were."""
    cleared: int
    """How many messages had been cleared."""


@dataclass(frozen=True, slots=True)
class Inserted:
    """Messages that a policy put in place of others, and before which one they stand."""

    before: int
    messages: tuple[Message, ...]
    clears: int | None = None
    """Index of the one message whose place they take, where what it said is gone; None for the text
    of a compaction, which may say it again."""


def grown(
    session: Session,
    inserted: Sequence[Inserted],
    *,
    points: Sequence[Point],
    compactions: Sequence[Compaction],
    replies: Sequence[LiveReply],
    counter: TokenCounter,
    failed: ModelError | None,
) -> LivedSession:
    """A session with the texts of compactions among its messages.

    Args:
        session: As it was said.
        inserted: The texts, in the order in which they were written.
        points: Its checkpoints; none where no policy compacts.
        compactions: All of them; what they speak of are messages as they were said and written.
        replies: What the model answered.
        counter: Counts tokens.
        failed: Why it ended before its time.
    """
    at: Mapping[int, int] | range = range(len(session.messages))
    written: Mapping[int, int] = {}
    if inserted:
        at, written, messages = _merged(session, inserted)
        session = _with_messages(session, messages, at, counter)

    def index(place: MessageRef) -> int:
        return written[place.index] if place.written else at[place.index]

    done = tuple(
        replace(
            one,
            through=at[one.through],
            written=tuple(written[number] for number in one.written),
        )
        for one in compactions
    )
    cleared = [at[one.clears] for one in inserted if one.clears is not None]

    return LivedSession(
        session=session,
        checkpoints=tuple(
            Checkpoint(
                shown=tuple(map(index, point.shown)),
                compactions=done[: point.compactions],
                cleared=tuple(cleared[: point.cleared]),
            )
            for point in points
        ),
        replies=tuple(
            replace(reply, asked=at[reply.asked], message=at[reply.message]) for reply in replies
        ),
        restated=(
            *(number for one in done for number in one.written),
            *(at[reply.message] for reply in replies),
        ),
        compactions=done,
        failed=failed,
    )


def _merged(
    session: Session, inserted: Sequence[Inserted]
) -> tuple[dict[int, int], dict[int, int], list[Message]]:
    """Where each message went, where each written one went, and all of them."""
    at: dict[int, int] = {}
    written: dict[int, int] = {}
    messages: list[Message] = []

    ends = list(accumulate(len(text.messages) for text in inserted))

    standing: dict[int, list[tuple[int, Inserted]]] = {}
    for end, text in zip(ends, inserted, strict=True):
        standing.setdefault(text.before, []).append((end - len(text.messages), text))

    def put(before: int) -> None:
        for first, text in standing.get(before, ()):
            for number, message in enumerate(text.messages, first):
                written[number] = len(messages)
                messages.append(message)

    for index, message in enumerate(session.messages):
        put(index)
        at[index] = len(messages)
        messages.append(message)
    put(len(session.messages))
    return at, written, messages


def _with_messages(
    session: Session, messages: Sequence[Message], at: Mapping[int, int], counter: TokenCounter
) -> Session:
    """The session with more messages; `at` says where its own went."""
    offsets = [0]
    kinds, said = KindCounter(), said_kinds(session.kind_offsets)
    own = {at[index] for index, told in enumerate(said) if told}
    for index, message in enumerate(messages):
        offsets.append(offsets[-1] + counter.message(message))
        kinds.add(message, offsets[-1] - offsets[-2], said=index in own)
    hashes = tuple(message.hash for message in messages)
    end = len(session.messages)
    return replace(
        session,
        trunk=digest(hashes),
        messages=tuple(messages),
        hashes=hashes,
        offsets=tuple(offsets),
        kind_offsets=kinds.offsets(),
        plants=tuple(
            replace(plant, message=at[plant.message]) if plant.message >= 0 else plant
            for plant in session.plants
        ),
        cuts=tuple(
            replace(cut, messages=at[cut.messages] if cut.messages < end else len(messages))
            for cut in session.cuts
        ),
    )


def shown_view(
    policy: Policy, session: Session, shown: Sequence[int], question_tokens: int, budget_tokens: int
) -> View:
    """The policy's view of the messages that compactions left, as spans of the whole session.

    Args:
        policy: What the application does at the ceiling.
        session: The session with the texts of compactions among its messages.
        shown: Indexes of the messages that they left.
        question_tokens: What the question adds to the prompt.
        budget_tokens: Tokens that the prompt may have.
    """
    offsets = [0]
    for index in shown:
        size = session.offsets[index + 1] - session.offsets[index]
        offsets.append(offsets[-1] + size)
    history = History(
        messages=[session.messages[index] for index in shown],
        offsets=offsets,
        stop=len(shown),
        question_tokens=question_tokens,
    )
    view = policy.view(history, budget_tokens)
    kept = [index for span in view.spans for index in shown[span.start : span.stop]]
    spans: list[Span] = []
    for index in kept:
        if spans and spans[-1].stop == index:
            spans[-1] = Span(spans[-1].start, index + 1)
        else:
            spans.append(Span(index, index + 1))
    return View(tuple(spans), refused=view.refused)
