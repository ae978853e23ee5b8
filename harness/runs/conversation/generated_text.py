"""Text that models write into sessions before anything is asked: notes, summaries, live replies.

A call is paid for once. What came of it is kept in the run folder under the hash of all that
decides it, so that sessions which begin alike share it, and a run that goes on reads it. Whoever
writes says for what purpose, and the call is counted by it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from harness.core.compacted_items import COMPACT_NOW
from harness.core.draws import digest
from harness.core.errors import ModelError, UsageError
from harness.models.response import why_cut
from harness.runs.folder.layout import STORES, WRITINGS
from harness.runs.folder.reader import lines
from harness.runs.folder.writer import Lines, cut_torn_line
from harness.scoring.normalise import answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from harness.core.messages import Message
    from harness.core.probe import Reply
    from harness.core.protocols import Model
    from harness.models.call_options import CallOptions

_FOR_THINKING = 4_096
"""Tokens that are added for a model whose thinking used up all that it was given."""

Purpose = Literal["notes", "summary", "reply", "compaction"]


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
        folder: The run folder; None keeps nothing on disk.
        models: Who can be asked, by name.
        options: Parameters of every call.
        is_fixed: Whether the user says how long an answer may be.
    """

    def __init__(
        self,
        folder: Path | None,
        models: Mapping[str, Model],
        options: CallOptions,
        *,
        is_fixed: bool = False,
    ) -> None:
        self._is_fixed = is_fixed
        self._folder = folder
        self._models = models
        self._options = options
        self._known: dict[str, asyncio.Future[Written]] = {}
        if folder is not None and (folder / WRITINGS).exists():
            cut_torn_line(folder / WRITINGS)
        self._before = {
            str(line["key"]): line for line in (lines(folder / WRITINGS) if folder else ())
        }

    async def ask(
        self,
        model: str,
        messages: Sequence[Message],
        *,
        purpose: Purpose,
        repeat: int,
        max_tokens: int | None,
        more: Mapping[str, object] | None = None,
    ) -> Written:
        """What the model writes, from the file where it has written it already.

        Args:
            model: Name of the model.
            messages: The prompt.
            purpose: What it is for.
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
        if key in self._before:
            return _from_line(self._before[key])
        if key in self._known:
            return await asyncio.shield(self._known[key])
        asked = asyncio.ensure_future(self._call(key, model, messages, options, purpose, repeat))
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
        self._append(
            WRITINGS,
            {
                "key": key,
                "purpose": purpose,
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
        if self._folder is not None:
            try:
                (self._folder / STORES).mkdir(exist_ok=True)
                (self._folder / path).write_text("", encoding="utf-8")
            except OSError as error:
                raise _unwritable(self._folder, path, error) from None
        return path

    def note(self, store: str, line: Mapping[str, object]) -> None:
        """Write one line to a store."""
        self._append(store, line)

    def _append(self, path: str, line: Mapping[str, object]) -> None:
        if self._folder is None:
            return
        try:
            with Lines(self._folder / path) as file:
                file.append(line)
        except OSError as error:
            raise _unwritable(self._folder, path, error) from None


def _from_line(line: Mapping[str, object]) -> Written:
    fields = ("text", "finish_reason", "prompt_tokens", "completion_tokens", "cost_usd")
    return Written(**{name: line[name] for name in fields})  # type: ignore[arg-type]  # as `_call` wrote it


def _unwritable(folder: Path, path: str, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write {folder / path}: {error.strerror}; make room or mend the permissions, then"
        f" go on with: harness run --resume {folder.name}"
    )


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
