"""Servers that speak OpenAI's protocol, asked over aiohttp without litellm in between.

For self-hosted models, proxies and loopback servers: nothing about them is known that litellm
could add, and its import and its handlers cost more than everything else in a run (decision 17).
What litellm knows by name still goes through litellm.
"""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import getproxies

from harness.core.errors import ModelError
from harness.models.base import TIMEOUT_S, CalledModel, asked_tokens, for_provider, most_tokens
from harness.models.call_options import CallOptions
from harness.models.catalog import bundled, entry_in
from harness.models.errors import ServerRefusedError, classify
from harness.models.litellm_bodies import MOST_BYTES
from harness.models.options import secrets, without_keys
from harness.models.response import reply
from harness.models.retries import OURS
from harness.models.written_messages import MessageWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aiohttp import ClientSession

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.run_protocols import CallGate

_KEYS = {"openai": "OPENAI_API_KEY", "hosted_vllm": "HOSTED_VLLM_API_KEY"}
"""Providers whose servers are asked directly, and where their keys are found."""

NEVER_SENT = OURS | {
    "api_base", "api_key", "base_url", "extra_body", "extra_headers", "headers", "organization",
    "timeout", "via",
}  # fmt: skip
_FOR_LITELLM = frozenset(
    {
        "api_version", "azure_ad_token", "base_model", "client", "custom_llm_provider",
        "drop_params", "fallbacks", "input_cost_per_token", "mock_response", "model",
        "num_retries", "output_cost_per_token", "ssl_verify", "stream",
    }
)  # fmt: skip
"""Options that mean something to litellm alone."""

_PICKY = re.compile(r"(?:o\d|gpt-5|chatgpt)")
"""Names whose parameters litellm rewrites, in the versions that its table does not list too."""

_MOVED = frozenset({301, 302, 303, 307, 308})
_MOST_OF_AN_ADDRESS = 200

_OPENAI = "api.openai.com"
"""Here the names are OpenAI's own, a fine-tuned model's too."""

_FINE = frozenset(range(200, 300))
_EMPTY = frozenset({204, 205, 304})
"""Statuses that come without a body."""

_SHOWN_CHARACTERS = 100


def speaks(name: str, options: Mapping[str, object]) -> bool:
    """Whether the model is asked directly: a server of one's own, under a name of one's own.

    Args:
        name: As litellm takes it.
        options: Parameters of every call; `via=litellm` never asks directly.

    >>> speaks("openai/mine", {"api_base": "http://localhost:8000/v1"}), speaks("openai/gpt-4o", {})
    (True, False)
    """
    provider, _, model = name.partition("/")
    at = CallOptions.of(options).address(name)
    return (
        provider in _KEYS
        and at is not None
        and urlsplit(at).hostname != _OPENAI
        and options.get("via", "http") == "http"
        and not _FOR_LITELLM & options.keys()
        and _PICKY.match(model) is None
        and entry_in(bundled(), name) is None
    )


