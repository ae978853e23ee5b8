"""Memory `mem0`: mem0 (https://mem0.ai) with its own extraction and search, on this machine.

Its prompts go to the model at hand, through the run's gate and account; its vectors are hashed, and
lie in an embedded Qdrant that lives as long as the chain. Its telemetry is off. The day that it
writes into its prompts is that of the session, so that a run gives the same prompts on any day.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from harness.core.errors import UsageError
from harness.core.messages import Message
from harness.sessions.memories.fitting import at_least
from harness.sessions.memories.products.blocking import BlockingThread, BlockingWriter
from harness.sessions.memories.products.hashing import HASHED, HashingEmbedder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.memory import MemoryChain, MemoryView
    from harness.core.memory_protocols import MemorySession

_MOST_TOKENS = 4_096
"""Of an answer to one of its prompts: it lists everything in one answer."""
_ALL = 1_000_000
_DAY = re.compile(r"^(## (?:Observation|Current) Date\n).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mem0:
    """mem0 as it comes: what it extracts it keeps, and what it finds for a question it gives."""

    infer: bool = True
    """Whether it has the model extract facts; else it keeps each message as it is."""
    k: int = 10
    """Memories that it gives back for a question at most."""
    writer: str | None = None
    """The model that extracts; the one under test unless given."""
    timeout: float = 600.0
    """Seconds for one writing or one answer."""

    asks_at_question: ClassVar[bool] = True

    def __post_init__(self) -> None:
        at_least("k", self.k, 1)
        _product()

    @property
    def how(self) -> str:
        """The version of the product, and what its vectors are."""
        kept = "its own extraction" if self.infer else "messages kept as they are (infer=False)"
        words = "with" if find_spec("fastembed") else "without"
        return (
            f"mem0ai {_product()}, {kept}, embedded Qdrant, {HASHED}, {words} its search of words"
        )

    def open(self, chain: MemoryChain, /) -> MemorySession:
        """An empty store with one user."""
        _imported()
        return _Mem0Session(self, chain)


class _Mem0Session:
    """mem0 for one chain of sessions, in a thread of its own."""

    def __init__(self, plug: Mem0, chain: MemoryChain) -> None:
        self._plug = plug
        self._chain = chain
        self._thread = BlockingThread(f"mem0 {chain.id}")
        self._folder = tempfile.TemporaryDirectory(prefix="mem0-", ignore_cleanup_errors=True)
        self.memory: Any = None
        """The product, once it is used."""

    async def write(self, said: MemoryView, /) -> Sequence[str]:
        """Have it take in what was said; all that it holds then."""
        turns = [
            {"role": message.role, "content": message.text}
            for message in said.news
            if message.role in {"user", "assistant"} and message.text.strip()
        ]
        writer = BlockingWriter(self._chain.writer, asyncio.get_running_loop(), _MOST_TOKENS)
        return await self._thread.run(lambda: self._add(turns, writer, said.date.isoformat()))

    async def inject(self, question: str, /) -> str:
        """What it finds for the question, best first."""
        found = await self._thread.run(lambda: self._find(question))
        return "\n".join(f"- {text}" for text in found)

    async def close(self) -> None:
        """Close the store and throw it away."""
        await self._thread.run(self._end)
        self._thread.stop()

    def _opened(self) -> Any:
        if self.memory is None:
            self.memory = _make(Path(self._folder.name))
        return self.memory

    def _add(
        self, turns: Sequence[Mapping[str, str]], writer: BlockingWriter, day: str
    ) -> list[str]:
        memory = self._opened()
        if turns:
            memory.llm = _Asking(writer, day)
            memory.add(list(turns), user_id=self._chain.id, infer=self._plug.infer)
        kept = memory.get_all(filters={"user_id": self._chain.id}, top_k=_ALL)["results"]
        return [one["memory"] for one in sorted(kept, key=lambda one: str(one["created_at"]))]

    def _find(self, question: str) -> list[str]:
        if self.memory is None:
            return []
        asked = {"filters": {"user_id": self._chain.id}, "top_k": self._plug.k}
        return [one["memory"] for one in self.memory.search(question, **asked)["results"]]

    def _end(self) -> None:
        if self.memory is not None:
            self.memory.close()
            with suppress(AttributeError):  # other stores have no client to close
                self.memory.vector_store.client.close()
        self._folder.cleanup()


class _Asking:
    """The model at hand as mem0 asks for one."""

    def __init__(self, writer: BlockingWriter, day: str) -> None:
        self._writer = writer
        self._day = day
        self.config = None

    def generate_response(self, messages: Sequence[Mapping[str, Any]], **_options: object) -> str:
        """What the model answers to mem0's prompt, dated as the session is."""
        dated = [_DAY.sub(rf"\g<1>{self._day}", str(one["content"])) for one in messages]
        roles = [one["role"] for one in messages]
        return self._writer.ask(
            [Message(role, text) for role, text in zip(roles, dated, strict=True)]
        )


class _Hashing:
    """Hashed vectors as mem0 asks for them."""

    def __init__(self) -> None:
        self._embedder = HashingEmbedder()
        self.config = None

    def embed(self, text: str, _action: str | None = None) -> list[float]:
        """The vector of a text."""
        return self._embedder.vector(text)

    def embed_batch(self, texts: Sequence[str], _action: str = "add") -> list[list[float]]:
        """The vectors of several."""
        return self._embedder.vectors(texts)


def _make(folder: Path) -> Any:
    """A mem0 whose store is in the folder."""
    product, configuration = _imported()
    config = configuration(
        vector_store={
            "provider": "qdrant",
            "config": {
                "collection_name": "chain",
                "path": str(folder / "qdrant"),
                "embedding_model_dims": HashingEmbedder().dimensions,
            },
        },
        # neither is ever called: both are replaced, the model at each writing
        llm={"provider": "openai", "config": {"api_key": "none"}},
        embedder={"provider": "openai", "config": {"api_key": "none"}},
        history_db_path=str(folder / "history.db"),
    )
    memory = product(config)
    memory.embedding_model = _Hashing()
    return memory


@cache
def _imported() -> tuple[Any, Any]:
    """The product and its configuration; its import takes seconds, and most runs have none."""
    os.environ["MEM0_TELEMETRY"] = "false"  # read once, when it is imported
    os.environ.setdefault("MEM0_DIR", tempfile.mkdtemp(prefix="mem0-home-"))
    logging.getLogger("mem0").setLevel(logging.CRITICAL)  # it misses extras that `how` speaks of
    from mem0 import Memory
    from mem0.configs.base import MemoryConfig
    from mem0.memory import main, telemetry

    for module in (main, telemetry):  # who imported it before may not have turned it off
        module.MEM0_TELEMETRY = False
    return Memory, MemoryConfig


@cache
def _product() -> str:
    """The version of mem0 that is installed.

    Raises:
        UsageError: None is.
    """
    try:
        return version("mem0ai")
    except PackageNotFoundError:
        raise UsageError(
            "memory 'mem0' needs the product itself: pip install 'session-harness[mem0]'"
        ) from None
