"""Policy `server_session`: the provider keeps the session, and a call sends only what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.policies.send_all import SendAll

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.window import History, View


@dataclass(frozen=True, slots=True)
class ServerSession:
    """Everything, told to the server once (`previous_response_id`); questions are forks of that."""

    @property
    def apis(self) -> tuple[str, ...]:
        """OpenAI's Responses API keeps sessions."""
        return ("responses",)

    @property
    def options(self) -> Mapping[str, object]:
        """The server keeps the session."""
        return {"server_state": True}

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The whole history: what the server has of it need not go out again."""
        return SendAll().view(history, budget_tokens)
