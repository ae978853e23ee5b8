"""Local token counts, offline, with tiktoken: the only file that imports it.

Every message is rendered between special tokens, as chat models do, so counts add up over
messages: a session is never tokenized twice (law 1).
"""

from __future__ import annotations

import os
from binascii import a2b_base64
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from harness.core.errors import UsageError
from harness.sessions.kept_counts import KeptCounts
from harness.sessions.word_counts import SPLITS_AT_SPACES, WordCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import tiktoken

    from harness.core.messages import Message

ENCODING = "o200k_base"
"""The encoding of every length that is asked for; what a provider counts may differ (law 2)."""

KEPT = f"{ENCODING}.counts"
"""Name of the file in which counts of words are kept over runs."""

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

    _find_files()
    if name == ENCODING:
        return tiktoken.Encoding(**_usual_encoding())
    try:
        return tiktoken.get_encoding(name)
    except ValueError as error:
        raise UsageError(f"unknown token encoding '{name}': {error}") from error


def _find_files() -> None:
    """Say where the files of the encodings are, unless the user has said it."""
    if "TIKTOKEN_CACHE_DIR" not in os.environ:
        found = find_spec("litellm")  # finds the folder without importing it
        if found is not None and found.submodule_search_locations:
            folder = Path(found.submodule_search_locations[0])
            os.environ["TIKTOKEN_CACHE_DIR"] = str(folder / "litellm_core_utils" / "tokenizers")


def _usual_encoding() -> dict[str, Any]:
    """What tiktoken makes the usual encoding of, its file read in a third of the time."""
    made = import_module("tiktoken_ext.openai_public").o200k_base
    # tiktoken decodes the 200,000 lines of the file one by one, which takes longer than all that
    # most commands do
    names = made.__globals__ | {"load_tiktoken_bpe": _ranks}
    described: dict[str, Any] = FunctionType(made.__code__, names)()
    return described


def _ranks(path: str, expected_hash: str | None = None) -> dict[bytes, int]:
    """The ranks of the tokens in a file of tiktoken's, as its own reader gives them."""
    from tiktoken.load import read_file_cached

    fields = read_file_cached(path, expected_hash).split()
    return dict(zip(map(a2b_base64, fields[::2]), map(int, fields[1::2]), strict=True))


@lru_cache(maxsize=4)
def _counts(name: str) -> Callable[[str], int]:
    """Counts texts; the encoding is read when a word comes that was not counted yet."""

    def whole(text: str) -> int:
        return len(_encoding(name).encode_ordinary(text))

    return WordCounts(whole) if name in SPLITS_AT_SPACES else whole


def kept_counts(folder: Path) -> KeptCounts:
    """What is kept there of the usual encoding."""
    import tiktoken

    return KeptCounts(folder / KEPT, f"{ENCODING} tiktoken {tiktoken.__version__}")


@contextmanager
def counts_kept(folder: Path | None) -> Iterator[None]:
    """Take the counts of words from a folder meanwhile, and leave new ones there.

    Args:
        folder: Where they are kept; None: nowhere.
    """
    counts = _counts(ENCODING)
    if folder is None or not isinstance(counts, WordCounts):
        yield
        return
    kept = kept_counts(folder)
    counts.keep(kept)
    try:
        yield
    finally:
        counts.keep(None)
        kept.save()


class TokenCounter:
    """Counts tokens of texts, messages and prompts; remembers what it has counted.

    Args:
        encoding: A name that tiktoken knows.
    """

    def __init__(self, encoding: str = ENCODING) -> None:
        self.encoding = encoding
        self.count_new = _counts(encoding)
        """Tokens of a bare text, which are not remembered; one function for all counters."""
        self._remembered = lru_cache(maxsize=_KEPT_COUNTS)(self.count_new)

    def count_text(self, text: str) -> int:
        """Tokens of the bare text."""
        return self._remembered(text)

    def count_texts(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, none of them remembered."""
        return list(map(self.count_new, texts))

    def message(self, message: Message) -> int:
        """Tokens of a message as it is rendered."""
        return MESSAGE_OVERHEAD + self._remembered(message.text)

    def count(self, messages: Iterable[Message]) -> int:
        """Tokens of a whole prompt, the opening of the reply included."""
        return PRIMING + sum(self.message(message) for message in messages)
