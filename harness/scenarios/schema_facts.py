"""Facts in a scenario file: their sentences, their values, and what resembles them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    Tag,
)

from harness.scenarios.schema_said_in import (  # noqa: TC001 -- pydantic reads them
    CallingTool,
    ResultTool,
    SaidInList,
)
from harness.scenarios.schema_shapes import (
    Absent,
    FilePart,
    Name,
    Text,
    Texts,
    by_type,
)


def _as_value(value: object) -> object:
    """A bare text stands for a value without other spellings."""
    return value if isinstance(value, dict | Listed) else {"value": value}


class Listed(FilePart):
    """A value with the other spellings that count as right."""

    value: Text
    """What the plant says."""
    accept: Texts = Field(default_factory=list)
    """Other spellings of the same answer."""


class Generate(FilePart):
    """Values made by a generator, so that any number of seeds can be run."""

    generate: Literal["code", "number", "name", "date", "word"]
    """What kind of value: KX-4417, 41873, a full name, 14 March 2027, an uncommon noun."""


ListedValues = Annotated[
    list[Annotated[Listed, BeforeValidator(_as_value, json_schema_input_type=Text | Listed)]],
    Field(min_length=1),
]
Values = Annotated[
    Annotated[ListedValues, Tag("(list)")] | Annotated[Generate, Tag("(generator)")],
    by_type(dict, "(generator)", "(list)"),
]


class FactDistractors(FilePart):
    """What is said beside a fact to be taken for it, a sentence a distractor."""

    near: Texts | Absent = None
    """Sentences like those of `say`, of something else, each with {value} once."""
    far: Texts | Absent = None
    """Other sentences with a value of the same kind, each with {value} once."""


class DistractorsModel(FilePart):
    """How many distractors a session says; each number is a treatment of its own."""

    n: Annotated[
        list[Annotated[int, Field(ge=0, le=200)]],
        Field(min_length=1),
        BeforeValidator(
            lambda value: [value] if isinstance(value, int) else value,
            json_schema_input_type=int | Annotated[list[int], Field(min_length=1)],
        ),
    ]
    """How many in all, or a list of numbers to compare."""
    similarity: Literal["near", "far"] = "near"
    """Which of the sentences of the facts are taken."""


HaystackName = Literal["coherent", "shuffled"]


class FactModel(FilePart):
    """What must be recalled."""

    id: Name
    """Name of the fact, unique in the file."""
    kind: Text | Absent = None
    """What kind of question `ask` is: recall (one value), update (said twice, the latest wins),
    latest (said `of` times), set (several values, all asked for), sibling (the `i`-th of several),
    count (how many), latent (asked for in other words), abstain (never said, and the right answer
    is to say so), or one of your own, as `package.module:Name?option=value`. recall unless
    given."""
    say: Texts | Absent = None
    """Wordings of the turn that says the fact, each with {value} once; or without it, where each
    `reply` has it. The id of another fact in braces stands for its value."""
    reply: Texts | Absent = None
    """Wordings of the assistant's answer; may hold {value} once."""
    amend: Texts | Absent = None
    """Wordings of the later turn that changes a fact, each with {value} once; of a rule that is
    taken back (kind reversal) perhaps without."""
    ask: Texts | Absent = None
    """Wordings of the question about this fact alone; they never hold {value}. Without it the fact
    is asked about under `questions`."""
    said_in: SaidInList | Absent = None
    """Where it is said: user, assistant, tool_result (what a tool gave back), tool_call (what
    one was called with), or a list of them, in which seeds take turns. By the user unless given,
    or in the tool that is given."""
    request: Texts | Absent = None
    """Wordings of what the user says before the assistant or a tool says the fact."""
    tool_result: ResultTool | Absent = None
    """The tool whose result says it: a file that is read, unless given."""
    tool_call: CallingTool | Absent = None
    """The tool that is called with it: a file that is written, unless given."""
    values: Values | Absent = None
    """What the fact may say. No two seeds share a value, so there must be enough of them."""
    pick: Annotated[int, Field(ge=2, le=20)] | Absent = None
    """How many values of a set one session says; 3 unless given."""
    distractors: FactDistractors | Absent = None
    """Sentences that may be taken for this fact; how many of them are said is told by the
    `distractors` of the file."""
    score: Text | Absent = None
    """How replies are scored: the name of a scorer and its options, as `number?tolerance=0.5`.
    Unless given it is that of the kind: contains; set for a set; abstain for an abstain fact."""
