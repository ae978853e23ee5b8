"""Policy `refuse`: the application tells its user that the session is full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.window import Span, View

if TYPE_CHECKING:
    from harness.core.window import History


@dataclass(frozen=True, slots=True)
class Refuse:
    """All or nothing: what does not fit is not sent, and no call is made."""

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The whole history, or a refusal."""
        if history.prompt_tokens > budget_tokens:
            return View(
                (),
                refused=f"the prompt has {history.prompt_tokens} tokens;"
                f" the window leaves {budget_tokens} for it",
            )
        return View((Span(0, history.stop),) if history.stop else ())
