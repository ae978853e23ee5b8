"""The reference models as models that can be asked: read here, and no call goes out.

What a law answers is read as every provider's answer is, so that a calibration goes down the same
path as a run with a paid model. `-M via=litellm` asks the same laws through litellm.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.models.base import TIMEOUT_S, CalledModel, for_provider, most_tokens
from harness.models.catalog import PROVIDER
from harness.models.reference import laws
from harness.models.reference.repeats import asked_for
from harness.models.response import reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.run_protocols import CallGate
    from harness.models.reference import Answer, Law


class ReferenceModel(CalledModel):
    """A reference law under the name that runs give it.

    Args:
        name: `reference/<law>?option=value`.
        options: Parameters of every call; a law heeds `max_tokens` alone.
        gate: Says when a call may go out.
        tell: Is told what the model does not take.

    Raises:
        UsageError: No law, or no option of it, is called that.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, object],
        gate: CallGate | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(name, options, gate, tell)
        self._law = law_of(name.removeprefix(f"{PROVIDER}/"))

    async def ask(
        self,
        messages: Sequence[Message],
        options: Mapping[str, object],
        /,
        *,
        repeat: int = 0,
    ) -> Reply:
        """The law's reply; a law that samples gives another for each repeat."""
        asked_for(repeat)
        return await super().ask(messages, options, repeat=repeat)

    async def close(self) -> None:
        """Nothing: nothing was opened."""

    def _parameters(self, options: Mapping[str, object]) -> dict[str, object]:
        """What a provider would be sent beside the messages."""
        return for_provider({"timeout": TIMEOUT_S, **self._options, **options})

    async def _call(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """The law's answer."""
        await asyncio.sleep(0)  # others have their turn, and an interrupt is seen
        most = most_tokens(parameters)
        started = time.perf_counter()
        answer = answered(self._law, messages, most)
        return reply(
            self.name,
            _response(answer),
            latency_s=time.perf_counter() - started,
            attempt=attempt,
            max_tokens=most,
        )


def answered(law: Law, messages: Sequence[Message], max_tokens: int | None) -> Answer:
    """What a law answers.

    Raises:
        OverflowRefusedError: The prompt is past the law's ceiling.
        ModelError: The law is broken, which no other attempt would change.
    """
    try:
        return law.answer(messages, max_tokens)
    except OverflowRefusedError:
        raise
    except Exception as error:
        raise ModelError(
            f"the reference law fails: {type(error).__name__}: {error}", kind="bad_request"
        ) from error


@lru_cache(maxsize=256)
def law_of(spec: str) -> Law:
    """The law of that name, built once."""
    return laws.resolve(spec)


def _response(answer: Answer) -> dict[str, object]:
    """An answer in the form in which servers give theirs."""
    usage = answer.prompt_tokens is not None and {
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
    }
    message = {"role": "assistant", "content": answer.text}
    choice = {"index": 0, "message": message, "finish_reason": answer.finish_reason}
    return {"choices": [choice], **({"usage": usage} if usage else {})}
