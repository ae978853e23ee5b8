"""Policy `reintroduce`: what holds for the whole session is said again every few turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import nearest
from harness.core.messages import Turn
from harness.sessions.policies.drop_oldest import DropOldest
from harness.sessions.policies.keep_ends import KeepEnds
from harness.sessions.policies.refuse import Refuse
from harness.sessions.policies.send_all import SendAll

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.protocols import Policy
    from harness.core.window import History, View

REMINDER = "A reminder of what holds for this whole conversation:"
UNDERSTOOD = "Understood."

_THEN: Mapping[str, type[Policy]] = {
    "drop_oldest": DropOldest,
    "keep_ends": KeepEnds,
    "refuse": Refuse,
    "send_all": SendAll,
}


@dataclass(frozen=True, slots=True)
class Reintroduce:
    """The system prompt and the rules given so far, as a turn of their own, every k turns."""

    every: int = 8
    """Turns between two reminders."""
    then: str = "drop_oldest"
    """What happens at the ceiling: drop_oldest, keep_ends, refuse or send_all."""

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every is {self.every}; expected 1 or more turns")
        if self.then not in _THEN:
            raise ValueError(f"then is '{self.then}': {nearest(self.then, _THEN)}")

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The view of the policy that comes then."""
        return _THEN[self.then]().view(history, budget_tokens)

    def reminder(self, turns: int, standing: str, /) -> Turn | None:
        """The reminder, when it is time and there is something to say."""
        if turns < self.every or not standing.strip():
            return None
        return Turn.of(f"{REMINDER}\n\n{standing.strip()}", UNDERSTOOD)
