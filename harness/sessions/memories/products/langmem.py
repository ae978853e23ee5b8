"""Memory `langmem`: LangMem's own manager over LangGraph's own store, on this machine.

The manager wants a model that calls tools. The model at hand answers in text, so the tools stand in
the prompt and the calls come back as JSON; identifiers that LangMem draws anew each time are named
in order, so that a run gives the same prompts again. Tracing to LangSmith is off.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ClassVar

from harness.core.errors import UsageError
from harness.core.messages import Message
from harness.core.shapes import json_of
from harness.sessions.memories.fitting import at_least
from harness.sessions.memories.products.hashing import HASHED, HashingEmbedder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.memory import MemoryChain, MemoryView
    from harness.core.memory_protocols import MemorySession
    from harness.core.writer import Writer

_MOST_TOKENS = 4_096
"""Of an answer: all calls of tools come in one."""
_ALL = 1_000_000
_SPACE = ("memories",)
_DRAWN = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-f])")
_TOOLS = """

The tools that you have, as JSON Schema:
{tools}

Answer with JSON alone, in which every call that you make stands once:
{{"calls": [{{"name": "...", "args": {{...}}}}]}}"""


@dataclass(frozen=True, slots=True)
class LangMem:
    """LangMem as it comes: it adds, updates and removes memories after each session."""

    k: int = 10
    """Memories that it gives back for a question at most."""
    writer: str | None = None
    """The model that keeps the memories; the one under test unless given."""
    timeout: float = 600.0
    """Seconds for one writing or one answer."""

    asks_at_question: ClassVar[bool] = True

    def __post_init__(self) -> None:
        at_least("k", self.k, 1)
        _product()

    @property
    def how(self) -> str:
        """The version of the product, and what its vectors are."""
        return f"langmem {_product()}, LangGraph's store in memory, {HASHED}, tools in the prompt"

    def open(self, chain: MemoryChain, /) -> MemorySession:
        """An empty store."""
        _imported()
        return _LangMemSession(self, chain)


class _LangMemSession:
    """LangMem for one chain of sessions."""

    def __init__(self, plug: LangMem, chain: MemoryChain) -> None:
        self._plug = plug
        self._chain = chain

    @cached_property
    def store(self) -> Any:
        """LangGraph's store."""
        from langgraph.store.memory import InMemoryStore

        embedder = HashingEmbedder()
        return InMemoryStore(index={"dims": embedder.dimensions, "embed": embedder.vectors})

    @cached_property
    def _manager(self) -> Any:
        model = _chat_model(self._chain.writer)
        return _imported()(model, namespace=_SPACE, store=self.store)

    async def write(self, said: MemoryView, /) -> Sequence[str]:
        """Have it take in what was said; all that it holds then."""
        turns = [
            {"role": message.role, "content": message.text}
            for message in said.news
            if message.role in {"user", "assistant"} and message.text.strip()
        ]
        if turns:
            await self._manager.ainvoke({"messages": _as_langchain(turns)})
        kept = await self.store.asearch(_SPACE, limit=_ALL)
        return [_text(one) for one in sorted(kept, key=lambda one: one.created_at)]

    async def inject(self, question: str, /) -> str:
        """What it finds for the question, best first."""
        found = await self.store.asearch(_SPACE, query=question, limit=self._plug.k)
        return "\n".join(f"- {_text(one)}" for one in found)

    async def close(self) -> None:
        """Nothing is open: the store is gone with this."""


def _text(item: Any) -> str:
    """What one memory says."""
    content = item.value["content"]
    told = content.get("content") if isinstance(content, dict) else content
    return told if isinstance(told, str) else json.dumps(content, ensure_ascii=False)


def _as_langchain(turns: Sequence[Mapping[str, str]]) -> Any:
    from langchain_core.messages import convert_to_messages

    return convert_to_messages(list(turns))


def _chat_model(writer: Writer) -> Any:
    """The model at hand as LangChain knows models."""
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration, ChatResult
    from langchain_core.utils.function_calling import convert_to_openai_tool

    class ModelAtHand(BaseChatModel):  # type: ignore[misc]  # LangChain is not read by the checker
        @property
        def _llm_type(self) -> str:
            return "session-harness"

        def bind_tools(self, tools: Sequence[Any], **_options: object) -> Any:
            return self.bind(tools=[convert_to_openai_tool(tool)["function"] for tool in tools])

        def _generate(self, *_: object, **__: object) -> Any:
            raise NotImplementedError("it is asked asynchronously")

        async def _agenerate(self, messages: Sequence[Any], *_: object, **options: Any) -> Any:
            prompt = _prompt(messages, options.get("tools") or ())
            names = _Names()
            asked = [Message(one.role, names.given(one.text)) for one in prompt]
            text = names.taken_back(await writer.ask(asked, max_tokens=_MOST_TOKENS))
            reply = AIMessage(content=text, tool_calls=_calls(text))
            return ChatResult(generations=[ChatGeneration(message=reply)])

    return ModelAtHand()


def _prompt(messages: Sequence[Any], tools: Sequence[Mapping[str, Any]]) -> list[Message]:
    """The messages as any chat model takes them, the tools behind the last."""
    made: list[Message] = []
    for one in messages:
        text = one.content if isinstance(one.content, str) else json.dumps(one.content)
        if one.type == "system":
            made.append(Message("system", text))
        elif one.type == "ai":
            calls = [{"name": call["name"], "args": call["args"]} for call in one.tool_calls]
            made.append(Message("assistant", json.dumps({"calls": calls}) if calls else text))
        else:
            made.append(Message("user", text))
    if tools:
        listed = json.dumps(list(tools), ensure_ascii=False)
        last = made.pop()
        made.append(Message(last.role, last.text + _TOOLS.format(tools=listed)))
    return made


def _calls(text: str) -> list[dict[str, Any]]:
    """The calls that an answer holds; none where it is no JSON of that form."""
    try:
        answer = json_of(text[text.index("{") : text.rindex("}") + 1])
        listed = answer["calls"]
        return [
            {"name": str(one["name"]), "args": dict(one["args"]), "id": f"call_{index}"}
            for index, one in enumerate(listed)
        ]
    except (ValueError, KeyError, TypeError):
        return []


class _Names:
    """Names in order for identifiers that are drawn anew each time."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def given(self, text: str) -> str:
        """The text with its identifiers named."""
        return _DRAWN.sub(
            lambda match: self._names.setdefault(match[0], f"id{len(self._names) + 1}"), text
        )

    def taken_back(self, text: str) -> str:
        """The text with the identifiers themselves."""
        drawn = {name: one for one, name in self._names.items()}
        return re.sub(r"\bid[0-9]+\b", lambda match: drawn.get(match[0], match[0]), text)


@cache
def _imported() -> Any:
    """What makes its manager; its import takes seconds, and most runs have none."""
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"
    from langmem import create_memory_store_manager

    return create_memory_store_manager


@cache
def _product() -> str:
    """The version of LangMem that is installed.

    Raises:
        UsageError: None is.
    """
    try:
        return version("langmem")
    except PackageNotFoundError:
        raise UsageError(
            "memory 'langmem' needs the product itself: pip install 'session-harness[langmem]'"
        ) from None
