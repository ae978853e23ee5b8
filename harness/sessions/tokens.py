"""Local token counts, offline, with tiktoken: the only file that imports it.

Every message is rendered between special tokens, as chat models do, so counts add up over
messages: a session is never tokenized twice (law 1).
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import tiktoken

    from harness.core.messages import Message

ENCODING = "o200k_base"
"""The encoding of every length that is asked for; what a provider counts may differ (law 2)."""

MESSAGE_OVERHEAD = 4
"""Tokens that a message costs beside its text: start, role, separator, end."""

PRIMING = 3
"""Tokens that open the model's reply: start, role, separator."""

_KEPT_COUNTS = 1 << 16
"""Counts remembered by text; a session of a million tokens has about ten thousand messages."""


@lru_cache(maxsize=4)
def _encoding(name: str) -> tiktoken.Encoding:
    """The encoding, from files that litellm brings along, so that nothing is downloaded."""
    import tiktoken

    if "TIKTOKEN_CACHE_DIR" not in os.environ:
        found = find_spec("litellm")  # finds the folder without importing it
        if found is not None and found.submodule_search_locations:
            folder = Path(found.submodule_search_locations[0])
            os.environ["TIKTOKEN_CACHE_DIR"] = str(folder / "litellm_core_utils" / "tokenizers")
    try:
        return tiktoken.get_encoding(name)
    except ValueError as error:
        raise UsageError(f"unknown token encoding '{name}': {error}") from error


class TokenCounter:
    """Counts tokens of texts, messages and prompts; remembers what it has counted.

    Args:
        encoding: A name that tiktoken knows.
    """

    def __init__(self, encoding: str = ENCODING) -> None:
        self.encoding = encoding
        self._remembered = lru_cache(maxsize=_KEPT_COUNTS)(self._count)

    def _count(self, text: str) -> int:
        return len(_encoding(self.encoding).encode_ordinary(text))

    def count_text(self, text: str) -> int:
        """Tokens of the bare text."""
        return self._remembered(text)

    def count_texts(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, none of them remembered."""
        # one by one: for texts as short as messages, threads cost more than they bring
        encode = _encoding(self.encoding).encode_ordinary
        return [len(encode(text)) for text in texts]

    def message(self, message: Message) -> int:
        """Tokens of a message as it is rendered."""
        return MESSAGE_OVERHEAD + self._remembered(message.text)

    def count(self, messages: Iterable[Message]) -> int:
        """Tokens of a whole prompt, the opening of the reply included."""
        return PRIMING + sum(self.message(message) for message in messages)
