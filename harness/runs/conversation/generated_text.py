"""Text that models write into sessions before anything is asked: notes, summaries, live replies.

A call is paid for once. What came of it is kept in the run folder under the hash of all that
decides it, so that sessions which begin alike share it, and a run that goes on reads it. Whoever
writes says for what purpose, and the call is counted by it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from harness.core.compacted_items import COMPACT_NOW
from harness.core.draws import digest
from harness.core.errors import ModelError
from harness.core.memory import unpaid
from harness.models.response import why_cut
from harness.runs.folder.layout import STORES, WRITINGS
from harness.runs.folder.writings import NoFiles
from harness.scoring.normalise import answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from harness.core.memory import MemoryBill
    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.protocols import Model
    from harness.models.call_options import CallOptions
    from harness.runs.folder.writings import WritingFiles

_FOR_THINKING = 4_096
"""Tokens that are added for a model whose thinking used up all that it was given."""

Purpose = Literal["notes", "summary", "reply", "compaction"]

Trunk: TypeAlias = tuple[str, int]
"""The scenario and the seed of sessions: those of one trunk may begin alike, and share texts."""

Line: TypeAlias = "Mapping[str, object]"
"""What a file holds of one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of one call."""

    text: str
    """Without what the model thought aloud: applications do not keep that either."""
    finish_reason: str | None
    prompt_tokens: int | None
    """The provider's count; None where it reports none."""
    completion_tokens: int | None
    cost_usd: float | None


class GeneratedTexts:
    """Everything that was written for the sessions of one run.

    Args:
        models: Who can be asked, by name.
        options: Parameters of every call.
        files: Where it is kept; unless given, nowhere.
        before: Lines of what was written before, which is not asked for again.
        is_fixed: Whether the user says how long an answer may be.
        pay: Is told what a memory paid for by itself.
    """

    def __init__(
        self,
        models: Mapping[str, Model],
        options: CallOptions,
        *,
        files: WritingFiles | None = None,
        before: Iterable[Line] = (),
        is_fixed: bool = False,
        pay: Callable[[MemoryBill], None] = unpaid,
    ) -> None:
        self._is_fixed = is_fixed
        self.pay = pay
        """Takes what a memory paid for by itself from what the run may spend."""
        self._files = files or NoFiles()
        self._models = models
        self._options = options
        self._known: dict[str, asyncio.Future[Written]] = {}
        self._before: dict[str, dict[Trunk | None, Line]] = {}
        self._taken_in: dict[Trunk | None, list[Line]] = {}
        self.before = tuple(before)
        """What was written before the run, as lines of the file."""
        for line in self.before:
            self._learn(line)

    async def ask(
        self,
        model: str,
        messages: Sequence[Message],
        *,
        purpose: Purpose,
        trunk: Trunk,
        repeat: int,
        max_tokens: int | None,
        more: Mapping[str, object] | None = None,
    ) -> Written:
        """What the model writes, from the file where it has written it already.

        Args:
            model: Name of the model.
            messages: The prompt.
            purpose: What it is for.
            trunk: Of the session that it is for.
            repeat: Repeats are asked anew.
            max_tokens: In place of the run's own.
            more: Options of this call.

        Raises:
            ModelError: The call failed; the next one with the same prompt will try again.
            UsageError: What was written cannot be kept.
        """
        options = self._options
        if max_tokens is not None:
            options = options | {"max_tokens": max_tokens}
        options = options | (more or {})
        key = digest(
            [model, options.affecting_answer, repeat, [message.hash for message in messages]]
        )
        before = self._before.get(key)
        if before is not None:
            return _from_line(before.get(trunk) or next(iter(before.values())))
        if key in self._known:
            return await asyncio.shield(self._known[key])
        asked = asyncio.ensure_future(
            self._call(key, model, messages, options, purpose, trunk, repeat)
        )
        # whoever waits may be interrupted first: a failure is then nobody's, and no traceback
        asked.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._known[key] = asked
        try:
            return await asyncio.shield(asked)
        except Exception:
            self._known.pop(key, None)
            raise

    async def _call(  # noqa: PLR0917 -- see `ask`
        self,
        key: str,
        model: str,
        messages: Sequence[Message],
        options: CallOptions,
        purpose: Purpose,
        trunk: Trunk,
        repeat: int,
    ) -> Written:
        reply = await self._whole(model, messages, options, repeat)
        written = Written(
            text=reply.text if purpose == "compaction" else answer(reply.text).strip(),
            finish_reason=reply.finish_reason,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cost_usd=reply.cost_usd,
        )
        scenario, seed = trunk
        self._files.append(
            WRITINGS,
            {
                "key": key,
                "purpose": purpose,
                "scenario": scenario,
                "seed": seed,
                "model": model,
                "text": written.text,
                "finish_reason": written.finish_reason,
                "prompt_tokens": written.prompt_tokens,
                "completion_tokens": written.completion_tokens,
                "cost_usd": written.cost_usd,
            },
        )
        return written

    async def _whole(
        self, model: str, messages: Sequence[Message], options: CallOptions, repeat: int
    ) -> Reply:
        """A reply that says something; one that was cut before is asked for once more, with room.

        Raises:
            ModelError: It was cut again, or the call failed.
        """
        reply = await self._models[model].ask(messages, options, repeat=repeat)
        if reply.cut is not None and not reply.text.strip() and not self._is_fixed:
            most = int(str(options.get("max_tokens", 0))) + _FOR_THINKING
            more = options | {"max_tokens": most}
            reply = await self._models[model].ask(messages, more, repeat=repeat)
        if reply.cut is not None and not reply.text.strip():
            kind, _, said = why_cut(reply, fixed=self._is_fixed).partition(": ")
            raise ModelError(said, kind=kind)
        return reply

    def begin_store(self, name: str) -> str:
        """A new, empty store; its path seen from the run folder."""
        path = f"{STORES}/{name}.jsonl"
        self._files.begin(path)
        return path

    def note(self, store: str, line: Mapping[str, object]) -> None:
        """Write one line to a store."""
        self._files.append(store, line)

    def taken_in(self, trunks: Iterable[Trunk]) -> tuple[Line, ...]:
        """The lines of what other processes wrote in this run for sessions of these trunks."""
        return tuple(line for trunk in trunks for line in self._taken_in.get(trunk, ()))

    def take_in(self, path: str, line: Line | None) -> None:
        """Keep what another process wrote.

        Args:
            path: Of a file of the run folder.
            line: A line of it; None where it is begun.
        """
        if line is None:
            self._files.begin(path)
            return
        if path == WRITINGS:
            self._learn(line)
            self._taken_in.setdefault(_trunk(line), []).append(line)
        self._files.append(path, line)

    def _learn(self, line: Line) -> None:
        self._before.setdefault(str(line["key"]), {})[_trunk(line)] = line


