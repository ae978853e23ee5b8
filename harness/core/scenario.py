"""A scenario: one test as written in a YAML file, checked and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from harness.core.spec import Spec

if TYPE_CHECKING:
    from harness.core.errors import Where

ProbeKind = Literal["recall", "update", "set", "abstain", "rule"]
"""What a record is about: a question of one of four kinds, or whether a reply kept a rule."""
Layout = Literal["growing", "grid", "script"]
Generator = Literal["code", "number", "name", "date", "word"]
Carry = Literal["system", "memory", "transcript"]
"""What a fresh session may begin with: the system prompt said again, what the memory gives back,
the text of the sessions before."""


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
class Fact:
    """What must be recalled: how it is said, what it may say, how it is asked and scored."""

    id: str
    kind: ProbeKind = "recall"
    say: tuple[str, ...] = ()
    """Wordings of the plant, each with `{value}` once; empty when the kind is abstain."""
    reply: tuple[str, ...] = ()
    """Wordings of the assistant's answer to the plant; may hold `{value}`."""
    amend: tuple[str, ...] = ()
    """Wordings of the later plant of an update; the wordings of `say` where empty."""
    ask: tuple[str, ...]
    """Wordings of the question. Which one is asked is drawn by the seed."""
    values: tuple[Value, ...] = ()
    """Empty when a generator makes them, and when the kind is abstain."""
    generate: Generator | None = None
    pick: int = 1
    """How many values one session says: 2 for an update, the size of a set, 0 when the kind is
    abstain, else 1."""
    score: Spec = Spec("contains")
    told: bool = False
    """Whether turns of the script say it in their own words: then it has one value, and is said in
    one session only."""
    where: Where | None = field(default=None, compare=False)


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
    """How many; jittered inside strata by the seed, a quarter of them in (0, 0.05]."""
    exact: tuple[float, ...] = ()
    """Fills asked for as they are; empty when `count` is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a script; exactly one of the kinds below is set."""

    user: str | None = None
    assistant: str | None = None
    says: tuple[str, ...] = ()
    """The told facts that this turn says; empty for most."""
    plant: str | None = None
    probe: str | None = None
    filler: float | None = None
    """The weight of this stretch among all stretches of the script."""
    rule: str | None = None
    """Id of the rule that this turn gives; then `user` and `assistant` are its words."""
    new_session: tuple[Carry, ...] | None = None
    """The session ends here, and a fresh one begins with what is listed, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What the author holds to be good enough; the gate compares with it."""

    recall_at_least: float | None = None
    onset_at_least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One test, as written."""

    name: str
    path: str
    """As the user gave it; never part of an identity."""
    source: str
    """The text of the file, kept with every run."""
    system: str | None
    facts: tuple[Fact, ...]
    filler: FillerSpec = FillerSpec()
    layout: Layout = "growing"
    fills: Fills = Fills(count=12)
    positions: tuple[float, ...] = ()
    """Empty: one stratum a plant, jittered by the seed."""
    script: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    expect: Expect = Expect()
    language: str = "en"
    """Code of the language that its texts are written in and its replies are graded in."""
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

    def fact(self, fact_id: str) -> Fact:
        """The fact of that id.

        Raises:
            KeyError: There is none; scenario files are checked for it when they are read.
        """
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise KeyError(fact_id)
