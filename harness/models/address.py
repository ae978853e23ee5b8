"""Where a model is served: part of what can change an answer, and often only in the environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIVEN = ("api_base", "base_url")
"""Options that name an address."""

_VARIABLES = ("API_BASE", "BASE_URL")
"""Endings of the variables that name one, after the provider's name."""

_SERVED_HERE = frozenset(
    {"ollama", "ollama_chat", "lm_studio", "llamafile", "vllm", "hosted_vllm", "oobabooga"}
)
"""Providers that are programs on one's own machine unless an address says otherwise."""

_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|0\.0\.0\.0|::1|host\.docker\.internal")


def address(name: str, options: Mapping[str, object], environment: Mapping[str, str]) -> str | None:
    """The address at which a model is called; None for the provider's own.

    >>> address("openai/x", {}, {"OPENAI_BASE_URL": "http://localhost:8000/v1"})
    'http://localhost:8000/v1'
    """
    for option in _GIVEN:
        if options.get(option):
            return str(options[option])
    provider, slash, _ = name.partition("/")
    prefix = provider.removesuffix("_chat").upper() if slash else "OPENAI"
    for ending in _VARIABLES:
        found = environment.get(f"{prefix}_{ending}")
        if found:
            return found
    return None


def served_here(name: str, at: str | None) -> bool:
    """Whether a model is served on this machine, where another may answer to its name tomorrow.

    >>> served_here("ollama_chat/llama3", None), served_here("openai/gpt-4o", None)
    (True, False)
    """
    if at is None:
        return name.partition("/")[0] in _SERVED_HERE
    host = urlsplit(at if "//" in at else f"//{at}").hostname or ""
    return _LOOPBACK.fullmatch(host) is not None
