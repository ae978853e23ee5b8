"""One session while it grows, to the exact token at every checkpoint (law 1).

Filler goes in as whole turns; the last tokens before a checkpoint are filled by a short closing
remark of exactly the missing length. Each text is tokenized once, when it enters its stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.draws import Draws, digest
from harness.core.errors import UsageError
from harness.core.session import Cut, PlannedPlant, Plant, Session
from harness.core.text import find, words
from harness.sessions.due import said_by
from harness.sessions.plants import SAYING
from harness.sessions.said_so_far import SaidSoFar
from harness.sessions.says import say_tokens, turn_of
from harness.sessions.shortening import shortened
from harness.sessions.stream import FillerRanOutError
from harness.sessions.tokens import MESSAGE_OVERHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import TypeAlias

    from harness.core.messages import Message, Turn
    from harness.core.scenario import Value
    from harness.core.session import Blueprint, PlannedCut, Say
    from harness.sessions.materials import Materials

    Growth: TypeAlias = Generator[Turn | Cut, str | None, Session]
    """A session while it grows, see `Builder.grow`."""
    Steps: TypeAlias = Generator[Turn | Cut, str | None, None]
    Fits: TypeAlias = Callable[[int, int], bool]
    """Whether a turn may follow, by the tokens of the session so far and its own."""
    Reminder: TypeAlias = Callable[[int, Sequence[str]], Turn | None]
    """What the application says again before the next turn, by how many turns there were since it
    last did, and the rules that were given by then."""

_TURN_OVERHEAD = 2 * MESSAGE_OVERHEAD
_CLOSER_MIN = 4 + _TURN_OVERHEAD
"""Tokens of the shortest closing turn."""
_CLOSER_MAX = 80 + _TURN_OVERHEAD
"""Tokens of the longest closing turn."""
_CLOSER_USUAL = 40 + _TURN_OVERHEAD


@dataclass(slots=True)
class Supply:
    """What the sessions of one chain have used up: nothing of it stands in two of them."""

    filler: int = 0
    """Index of the next turn of the filler stream."""
    remarks: set[str] = field(default_factory=set)
    draws: Draws | None = None


class Builder:
    """One session while it grows.

    Args:
        blueprint: What is said in it.
        materials: Scenario and seed.
        start: The messages that it begins with.
        supply: What its chain has used up so far; it is used up further.
        before: The plants of the sessions before it, as `ledger` gives them.
        reminder: What the application says again as the session grows.
        live: The answers are not those that are written.
        stepwise: Each turn of filler is handed out before it is said; else it is said as written.
        number: Which session of its chain this is, counted from 1; unless given, the last.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        materials: Materials,
        *,
        start: Sequence[Message],
        supply: Supply,
        before: Sequence[Plant] = (),
        reminder: Reminder | None = None,
        live: bool = False,
        stepwise: bool = True,
        number: int | None = None,
    ) -> None:
        self.number = blueprint.number if number is None else number
        self._is_live = live
        self._is_stepwise = stepwise
        self._blueprint = blueprint
        self._materials = materials
        self._stream = materials.stream(blueprint.stream)
        self._supply = supply
        if supply.draws is None:
            supply.draws = Draws(blueprint.scenario, blueprint.seed, blueprint.stream, "closers")
        self._draws = supply.draws
        self._start = start
        self._reminder = reminder
        self._unreminded = 0
        self._rules: list[str] = []
        self._said = SaidSoFar()
        self._plants: list[Plant] = list(before)
        self._cuts: list[Cut] = []
        self._sizes = {say: say_tokens(say, materials) for say in blueprint.says}

    def grow(self) -> Growth:
        """Each turn before it is said, to be sent what is answered, and each checkpoint reached.

        None is for the answer that is written. Returns the session.

        Where the answers are those of the turns themselves, checkpoints are exact (law 1); where
        they are others, a checkpoint comes when the session is long enough.
        """
        counter = self._materials.workshop.counter
        for message in self._start:
            self._said.add(message, counter.message(message), said=True)
        waiting = list(self._blueprint.says)
        reached = self._materials.system_tokens()
        try:
            for cut in self._blueprint.cuts:
                due = said_by(cut.tokens, waiting, self._sizes, start=reached)
                waiting, reached = waiting[len(due) :], cut.tokens
                yield from self._grow_to(cut, due)
                self._cuts.append(
                    Cut(
                        messages=len(self.messages),
                        tokens=self._length,
                        asked_tokens=cut.tokens,
                        fill_requested=cut.fill_requested,
                    )
                )
                yield self._cuts[-1]
        except FillerRanOutError as error:
            raise error.missing(self._blueprint.cuts[-1].tokens - self._length) from None
        return self.session()

    def session(self) -> Session:
        """The session as far as it has grown."""
        hashes = tuple(self._said.hashes)
        return Session(
            id=self._materials.session_id,
            trunk=digest(hashes),
            seed=self._blueprint.seed,
            arm=self._blueprint.arm,
            messages=tuple(self.messages),
            hashes=hashes,
            offsets=tuple(self._said.offsets),
            plants=tuple(self._plants),
            cuts=tuple(self._cuts),
            number=self.number,
            kind_offsets=self._said.kind_offsets(),
        )

    @property
    def messages(self) -> list[Message]:
        """What was said so far."""
        return self._said.messages

    @property
    def _length(self) -> int:
        return self._said.length

    def _grow_to(self, cut: PlannedCut, due: list[Say]) -> Steps:
        owed = sum(self._sizes[say] for say in due)
        if self._length + owed > cut.tokens and self._is_written:
            raise UsageError(
                f"scenario '{self._blueprint.scenario}': a checkpoint of {cut.tokens} tokens cannot"
                f" hold what must be said by then ({self._length + owed} tokens); ask for a larger"
                " window or a higher fill"
            )
        for say in due:
            yield from self._fill_near(say.at_tokens, most=cut.tokens - owed)
            self._remind(cut.tokens - owed - self._length)
            yield from self._say(say)
            owed -= self._sizes[say]
        yield from self._fill_exactly(cut.tokens)

    @property
    def _is_written(self) -> bool:
        """Whether all of the session is known beforehand.

        Then a checkpoint that is too short is a mistake; else it is what a long memory or a long
        reply makes of it.
        """
        return self.number == 1 and self._reminder is None and not self._is_live

    def _remind(self, room: int) -> None:
        """Say again what it is time for, if that fits."""
        if self._reminder is None:
            return
        turn = self._reminder(self._unreminded, self._rules)
        if turn is None:
            return
        sizes = self._sizes_of(turn)
        left = room - sum(sizes)
        if left == 0 or left >= _CLOSER_MIN:
            self._unreminded = 0
            for message, size in zip(turn.messages, sizes, strict=True):
                self._said.add(message, size, said=True)

    def _fill_near(self, target: int, *, most: int) -> Steps:
        """Whole turns of filler until the next would leave the target further behind.

        Never past `most`: what must still be said before the checkpoint has to fit.
        """

        def fits(length: int, size: int) -> bool:
            return length + size // 2 <= target and length + size <= most

        while self._length < target:
            self._remind(most - self._length)
            if not (yield from self._add_filler(target, fits)):
                return

    def _fill_exactly(self, target: int) -> Steps:
        """Filler until the session has exactly `target` tokens, or a few less than a remark."""

        def fits(length: int, size: int) -> bool:
            left = target - length - size
            return left == 0 or left >= _CLOSER_MIN

        self._remind(target - self._length)
        while (missing := target - self._length) >= _CLOSER_MIN:
            if (yield from self._add_filler(target - _CLOSER_MIN + 1, fits)):
                self._remind(target - self._length)
                continue
            turn = self._stream.turn(self._supply.filler)
            if missing > _CLOSER_MAX and (cut := self._shortened(turn, missing)) is not None:
                self._supply.filler += 1
                yield from self._add(cut, self._sizes_of(cut))
            else:
                # This turn is too long: it waits behind the checkpoint, and its thread goes on.
                size = (
                    missing if missing <= _CLOSER_MAX else min(_CLOSER_USUAL, missing - _CLOSER_MIN)
                )
                yield from self._close(size)

    def _shortened(self, turn: Turn, missing: int) -> Turn | None:
        """The turn with less of what its tools gave back, so that a closing remark still fits."""
        most = missing - _CLOSER_MIN
        return shortened(turn, most, self._materials.workshop.counter.message)

    def _close(self, size: int) -> Steps:
        """A closing turn of exactly `size` tokens."""
        workshop = self._materials.workshop
        closers = workshop.closers(self._materials.scenario.language)
        used = self._supply.remarks
        turn = closers.pair(size - _TURN_OVERHEAD, self._draws, used)
        while turn is not None and self._leaks(turn):
            turn = closers.pair(size - _TURN_OVERHEAD, self._draws, used)
        if turn is None:
            raise UsageError(f"no closing remark of {size} tokens is left; use longer filler turns")
        yield from self._add(turn, self._sizes_of(turn))

    def _leaks(self, turn: Turn) -> bool:
        return any(self._materials.check.holds(message.text) for message in turn.messages)

    def _sizes_of(self, turn: Turn) -> tuple[int, ...]:
        """Tokens of each message of a turn."""
        return tuple(map(self._materials.workshop.counter.message, turn.messages))

    def _say(self, say: Say) -> Steps:
        turn = turn_of(say, self._materials)
        sizes = self._sizes_of(turn)
        if isinstance(say, PlannedPlant):
            value = self._materials.value(say.fact, say.ordinal)
            place = self._materials.said_in(say.fact, say.ordinal)
            # Where requests read alike, what came of each stands in the reply.
            texts = [message.text for message in turn.messages] if place == "user" else []
            at = next((i for i, text in enumerate(texts) if value.text in text), SAYING[place])
            self._plant(
                say.fact, say.ordinal, value, sizes[: at + 1], position=say.position_requested
            )
        else:
            self._told(say.step, turn, sizes)
        yield from self._add(turn, sizes, said=True)

    def _told(self, step: int, turn: Turn, sizes: Sequence[int]) -> None:
        """Note the facts and the rule that a turn of the script says in its own words."""
        if self._materials.scenario.script[step].rule is not None:
            self._rules.append(self._materials.script_turn(step).user)
        for fact in self._materials.scenario.script[step].says:
            before = sum(plant.fact == fact for plant in self._plants)
            value = self._materials.value(fact, 0)
            said = self._saying(turn, value)
            self._plant(fact, before, value, sizes[: (said or 0) + 1], quoted=said is not None)

    def _saying(self, turn: Turn, value: Value) -> int | None:
        """Which message of a turn says the value; None where none does in these words."""
        language = self._materials.scenario.language
        spelled = [words(spelling, language) for spelling in value.spellings]
        for index, message in enumerate(turn.messages):
            form = words(message.text, language)
            if any(find(form, spelling, language) for spelling in spelled):
                return index
        return None

    def _plant(
        self,
        fact: str,
        ordinal: int,
        value: Value,
        sizes: Sequence[int],
        *,
        position: float | None = None,
        quoted: bool = True,
    ) -> None:
        """Note that a message to come says a fact; `sizes` are those of the next ones up to it."""
        self._plants.append(
            Plant(
                fact=fact,
                ordinal=ordinal,
                value=value,
                message=len(self.messages) + len(sizes) - 1,
                offset_tokens=self._length + sum(sizes[:-1]),
                tokens=sizes[-1],
                position_requested=position,
                session_number=self.number,
                quoted=quoted,
            )
        )

    def _add_filler(self, until: int, fits: Fits) -> Generator[Turn | Cut, str | None, bool]:
        """Say the next turns of filler as far as they fit: one, where others may come between.

        Args:
            until: Tokens at which the session is long enough.
            fits: Whether a turn may follow.

        Returns:
            Whether there was one.
        """
        stream, first = self._stream, self._supply.filler
        alone = self._is_stepwise or self._reminder is not None
        stop = stream.fitting(first, self._length, until, fits, at_most=1 if alone else None)
        if stop == first:
            return False
        self._supply.filler = stop
        if self._is_stepwise:
            turn = stream.turn(first)
            reply = yield turn
            answered = turn if reply is None else turn.answered(reply)
            if answered is not turn:
                self._say_all(answered, self._sizes_of(answered), said=False)
                return True
        self._said.add_filler(stream, first, stop)
        self._unreminded += stop - first
        return True

    def _add(self, turn: Turn, sizes: Sequence[int], *, said: bool = False) -> Steps:
        reply = yield turn
        answered = turn if reply is None else turn.answered(reply)
        self._say_all(answered, sizes if answered is turn else self._sizes_of(answered), said=said)

    def _say_all(self, turn: Turn, sizes: Sequence[int], *, said: bool) -> None:
        for message, size in zip(turn.messages, sizes, strict=True):
            self._said.add(message, size, said=said)
        self._unreminded += 1
