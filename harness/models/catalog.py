"""What is known of a model by its name alone, its ceiling and its price, without importing litellm.

Prices and ceilings come from the table that litellm brings along as a file; importing it would take
seconds. A name that is not in the table, or has no price there, is unknown (law 10): None, never 0.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.models.usage import Usage

    Table = Mapping[str, Mapping[str, Any]]

PROVIDER = "reference"
"""The provider under which the reference models stand."""


def reference_spec(name: str) -> Spec | None:
    """The law that a name states; None when it is no reference model.

    >>> str(reference_spec("reference/window?tokens=4096"))
    'window?tokens=4096'
    """
    provider, _, law = name.partition("/")
    return Spec.parse(law) if provider == PROVIDER else None


def known_limit(name: str) -> int | None:
    """Tokens of a model's context window; None where they are not known.

    Raises:
        UsageError: It is a reference model of an unknown law or option.
    """
    spec = reference_spec(name)
    if spec is None:
        return limit_in(bundled(), name)
    from harness.models.reference import laws  # a tenth of a second, which `--help` need not pay

    return laws.resolve(spec).limit


def marked(name: str) -> bool:
    """Whether calls to a model should mark how far its provider is to cache a prompt."""
    return reference_spec(name) is None and takes_marks(bundled(), name)


def reasons(name: str, options: Mapping[str, object]) -> bool:
    """Whether a model thinks before it answers, by the catalogue and by what is asked of it.

    Claude thinks only where it is asked to; `reasoning_effort=none` asks for no thinking.

    >>> reasons("openai/gpt-5", {}), reasons("openai/gpt-5", {"reasoning_effort": "none"})
    (True, False)
    """
    effort = options.get("reasoning_effort")
    if effort is not None or options.get("thinking") is not None:
        return str(effort).lower() not in {"none", "disable", "minimal"} or effort is None
    if reference_spec(name) is not None:
        return False
    entry = entry_in(bundled(), name)
    return entry is not None and bool(entry.get("supports_reasoning")) and "claude" not in name


def price(name: str, prompt_tokens: int = 0) -> Price | None:
    """What a model charges; None where it is not known. The reference models are free.

    Args:
        name: As litellm takes it.
        prompt_tokens: Length of the prompt; some models charge more for long ones.
    """
    if reference_spec(name) is not None:
        return FREE
    return price_in(bundled(), name, prompt_tokens)


_USUAL_LEAST = 1024
"""Tokens of the shortest prompt that providers cache, where the table does not say."""

_MARKED = frozenset(
    {"anthropic", "bedrock", "bedrock_converse", "vertex_ai-anthropic_models", "azure_ai"}
)
"""Where litellm hands `cache_control` on; elsewhere it would leak into the body."""

_APIS = {"responses": "openai", "messages": "anthropic"}
"""Our names for an API of a provider, which is priced as the provider is."""
_ROUTES = {"bedrock": ("bedrock_converse",)}
"""Providers by another name in the table than in a model's name."""

_TIER = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model charges, in US dollars a token."""

    input_per_token: float
    cached_input_per_token: float
    """For prompt tokens read from the provider's prefix cache."""
    output_per_token: float
    cache_write_per_token: float | None = None
    """For prompt tokens written to the cache, where that costs more than reading a prompt."""
    cache_from_tokens: int = 1024
    """Shorter prompts are not held by the provider's cache."""


FREE = Price(input_per_token=0.0, cached_input_per_token=0.0, output_per_token=0.0)
"""What the reference models charge: a price that is known, and is nothing."""


def cost(price: Price | None, usage: Usage) -> float | None:
    """What one call cost in US dollars; None where the price or the meter is not known.

    >>> from harness.models.usage import Usage
    >>> cost(Price(input_per_token=2.0, cached_input_per_token=1.0, output_per_token=10.0),
    ...      Usage(prompt_tokens=5, cached_tokens=3, completion_tokens=1))
    17.0
    """
    if price == FREE:
        return 0.0
    prompt = usage.whole_tokens
    if price is None or prompt is None or usage.completion_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, prompt)
    written = min(usage.written_tokens or 0, prompt - cached)
    write = price.cache_write_per_token
    return (
        (prompt - cached - written) * price.input_per_token
        + cached * price.cached_input_per_token
        + written * (price.input_per_token if write is None else write)
        + usage.completion_tokens * price.output_per_token
    )


