"""Makes a conversation ready to be asked about: whatever models write into it is written here.

A session that stands alone, with scripted replies and a policy that only cuts, needs none of this.
Else this runs once for each session, model, window, policy, memory and repeat, before the first of
its questions is put: the sessions before it are lived through, the memory writes and gives back,
the policy compacts, and the model under test answers the turns where it is asked to live through
them. What comes of it is part of what is sent, and is stored with it.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.errors import HarnessError, ModelError, OverflowRefusedError, UsageError
from harness.core.memory import Carried, Said
from harness.core.protocols import Compacting, Reminding
from harness.runs.growth import Grown, Growth, Scribe
from harness.sessions.build import Builder, Supply, ledger
from harness.sessions.layouts.units import question_room
from harness.sessions.memories import NOTHING, memories
from harness.sessions.opening import as_text, handed_over, opening
from harness.sessions.policies import policies
from harness.sessions.tokens import PRIMING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.memory import Compaction, LiveReply
    from harness.core.messages import Message
    from harness.core.probe import Status
    from harness.core.protocols import Memory, Policy
    from harness.core.session import Blueprint, Plant, Session
    from harness.core.study import Group
    from harness.core.trial import Trial
    from harness.runs.writing import Purpose, Writings, Written
    from harness.sessions.build import Reminder
    from harness.sessions.materials import Materials
    from harness.sessions.tokens import TokenCounter


@dataclass(slots=True)
class Spent:
    """What the calls came to that wrote into a conversation."""

    calls: int = 0
    prompt_tokens: int = 0
    """By the provider's meter, else the local count."""
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    """None as soon as the price of one call is not known."""

    def add(self, written: Written, sent: Sequence[Message], counter: TokenCounter) -> None:
        """Count one call."""
        local = counter.count(sent) if written.prompt_tokens is None else written.prompt_tokens
        said = written.completion_tokens
        self.calls += 1
        self.prompt_tokens += local
        self.completion_tokens += counter.count_text(written.text) if said is None else said
        known = self.cost_usd is not None and written.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0.0) + (written.cost_usd or 0.0) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unready:
    """A session that could not be made ready: nothing can be asked of it."""

    status: Status
    error: str
    attempts: int = 0
    """Calls that were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One session, ready to be asked about."""

    session: Session
    grown: Grown
    carried: Carried
    memory: Memory
    asks_memory: bool
    """The memory is asked for each question, not when the session begins."""
    spent: Spent

    @property
    def replies(self) -> tuple[LiveReply, ...]:
        """What the model under test answered to the turns of this session, in order.

        Empty where replies are scripted. `session.messages[reply.message - 1]` is what it answers.
        """
        return self.grown.replies

    def short_of(self, trial: Trial) -> Unready | None:
        """Why the session did not come as far as the trial's checkpoint; None when it did."""
        if trial.cut < len(self.session.cuts):
            return None
        return unready(self.grown.failed) if self.grown.failed is not None else None

    def compactions(self, cut: int) -> tuple[Compaction, ...]:
        """The compactions up to a checkpoint."""
        points = self.grown.checkpoints
        return points[cut].compactions if cut < len(points) else ()

    def asked(self, trial: Trial, question: str, count: Callable[[Message], int]) -> Conversation:
        """This conversation with what the memory finds for one question, where it is asked then.

        Args:
            trial: Whose checkpoint it is.
            question: What will be asked.
            count: Tokens of a message.
        """
        if not self.asks_memory:
            return self
        found = given_back(trial.memory, self.memory, self.carried.notes, question)
        if not found:
            return self
        cut = self.session.cuts[trial.cut]
        turn = handed_over(found)
        sizes = [count(message) for message in turn]
        messages = (*self.session.messages[: cut.messages], *turn)
        hashes = (*self.session.hashes[: cut.messages], *(message.hash for message in turn))
        start = self.session.offsets[cut.messages]
        cuts = list(self.session.cuts)
        cuts[trial.cut] = replace(cut, messages=len(messages), tokens=cut.tokens + sum(sizes))
        session = replace(
            self.session,
            trunk=digest(hashes),
            messages=messages,
            hashes=hashes,
            offsets=(
                *self.session.offsets[: cut.messages + 1],
                start + sizes[0],
                start + sum(sizes),
            ),
            cuts=tuple(cuts),
        )
        points = list(self.grown.checkpoints)
        if points:
            shown = (*points[trial.cut].shown, len(messages) - 2, len(messages) - 1)
            points[trial.cut] = replace(points[trial.cut], shown=shown)
        injected = "\n".join(part for part in (self.carried.injected, found) if part)
        return replace(
            self,
            session=session,
            grown=replace(
                self.grown,
                session=session,
                checkpoints=tuple(points),
                restated=(*self.grown.restated, len(messages) - 2),
            ),
            carried=replace(self.carried, injected=injected, memory_tokens=sum(sizes)),
        )


