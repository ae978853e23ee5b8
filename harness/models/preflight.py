"""A look at a model before a study is sent to it: key, address and name, in a second, for nothing.

A server of one's own is asked which models it has; of a provider it is looked whether there is a
key. Its one rule: it is sure, or it says nothing; only what every call would meet is a fault.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.shapes import json_of
from harness.models.call_options import CallOptions
from harness.models.catalog import reference_spec
from harness.models.function_model import names_function
from harness.models.redaction import secrets_in_env, without

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOK_S = 5.0
"""How long a server may take to say which models it has, in seconds."""
_MOST_BYTES = 4_000_000
_OK, _REFUSED = 200, frozenset({401, 403})
_NAMES_SHOWN = 4
_KEYS = {
    "openai": "OPENAI",
    "anthropic": "ANTHROPIC",
    "gemini": "GEMINI",
    "mistral": "MISTRAL",
    "openrouter": "OPENROUTER",
    "groq": "GROQ",
    "deepseek": "DEEPSEEK",
    "xai": "XAI",
}
"""Providers that need a key, and what the variables of their keys begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at one model found."""

    model: str
    fault: str | None = None
    """What every call would meet, and what to do about it; None where nothing is known to be."""
    may_heal: bool = False
    """Whether the fault may be gone in a while: then models that are well need not wait for it."""
    by_call: bool = False
    """Whether a call showed it: a run that has no other model says it as well, in its records."""
    told: str | None = None
    """What is good to know, such as the names that the server has; None where nothing is."""


async def look_at_model(name: str, options: Mapping[str, object]) -> Look:
    """A look at one model.

    Args:
        name: As `-m` gives it.
        options: Parameters of its calls.
    """
    if reference_spec(name) is not None or names_function(name):
        return Look(model=name)
    given = CallOptions.of(options)
    at = given.address(name)
    if at is not None and "://" in at:
        return await _at(name, at.rstrip("/"), given)
    provider = name.partition("/")[0] if "/" in name else "openai"
    return Look(model=name, fault=_missing_key(name, provider, given))


def _missing_key(name: str, provider: str, options: CallOptions) -> str | None:
    """What is missing where a provider needs a key and nothing that could be one is there."""
    prefix = _KEYS.get(provider)
    given = {"api_key", "headers", "extra_headers", "custom_llm_provider"} & options.keys()
    if prefix is None or given or any(key.startswith(f"{prefix}_") for key in os.environ):
        return None
    if provider == "gemini" and "GOOGLE_API_KEY" in os.environ:
        return None
    return (
        f"{name} needs a key and there is none: export {prefix}_API_KEY=..., write it into .env, or"
        " give -M api_key=..."
    )


async def _at(name: str, base: str, options: CallOptions) -> Look:
    """What a server at an address says of itself."""
    import aiohttp

    hidden = (*options.secrets, *secrets_in_env(os.environ))
    shown = without(base, hidden)
    key = options.get("api_key") or os.environ.get(f"{name.partition('/')[0].upper()}_API_KEY")
    headers = {} if not key else {"Authorization": f"Bearer {key}"}
    try:
        async with (
            aiohttp.ClientSession(trust_env=True) as session,
            session.get(
                f"{base}/models",
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=LOOK_S),
                allow_redirects=False,
            ) as response,
        ):
            status = response.status
            raw = await response.content.read(_MOST_BYTES)
    except aiohttp.ClientConnectorError as error:
        why = without(str(error.os_error.strerror or error.os_error), hidden)
        return Look(model=name, fault=_nobody(name, shown, why), may_heal=True, by_call=True)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return Look(model=name, told=f"{shown} does not say which models it has")
    if status in _REFUSED:
        how = "the key it was given" if key else "a call without a key: give -M api_key=..."
        fault = f"{name}: {shown} refuses {how} (HTTP {status})"
        return Look(model=name, fault=fault, by_call=True)
    return Look(model=name, told=_served(name, shown, _names(status, raw)))


def _nobody(name: str, at: str, why: str) -> str:
    return (
        f"{name}: nobody answers at {at} ({why.lower()}): start the server, or mend -M api_base;"
        " --no-preflight waits for it"
    )


def _names(status: int, raw: bytes) -> list[str]:
    """The models that a server lists; none where it says nothing that can be read."""
    if status != _OK:
        return []
    try:
        data = json_of(raw)
        return [str(one["id"]) for one in data["data"]]
    except (ValueError, KeyError, TypeError):
        return []


def _served(name: str, at: str, served: list[str]) -> str:
    own = name.partition("/")[2] or name
    if own in served:
        return f"{at} answers and serves {own}"
    if not served:
        return f"{at} answers and does not say which models it has"
    some = ", ".join(served[:_NAMES_SHOWN]) + (", ..." if len(served) > _NAMES_SHOWN else "")
    return f"{at} answers; it does not list {own}, but {some}"
