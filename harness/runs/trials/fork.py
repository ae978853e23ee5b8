"""A session with one question put to it: what is sent, and what is known of it beforehand.

Its one rule: nothing is measured here. All of it follows from the trial and the session, so that
any record can be shown again as the messages that were sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from harness.core.messages import Message, with_parts
from harness.core.parts import Opaque
from harness.core.protocols import SetsOptions
from harness.core.text_kinds import KINDS, text_kind_of
from harness.core.window import History
from harness.runs.conversation.compaction import shown_view
from harness.scoring.holds import holds
from harness.sessions.kinds import within
from harness.sessions.policies import policies
from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.memory import LostAt
    from harness.core.probe import Probe
    from harness.core.protocols import Policy
    from harness.core.session import Cut, Plant, Session
    from harness.core.trial import Trial
    from harness.core.window import View
    from harness.runs.conversation.prepared import Prepared
    from harness.sessions.materials import Materials


@lru_cache(maxsize=64)
def _policy(spec: str) -> Policy:
    return policies.resolve(spec)


@lru_cache(maxsize=64)
def _options(spec: str) -> Mapping[str, object]:
    policy = _policy(spec)
    return policy.options if isinstance(policy, SetsOptions) else {}


@dataclass(frozen=True)
class Fork:
    """A session at one checkpoint with one question put to it: what is sent, and what is known."""

    trial: Trial
    session: Session
    materials: Materials
    conversation: Prepared | None = None
    """What was done to make the session ready; None for one that is as it was built."""

    @cached_property
    def cut(self) -> Cut:
        """The checkpoint."""
        return self.session.cuts[self.trial.cut]

    @cached_property
    def said(self) -> tuple[Plant, ...]:
        """The ledger of the session up to the checkpoint."""
        return tuple(p for p in self.session.plants if p.message < self.cut.messages)

    @cached_property
    def own(self) -> tuple[Plant, ...]:
        """The plants that a right answer needs, as the kind of the question says."""
        return self.materials.needed(self.trial.question_id, self.said)

    @cached_property
    def probe(self) -> Probe:
        """The question, and all that is needed to judge the answer."""
        return self.materials.probe(self.trial.question_id, self.said)

    @cached_property
    def question_tokens(self) -> int:
        """What the question adds to the prompt."""
        return self.materials.question_tokens(self.trial.question_id)

    @cached_property
    def view(self) -> View:
        """What the application's policy lets through."""
        policy, budget = _policy(self.trial.policy), self.trial.window.budget
        if self.conversation is not None and self.conversation.grown.checkpoints:
            shown = self.conversation.grown.checkpoints[self.trial.cut].shown
            return shown_view(policy, self.session, shown, self.question_tokens, budget)
        history = History(
            messages=self.session.messages,
            offsets=self.session.offsets,
            stop=self.cut.messages,
            question_tokens=self.question_tokens,
        )
        return policy.view(history, budget)

    @cached_property
    def view_tokens(self) -> int:
        """Local tokens of the prompt that is sent; 0 when nothing is."""
        if self.view.refused is not None:
            return 0
        offsets = self.session.offsets
        kept = sum(offsets[span.stop] - offsets[span.start] for span in self.view.spans)
        return kept + self.question_tokens

    @cached_property
    def kind_tokens(self) -> tuple[int, ...]:
        """Local tokens of the texts of the prompt that is sent, by kind; empty when nothing is."""
        spans = [(span.start, span.stop) for span in self.view.spans]
        return () if self.view.refused is not None else self._kinds(spans)

    @property
    def session_kinds(self) -> tuple[int, ...]:
        """The same of the whole prompt as it would be without a policy.

        What compactions wrote stands among the messages of the session, and is no part of it.
        """
        spans, start = [], 0
        for index in (*sorted(self._compacted), self.cut.messages):
            if start < index <= self.cut.messages:
                spans.append((start, index))
            start = index + 1
        return self._kinds(spans)

    @property
    def session_messages(self) -> int:
        """How many messages that prompt would have, the question included."""
        return self.cut.messages - sum(one < self.cut.messages for one in self._compacted) + 1

    @property
    def _compacted(self) -> frozenset[int]:
        """Indexes of the messages that compactions wrote."""
        if self.conversation is None or not self.conversation.compactions(self.trial.cut):
            return frozenset()
        grown = self.conversation.grown
        said = {0, *(reply.message for reply in grown.replies)}
        return frozenset(grown.restated) - said

    def _kinds(self, spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
        asked = text_kind_of(self.probe.question, said=True)
        tokens = self.question_tokens - PRIMING - MESSAGE_OVERHEAD
        texts = within(self.session.kind_offsets, spans)
        return tuple(
            text + (tokens if kind == asked else 0) for kind, text in zip(KINDS, texts, strict=True)
        )

    @property
    def session_tokens(self) -> int:
        """Local tokens of the whole prompt as it would be without a policy."""
        return self.cut.tokens + self.question_tokens

    @property
    def in_view(self) -> bool | None:
        """Whether every plant that the answer needs is sent.

        None when there is none, when it may stand in a block that only its provider can read, or
        when that cannot be told by reading: evidence of an earlier session that nobody said in the
        words of the answer.
        """
        telling = self._telling
        if not telling or any(plant.message < 0 and not plant.quoted for plant in telling):
            return None
        if all(self.place(plant) is not None for plant in telling):
            return True
        return None if self.is_sealed else False

    @cached_property
    def _telling(self) -> tuple[Plant, ...]:
        """The plants that are looked for.

        Where several turns are evidence of one value, an earlier session's need not cross that this
        session says too, nor those that do not say it where another does.
        """
        quoted = [plant for plant in self.own if plant.quoted]
        here = {plant.value.text for plant in quoted if plant.message >= 0}
        said = {plant.value.text for plant in quoted}
        return tuple(
            plant
            for plant in self.own
            if plant.message >= 0
            or (plant.value.text not in here and (plant.quoted or plant.value.text not in said))
        )

    @cached_property
    def is_sealed(self) -> bool:
        """Whether a block that nobody but its provider can read is sent in place of older turns."""
        return any(
            isinstance(part, Opaque) and part.is_sealed
            for span in self.view.spans
            for message in with_parts(self.session.messages[span.start : span.stop])
            for part in message.content
        )

    @property
    def policy_options(self) -> Mapping[str, object]:
        """Options by which the provider carries out the policy; none where the application does."""
        return _options(self.trial.policy)

    def place(self, plant: Plant) -> int | None:
        """Index of the message sent that says the plant, or says it again; None when none does."""
        if plant.message >= 0 and self.view.holds(plant.message):
            return plant.message
        if self.conversation is None:
            return None
        return next(
            (
                index
                for index in self.conversation.grown.restated
                if self.view.holds(index) and self._in(self.session.messages[index].text, plant)
            ),
            None,
        )

    def _in(self, text: str, plant: Plant) -> bool:
        return holds(text, plant.value, self.probe.question, self.probe.language)

    @cached_property
    def crossing(self) -> Crossing | None:
        """How far the fact came that an earlier session said.

        None for other facts, and for evidence that nobody said in the words of the answer.
        """
        across = [plant for plant in self._telling if plant.message < 0]
        if not across or not all(plant.quoted for plant in across):
            return None
        carried = self.conversation.carried if self.conversation is not None else None
        notes = carried.notes if carried else ()
        stored = None if notes is None else "\n".join(notes)
        given = carried.injected if carried else ""
        return Crossing(
            written=None if stored is None else all(self._in(stored, plant) for plant in across),
            injected=all(self._in(given, plant) for plant in across),
        )

    def messages(self) -> list[Message]:
        """Exactly what is sent."""
        kept = [
            message
            for span in self.view.spans
            for message in self.session.messages[span.start : span.stop]
        ]
        return [*kept, Message("user", self.probe.question)]

    def behind(self, plant: Plant) -> int:
        """Local tokens of the view from the start of a plant's message to the end."""
        offsets = self.session.offsets
        place = self.place(plant)
        at = plant.message if place is None else place
        return self.question_tokens + sum(
            offsets[span.stop] - max(offsets[span.start], offsets[at])
            for span in self.view.spans
            if span.stop > at >= 0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """How far a fact came over a session boundary."""

    written: bool | None
    """None where the memory does not list what its store holds."""
    injected: bool

    def lost_at(self, score: float | None) -> LostAt | None:
        """Where it was lost; None when it was not, or when that was not measured."""
        if score is None or score >= 1.0:
            return None
        if self.injected:
            return "used"
        if self.written is None:
            return None  # in the memory, and nobody can see at which of its doors
        return "injected" if self.written else "written"
