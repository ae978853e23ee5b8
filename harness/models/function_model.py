"""A function of messages as a model that can be asked: one's own bot, agent or chain.

Its one rule: what the function raises is the failure of one call, read as a provider's is; it never
ends a run.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.core.chat_format import to_chat
from harness.core.errors import ModelError, UsageError
from harness.core.registry import load_named
from harness.models.base import CalledModel, asked_tokens, for_provider, most_tokens
from harness.models.response import reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.run_protocols import CallGate

MessageFunction: TypeAlias = Callable[[list[dict[str, Any]]], Any]
"""Takes messages in OpenAI's form, and gives text, or an answer in OpenAI's form; or a coroutine of
it."""

_PATH = re.compile(r"[A-Za-z_]\w*(\\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def names_function(name: str) -> bool:
    """Whether the name of a model is `package.module:function`.

    >>> names_function("my_bot.chat:answer"), names_function("ollama/llama3:8b")
    (True, False)
    """
    return _PATH.fullmatch(name) is not None


def named_function(name: str) -> MessageFunction:
    """The function that `package.module:function` names.

    Raises:
        UsageError: It does not load, or cannot be called.
    """
    found = load_named("model", name)
    if not callable(found):
        raise UsageError(
            f"model '{name}' is a {type(found).__name__}; expected a function that takes the"
            " messages of a session and gives the reply"
        )
    function: MessageFunction = found
    return function


def function_name(function: MessageFunction) -> str:
    """What a function is called in records: its module and its name.

    >>> function_name(re.match)
    're:match'
    """
    named = function if hasattr(function, "__qualname__") else type(function)
    name = str(getattr(named, "__qualname__", "function")).rpartition(".")[2]
    module = getattr(named, "__module__", None) or "__main__"
    return f"{module}:{name.strip('<>')}"


class FunctionModel(CalledModel):
    """A function under the name that runs give it.

    An async function is called on the loop of the run, any other in threads: as many calls at once
    as `--max-connections` lets go out.

    Args:
        name: As records name it.
        function: It.
        options: Those of the harness, such as `max_attempts`; the function is given none.
        gate: Says when a call may go out.
        tell: Is told what the model does not take.
    """

    def __init__(
        self,
        name: str,
        function: MessageFunction,
        options: Mapping[str, object],
        gate: CallGate | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(name, options, gate, tell)
        self._function = function
        self._is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, "__call__", None)  # noqa: B004 -- an object may be async to call
        )

    async def close(self) -> None:
        """Nothing: nothing was opened."""

    def _parameters(self, options: Mapping[str, object]) -> dict[str, object]:
        return for_provider({**self._options, **options})

    async def _call(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """What the function says of the messages."""
        chat = [to_chat(message) for message in messages]
        started = time.perf_counter()
        try:
            async with asyncio.timeout(_seconds(parameters.get("timeout"))):
                said = await self._said(chat)
        except Exception as error:
            from harness.models.errors import classify  # some hundred patterns

            tokens = asked_tokens(messages, parameters)
            failure = classify(error, secrets=self._secrets, tokens=tokens)
            if failure.kind == "unknown":  # a fault of its own, which would come again
                told = f"{self.name} raised {failure}"
                raise ModelError(told, kind="function") from error
            raise failure from error
        return reply(
            self.name,
            _response(self.name, said),
            latency_s=time.perf_counter() - started,
            attempt=attempt,
            max_tokens=most_tokens(parameters),
        )

    async def _said(self, chat: list[dict[str, Any]]) -> object:
        if self._is_async:
            return await self._function(chat)
        said: object = await asyncio.to_thread(self._function, chat)
        return await said if inspect.isawaitable(said) else said


def _seconds(timeout: object) -> float | None:
    return float(timeout) if isinstance(timeout, int | float) else None


def _response(name: str, said: object) -> object:
    """What a function gave, in the form in which servers answer.

    Raises:
        ModelError: It is no reply.
    """
    if isinstance(said, str):
        message = {"role": "assistant", "content": said}
        return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    if (isinstance(said, Mapping) and "choices" in said) or hasattr(said, "choices"):
        return said
    raise ModelError(
        f"{name} gave a {type(said).__name__}; expected the text of the reply, or an answer in"
        " OpenAI's form with 'choices'",
        kind="malformed",
        stops=True,
    )
