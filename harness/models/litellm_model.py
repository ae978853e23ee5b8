"""The one file that imports litellm: every model that it knows by name is asked from here.

The reference models are a custom provider of litellm, so that a calibration can go down this path
as well (`-M via=litellm`). Retries are ours: litellm's and the SDKs' are switched off.
"""

from __future__ import annotations

import os
import time
import warnings
from functools import cache, lru_cache
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

from harness.core.chat_format import from_chat, to_chat
from harness.core.errors import ModelError, OverflowRefusedError, UsageError
from harness.models.base import TIMEOUT_S, CalledModel, asked_tokens, for_provider, most_tokens
from harness.models.catalog import PROVIDER
from harness.models.errors import classify
from harness.models.litellm_bodies import choices_in, hearing, watch_bodies
from harness.models.options import secrets
from harness.models.reference_model import answered, law_of
from harness.models.response import reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.run_protocols import CallGate


_LOADING = Lock()
"""Two threads never make the module ready at once."""


class LitellmModel(CalledModel):
    """Any model that litellm can name, and the reference models behind it.

    Args:
        name: As litellm takes it, or `reference/<law>?option=value`.
        options: Parameters of every call, as `-M key=value` gives them; text is turned into
            numbers, booleans and JSON where it is one. Options of a single call go before them.
        gate: Says when a call may go out.
        tell: Is told what the model does not take.

    Raises:
        UsageError: The provider is unknown, or the law or one of its options is.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, object] | None = None,
        gate: CallGate | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(name, options or {}, gate, tell)
        self._litellm = load_litellm()
        self._provider_name, self._provider = _provider(name)

    async def close(self) -> None:
        """Close the connections that litellm keeps open; call it once, when all is done."""
        await self._litellm.close_litellm_async_clients()

    def _parameters(self, options: Mapping[str, object]) -> dict[str, object]:
        """Everything that is handed to litellm beside the messages."""
        sent = {"timeout": TIMEOUT_S, **self._options, **options}
        if "temperature" not in sent and _takes_zero(self._provider_name, self._provider):
            sent["temperature"] = 0.0
        return for_provider(sent)

    async def _call(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """One call, and what came of it."""
        # when it goes out, not before: it may be long, and many may be waiting
        payload = [to_chat(message) for message in messages]
        started = time.perf_counter()
        with hearing() as body:
            try:
                response = await self._litellm.acompletion(
                    model=self.name,
                    messages=payload,
                    max_retries=0,
                    num_retries=0,
                    drop_params=False,
                    **parameters,
                )
            except Exception as error:  # noqa: BLE001  # a provider's code may raise anything
                response = choices_in(body)  # an answer that litellm has no type for
                if response is None:
                    # from None: the cause holds the request, its key and all of its messages
                    raise classify(
                        error,
                        secrets=secrets(parameters),
                        now_s=time.time(),
                        tokens=asked_tokens(messages, parameters),
                    ) from None
            else:
                response = choices_in(body) or response
        latency_s = time.perf_counter() - started
        return reply(
            self.name,
            response,
            latency_s=latency_s,
            attempt=attempt,
            max_tokens=most_tokens(parameters),
        )


def load_litellm() -> Any:
    """The module, made ready once."""
    with _LOADING:
        return _ready()


@cache
def _ready() -> Any:
    """The module: offline, quiet, changing nothing that we send, with our provider in it."""
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # else it takes all of a .env that we left out
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it asks the network
    # else every message is searched for pictures to shorten in a log that is not kept
    os.environ.setdefault("MAX_BASE64_LENGTH_FOR_LOGGING", "0")
    # a tenth of the CPU of the openai SDK for long prompts; say "false" to have the SDK
    os.environ.setdefault("EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER", "true")
    import litellm

    # litellm makes this coroutine in a thread, and drops it where the call is cancelled meanwhile
    warnings.filterwarnings("ignore", "coroutine '_reference_provider", RuntimeWarning)
    litellm.suppress_debug_info = True  # else errors print a banner on stdout
    litellm.disable_hf_tokenizer_download = True  # else Llama names wait for a hub
    litellm.telemetry = False
    litellm.drop_params = False  # else what is sent is not what was asked for
    litellm.cache = None
    litellm.custom_provider_map.append(
        {"provider": PROVIDER, "custom_handler": _reference_provider(litellm)}
    )
    litellm.utils.custom_llm_setup()
    watch_bodies(
        litellm.llms.custom_httpx.http_handler.AsyncHTTPHandler,
        import_module("litellm.llms.openai.common_utils").BaseOpenAILLM,
    )
    return litellm


@lru_cache(maxsize=256)
def _provider(name: str) -> tuple[str, str]:
    """The model's name without its provider, and the provider.

    Raises:
        UsageError: litellm knows no such provider.
    """
    litellm = load_litellm()
    try:
        model, provider, _, _ = litellm.get_llm_provider(name)
    except litellm.BadRequestError:
        raise UsageError(
            f"model '{name}' names no provider that litellm knows; expected provider/model, such"
            " as openai/gpt-4o, ollama_chat/llama3 or reference/perfect"
        ) from None
    return model, provider


@lru_cache(maxsize=256)
def _takes_zero(model: str, provider: str) -> bool:
    """Whether the model takes `temperature=0`; some that know the parameter refuse that value."""
    litellm = load_litellm()
    known = litellm.get_supported_openai_params(model=model, custom_llm_provider=provider)
    if provider == PROVIDER or "temperature" not in (known or ()):
        return False
    try:
        litellm.utils.get_optional_params(
            model=model, custom_llm_provider=provider, temperature=0.0, drop_params=False
        )
    except litellm.UnsupportedParamsError:
        return False
    return True


def _reference_provider(litellm: Any) -> Any:
    """The reference models as a provider of litellm."""

    class ReferenceProvider(litellm.CustomLLM):  # type: ignore[misc]  # its types do not hold
        """Hands the messages to the law that the model's name states, and nothing else."""

        async def acompletion(
            self, *, model: str, messages: list[object], model_response: Any, **rest: Any
        ) -> Any:
            """The law's answer as a response of litellm."""
            read = [from_chat(message) for message in messages]
            try:
                answer = answered(law_of(model), read, rest["optional_params"].get("max_tokens"))
            except OverflowRefusedError as error:
                raise litellm.ContextWindowExceededError(
                    message=str(error), model=model, llm_provider=PROVIDER
                ) from None
            except ModelError as error:  # else litellm calls a broken law a broken connection
                raise litellm.BadRequestError(
                    message=str(error), model=model, llm_provider=PROVIDER
                ) from error
            choice = model_response.choices[0]
            choice.message.content = answer.text
            choice.finish_reason = answer.finish_reason
            if answer.prompt_tokens is not None:
                model_response.usage = litellm.Usage(
                    prompt_tokens=answer.prompt_tokens,
                    completion_tokens=answer.completion_tokens,
                    total_tokens=answer.prompt_tokens + (answer.completion_tokens or 0),
                )
            return model_response

    return ReferenceProvider()
