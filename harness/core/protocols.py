"""The plug points: one or two methods each. A plug is a frozen dataclass; fields are options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.core.draws import Draws
    from harness.core.messages import Message, Turn
    from harness.core.probe import Probe, Reply, Score
    from harness.core.scenario import Counts, Fact, Question, Value, Wording
    from harness.core.session import Plant
    from harness.core.transcript import Found, Remark, Row, Sample
    from harness.core.window import History, View
    from harness.core.writer import Writer


class Scorer(Protocol):
    """Says what a reply is worth. Pure."""

    def score(self, probe: Probe, reply: str, /) -> Score: ...


class Kind(Protocol):
    """A kind of question: which plants a right answer needs, what is right, how it counts. Pure.

    A kind says of itself:

    - `facts`: how many facts a question is about, at least and at most (None: any number);
    - `score`: the scorer of questions that name none;
    - `counts`: what a score counts towards, see `harness.core.scenario.Counts`;
    - `sayings(facts)`: how often a session says each of so many facts, and the most that `pick` may
      make of it. Where several questions share a fact it is said as often as any of them needs.

    And of a question, after what was `said` of its facts so far, in order:

    - `needs`: the plants that a right answer needs. In a session that has said everything these are
      also what has to be said before it may be asked.
    - `expected`: the values of a right answer; none when it is that nobody said so. In sessions
      that leave the facts out `said` is empty, and `drawn` (the values of each fact in this seed)
      tells what would have been right, so that a leak can be told; none where nothing would be.
    - `guess`: what a reader who guesses would score, in [0, 1].

    A question that makes no sense raises ValueError, with a sentence for the author of the file.
    """

    @property
    def facts(self) -> tuple[int, int | None]: ...

    @property
    def score(self) -> str: ...

    @property
    def counts(self) -> Counts: ...

    def sayings(self, facts: int, /) -> tuple[int, int]: ...

    def needs(self, question: Question, said: Sequence[Plant], /) -> Sequence[Plant]: ...

    def expected(
        self, question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]: ...

    def guess(self, question: Question, /) -> float: ...


@runtime_checkable
class Waiting(Protocol):
    """A kind that may be put only when a session has said all that it says of the facts asked."""

    @property
    def waits(self) -> bool:
        """Whether it waits; else it is put when each of its facts was said once."""


@runtime_checkable
class Varying(Protocol):
    """A kind whose facts are not said equally often in each seed: the number is what is asked."""

    def fewest(self, most: int, /) -> int:
        """The least number of sayings where `most` is the largest; seeds take turns in between."""


@runtime_checkable
class Computing(Protocol):
    """A kind whose answers are worked out of what was said, and are no values of a fact."""

    def others(self, question: Question, right: Sequence[Value], /) -> Sequence[Value]:
        """Answers of the same form that are not right, where they can be listed."""


@runtime_checkable
class Demanding(Protocol):
    """A kind that makes sense only of some wordings or values, and says so when a file is read."""

    def demand(self, question: Question, facts: Sequence[Fact], wording: Wording, /) -> None:
        """Look at what a file says of the facts asked about, in the order of `about`.

        Raises:
            ValueError: It cannot be asked of them; a sentence for the author of the file.
        """


class RuleCheck(Protocol):
    """Says whether a reply keeps a standing rule: 1.0, 0.0, or None where nobody can tell. Pure."""

    def check(self, reply: str, /) -> Score: ...


@runtime_checkable
class Settling(Protocol):
    """A rule that can tell whether more text could change its verdict.

    A reply that was cut off is judged only by such rules, and only where they say so.
    """

    def settled(self, reply: str, verdict: float, /) -> bool: ...


class Policy(Protocol):
    """Says what is sent when the session outgrows the window. Pure.

    Law 9: the view fits the budget, cannot take one more turn, keeps the system messages, is a
    subsequence, and never brings back what it dropped from a shorter history of the same session.
    """

    def view(self, history: History, budget_tokens: int, /) -> View: ...


@runtime_checkable
class NamesWriter(Protocol):
    """A memory or a policy that has a model write."""

    @property
    def writer(self) -> str | None:
        """Name of the model; None for the one under test."""


@runtime_checkable
class Reminding(Protocol):
    """A policy that also says something again as the session grows."""

    def reminder(self, turns: int, standing: str, /) -> Turn | None:
        """The turn to be said now, if it is time.

        Args:
            turns: How many turns there were since it was last said.
            standing: What holds for the whole session: its system prompt and its rules.
        """


@runtime_checkable
class Clearing(Protocol):
    """A policy that also empties messages that are old: their place stays, what they said is gone.

    `view` is then asked about the conversation as clearing left it. What was cleared stays so.
    """

    def clears(self, history: History, budget_tokens: int, /) -> Sequence[int]:
        """Indexes of the messages that are to be emptied now, oldest first; empty for none."""

    def cleared(self, message: Message, /) -> Message:
        """What stands in the place of such a message."""


@runtime_checkable
class Compacting(Protocol):
    """A policy that also replaces older turns by a text that a model writes.

    `view` is then asked about the conversation as compactions left it.
    """

    def compacts(self, history: History, budget_tokens: int, /) -> int:
        """Index of the first message that is kept as it is; 0 when it is not yet time.

        What lies between it and the system messages is replaced.
        """

    async def compact(self, writer: Writer, /) -> Turn:
        """The turn that stands in place of what is replaced; the writer is sent just that."""


@runtime_checkable
class SetsOptions(Protocol):
    """A policy that the provider carries out: options of each call say what is to be done."""

    @property
    def apis(self) -> tuple[str, ...]:
        """The APIs that can, as names of models begin: responses, messages."""

    @property
    def options(self) -> Mapping[str, object]:
        """The options."""


class Filler(Protocol):
    """Writes the turns between the plants.

    `turns` is the stream for one seed: repeatable, and no turn twice (real chats may say the same
    sentence twice, and are used as they are). `identity` is the hash of all
    that decides it (for a file: of its content), since it decides the bytes of a session.
    """

    def turns(self, draws: Draws, /) -> Iterator[Turn]: ...

    def identity(self) -> str: ...


@runtime_checkable
class Multilingual(Protocol):
    """A filler or a rule that knows more than one language."""

    def spoken_in(self, language: str, /) -> Self:
        """The same in that language, or as it is where it was told which or knows no other."""


class Model(Protocol):
    """Answers one prompt, and knows its own ceiling.

    `options` are parameters of the call (temperature, max_tokens, api_base, ...).
    `repeat` says which of several answers to one prompt is meant: what keeps answers needs to tell
    them apart, a model does not.
    `ask` raises ModelError, or OverflowRefusedError for a prompt past the ceiling.
    `sent_parameters` says what really goes out for these options, secrets masked.
    """

    async def ask(
        self, messages: Sequence[Message], options: Mapping[str, object], /, *, repeat: int = 0
    ) -> Reply: ...

    def limit(self) -> int | None: ...

    def sent_parameters(self, options: Mapping[str, object], /) -> dict[str, object]: ...

    async def close(self) -> None: ...


class ImportSource(Protocol):
    """A file to be imported; each method reads it anew, from its beginning and piece by piece."""

    @property
    def name(self) -> str: ...

    def rows(self) -> Iterator[Row | Remark]: ...

    def text_lines(self) -> Iterator[str]: ...


class Importer(Protocol):
    """Reads the transcripts of another program. Pure: the source does the reading.

    `recognises` says whether a file that begins like this is one of its own. `sessions` yields a
    conversation at a time, so that a file may be larger than memory, and a Skipped for whatever
    it leaves out. Wrong types, missing keys and cycles are Skipped, never an exception.
    """

    def recognises(self, sample: Sample, /) -> bool: ...

    def sessions(self, source: ImportSource, /) -> Iterator[Found]: ...


@runtime_checkable
class Gathers(Protocol):
    """An importer of a program that keeps one conversation in several files."""

    def together(self, sources: Sequence[ImportSource], /) -> Iterator[Sequence[ImportSource]]:
        """The files of the program in groups; the files of a group are read as one."""
