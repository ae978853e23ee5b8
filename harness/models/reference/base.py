"""What a reference law is: a reader with a stated weakness, its options, and its own meter.

A law is handed messages and nothing else. Whatever it forgets it forgets by `recall`, the same
function that a calibration compares the measured curve with: one source of truth.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from harness.core.registry import Registry
from harness.models.reference.extraction import extraction_of
from harness.models.reference.notes import OF_THE_MODEL, take_notes, task_of
from harness.models.reference.reader import Reading, dont_know, open_pages, read_pages
from harness.sessions.tokens import PRIMING, TokenCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.messages import Message
    from harness.models.reference.notes import Task
    from harness.models.reference.reader import Page, ReaderQuestion, Sees

DEFAULT_LIMIT = 8192
"""Tokens of a reference model's context window, unless its name says otherwise."""

_COUNTER = TokenCounter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reference model says, and what its meter reads."""

    text: str
    prompt_tokens: int | None
    """None when the law reports no usage."""
    completion_tokens: int | None
    finish_reason: Literal["stop", "length"] = "stop"


class Law(Protocol):
    """A reference model: a reader, its ceiling, and the truth about it."""

    @property
    def limit(self) -> int:
        """Own tokens of its context window."""

    def answer(self, messages: Sequence[Message], max_tokens: int | None = None, /) -> Answer:
        """What it says to these messages: the same to the same, always.

        Args:
            messages: The whole prompt; the question is in its last user message.
            max_tokens: Own tokens that the answer may have; it is cut off there.

        Raises:
            OverflowRefusedError: The law has a ceiling, and the prompt is past it.
        """

    def recall(self, fill: float, position: float, /) -> float:
        """The probability that a sentence can be read.

        Args:
            fill: Of the prompt, by the law's own meter.
            position: Of the sentence's message: 0 first token, 1 last.
        """


laws: Registry[Law] = Registry("reference law", Law)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as a law sees it: the question, the pages before it, and where each stands."""

    question: ReaderQuestion
    pages: Sequence[Page]
    messages: Sequence[Message]
    fill: float
    """Own tokens of the prompt over the own limit."""

    def positions(self) -> list[float]:
        """Where each page begins, as a share of all tokens before the question."""
        sizes = [_COUNTER.message(message) for message in self.messages[: len(self.pages)]]
        whole = max(1, sum(sizes))
        before = 0
        found = []
        for size in sizes:
            found.append(before / whole)
            before += size
        return found

    def key(self) -> bytes:
        """A hash of the whole prompt: draws made with it differ from prompt to prompt."""
        whole = hashlib.blake2b(digest_size=16)
        for page in self.pages:
            whole.update(page.digest)
        for message in self.messages[len(self.pages) :]:
            whole.update(message.text.encode("utf-8", "surrogatepass"))
        return whole.digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads everything and forgets nothing; the other laws weaken one step of it.

    Other laws override the step that they are about: `kept` (what the server keeps), `sees` (which
    sentences are visible) or `say` (what is made of what was found).
    """

    limit: int = DEFAULT_LIMIT
    """Own tokens of the context window: what `-w max` means, and what fill is measured by. Only
    `refuse` enforces it."""
    usage: Literal["reported", "none"] = "reported"
    """Whether the meter is read out."""
    ratio: float = 1.0
    """Own tokens for one of the harness's: its tokens need not be ours."""

    def __post_init__(self) -> None:
        between("limit", self.limit, 1)
        between("ratio", self.ratio, 0.01, 100)
        one_of("usage", self.usage, ("reported", "none"))

    def own(self, tokens: int) -> int:
        """Tokens of the harness's as this model's own, rounded up."""
        return math.ceil(round(tokens * self.ratio, 6))  # 10 * 1.3 is 13, not 14

    def answer(self, messages: Sequence[Message], max_tokens: int | None = None, /) -> Answer:
        """What the law says to these messages."""
        sent = _COUNTER.count(messages)
        messages = self.kept(messages)
        wanted = extraction_of(messages)
        if wanted is not None:
            messages = wanted.messages
        question, pages = open_pages(messages)
        fill = self.own(sent) / self.limit
        prompt = Prompt(question, pages, messages, fill)
        task = task_of(messages)
        if task is not None:
            text = self.write(task, prompt)
            text = wanted.listed(text) if wanted else text or dont_know(question.language)
        else:
            text = self.say(prompt, read_pages(question, pages, self.sees(prompt)))
        text, reason = self.cut(text, max_tokens)
        metered = self.usage != "none"
        return Answer(
            text=text,
            prompt_tokens=self.metered(sent, messages) if metered else None,
            completion_tokens=self.own(_COUNTER.count_text(text)) if metered else None,
            finish_reason=reason,
        )

    def write(self, task: Task, prompt: Prompt) -> str:
        """The notes that it takes of what it can see."""
        return self.notes(task, prompt, self.keeps)

    def notes(self, task: Task, prompt: Prompt, keeps: Callable[[str], bool]) -> str:
        """Notes of those sentences only that are to be kept."""
        roles = [message.role for message in prompt.messages[: len(prompt.pages)]]
        worth = {"user": 1.0, "tool": 1.0, "assistant": OF_THE_MODEL}
        told = {i: worth[role] for i, role in enumerate(roles) if role in worth}
        return take_notes(
            task,
            prompt.pages,
            told,
            self.sees(prompt),
            keeps=keeps,
            count=lambda text: self.own(_COUNTER.count_text(text)),
        )

    def keeps(self, sentence: str) -> bool:
        """Whether a sentence that it sees gets into its notes."""
        del sentence
        return True

    def cut(self, text: str, max_tokens: int | None) -> tuple[str, Literal["stop", "length"]]:
        """The answer as far as it may go, in whole words, and why it ends."""
        if max_tokens is None or self.own(_COUNTER.count_text(text)) <= max_tokens:
            return text, "stop"
        words = text.split(" ")
        while words and self.own(_COUNTER.count_text(" ".join(words))) > max_tokens:
            words.pop()
        return " ".join(words), "length"

    def metered(self, sent_tokens: int, kept: Sequence[Message]) -> int:
        """The prompt tokens that are reported.

        Args:
            sent_tokens: Of the prompt as it came, in the harness's tokens.
            kept: The messages that were read.
        """
        del kept
        return self.own(sent_tokens)

    def recall(self, fill: float, position: float, /) -> float:
        """The probability that a sentence can be read."""
        del fill, position
        return 1.0

    def kept(self, messages: Sequence[Message]) -> Sequence[Message]:
        """The messages that reach the reader."""
        return messages

    def sees(self, prompt: Prompt) -> Sees | None:
        """Which sentences are visible; None when all are."""
        del prompt
        return None

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """What is made of the finds."""
        del prompt
        return reading.answer()


