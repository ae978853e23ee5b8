"""Servers that count a prompt exactly before it is sent, and how they are asked.

llama.cpp renders a chat (`/apply-template`) and tokenizes it (`/tokenize`); vLLM's `/tokenize`
takes messages; Anthropic has `count_tokens` and Gemini `countTokens`. Nothing is generated, and
nothing is paid for. What does not answer like one of these within seconds counts as not there.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import quote

from harness.core.chat_format import to_chat
from harness.core.messages import Message
from harness.models.call_options import CallOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import ClientSession

PROBE_S = 5.0
"""How long a server may take to say whether it counts, in seconds."""
COUNT_S = 60.0
"""And to count one prompt."""
_MOST_BYTES = 64_000_000
"""A longer answer is none; the tokens of a prompt of a million are 7 MB."""
_OK = 200
_SAMPLE = (Message("system", "You answer briefly."), Message("user", "Is anybody there?"))
_ANTHROPIC = "https://api.anthropic.com"
_GEMINI = "https://generativelanguage.googleapis.com"


class NoCountError(Exception):
    """The server did not count."""


class ExactCounter(Protocol):
    """Counts prompts as its server will."""

    @property
    def name(self) -> str:
        """What is asked, for people."""

    @property
    def every_prompt(self) -> bool:
        """Whether every prompt may be counted: it costs a server of one's own next to nothing.

        Else a count is a call to an API that limits them, and is asked for where it is needed.
        """

    async def count(self, messages: Sequence[Message]) -> int:
        """Prompt tokens.

        Raises:
            NoCountError: The server did not answer, or with something else than a number.
        """

    async def close(self) -> None:
        """Close the connections."""


@dataclass(kw_only=True)
class _Asking:
    """What all have in common: an address, headers, and bounded answers."""

    every_prompt: ClassVar[bool] = False
    base: str
    model: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = COUNT_S
    _session: ClientSession | None = field(default=None, repr=False)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """The JSON object that answers.

        Raises:
            NoCountError: There is none.
        """
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=True)
        try:
            async with self._session.post(
                f"{self.base}{path}",
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json", **self.headers},
                timeout=aiohttp.ClientTimeout(total=self.timeout_s),
            ) as response:
                raw = bytearray()
                async for chunk in response.content.iter_any():
                    raw += chunk
                    if len(raw) > _MOST_BYTES:
                        raise NoCountError("the answer does not end")
                answer = json.loads(raw) if response.status == _OK else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
            raise NoCountError(type(error).__name__) from None
        if not isinstance(answer, dict):
            raise NoCountError(f"status {response.status}")
        return answer


@dataclass(kw_only=True)
class VllmCounter(_Asking):
    """vLLM: the server renders and tokenizes the messages."""

    every_prompt: ClassVar[bool] = True
    name: str = "vLLM /tokenize"

    async def count(self, messages: Sequence[Message]) -> int:
        """Prompt tokens, the opening of the reply included."""
        answer = await self.post(
            "/tokenize",
            {"model": self.model, "messages": _plain(messages), "add_generation_prompt": True},
        )
        return _whole(answer.get("count"))


@dataclass(kw_only=True)
class LlamaCppCounter(_Asking):
    """llama.cpp: the server renders the messages, then tokenizes what came of them."""

    every_prompt: ClassVar[bool] = True
    name: str = "llama.cpp /apply-template and /tokenize"

    async def count(self, messages: Sequence[Message]) -> int:
        """Prompt tokens, the opening of the reply included."""
        rendered = await self.post("/apply-template", {"messages": _plain(messages)})
        prompt = rendered.get("prompt")
        if not isinstance(prompt, str) or not prompt:
            raise NoCountError("no prompt was rendered")
        # as its chat endpoint does it
        asked = {"content": prompt, "add_special": True, "parse_special": True}
        tokens = (await self.post("/tokenize", asked)).get("tokens")
        return _whole(len(tokens) if isinstance(tokens, list) else None)


@dataclass(kw_only=True)
class AnthropicCounter(_Asking):
    """Anthropic: the API counts a request."""

    name: str = "Anthropic count_tokens"

    async def count(self, messages: Sequence[Message]) -> int:
        """Prompt tokens."""
        said = [m for m in _plain(messages) if m["role"] != "system"]
        system = "\n".join(message.text for message in messages if message.role == "system")
        body: dict[str, object] = {"model": self.model, "messages": said}
        answer = await self.post(
            "/v1/messages/count_tokens", {**body, "system": system} if system else body
        )
        return _whole(answer.get("input_tokens"))


@dataclass(kw_only=True)
class GeminiCounter(_Asking):
    """Gemini: the API counts a request."""

    name: str = "Gemini countTokens"

    async def count(self, messages: Sequence[Message]) -> int:
        """Prompt tokens."""
        roles = {"assistant": "model", "user": "user"}
        asked: dict[str, object] = {
            "model": f"models/{self.model}",
            "contents": [
                {"role": roles[message.role], "parts": [{"text": message.text}]}
                for message in messages
                if message.role in roles
            ],
        }
        system = [{"text": message.text} for message in messages if message.role == "system"]
        if system:
            asked["systemInstruction"] = {"parts": system}
        answer = await self.post(
            f"/v1beta/models/{quote(self.model)}:countTokens", {"generateContentRequest": asked}
        )
        return _whole(answer.get("totalTokens"))


async def find_counter(name: str, options: Mapping[str, object]) -> ExactCounter | None:
    """Who counts the prompts of a model exactly; None where nobody does.

    Args:
        name: The model, as litellm takes it.
        options: Parameters of every call, `api_base` among them.
    """
    for counter in _candidates(name, CallOptions.of(options)):
        counter.timeout_s = PROBE_S
        try:
            await counter.count(_SAMPLE)
        except NoCountError:
            await counter.close()
            continue
        counter.timeout_s = COUNT_S
        return counter
    return None


def counter_called(counter: str, name: str, options: Mapping[str, object]) -> ExactCounter | None:
    """Who counts the prompts of a model, where it is known already; nobody is asked.

    Args:
        counter: The name of the counter that was found.
        name: The model, as litellm takes it.
        options: Parameters of every call; keys that they leave out are read from the environment.
    """
    known = _candidates(name, CallOptions.of(options))
    return next((one for one in known if one.name == counter), None)


def _candidates(
    name: str, options: CallOptions
) -> list[VllmCounter | LlamaCppCounter | AnthropicCounter | GeminiCounter]:
    """Whom it is worth asking."""
    provider, _, model = name.partition("/")
    at = (options.address(name) or "").rstrip("/")
    key = str(options.get("api_key") or "")
    extra = options.get("extra_headers")
    more = {str(k): str(v) for k, v in extra.items()} if isinstance(extra, dict) else {}
    if provider == "anthropic":
        key = key or os.environ.get("ANTHROPIC_API_KEY", "")
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01", **more}
        base = (at or _ANTHROPIC).removesuffix("/v1")
        return [AnthropicCounter(base=base, model=model, headers=headers)] if key else []
    if provider == "gemini":
        key = key or os.environ.get("GEMINI_API_KEY", "") or os.environ.get("GOOGLE_API_KEY", "")
        headers = {"x-goog-api-key": key, **more}
        base = (at or _GEMINI).removesuffix("/v1beta")
        return [GeminiCounter(base=base, model=model, headers=headers)] if key else []
    if provider not in {"openai", "hosted_vllm"} or not at:
        return []
    variable = "OPENAI_API_KEY" if provider == "openai" else "HOSTED_VLLM_API_KEY"
    key = key or os.environ.get(variable, "")
    headers = {"Authorization": f"Bearer {key}", **more} if key else more
    base = at.removesuffix("/v1")
    return [
        VllmCounter(base=base, model=model, headers=headers),
        LlamaCppCounter(base=base, model=model, headers=headers),
    ]


def _plain(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [to_chat(message) for message in messages]


def _whole(value: object) -> int:
    """A count of tokens.

    Raises:
        NoCountError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise NoCountError("the answer holds no count")
    return value
