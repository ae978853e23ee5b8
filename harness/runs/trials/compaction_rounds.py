"""How many compactions a fact has gone through, how many it survived, and at which door it went.

Its one rule: a compaction that left the turn as it was is no round. What is gone through is told
from the texts, and needs no answer; who lost a fact is told with the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.scoring.holds import holds
from harness.scoring.restated import speaks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.memory import Compaction, CompactionLoss
    from harness.core.messages import Message
    from harness.core.session import Plant
    from harness.runs.conversation.prepared import Prepared
    from harness.runs.trials.fork import Fork


def summary_text(compaction: Compaction, messages: Sequence[Message]) -> str:
    """What stands in place of the turns that a compaction replaced."""
    return "\n".join(messages[index].text for index in compaction.written)


def rounds(
    message: int,
    compactions: Sequence[Compaction],
    messages: Sequence[Message],
    says: Callable[[str], bool],
) -> tuple[int, int]:
    """How many compactions a message has gone through, and after how many it still was said.

    Args:
        message: Index of the message that said it.
        compactions: Up to the question, in order.
        messages: Of the session.
        says: Whether a text says what the message said.
    """
    through = [one for one in compactions if message < one.through]
    for survived, one in enumerate(through):
        if not says(summary_text(one, messages)):
            return len(through), survived
    return len(through), len(through)


def of_fork(fork: Fork, score: float | None) -> dict[str, Any]:
    """The fields of a record about compactions; none where the policy neither compacts nor clears.

    Of a question that needs several sayings these are of the one that is worst off.
    """
    conversation = fork.conversation
    here = [plant for plant in fork.own if plant.message >= 0]
    if conversation is None or not here or not conversation.grown.checkpoints:
        return {}
    compactions = conversation.compactions(fork.trial.cut)
    found = [(plant, *_rounds(fork, plant, compactions)) for plant in here]
    plant, gone, survived = min(found, key=lambda one: (one[2] - one[1], one[2], one[0].message))
    lost = None
    if score is not None and score < 1.0:
        lost = _lost(fork, conversation, plant, compactions)
    return {"rounds": gone, "rounds_kept": survived, "compaction_loss": lost}


def _rounds(fork: Fork, plant: Plant, compactions: Sequence[Compaction]) -> tuple[int, int]:
    def says(text: str) -> bool:
        return holds(text, plant.value, fork.probe.question, fork.probe.language)

    return rounds(plant.message, compactions, fork.session.messages, says)


def _lost(
    fork: Fork, conversation: Prepared, plant: Plant, compactions: Sequence[Compaction]
) -> CompactionLoss | None:
    """The door at which a missed fact went; None where no compaction and no clearing touched it."""
    place = fork.place(plant)
    through = [one for one in compactions if plant.message < one.through]
    if place is not None:
        return "unused" if through and place != plant.message else None
    if plant.message in conversation.grown.checkpoints[fork.trial.cut].cleared:
        return "cleared"
    if not through:
        return None
    text = summary_text(through[-1], fork.session.messages)
    others = [other.value for other in fork.said if other.value.text != plant.value.text]
    said = fork.session.messages[plant.message].text
    about = speaks_of(text, said, plant.value, others, fork.probe.language)
    return "garbled" if about else "left_out"
