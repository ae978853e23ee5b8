"""Policy `send_all`: the application trusts the provider with whatever the session has become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.window import Span, View

if TYPE_CHECKING:
    from harness.core.window import History


@dataclass(frozen=True, slots=True)
class SendAll:
    """Everything is sent, past the ceiling too; what happens there is the provider's doing."""

    def view(self, history: History, _budget_tokens: int, /) -> View:
        """The whole history."""
        return View((Span(0, history.stop),) if history.stop else ())
