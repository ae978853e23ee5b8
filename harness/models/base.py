"""What all models have in common that are asked by calls: their options, their gate, their retries.

Its one rule: it knows no provider. What a call sends, and how, is said by whoever makes it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from harness.models.options import convert, masked
from harness.models.retries import OURS, OpenGate, Patience, ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.protocols import CallGate

TIMEOUT_S = 600.0
"""How long one call may take, in seconds, unless `timeout` says otherwise."""


class CalledModel(ABC):
    """A model that is asked by calls.

    Args:
        name: As litellm takes it.
        options: Parameters of every call, as `-M key=value` gives them; text is turned into
            numbers, booleans and JSON where it is one. Options of a single call go before them.
        gate: Says when a call may go out.

    Raises:
        UsageError: An option of ours is no number above 0.
    """

    def __init__(self, name: str, options: Mapping[str, object], gate: CallGate | None) -> None:
        self.name = name
        self._options = convert(options)
        self._gate = gate or OpenGate()
        Patience.of(self._options)  # a number that is none is told now

    def sent_parameters(self, options: Mapping[str, object]) -> dict[str, object]:
        """The parameters that a call with these options sends, secrets masked."""
        return masked(self._parameters(convert(options)))

    async def ask(
        self,
        messages: Sequence[Message],
        options: Mapping[str, object],
        /,
        *,
        repeat: int = 0,  # noqa: ARG002 -- each call is a fresh one
    ) -> Reply:
        """The model's reply, after as many attempts as it takes and is allowed.

        Raises:
            OverflowRefusedError: The prompt is past the model's context window.
            ModelError: The call failed for good, or too often.
        """
        given = convert(options)
        parameters = self._parameters(given)

        async def call(attempt: int) -> Reply:
            return await self._call(messages, parameters, attempt)

        return await ask(
            call,
            gate=self._gate,
            size=sum(len(message.text) for message in messages),
            patience=Patience.of(self._options | given),
        )

    @abstractmethod
    def _parameters(self, options: Mapping[str, object]) -> dict[str, object]:
        """Everything that decides a call beside the messages; see `sendable`."""

    @abstractmethod
    async def _call(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """One call, and what came of it.

        Raises:
            ModelError: It failed.
        """


def for_provider(parameters: Mapping[str, object]) -> dict[str, object]:
    """Without the options that are for the harness, and those that were taken back.

    >>> for_provider({"via": "http", "temperature": None, "top_p": 1.0})
    {'top_p': 1.0}
    """
    return {k: value for k, value in parameters.items() if k not in OURS and value is not None}