def given_back(name: str, memory: Memory, notes: tuple[str, ...], question: str) -> str:
    """What a memory gives back, without spaces around it.

    Raises:
        UsageError: A user's own memory fails, or gives back no text.
    """
    try:
        text: object = memory.inject(notes, question)
    except HarnessError:
        raise
    except Exception as error:
        raise _broken(name, "inject", f"{type(error).__name__}: {error}") from error
    if not isinstance(text, str):
        raise _broken(name, "inject", f"it returns no text, but {type(text).__name__}")
    return text.strip()


def _broken(name: str, method: str, why: str) -> UsageError:
    return UsageError(
        f"memory '{name}' fails in '{method}': {why}; mend it and go on with --resume latest"
    )


def needs_preparing(group: Group) -> bool:
    """Whether anything has to be done before the first question is put to a group's session."""
    trial = group.trials[0]
    if group.blueprint.arm in UNPREPARED:
        return False
    return (
        bool(group.blueprint.earlier)
        or trial.replies == "live"
        or isinstance(policies.resolve(trial.policy), Compacting)
    )


UNPREPARED = frozenset({"closed_book", "needle_only", "nothing_carried"})
"""Arms whose sessions are as written, whatever the treatment."""


def reminder_of(policy: Policy, materials: Materials) -> Reminder | None:
    """What the policy says again as a session grows; None for most policies."""
    if not isinstance(policy, Reminding):
        return None
    standing = [message.content for message in materials.system]
    return lambda turns, rules: policy.reminder(turns, "\n".join([*standing, *rules]))


def unready(error: ModelError) -> Unready:
    """What the trials of a session come to that could not be made ready."""
    if isinstance(error, OverflowRefusedError):
        return Unready(status="overflow", error=_not_sent(str(error)), attempts=error.attempts)
    status: Status = "refused" if error.kind == "content_filter" else "error"
    why = f"{error.kind}: {error} (while the session was made ready)"
    return Unready(status=status, error=why, attempts=error.attempts)


def _not_sent(text: str) -> str:
    return text if text.startswith("not sent:") else f"not sent: {text}"


async def prepare(
    group: Group,
    materials: Materials,
    writings: Writings,
    *,
    repeat: int,
) -> Conversation | Unready:
    """Live through the sessions of a group's chain, up to the one that is asked.

    Args:
        group: The session and its trials.
        materials: Its scenario and seed.
        writings: Keeps what is written, and asks.
        repeat: Which repeat of the trials it is for.

    Raises:
        UsageError: What is written cannot be kept, or a plug gives back what it must not.
    """
    chain = _Chain(group, materials, writings, repeat=repeat)
    try:
        return await chain.live()
    except ModelError as error:
        return unready(error)