def _trunk(line: Line) -> Trunk | None:
    """The trunk that a line was written for; runs of before did not say it."""
    scenario, seed = line.get("scenario"), line.get("seed")
    return (scenario, seed) if isinstance(scenario, str) and isinstance(seed, int) else None


def _from_line(line: Line) -> Written:
    fields = ("text", "finish_reason", "prompt_tokens", "completion_tokens", "cost_usd")
    return Written(**{name: line[name] for name in fields})  # type: ignore[arg-type]  # as `_call` wrote it


class Ask(Protocol):
    """Puts a prompt to a model, for a purpose."""

    def __call__(
        self,
        messages: Sequence[Message],
        /,
        *,
        purpose: Purpose,
        writer: str | None = None,
        max_tokens: int | None = None,
        more: Mapping[str, object] | None = None,
    ) -> Awaitable[Written]:
        """What is written; `writer` and `max_tokens` in place of the run's own, `more` options."""


@dataclass(slots=True)
class ModelWriter:
    """A model at hand for one conversation."""

    ask_model: Ask
    prompt: Callable[[str, int], Sequence[Message]]
    """The conversation with the instruction as its last message, room kept for an answer of so many
    tokens."""
    purpose: Purpose
    writer: str | None
    """Name of the model; None for the one under test."""

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        """What the model writes to the conversation."""
        return await self.ask(self.prompt(instruction, max_tokens), max_tokens=max_tokens)

    async def compact(self) -> str:
        """What the provider leaves of the conversation."""
        *said, _ = self.prompt("", 0)
        written = await self.ask_model(
            said, purpose="compaction", writer=self.writer, more=COMPACT_NOW
        )
        return written.text

    async def ask(self, messages: Sequence[Message], /, *, max_tokens: int) -> str:
        """What the model answers to these messages."""
        written = await self.ask_model(
            messages, purpose=self.purpose, writer=self.writer, max_tokens=max_tokens
        )
        return written.text
