"""A scenario: one test as written in a YAML file, checked and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from harness.core.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.core.errors import Where

Counts = Literal["recall", "abstain", "rule", "apart"]
"""What a score counts towards: recall of what was said, right abstentions from what never was, the
keeping of standing rules, or none of these, for a kind of question that is a measure of its own."""
Layout = Literal["growing", "grid", "script"]
Sample = Literal["sessions", "questions"]
"""What the intervals of a report are over: sessions, as many as there are seeds; or, where the
script is a real log that is one session whatever the seed, the questions that are put to it."""
Similarity = Literal["near", "far"]
"""Of a distractor: a sentence like that of its fact, or one that has only the kind of value."""
Haystack = Literal["coherent", "shuffled"]
"""How the turns of filler follow each other: as conversations, or in any order."""
Generator = Literal["code", "number", "name", "date", "word"]
SaidIn = Literal["user", "assistant", "tool_result", "tool_call"]
"""Where a session says a fact: in a message of the user's or of the assistant's, in what a tool
gave back, or in what a tool was called with."""
Carry = Literal["system", "memory", "transcript"]
"""What a fresh session may begin with: the system prompt said again, what the memory gives back,
the text of the sessions before."""


PLACEHOLDER = "{value}"
"""Stands in a wording for the value of its fact."""


@dataclass(frozen=True, slots=True)
class Value:
    """Something that a fact may say, and the other spellings of it that count as right."""

    text: str
    accept: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """The text and everything accepted in its place."""
        return (self.text, *self.accept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A tool that is called, and its result."""

    name: str
    arguments: str
    """JSON, as a model wrote it."""
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a session says: in which words, and which values it may have."""

    id: str
    say: tuple[str, ...] = ()
    """Wordings of the plant, each with `{value}` once; empty when it is never said."""
    reply: tuple[str, ...] = ()
    """Wordings of the assistant's answer to the plant; may hold `{value}`."""
    amend: tuple[str, ...] = ()
    """Wordings of later plants; the wordings of `say` where empty."""
    values: tuple[Value, ...] = ()
    """Empty when a generator makes them, and when it is never said."""
    generate: Generator | None = None
    pick: int = 1
    """How many values one session says, one after the other; 0 when it is never said, and a
    question about it has to be told so."""
    least: int = 0
    """Seeds take turns in saying from this many to `pick` of them; 0: all say `pick`."""
    like: str = ""
    """Of a distractor, the fact that it stands beside; empty for what is asked about."""
    rank: int = 0
    """Of a distractor, how many come before it."""
    said_in: tuple[SaidIn, ...] = ()
    """Where it is said; seeds take turns in them. Empty: by the user."""
    request: tuple[str, ...] = ()
    """What the user says before the assistant or a tool says it."""
    tool_result: Called | None = None
    """The tool whose result says it, `{value}` in the result."""
    tool_call: Called | None = None
    """The tool that is called with it, `{value}` in the arguments."""
    told: bool = False
    """Whether turns of the script say it in their own words: then it has one value, and is said in
    one session only."""
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a file says of its words as a whole."""

    language: str = "en"
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Words that mean the same, or of which one leads to the other; each row a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a session, about one fact or several, and how the answer is scored."""

    id: str
    kind: Spec = Spec("recall")
    """The plug that knows which plants a right answer needs, and what is right."""
    about: tuple[str, ...]
    """Ids of the facts that it is about; empty where it asks for what nobody says."""
    ask: tuple[str, ...]
    """Wordings of the question. Which one is asked is drawn by the seed."""
    score: Spec = Spec("contains")
    values: tuple[Value, ...] = ()
    """Answers to choose from, where they are not the values of the facts; what each of them stands
    for is up to the kind."""
    where: Where | None = field(default=None, compare=False)

    @property
    def subject(self) -> str:
        """What it is about, as one word: its facts joined by `+`; its own id where it has none."""
        return "+".join(self.about) or self.id

    def is_about(self, chosen: Collection[str]) -> bool:
        """Whether it is one of the chosen, or about chosen facts alone; where none is, it is."""
        return not chosen or self.id in chosen or bool(self.about and {*self.about} <= {*chosen})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A standing constraint: given once, checked on every later live reply."""

    id: str
    say: str
    """How it is given: the words of a turn, or of the system prompt."""
    reply: str = "Understood."
    """The assistant's answer where the script says the rule and replies are scripted."""
    check: Spec
    """The check, and its options."""
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillerSpec:
    """Where the turns between the plants come from."""

    name: str = "workday"
    file: str | None = None
    """A file of real chats, resolved against the scenario's folder; then `name` is 'file'."""
    repeat: bool = False
    """Whether a file that is too short may be used more than once."""
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Fills:
    """The checkpoints of a session: a number of strata, or the exact fills."""

    count: int | None = None
    """How many; jittered inside strata by the seed, a quarter of them in the nearly empty window.
    In windows of more than 20,000 tokens one more for each octave past the nearly empty one."""
    exact: tuple[float, ...] = ()
    """Fills asked for as they are; empty when `count` is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a script; exactly one of the kinds below is set."""

    user: str | None = None
    assistant: str | None = None
    calls: tuple[Called, ...] = ()
    """The tools that the assistant calls in this turn, with what they gave back."""
    says: tuple[str, ...] = ()
    """The told facts that this turn says; empty for most."""
    plant: str | None = None
    probe: str | None = None
    """Id of the question that is put here."""
    filler: float | None = None
    """The weight of this stretch among all stretches of the script."""
    rule: str | None = None
    """Id of the rule that this turn gives; then `user` and `assistant` are its words."""
    new_session: tuple[Carry, ...] | None = None
    """The session ends here, and a fresh one begins with what is listed, and nothing else."""
    idle: bool = False
    """Put in to grow the script: a session in which nothing is said that matters, or its start."""

    @property
    def is_turn(self) -> bool:
        """Whether it is said in the session as it is written."""
        return self.user is not None or self.assistant is not None or bool(self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What the author holds to be good enough; the gate compares with it."""

    recall_at_least: float | None = None
    onset_at_least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scenario:
    """One test, as written."""

    name: str
    path: str
    """As the user gave it; never part of an identity."""
    source: str
    """The text of the file, kept with every run."""
    system: str | None
    facts: tuple[Fact, ...]
    questions: tuple[Question, ...] = ()
    """In the order of the file: those that stand under a fact, then the others."""
    filler: FillerSpec = FillerSpec()
    layout: Layout = "growing"
    fills: Fills = Fills(count=12)
    positions: tuple[float, ...] = ()
    """Empty: one stratum a plant, jittered by the seed."""
    script: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    expect: Expect = Expect()
    sample: Sample = "sessions"
    language: str = "en"
    """Code of the language that its texts are written in and its replies are graded in."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    """Words by which a question of kind `latent` is led to what it asks about."""
    distractors: tuple[int, ...] = ()
    """The numbers of distractors under which a run says it, one after the other."""
    haystacks: tuple[Haystack, ...] = ()
    """The orders of filler under which a run says it."""
    distracting: int = 0
    """How many distractors these sessions say."""
    haystack: Haystack = "coherent"
    """The order of filler of these sessions."""
    sessions: tuple[int, ...] = ()
    """The numbers of sessions that a run grows the script to, one after the other."""
    variant: str = ""
    """What the run calls the system prompt in place of the file's own; empty: it is the own."""
    hash: str
    """Of everything in the file that can change a message or a score; comments, spaces, the
    expectations and the path of a filler file cannot."""

    @property
    def opening_rules(self) -> tuple[Rule, ...]:
        """The rules that no step of a script gives: they are part of the system prompt."""
        given = {step.rule for step in self.script}
        return tuple(rule for rule in self.rules if rule.id not in given)

    @property
    def written_out(self) -> bool:
        """Whether the script says everything in its own words: then every seed is one session."""
        steps = self.script
        drawn = any(step.plant is not None or step.filler is not None for step in steps)
        return any(fact.told for fact in self.facts) or (bool(steps) and not drawn)

    @property
    def boundaries(self) -> tuple[tuple[Carry, ...], ...]:
        """What each session after the first begins with; empty when there is one session."""
        return tuple(step.new_session for step in self.script if step.new_session is not None)

    @property
    def asked_facts(self) -> tuple[Fact, ...]:
        """The facts that the file asks about, distractors left out."""
        return tuple(fact for fact in self.facts if not fact.like)

    def plants(self, fact: Fact) -> bool:
        """Whether a session says the fact; of distractors, so many as are wanted."""
        return not fact.like or fact.rank < self.distracting

    @property
    def said_questions(self) -> tuple[Question, ...]:
        """The questions about something that a session says."""
        return tuple(question for question in self.questions if self.says(question))

    def says(self, question: Question) -> bool:
        """Whether a session says what the question is about."""
        return any(self.fact(fact).pick for fact in question.about)

    def question(self, question_id: str) -> Question:
        """The question of that id.

        Raises:
            KeyError: There is none; scenario files are checked for it when they are read.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def fact(self, fact_id: str) -> Fact:
        """The fact of that id.

        Raises:
            KeyError: There is none; scenario files are checked for it when they are read.
        """
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise KeyError(fact_id)

    def __repr__(self) -> str:
        asked = f"{len(self.questions)} questions about {len(self.facts)} facts"
        return f"Scenario({self.name!r}: {asked}, layout {self.layout})"
