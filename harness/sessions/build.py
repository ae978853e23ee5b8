"""Builds a session from its blueprint, to the exact token at every checkpoint (law 1).

Filler goes in as whole turns; the last tokens before a checkpoint are filled by a short closing
remark of exactly the missing length. Each text is tokenized once, when it enters its stream.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from harness.core.draws import Draws, digest
from harness.core.errors import UsageError
from harness.core.session import Cut, PlannedPlant, Plant, Session
from harness.sessions.stream import FillerRanOutError
from harness.sessions.tokens import MESSAGE_OVERHEAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.messages import Message, Turn
    from harness.core.session import Blueprint, PlannedCut, Say
    from harness.sessions.materials import Materials

_TURN_OVERHEAD = 2 * MESSAGE_OVERHEAD
_CLOSER_MIN = 4 + _TURN_OVERHEAD
"""Tokens of the shortest closing turn."""
_CLOSER_MAX = 80 + _TURN_OVERHEAD
"""Tokens of the longest closing turn."""
_CLOSER_USUAL = 40 + _TURN_OVERHEAD


def build(blueprint: Blueprint, materials: Materials) -> Session:
    """The session that the blueprint describes.

    Raises:
        UsageError: The filler is too little, or a checkpoint is too short for what must be said.
    """
    return _Builder(blueprint, materials).build()


def said_by(tokens: int, says: Sequence[Say], sizes: Mapping[Say, int]) -> list[Say]:
    """What is said before a checkpoint of that length: the one rule of planner and builder.

    Args:
        tokens: Length of the session at the checkpoint.
        says: Everything planned, in order.
        sizes: Tokens of each turn.
    """
    return list(takewhile(lambda say: say.at_tokens + sizes[say] <= tokens, says))


class _Builder:
    """One session while it grows."""

    def __init__(self, blueprint: Blueprint, materials: Materials) -> None:
        self._blueprint = blueprint
        self._materials = materials
        self._stream = materials.stream(blueprint.stream)
        self._next = 0
        self._draws = Draws(blueprint.scenario, blueprint.seed, blueprint.stream, "closers")
        self._used: set[str] = set()
        self._messages: list[Message] = []
        self._offsets: list[int] = [0]
        self._plants: list[Plant] = []
        self._sizes = {say: materials.turn_tokens(self._turn(say)) for say in blueprint.says}

    def build(self) -> Session:
        for message in self._materials.system:
            self._append(message, self._materials.workshop.counter.message(message))
        waiting = list(self._blueprint.says)
        cuts: list[Cut] = []
        try:
            for cut in self._blueprint.cuts:
                due = said_by(cut.tokens, waiting, self._sizes)
                waiting = waiting[len(due) :]
                self._grow_to(cut, due)
                cuts.append(
                    Cut(
                        messages=len(self._messages),
                        tokens=self._length,
                        asked_tokens=cut.tokens,
                        fill_requested=cut.fill_requested,
                    )
                )
        except FillerRanOutError as error:
            raise error.missing(self._blueprint.cuts[-1].tokens - self._length) from None
        hashes = tuple(message.hash for message in self._messages)
        return Session(
            id=self._materials.session_id,
            trunk=digest(hashes),
            seed=self._blueprint.seed,
            arm=self._blueprint.arm,
            messages=tuple(self._messages),
            hashes=hashes,
            offsets=tuple(self._offsets),
            plants=tuple(self._plants),
            cuts=tuple(cuts),
        )

    @property
    def _length(self) -> int:
        return self._offsets[-1]

    def _grow_to(self, cut: PlannedCut, due: list[Say]) -> None:
        owed = sum(self._sizes[say] for say in due)
        if self._length + owed > cut.tokens:
            raise UsageError(
                f"scenario '{self._blueprint.scenario}': a checkpoint of {cut.tokens} tokens cannot"
                f" hold what must be said by then ({self._length + owed} tokens); ask for a larger"
                " window or a higher fill"
            )
        for say in due:
            self._fill_near(say.at_tokens, most=cut.tokens - owed)
            self._say(say)
            owed -= self._sizes[say]
        self._fill_exactly(cut.tokens)

    def _fill_near(self, target: int, *, most: int) -> None:
        """Whole turns of filler until the next would leave the target further behind.

        Never past `most`: what must still be said before the checkpoint has to fit.
        """
        while self._length < target:
            turn, user, assistant = self._stream.turn(self._next)
            size = user + assistant
            if self._length + size // 2 > target or self._length + size > most:
                return
            self._next += 1
            self._add(turn, user, assistant)

    def _fill_exactly(self, target: int) -> None:
        """Filler until the session has exactly `target` tokens, or a few less than a remark."""
        while (missing := target - self._length) >= _CLOSER_MIN:
            turn, user, assistant = self._stream.turn(self._next)
            left = missing - user - assistant
            if left == 0 or left >= _CLOSER_MIN:
                self._next += 1
                self._add(turn, user, assistant)
            else:
                # This turn is too long: it waits behind the checkpoint, and its thread goes on.
                size = (
                    missing if missing <= _CLOSER_MAX else min(_CLOSER_USUAL, missing - _CLOSER_MIN)
                )
                self._close(size)

    def _close(self, size: int) -> None:
        """A closing turn of exactly `size` tokens."""
        workshop = self._materials.workshop
        turn = workshop.closers.pair(size - _TURN_OVERHEAD, self._draws, self._used)
        while turn is not None and self._leaks(turn):
            turn = workshop.closers.pair(size - _TURN_OVERHEAD, self._draws, self._used)
        if turn is None:
            raise UsageError(f"no closing remark of {size} tokens is left; use longer filler turns")
        count = workshop.counter.count_text
        self._add(
            turn, count(turn.user) + MESSAGE_OVERHEAD, count(turn.assistant) + MESSAGE_OVERHEAD
        )

    def _leaks(self, turn: Turn) -> bool:
        check = self._materials.check
        return check.holds(turn.user) or check.holds(turn.assistant)

    def _turn(self, say: Say) -> Turn:
        if isinstance(say, PlannedPlant):
            return self._materials.plant(say.fact, say.ordinal)
        return self._materials.script_turn(say.step)

    def _say(self, say: Say) -> None:
        turn = self._turn(say)
        user, assistant = (self._materials.workshop.counter.message(m) for m in turn.messages)
        if isinstance(say, PlannedPlant):
            self._plants.append(
                Plant(
                    fact=say.fact,
                    ordinal=say.ordinal,
                    value=self._materials.value(say.fact, say.ordinal),
                    message=len(self._messages),
                    offset_tokens=self._length,
                    tokens=user,
                    position_requested=say.position_requested,
                )
            )
        else:
            self._told(say.step, user)
        self._add(turn, user, assistant)

    def _told(self, step: int, tokens: int) -> None:
        """Note the facts that a turn of the script says in its own words."""
        for fact in self._materials.scenario.script[step].says:
            before = sum(plant.fact == fact for plant in self._plants)
            self._plants.append(
                Plant(
                    fact=fact,
                    ordinal=before,
                    value=self._materials.value(fact, 0),
                    message=len(self._messages),
                    offset_tokens=self._length,
                    tokens=tokens,
                )
            )

    def _add(self, turn: Turn, user: int, assistant: int) -> None:
        said, answered = turn.messages
        self._append(said, user)
        self._append(answered, assistant)

    def _append(self, message: Message, tokens: int) -> None:
        self._messages.append(message)
        self._offsets.append(self._length + tokens)