class _Chain:
    """The sessions of one chain, one after the other."""

    def __init__(
        self,
        group: Group,
        materials: Materials,
        writings: Writings,
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
        self._memory = memories.resolve(trial.memory)
        self._every = int(getattr(self._memory, "every", 0))
        self._supply = Supply()
        self._notes: tuple[str, ...] = ()
        self._fresh = 0
        self._turns: list[str] = []
        self._store: str | None = None
        self._spent = Spent()

    async def live(self) -> Conversation:
        """The last session of the chain, ready to be asked about."""
        before: tuple[Plant, ...] = ()
        for number, blueprint in enumerate(self._blueprint.earlier, start=1):
            grown = await self._session(number, blueprint, before, self._opening(blueprint))
            if grown.failed is not None:
                raise grown.failed
            before = ledger(grown.session)
            self._turns += as_text(grown.session.messages)
        last = self._opening(self._blueprint)
        number = self._blueprint.number
        grown = await self._session(number, self._blueprint, before, last)
        return Conversation(
            session=grown.session,
            grown=replace(grown, restated=(0, *grown.restated)) if last.injected else grown,
            carried=Carried(
                notes=last.notes,
                injected=last.injected,
                memory_tokens=self._tokens(last.memory),
                store=self._store,
            ),
            memory=self._memory,
            asks_memory=self._asks and "memory" in self._blueprint.carry,
            spent=self._spent,
        )

    def _opening(self, blueprint: Blueprint) -> _Opening:
        """What a session begins with."""
        notes: tuple[str, ...] = ()
        memory = transcript = ""
        if "memory" in blueprint.carry:
            notes = self._notes
            memory = (
                "" if self._asks else given_back(self._treatment.memory, self._memory, notes, "")
            )
        if "transcript" in blueprint.carry:
            notes = (*notes, *self._turns)
            transcript = "\n\n".join(self._turns)
        return _Opening(
            messages=opening(
                self._materials, blueprint.carry, memory=memory, transcript=transcript
            ),
            notes=notes,
            memory=memory,
            injected="\n\n".join(part for part in (memory, transcript) if part),
        )

    async def _session(
        self, number: int, blueprint: Blueprint, before: Sequence[Plant], start: _Opening
    ) -> Grown:
        """One session of the chain, from its first message to its last note."""
        self._check_room(start)
        is_last = blueprint is self._blueprint
        writes = not is_last and self._remembers(number)
        live = self._treatment.replies == "live" and (is_last or self._reaches_on(number))
        growth = Growth(
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
            tick=self._tick if writes and self._every > 0 else None,
        )
        if start.memory:
            self._put({"session": number, "injected": start.memory})
        self._fresh = len(start.messages)
        grown = await growth.live()
        if writes and grown.failed is None:
            await self._write(growth, ends=True)
        return grown

    async def _tick(self, turns: int, growth: Growth) -> None:
        if turns % self._every == 0:
            await self._write(growth, ends=False)

    async def _write(self, growth: Growth, *, ends: bool) -> None:
        """Let the memory write."""
        messages = growth.messages()
        said = Said(
            session_number=growth.number,
            messages=messages,
            fresh=self._fresh,
            notes=self._notes,
            ends=ends,
        )
        scribe = Scribe(self._ask, growth.view, "notes", self._memory)
        name = self._treatment.memory
        try:
            written = await self._memory.write(said, scribe)
        except HarnessError:
            raise
        except Exception as error:
            raise _broken(name, "write", f"{type(error).__name__}: {error}") from error
        if isinstance(written, str) or not all(isinstance(note, str) for note in written):
            raise _broken(name, "write", "it returns no sequence of texts")
        notes = tuple(written)
        self._fresh = len(messages)
        kept = 0
        while kept < min(len(notes), len(self._notes)) and notes[kept] == self._notes[kept]:
            kept += 1
        when: dict[str, object] = {"session": growth.number, "after_messages": len(messages)}
        self._put(when | {"keeps": kept, "notes": list(notes[kept:])})
        self._notes = notes

    def _put(self, line: dict[str, object]) -> None:
        """Write one line to the store, which is made when there is something to write."""
        if self._store is None:
            group, treatment = self._group, self._treatment
            about: dict[str, object] = {
                "scenario": group.scenario.name,
                "seed": group.seed,
                "model": group.model,
                "window": self._window.limit,
                **asdict(treatment),
                "repeat": self._repeat,
            }
            kind = re.sub(r"[^A-Za-z0-9_]+", "-", treatment.memory).strip("-")
            key = digest([about, [asdict(one) for one in group.blueprint.earlier]], size=5)
            name = f"{group.scenario.name}-{group.seed}-{kind}-{key}"
            self._store = self._writings.begin_store(name)
            self._writings.note(self._store, about)
        self._writings.note(self._store, line)

    async def _ask(
        self,
        messages: Sequence[Message],
        /,
        *,
        purpose: Purpose,
        writer: str | None = None,
        max_tokens: int | None = None,
    ) -> Written:
        """Put a prompt to a model, and count what it costs."""
        written = await self._writings.ask(
            writer or self._group.model,
            messages,
            purpose=purpose,
            repeat=self._repeat,
            max_tokens=max_tokens,
        )
        self._spent.add(written, messages, self._materials.workshop.counter)
        return written

    @property
    def _asks(self) -> bool:
        """Whether the memory is asked for each question."""
        return getattr(self._memory, "at", "start") == "question"

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

    def _check_room(self, start: _Opening) -> None:
        """What a session begins with leaves room for a question.

        Raises:
            OverflowRefusedError: It does not.
        """
        counter = self._materials.workshop.counter
        facts = [fact.id for fact in self._materials.scenario.facts]
        need = counter.count(start.messages) - PRIMING + question_room(self._materials, facts)
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
    notes: tuple[str, ...]
    """What the store held, and the transcript where that is carried."""
    memory: str
    """What the memory gave back."""
    injected: str
    """Everything that was carried, beside the system prompt."""
