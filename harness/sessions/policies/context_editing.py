"""Policy `context_editing`: the provider clears old results of tools before the model reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.policies.send_all import SendAll

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.window import History, View


@dataclass(frozen=True, slots=True)
class ContextEditing:
    """Everything is sent; the server clears all but the newest results of tools past a length."""

    trigger: int = 100_000
    """Tokens of the prompt from which on results are cleared."""
    keep: int = 3
    """The newest results that stay."""
    exclude: str = ""
    """Tools whose results stay, joined by `+`."""

    def __post_init__(self) -> None:
        if self.trigger < 1:
            raise ValueError(f"trigger is {self.trigger}; expected 1 token or more")
        if self.keep < 0:
            raise ValueError(f"keep is {self.keep}; expected 0 results or more")

    @property
    def apis(self) -> tuple[str, ...]:
        """Anthropic's Messages API has it."""
        return ("messages",)

    @property
    def options(self) -> Mapping[str, object]:
        """The edit that the server makes."""
        edit = {
            "type": "clear_tool_uses_20250919",
            "trigger": {"type": "input_tokens", "value": self.trigger},
            "keep": {"type": "tool_uses", "value": self.keep},
            **({"exclude_tools": self.exclude.split("+")} if self.exclude else {}),
        }
        return {"context_management": {"edits": [edit]}}

    def view(self, history: History, budget_tokens: int, /) -> View:
        """The whole history."""
        return SendAll().view(history, budget_tokens)
