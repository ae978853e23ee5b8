"""What all models have in common that are asked by calls: their options, their gate, their retries.

Its one rule: it knows no provider. What a call sends, and how, is said by whoever makes it.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.core.errors import ModelError
from harness.core.messages import text_length
from harness.core.printable import well_formed
from harness.models.adaptations import (
    MOST,
    SYSTEM,
    adaptation,
    adapted,
    without_system,
)
from harness.models.call_options import CallOptions
from harness.models.catalog import known_limit
from harness.models.options import masked
from harness.models.redaction import SHORTEST_IN_REPLIES, one_line, secrets_in_env, without
from harness.models.retries import OURS, OpenGate, Patience, ask_patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.run_protocols import CallGate
    from harness.models.adaptations import Adaptation

TIMEOUT_S = 600.0
"""How long one call may take, in seconds, unless `timeout` says otherwise."""


ANSWER_TOKENS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
"""What providers call the tokens that an answer may have."""


class CalledModel(ABC):
    """A model that is asked by calls.

    Args:
        name: As litellm takes it.
        options: Parameters of every call, as `-M key=value` gives them; text is turned into
            numbers, booleans and JSON where it is one. Options of a single call go before them.
        gate: Says when a call may go out.
        tell: Is told once what the model does not take, and what is sent in its place.

    Raises:
        UsageError: An option of ours is no number above 0, or no law is called that.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, object],
        gate: CallGate | None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self._options = CallOptions.of(options)
        self._gate = gate or OpenGate()
        self._tell = tell
        self._adaptations: tuple[Adaptation, ...] = ()
        self._secrets = (*self._options.secrets, *secrets_in_env(os.environ))
        Patience.of(self._options)  # a number that is none is told now
        self._limit = known_limit(name)  # before any library is loaded: so is a misspelt law

    @property
    def adaptations(self) -> tuple[Adaptation, ...]:
        """What is changed in its calls, since it refused them as they were."""
        return self._adaptations

    def adopt(self, adaptations: Iterable[Adaptation]) -> None:
        """Change calls as another process has learnt to; nothing is said of it a second time."""
        new = [change for change in adaptations if change not in self._adaptations]
        self._adaptations = (*self._adaptations, *new)

    def limit(self) -> int | None:
        """Tokens of the context window; None where they are not known."""
        return self._limit

    def sent_parameters(self, options: Mapping[str, object]) -> dict[str, object]:
        """The parameters that a call with these options sends, secrets masked."""
        sent = masked(adapted(self._parameters(CallOptions.of(options)), self._adaptations))
        if any(change.parameter == SYSTEM for change in self._adaptations):
            sent[SYSTEM] = "in the first user message"
        return sent

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
        given = CallOptions.of(options)
        parameters = self._parameters(given)
        hidden = (*self._secrets, *given.secrets)

        async def call(attempt: int) -> Reply:
            try:
                reply = await self._taken(messages, parameters, attempt)
            except ModelError as error:
                error.args = (without(str(error), hidden),)
                raise
            return replace(
                reply,
                text=_struck(reply.text, hidden),
                thinking=_struck(reply.thinking, hidden),
                version=_shown(reply.version, hidden),
            )

        return await ask_patiently(
            call,
            gate=self._gate,
            size=text_length(messages),
            patience=Patience.of(self._options | given),
        )

    async def _taken(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """One call in the form that the model takes, which a refusal may teach.

        What is learnt holds for later calls only where the call got through with it: a refusal
        may echo names that it does not mean.
        """
        changes = self._adaptations
        while True:
            merged = any(change.parameter == SYSTEM for change in changes)
            sent = without_system(messages) if merged else messages
            now = adapted(parameters, changes)
            try:
                reply = await self._call(sent, now, attempt)
            except ModelError as error:
                change = self._change(error, sent, now, changes)
                if change is None or change in changes or len(changes) >= MOST:
                    raise
                changes = (*changes, change)
            else:
                self._learn(changes)
                return reply

    def _change(
        self,
        error: ModelError,
        messages: Sequence[Message],
        parameters: Mapping[str, object],
        changes: Sequence[Adaptation],
    ) -> Adaptation | None:
        """What to change after a failure; None for most."""
        if error.kind != "bad_request":
            return None
        return adaptation(
            str(error),
            parameters,
            named=error.parameter,
            fixed=self._options.keys(),
            refused={change.parameter for change in changes},
            has_system=bool(messages) and messages[0].role == "system",
        )

    def _learn(self, changes: tuple[Adaptation, ...]) -> None:
        """Keep what got a call through; say it once."""
        new = [change for change in changes if change not in self._adaptations]
        self.adopt(new)
        if self._tell is not None:
            for change in new:
                self._tell(f"{self.name} {change}")

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


def _struck(text: str, hidden: Sequence[str]) -> str:
    """What a model wrote, without secrets and half characters."""
    return well_formed(without(text, hidden, shortest=SHORTEST_IN_REPLIES))


@lru_cache(maxsize=256)  # it is the same in nearly every reply
def _shown(version: str | None, hidden: tuple[str, ...]) -> str | None:
    return None if version is None else one_line(version, hidden)


def for_provider(parameters: Mapping[str, object]) -> dict[str, object]:
    """Without the options that are for the harness, and those that were taken back.

    >>> for_provider({"via": "http", "temperature": None, "top_p": 1.0})
    {'top_p': 1.0}
    """
    return {k: value for k, value in parameters.items() if k not in OURS and value is not None}


def asked_tokens(messages: Sequence[Message], parameters: Mapping[str, object]) -> tuple[int, int]:
    """The fewest and the most tokens that a call may have asked for, by any tokenizer."""
    characters = text_length(messages)
    return characters // 12, 3 * characters + (most_tokens(parameters) or 0) + 2000


def most_tokens(parameters: Mapping[str, object]) -> int | None:
    """Tokens that the answer may have; None where nothing is said of it."""
    for name in ANSWER_TOKENS:
        value = parameters.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
