"""A run that leaves nothing behind: same plan, same replay, records in memory.

Calibration asks tens of thousands of questions of models that cost nothing; a folder for each of
its studies would be in the way.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.core.record import from_json, to_json
from harness.models import known_limit, make_model
from harness.runs.answer_room import AnswerRoom
from harness.runs.executors.local import Local
from harness.runs.meter.amend import Settlement
from harness.runs.meter.ledger import LengthLedger
from harness.runs.model_stack import options_of
from harness.runs.open_run import closing
from harness.runs.planning.check import writers
from harness.runs.planning.named_code import load_code
from harness.runs.planning.plan import make_plan
from harness.runs.run import Stages
from harness.runs.trials.runner import TrialRunner

if TYPE_CHECKING:
    from asyncio import Runner

    from harness.core.record import Record
    from harness.core.run_protocols import Progress
    from harness.core.session import Session
    from harness.core.study import Study
    from harness.sessions.materials import Workshop

_RUN = "in-memory"


class MemoryStore:
    """Keeps records in a list, and sessions not at all."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def keep(self, session: Session) -> None:
        """Nothing: nobody will ask to see these messages again."""

    def append(self, record: Record) -> None:
        """Keep one record."""
        self.records.append(record)


def run_in_memory(
    study: Study, workshop: Workshop, progress: Progress, runner: Runner
) -> list[Record]:
    """The records of a study, in the order in which the answers came.

    Args:
        study: What is asked for.
        workshop: Shared tools; give the same one to studies of the same scenario.
        progress: Is told of every trial; `begin` is left to the caller, who may run many studies.
        runner: Holds the event loop; one loop for all studies, since litellm's log worker complains
            when it meets a second one.

    Raises:
        UsageError: Something asked for cannot be done.
        NothingSelectedError: There is no trial.
    """
    study = load_code(study)
    plan = make_plan(study, workshop, known_limit)
    names = dict.fromkeys((*study.models, *writers(study)))
    models = {name: make_model(name, dict(study.options)) for name in names}
    store = MemoryStore()
    trial_runner = TrialRunner(
        workshop=workshop,
        models=models,
        options=options_of(study),
        store=store,
        ledger=LengthLedger(models),
        room=AnswerRoom(study),
        run_id=_RUN,
        now=_clock,
        progress=progress,
    )
    stages = Stages(plan, trial_runner, workshop, known_limit)
    runner.run(closing(stages.run(Local(), frozenset()), models))
    return _settled(store.records)


def _settled(records: list[Record]) -> list[Record]:
    """The records as they stand when a run is over."""
    lines = [to_json(record) for record in records]
    return [from_json(line) for line in Settlement(lines).amended(lines)]


def _clock() -> str:
    return datetime.now(tz=UTC).isoformat()