def tokens_of(messages: Sequence[Message]) -> int:
    """Tokens of a prompt by the harness's own rendering."""
    return _COUNTER.count(messages)


def newest_messages(messages: Sequence[Message], budget: float) -> Sequence[Message]:
    """The longest tail that fits, in whole messages; the last message is always in it.

    Args:
        messages: The prompt.
        budget: Most tokens that it may have, by the harness's own rendering.
    """
    used = PRIMING
    start = len(messages)
    while start and (used + (size := _COUNTER.message(messages[start - 1])) <= budget):
        used += size
        start -= 1
    return messages[min(start, max(0, len(messages) - 1)) :]


def chance(key: bytes, text: str) -> float:
    """A number in [0, 1) drawn from the key and the text alone."""
    raw = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
    return (int.from_bytes(raw, "big") >> 11) / float(1 << 53)


def between(name: str, value: float, low: float, high: float = math.inf) -> None:
    """Refuse an option outside of its range.

    Raises:
        ValueError: Which option, what came, and what was expected.
    """
    if not low <= value <= high:
        expected = f"at least {low:g}" if high == math.inf else f"a number in [{low:g}, {high:g}]"
        raise ValueError(f"option '{name}' is {value:g}; expected {expected}")


def one_of(name: str, value: str, known: Sequence[str]) -> None:
    """Refuse an option that is none of the words it may be.

    Raises:
        ValueError: Which option, what came, and what was expected.
    """
    if value not in known:
        raise ValueError(f"option '{name}' is '{value}'; expected {' or '.join(known)}")
