"""Policy `server_truncation`: the provider drops from the session what no longer fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.policies.send_all import SendAll

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.window import History, View


@dataclass(frozen=True, slots=True)
class ServerTruncation:
    """Everything is sent with `truncation: auto`: the server drops what is too much, unasked."""

    @property
    def apis(self) -> tuple[str, ...]:
        """OpenAI's Responses API has it."""
        return ("responses",)

    @property
    def options(self) -> Mapping[str, object]:
        """The server truncates."""
        return {"truncation": "auto"}

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The whole history."""
        return SendAll().view(history, budget_tokens)
