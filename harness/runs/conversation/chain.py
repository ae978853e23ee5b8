"""Makes a conversation ready to be asked about: whatever models write into it is written here.

A session that stands alone, with scripted replies and a policy that only cuts, needs none of this.
Else the sessions before it are lived through, the memory writes and gives back, the policy
compacts, and the model under test answers the turns where it is asked to live through them.

Its one rule: this is done once for each session, model, window, policy, memory and repeat, before
the first of its questions is put. What comes of it is part of what is sent, and is stored with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.core.memory import Carried
from harness.core.protocols import SetsOptions
from harness.runs.conversation.live_session import LiveSession
from harness.runs.conversation.memory import ChainMemory
from harness.runs.conversation.prepared import NotPrepared, PreparationCost, Prepared, unready
from harness.sessions.build import ledger, reminder_of
from harness.sessions.builder import Builder, Supply, said_tokens
from harness.sessions.layouts.units import question_room
from harness.sessions.memories import NOTHING
from harness.sessions.opening import as_text, opening
from harness.sessions.policies import policies
from harness.sessions.tokens import PRIMING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.memory import MemoryBill
    from harness.core.messages import Message
    from harness.core.session import Blueprint, Plant
    from harness.core.study import SessionTrials
    from harness.runs.conversation.compaction import LivedSession
    from harness.runs.conversation.generated_text import GeneratedTexts, Purpose, Written
    from harness.sessions.materials import Materials


async def prepare(
    group: SessionTrials,
    materials: Materials,
    writings: GeneratedTexts,
    *,
    repeat: int,
) -> Prepared | NotPrepared:
    """Live through the sessions of a group's chain, up to the one that is asked.

    Args:
        group: The session and its trials.
        materials: Its scenario and seed.
        writings: Keeps what is written, and asks.
        repeat: Which repeat of the trials it is for.

    Raises:
        UsageError: What is written cannot be kept, or a plug gives back what it must not.
    """
    chain = SessionChain(group, materials, writings, repeat=repeat)
    try:
        return await chain.live()
    except ModelError as error:
        await chain.close()
        return unready(error)
    except BaseException:
        await chain.close()
        raise


class SessionChain:
    """The sessions of one chain, one after the other."""

    def __init__(
        self,
        group: SessionTrials,
        materials: Materials,
        writings: GeneratedTexts,
        *,
        repeat: int,
    ) -> None:
        trial = group.trials[0]
        self._group = group
        self._blueprint = group.blueprint
        self._chain = (*group.blueprint.earlier, group.blueprint)
        self._materials = materials
        self._writings = writings
        self._repeat = repeat
        self._window = trial.window
        self._treatment = trial.treatment
        self._policy = policies.resolve(trial.policy)
        self._spent = PreparationCost()
        self._memory = ChainMemory(
            group,
            writings,
            ask=self._ask,
            repeat=repeat,
            room=self._room(),
            bill=self._billed,
        )
        self._supply = Supply()
        self._turns: list[str] = []

    async def live(self) -> Prepared:
        """The last session of the chain, ready to be asked about."""
        before: tuple[Plant, ...] = ()
        for number, blueprint in enumerate(self._blueprint.earlier, start=1):
            grown = await self._session(number, blueprint, before, await self._opening(blueprint))
            if grown.failed is not None:
                raise grown.failed
            before = ledger(grown.session)
            self._turns += as_text(grown.session.messages)
        last = await self._opening(self._blueprint)
        number = self._blueprint.number
        grown = await self._session(number, self._blueprint, before, last)
        return Prepared(
            session=grown.session,
            grown=replace(grown, restated=(0, *grown.restated)) if last.injected else grown,
            carried=Carried(
                notes=last.notes,
                injected=last.injected,
                memory_tokens=self._tokens(last.memory),
                store=self._memory.store,
                own_store=self._memory.own_store,
                how=self._memory.how,
                write_s=self._memory.write_s,
                read_s=last.read_s,
            ),
            memory=self._memory,
            asks_memory=self._memory.is_asked and "memory" in self._blueprint.carry,
            spent=self._spent,
        )

    async def close(self) -> None:
        """End the life of the memory, where the chain came to nothing."""
        await self._memory.close()

    async def _opening(self, blueprint: Blueprint) -> _Opening:
        """What a session begins with."""
        notes: tuple[str, ...] | None = ()
        memory = transcript = ""
        read_s: float | None = None
        if "memory" in blueprint.carry:
            notes = self._memory.held
            memory, read_s = await self._memory.opening()
        if "transcript" in blueprint.carry:
            notes = None if notes is None else (*notes, *self._turns)
            transcript = "\n\n".join(self._turns)
        return _Opening(
            messages=opening(
                self._materials, blueprint.carry, memory=memory, transcript=transcript
            ),
            notes=notes,
            memory=memory,
            injected="\n\n".join(part for part in (memory, transcript) if part),
            read_s=read_s,
        )

    async def _session(
        self, number: int, blueprint: Blueprint, before: Sequence[Plant], start: _Opening
    ) -> LivedSession:
        """One session of the chain, from its first message to its last note."""
        self._check_room(start)
        is_last = blueprint is self._blueprint
        writes = not is_last and self._remembers(number)
        live = self._treatment.replies == "live" and (is_last or self._reaches_on(number))
        growth = LiveSession(
            Builder(
                blueprint,
                self._materials,
                start=start.messages,
                supply=self._supply,
                before=before,
                reminder=reminder_of(self._policy, self._materials),
                live=live,
                number=number,
            ),
            self._policy,
            self._window,
            ask=self._ask,
            counter=self._materials.workshop.counter,
            live=live,
            compacts=is_last or self._reaches_on(number),
            tick=self._memory.tick if writes and self._memory.every > 0 else None,
        )
        self._memory.begin(number, opening=len(start.messages), injected=start.memory)
        grown = await growth.live()
        if writes and grown.failed is None:
            await self._memory.write(growth, ends=True)
        return grown

    async def _ask(
        self,
        messages: Sequence[Message],
        /,
        *,
        purpose: Purpose,
        writer: str | None = None,
        max_tokens: int | None = None,
        more: Mapping[str, object] | None = None,
    ) -> Written:
        """Put a prompt to a model, and count what it costs."""
        if purpose == "reply" and isinstance(self._policy, SetsOptions):
            more = self._policy.options
        written = await self._writings.ask(
            writer or self._group.model,
            messages,
            purpose=purpose,
            trunk=(self._group.scenario.name, self._group.seed),
            repeat=self._repeat,
            max_tokens=max_tokens,
            more=more,
        )
        self._spent.add(written, messages, self._materials.workshop.counter)
        return written

    def _billed(self, bill: MemoryBill) -> None:
        """Count what the memory paid for by itself, here and against the budget of the run."""
        self._spent.add_bill(bill)
        self._writings.pay(bill)

    def _tokens(self, text: str) -> int:
        return self._materials.workshop.counter.count_text(text)

    def _remembers(self, number: int) -> bool:
        """Whether a session after that one carries the memory."""
        return self._treatment.memory != NOTHING and any(
            "memory" in one.carry for one in self._chain[number:]
        )

    def _reaches_on(self, number: int) -> bool:
        """Whether anything of that session can reach a later one of the chain."""
        return self._remembers(number) or any(
            "transcript" in one.carry for one in self._chain[number:]
        )

    def _room(self) -> int:
        """Tokens that every session which carries the memory leaves for what is given back."""
        budget = self._window.budget
        needs = [self._needs(one) for one in self._chain if "memory" in one.carry]
        return max(0, budget - max(needs, default=budget))

    def _needs(self, blueprint: Blueprint) -> int:
        """Tokens of a session without filler, and without what its memory gives back."""
        start = opening(self._materials, blueprint.carry, memory=".")
        said = said_tokens(blueprint, self._materials)
        begun = self._materials.workshop.counter.count(start) - PRIMING
        return begun + said + question_room(self._materials)

    def _check_room(self, start: _Opening) -> None:
        """What a session begins with leaves room for a question.

        Raises:
            OverflowRefusedError: It does not.
        """
        counter = self._materials.workshop.counter
        need = counter.count(start.messages) - PRIMING + question_room(self._materials)
        if not start.injected or need <= self._window.budget:
            return
        what = f"memory '{self._treatment.memory}' gave back {self._tokens(start.memory)} tokens"
        hint = f"give it a budget, such as --memory '{self._treatment.memory}?budget=400'"
        if not start.memory:
            what = (
                f"the transcript of the sessions before has {self._tokens(start.injected)} tokens"
            )
            hint = "carry a memory instead, or use a larger -w"
        raise OverflowRefusedError(
            f"not sent: {what}; with the system prompt and a question that is {need} tokens, and a"
            f" window of {self._window.limit} leaves {self._window.budget} for them; {hint}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """What a session begins with."""

    messages: tuple[Message, ...]
    notes: tuple[str, ...] | None
    """What the store held, and the transcript where that is carried; None: it is not listed."""
    memory: str
    """What the memory gave back."""
    injected: str
    """Everything that was carried, beside the system prompt."""
    read_s: float | None
    """Seconds that the memory took to give it back; None where it was not asked."""
