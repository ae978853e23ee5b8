"""The runner on which trials are replayed: models, meters, sessions at hand, and the store."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from harness.core.errors import CassetteMissError, ModelError
from harness.core.stages import teaches
from harness.models.base import CalledModel
from harness.runs.conversation.generated_text import GeneratedTexts
from harness.runs.conversation.prepared import NotPrepared, Prepared, unready
from harness.runs.meter.samples import prompts_by_texture, prompts_seed_by_seed
from harness.runs.trials.ask import CallResult, ask, joined
from harness.runs.trials.fork import Fork
from harness.runs.trials.make_record import make_record
from harness.runs.trials.rule_records import rule_records
from harness.sessions.build import build, reminder_of
from harness.sessions.materials import Materials
from harness.sessions.policies import policies

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from harness.core.arms import Stage
    from harness.core.protocols import Model
    from harness.core.record import Record
    from harness.core.run_protocols import Progress, RecordSink
    from harness.core.session import Session
    from harness.core.study import SessionTrials
    from harness.core.trial import Trial
    from harness.models.adaptations import Adaptation
    from harness.models.call_options import CallOptions
    from harness.models.exact_counts import ExactCounter
    from harness.runs.answer_room import AnswerRoom
    from harness.runs.meter.ledger import LengthLedger
    from harness.sessions.materials import Workshop

_SEEDS_AT_HAND = 4
"""Scenario-and-seed pairs whose filler stays in memory; trials come session by session."""


class TrialRunner:
    """Replays trials and keeps their records.

    Args:
        workshop: Shared tools for building sessions.
        models: The models by name.
        options: Parameters of every call.
        store: Where records go.
        ledger: How the providers count.
        run_id: The run.
        now: The time, UTC, ISO 8601.
        progress: Is told what happens.
        recorded: Keys that have a record, of before and of now, where the store knows them.
        given_up: Models that were given up, and why; others may add to it while the run goes on.
        writings: Keeps what models write into sessions; unless given, in memory.
        room: How many tokens answers get.
    """

    def __init__(
        self,
        *,
        workshop: Workshop,
        models: Mapping[str, Model],
        options: CallOptions,
        store: RecordSink,
        ledger: LengthLedger,
        room: AnswerRoom,
        run_id: str,
        now: Callable[[], str],
        progress: Progress,
        recorded: Container[str] = frozenset(),
        given_up: Mapping[str, str] | None = None,
        writings: GeneratedTexts | None = None,
    ) -> None:
        self._workshop = workshop
        self.writings = writings or GeneratedTexts(models, options)
        self._models = models
        self._options = options
        self._store = store
        self._run_id = run_id
        self._now = now
        self._progress = progress
        self._materials: OrderedDict[tuple[str, int], Materials] = OrderedDict()
        self._own: OrderedDict[tuple[str, int], Materials] = OrderedDict()
        self._recorded = recorded
        self._checked: set[str] = set()
        """Keys of the rule records that are kept, where nobody else knows them."""
        self.ledger = ledger
        self.room = room
        self.counters: dict[str, ExactCounter] = {}
        """Who counts the prompts of a model exactly, where its server does."""
        self.halting = False
        """Whether the run is being interrupted, so that a failure is no last word."""
        self.given_up: Mapping[str, str] = {} if given_up is None else given_up
        """Models that were given up, and why."""

    async def session(self, group: SessionTrials) -> Session:
        """The session of a group, built and written down. One at a time, please."""
        materials = self.materials(group)
        reminder = reminder_of(policies.resolve(group.trials[0].policy), materials)
        # in a thread, so that answers which come in meanwhile are seen when they come
        session = await asyncio.to_thread(build, group.blueprint, materials, reminder=reminder)
        self._store.keep(session)
        return session

    async def prepare(self, group: SessionTrials, repeat: int) -> Prepared | NotPrepared:
        """The session of a group with all that models write into it.

        Args:
            group: The session and its trials.
            repeat: For which repeat of the trials.
        """
        # materials of its own: those of `session` may be in use by another thread
        materials = self._at_hand(self._own, group)
        from harness.runs.conversation.chain import prepare  # few studies have chains

        made = await prepare(group, materials, self.writings, repeat=repeat)
        if isinstance(made, Prepared):
            self._check_rules(made, group, repeat)
        return made

    async def release(self, made: Prepared) -> None:
        """The last question of a prepared session is answered: its memory may be closed."""
        trouble = await made.close()
        if trouble is not None:
            self._progress.note(trouble)

    def _check_rules(self, made: Prepared, group: SessionTrials, repeat: int) -> None:
        """Keep what the live replies of a session made of the rules that were given."""
        found = rule_records(made, group, repeat=repeat, run_id=self._run_id, now=self._now())
        new = [
            one for one in found if one.key not in self._checked and one.key not in self._recorded
        ]
        if new:
            self._store.keep(made.session)
        for one in new:
            self._take_in_rule(one)

    def _take_in_rule(self, one: Record) -> None:
        """Keep what a reply made of a rule; once, whoever finds it out again."""
        if one.key not in self._checked and one.key not in self._recorded:
            self._store.append(one)
            if one.key not in self._recorded:
                self._checked.add(one.key)

    def materials(self, group: SessionTrials) -> Materials:
        """What the group's scenario says for its seed."""
        return self._at_hand(self._materials, group)

    def _at_hand(
        self, known: OrderedDict[tuple[str, int], Materials], group: SessionTrials
    ) -> Materials:
        at = (group.scenario.hash, group.seed)
        if at not in known:
            known[at] = Materials(group.scenario, group.seed, self._workshop)
            while len(known) > _SEEDS_AT_HAND:
                known.popitem(last=False)
        known.move_to_end(at)
        return known[at]

    def recall(self, done: Record) -> None:
        """Learn from a record of before the run was interrupted."""
        if done.probe_kind != "rule" and teaches(done):
            self._observe(done)

    def settle(
        self,
        model: str,
        stage: Stage,
        following: Iterable[SessionTrials],
        *,
        seed_by_seed: bool = False,
    ) -> None:
        """That stage of a model is over: the next is aimed by what it taught.

        Args:
            model: Its name.
            stage: What is over.
            following: The sessions of the next stage, as they are planned so far.
            seed_by_seed: They are very many, and those of one seed come one after the other.
        """
        made = prompts_seed_by_seed if seed_by_seed else prompts_by_texture
        self.room.settle(model, stage)  # first: a ledger that is settled says that all is
        self.ledger.settle(model, stage, lambda known: made(following, self._workshop, known))

    def replanned(self, total: int) -> None:
        """The run has so many trials now, since lengths are aimed better."""
        self._progress.replanned(total)

    async def replay(
        self,
        trial: Trial,
        session: Session,
        materials: Materials,
        conversation: Prepared | NotPrepared | None = None,
    ) -> None:
        """Replay one trial and keep its record.

        Args:
            trial: What is asked.
            session: The session as it is written.
            materials: Its scenario and seed.
            conversation: The session as it was made ready, where it had to be.
        """
        fork, missing = await self._fork(trial, session, materials, conversation)
        started_at = self._now()
        try:
            if missing is None:
                done = await self._asked(fork, started_at)
            else:
                answer = CallResult(
                    status=missing.status, error=missing.error, attempts=missing.attempts
                )
                done = self._record(fork, answer, started_at)
        except CassetteMissError as miss:
            raise CassetteMissError(f"{_named(trial)}: {miss}") from None
        if done.status == "error" and (self.halting or not done.attempts):
            return  # it was never sent, or was not waited for: a run that goes on will ask
        self.take_in(done)

    async def _asked(self, fork: Fork, started_at: str) -> Record:
        """The record of a question that was put; once more with all the room, if it was cut."""
        trial = fork.trial
        model, options = self._models[trial.model], self.room.options(trial, self._options)
        counts = self.ledger.counts(trial.model, trial.scenario)
        counter = self.counters.get(trial.model)
        answer = await ask(fork, model, options, counts, counter)
        done = self._record(fork, answer, started_at)
        more = self.room.again(trial, done) if done.status == "cut" else None
        if more is None:
            return done
        second = await ask(fork, model, options | {"max_tokens": more}, counts, counter)
        if second.reply is None:
            return done
        return self._record(fork, joined(answer, second), started_at)

    def _record(self, fork: Fork, answer: CallResult, started_at: str) -> Record:
        counts = self.ledger.counts(fork.trial.model, fork.trial.scenario)
        return make_record(
            fork, answer, counts, room=self.room, run_id=self._run_id, started_at=started_at
        )

    def take_in(self, done: Record) -> None:
        """Keep a record, made here or by a worker, and learn from it."""
        if done.probe_kind == "rule":
            self._take_in_rule(done)
            return
        if teaches(done):
            self._observe(done)
        self._store.append(done)
        self._progress.finished(done)

    def adopt(self, model: str, adaptations: Iterable[Adaptation]) -> None:
        """Take over what a worker had to change in the calls of a model."""
        known = self._models[model]
        if isinstance(known, CalledModel):
            known.adopt(adaptations)

    def _observe(self, done: Record) -> None:
        self.ledger.observe(done)
        self.room.observe(done)

    async def _fork(
        self,
        trial: Trial,
        session: Session,
        materials: Materials,
        conversation: Prepared | NotPrepared | None,
    ) -> tuple[Fork, NotPrepared | None]:
        """The fork of a trial; and why nothing can be asked of it, if so."""
        if conversation is None:
            return Fork(trial, session, materials), None
        if isinstance(conversation, NotPrepared):
            return Fork(trial, session, materials), conversation
        short = conversation.short_of(trial)
        if short is not None:
            return Fork(trial, session, materials), short
        count = materials.workshop.counter.message
        try:
            asked = await conversation.asked(trial, materials.question(trial.question_id), count)
        except ModelError as error:  # a memory that is asked for each question has failed
            return Fork(trial, session, materials), unready(error)
        self._store.keep(asked.session)
        return Fork(trial, asked.session, materials, asked), None

    def keep(self, session: Session) -> None:
        """Write down a session that a worker has built; before any record that speaks of it."""
        self._store.keep(session)


def _named(trial: Trial) -> str:
    """The trial as a user finds it in the scenario."""
    arm = "" if trial.arm == "main" else f", arm {trial.arm}"
    return (
        f"scenario '{trial.scenario}', seed {trial.seed}, question '{trial.question_id}', window"
        f" {trial.window.limit:,}{arm}"
    )