class WireModel(CalledModel):
    """A model behind a server that speaks OpenAI's protocol.

    Args:
        name: As litellm takes it: `openai/...` or `hosted_vllm/...`.
        options: Parameters of every call, `api_base` among them.
        gate: Says when a call may go out.
        tell: Is told what the model does not take.
    """

    _key_names: ClassVar[Mapping[str, str]] = _KEYS
    _home: ClassVar[str] = ""
    """Where the model is found unless an option says so."""

    def __init__(
        self,
        name: str,
        options: Mapping[str, object],
        gate: CallGate | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(name, options, gate, tell)
        self._provider, _, self._model = name.partition("/")
        self._address = (self._options.address(name) or self._home).rstrip("/")
        self._session: ClientSession | None = None
        self._writer = MessageWriter()

    async def close(self) -> None:
        """Close the connections; call it once, when all is done."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _parameters(self, options: Mapping[str, object]) -> dict[str, object]:
        """Everything that decides a call beside the messages."""
        sent = {"timeout": TIMEOUT_S, "temperature": 0.0, **self._options, **options}
        return for_provider(sent)

    async def _call(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """One call, and what came of it."""
        answer, latency_s = await self._answered(messages, parameters)
        return reply(
            self.name,
            answer,
            latency_s=latency_s,
            attempt=attempt,
            max_tokens=most_tokens(parameters),
        )

    async def _answered(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, object],
        path: str = "chat/completions",
    ) -> tuple[dict[str, Any], float]:
        """The server's answer, and how long it took.

        Raises:
            ModelError: There is none.
        """
        try:
            body = self._body(messages, parameters)  # when it goes out, not before: it may be long
            return await self._post(body, parameters, path)
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a socket or a server may do
            hidden = (*secrets(parameters), self._key(parameters) or "")
            raise classify(
                error,
                secrets=hidden,
                now_s=time.time(),
                tokens=asked_tokens(messages, parameters),
            ) from None

    def _body(self, messages: Sequence[Message], parameters: Mapping[str, object]) -> bytes:
        """The request's body."""
        extra = parameters.get("extra_body")
        rest = {
            "model": self._model,
            **{key: value for key, value in parameters.items() if key not in NEVER_SENT},
            **(extra if isinstance(extra, dict) else {}),
        }
        head = json.dumps(rest, separators=(",", ":")).encode()
        return b"".join((head[:-1], b',"messages":[', *self._writer.write(messages), b"]}"))

    async def _post(
        self, body: bytes, parameters: Mapping[str, object], path: str
    ) -> tuple[dict[str, Any], float]:
        """The server's answer, and how long it took by the socket.

        Raises:
            ServerRefusedError: It is an error.
            ModelError: It cannot be read, or does not end.
        """
        import aiohttp

        limit = aiohttp.ClientTimeout(total=float(str(parameters["timeout"])))
        session = self._open()
        ended: list[float] = []
        started = time.perf_counter()
        async with session.post(
            f"{self._address}/{path}",
            data=body,
            headers=self._headers(parameters),
            timeout=limit,
            allow_redirects=False,  # the key would go along
        ) as response:
            if response.status in _MOVED:
                raise _moved(response.status, response.headers.get("Location", ""))
            # the last byte's own time, however long this task then waits for its turn
            response.content.on_eof(lambda: ended.append(time.perf_counter()))
            raw = bytearray()
            async for chunk in response.content.iter_any():
                raw += chunk
                if len(raw) > MOST_BYTES:
                    raise ModelError("the answer does not end", kind="malformed", retryable=True)
            answer = _read(response.status, raw, dict(response.headers))
        return answer, (ended[0] if ended else time.perf_counter()) - started

    def _open(self) -> ClientSession:
        """The session that keeps the connections, opened on first use, in the running loop."""
        if self._session is None:
            import aiohttp

            # as many connections as the gate lets out
            connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=300)
            # a proxy is looked up for each call, in a thread: only where there is one
            proxied = bool(getproxies())
            self._session = aiohttp.ClientSession(connector=connector, trust_env=proxied)
        return self._session

    def _key(self, parameters: Mapping[str, object]) -> str | None:
        """The key of the call, as the OpenAI client finds it."""
        given = parameters.get("api_key")
        return str(given) if given else os.environ.get(self._key_names[self._provider])

    def _headers(self, parameters: Mapping[str, object]) -> dict[str, str]:
        """The request's headers."""
        headers = {"Content-Type": "application/json"}
        key = self._key(parameters)
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if parameters.get("organization"):
            headers["OpenAI-Organization"] = str(parameters["organization"])
        for name in ("headers", "extra_headers"):
            extra = parameters.get(name)
            if isinstance(extra, dict):
                headers |= {str(key): str(value) for key, value in extra.items()}
        return headers


def _moved(status: int, place: str) -> ModelError:
    """The failure for a server that sends the call on to another."""
    at = without_keys(place[:_MOST_OF_AN_ADDRESS]) or "nowhere"
    return ModelError(
        f"HTTP {status}: the server sends the call on to {at}, where no key is sent: give that"
        " address as api_base if it is yours",
        kind="not_found",
        stops=True,
    )


def _read(status: int, raw: bytearray, headers: dict[str, str]) -> dict[str, Any]:
    """The answer as JSON.

    Raises:
        ServerRefusedError: It is an error, by its status or by what it says.
        ModelError: It is not a JSON object.
    """
    if status in _EMPTY or (status in _FINE and not raw.strip()):
        raise ModelError(f"HTTP {status} without an answer", kind="malformed", retryable=True)
    if status not in _FINE:
        raise ServerRefusedError(raw.decode(errors="replace"), status, headers)
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as broken:  # no JSON, no UTF-8, too deep, too many digits
        what = f"{type(broken).__name__}: {str(broken)[:_SHOWN_CHARACTERS]}"
        raise ModelError(
            f"the answer is no JSON that can be read ({what})", kind="malformed", retryable=True
        ) from None
    if not isinstance(answer, dict):
        raise ModelError("the answer is no JSON object", kind="malformed", retryable=True)
    error = answer.get("error")
    if error and not answer.get("choices"):  # some routers say 200 and mean the code inside
        code = error.get("code") if isinstance(error, dict) else None
        raise ServerRefusedError(
            json.dumps(answer), code if isinstance(code, int) else 500, headers
        )
    return answer