def price_in(table: Table, name: str, prompt_tokens: int = 0) -> Price | None:
    """The price of a model by a table of litellm's form.

    Args:
        table: Name -> fields such as `input_cost_per_token`, in US dollars.
        name: As litellm takes it, with or without the provider.
        prompt_tokens: Length of the prompt; some models charge more for long ones.
    """
    entry = entry_in(table, name)
    if entry is None:
        return None
    tier = _tier(entry, prompt_tokens)
    paid_in = _number(entry, f"input_cost_per_token{tier}")
    paid_out = _number(entry, f"output_cost_per_token{tier}", "output_cost_per_token")
    if paid_in is None or paid_out is None or paid_in == paid_out == 0.0:
        return None  # zeros in the table mean that nobody has filled them in
    cached = _number(entry, f"cache_read_input_token_cost{tier}", "cache_read_input_token_cost")
    written = f"cache_creation_input_token_cost{tier}", "cache_creation_input_token_cost"
    least = _number(entry, "prompt_cache_min_tokens")
    return Price(
        input_per_token=paid_in,
        cached_input_per_token=paid_in if cached is None else cached,
        output_per_token=paid_out,
        cache_write_per_token=_number(entry, *written) or None,  # 0 where writing is not charged
        cache_from_tokens=_USUAL_LEAST if least is None else int(least),
    )


def takes_marks(table: Table, name: str) -> bool:
    """Whether the provider caches only up to messages that are marked for it (`cache_control`).

    >>> takes_marks(bundled(), "anthropic/claude-sonnet-4-5"), takes_marks(bundled(), "gpt-4o")
    (True, False)
    """
    entry = entry_in(table, name)
    if entry is None or "claude" not in name or not entry.get("cache_creation_input_token_cost"):
        return False
    return str(entry.get("litellm_provider")) in _MARKED


def limit_in(table: Table, name: str) -> int | None:
    """Tokens that a prompt may have by a table of litellm's form; None where not known."""
    entry = entry_in(table, name)
    limit = None if entry is None else _number(entry, "max_input_tokens")
    return int(limit) if limit else None


def entry_in(table: Table, name: str) -> Mapping[str, Any] | None:
    """The entry of a model: by its name, or by its name after a provider that matches.

    The table knows `gpt-4o` of the provider openai, and `openai/gpt-4o` means that one;
    `groq/gpt-4o` does not.
    """
    if name in table:
        return table[name]
    provider, slash, model = name.partition("/")
    provider = _APIS.get(provider, provider)
    entry = table.get(model) if slash else None
    if entry is not None and _same(provider, str(entry.get("litellm_provider", ""))):
        return entry
    return None


@lru_cache(maxsize=1)
def bundled() -> Table:
    """The table in the installed litellm; empty where there is none."""
    found = find_spec("litellm")  # finds the folder without importing it
    if found is None or not found.submodule_search_locations:
        return {}
    file = Path(found.submodule_search_locations[0])
    file /= "model_prices_and_context_window_backup.json"
    table: Table = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return table


def _same(provider: str, listed: str) -> bool:
    """Whether the provider in a name is the one in the table (`vertex_ai-language-models`)."""
    bare = provider.removesuffix("_chat")  # ollama_chat is a route to ollama
    routes = {provider, bare, *_ROUTES.get(provider, ())}
    return listed in routes or listed.startswith(f"{provider}-")


def _tier(entry: Mapping[str, Any], prompt_tokens: int) -> str:
    """The ending of the price fields that hold for a prompt of that length."""
    steps = [int(found[1]) for key in entry if (found := _TIER.fullmatch(key))]
    passed = [step for step in steps if prompt_tokens > step * 1000]
    return f"_above_{max(passed)}k_tokens" if passed else ""


def _number(entry: Mapping[str, Any], *names: str) -> float | None:
    """The first of the fields that is a number; the table has a few texts among them."""
    for name in names:
        value = entry.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None
