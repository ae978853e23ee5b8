"""The scenario file as a schema: which keys there are, and what may stand under each.

Pydantic checks shapes, and its JSON Schema is what editors complete and check with; what takes two
keys to judge is checked in `checks`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

from harness.core.languages import Code  # noqa: TC001 -- pydantic reads it at run time
from harness.scenarios.schema_facts import (
    DistractorsModel,
    FactModel,
    HaystackName,
    ListedValues,
)
from harness.scenarios.schema_shapes import (
    Absent,
    FilePart,
    Name,
    Share,
    Text,
    Texts,
    by_type,
    many,
)
from harness.scenarios.schema_steps import StepModel  # noqa: TC001 -- pydantic reads it

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MAX_FILL = 8.0
MIN_CHECKPOINTS = 4
MAX_CHECKPOINTS = 200
DEFAULT_CHECKPOINTS = 12


def _as_filler(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class QuestionModel(FilePart):
    """What is asked about several facts, or otherwise than under a fact."""

    id: Name
    """Name of the question, unique among questions, facts and rules."""
    kind: Text = "recall"
    """The kind of question, as under a fact, or one about several facts: order (which came first),
    when (how many days between), hop (a fact about a fact), reversal (is it taken back)."""
    about: Annotated[
        list[Text], BeforeValidator(many, json_schema_input_type=Text | list[Text])
    ] = Field(default_factory=list)
    """Ids of the facts that it is about. It is asked when all of them were said."""
    ask: Texts
    """Wordings of the question; they never hold {value}."""
    values: ListedValues | Absent = None
    """Answers to choose from, for kinds whose answers are not the values of the facts."""
    score: Text | Absent = None
    """How replies are scored, as under a fact."""


class CheckModel(FilePart):
    """A check and the one thing that it needs to know; exactly one of these."""

    max_words: Annotated[int, Field(ge=1)] | Absent = None
    """Words that a reply has at most."""
    max_sentence_words: Annotated[int, Field(ge=1)] | Absent = None
    """Words that each of its sentences has at most."""
    must_include: Texts | Absent = None
    """Phrases that it holds, all of them."""
    must_not_include: Texts | Absent = None
    """Phrases that it does not hold, none of them."""
    starts_with: Text | Absent = None
    """What it begins with."""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | Absent = None
    """ISO 639 code of the language that it is in."""
    regex: Text | Absent = None
    """A Python regular expression that is found in it."""


class RuleModel(FilePart):
    """A standing constraint, given once and checked on every later live reply."""

    id: Name
    """Name of the rule, unique among rules and facts."""
    say: Text
    """How it is given. A script says it with a {rule: id} step; else it is part of the system
    prompt."""
    reply: Text | Absent = None
    """The assistant's answer to that step where replies are scripted."""
    check: Annotated[
        Annotated[CheckModel, Tag("(check)")] | Annotated[Text, Tag("(named)")],
        by_type(dict, "(check)", "(named)"),
    ]
    """How replies are checked: {max_sentence_words: 15}, or by name: no_list, json,
    package.module:Name?option=value."""


class NamedFiller(FilePart):
    """Filler that comes with the harness or with a plugin."""

    name: Text
    """Its name."""


class FileFillerModel(FilePart):
    """Filler from a file of real chats, one a line."""

    file: Text
    """Path, relative to the folder of this scenario."""
    repeat: bool = False
    """Whether a file that is too short may be used more than once."""


def _filler_kind(value: object) -> str:
    return "(file)" if isinstance(value, dict) and "file" in value else "(name)"


Filler = Annotated[
    Annotated[NamedFiller, Tag("(name)")] | Annotated[FileFillerModel, Tag("(file)")],
    Discriminator(_filler_kind),
    BeforeValidator(_as_filler, json_schema_input_type=Text | NamedFiller | FileFillerModel),
]
Fills = Annotated[
    Annotated[int, Field(ge=MIN_CHECKPOINTS, le=MAX_CHECKPOINTS), Tag("(count)")]
    | Annotated[
        list[Annotated[float, Field(gt=0, le=MAX_FILL)]], Field(min_length=1), Tag("(list)")
    ],
    by_type(list, "(list)", "(count)"),
]


class ExpectModel(FilePart):
    """What the author holds to be good enough."""

    recall_at_least: Share | Absent = None
    """Lowest recall, in [0, 1]."""
    onset_at_least: Share | Absent = None
    """Lowest fill at which forgetting may begin, in [0, 1]."""


class ScenarioModel(FilePart):
    """One test of what a chat model still knows as its session grows."""

    model_config = ConfigDict(title="session-harness scenario")

    version: Annotated[int, Field(alias="schema", ge=1, le=1), WithJsonSchema({"const": 1})]
    """Version of this format: 1."""
    name: Name
    """Name of the scenario, unique among the files of a run."""
    language: Code = "en"
    """ISO 639 code of the language that everything here is written in: replies are graded in it,
    and the built-in filler speaks it where it can."""
    system: Text | Absent = None
    """The system prompt, said once at the top of the session."""
    facts: Annotated[list[FactModel], Field(min_length=1)]
    """What must be recalled."""
    questions: Annotated[list[QuestionModel], Field(min_length=1)] | Absent = None
    """What is asked beside the `ask` of each fact: about several facts, or the same fact again."""
    synonyms: (
        Annotated[list[Annotated[list[Text], Field(min_length=2)]], Field(min_length=1)] | Absent
    ) = None
    """Words that mean the same, or of which one leads to the other, a list a group: the only way
    from a question of kind latent to what it asks about."""
    distractors: DistractorsModel | Absent = None
    """How many of the distractors of the facts a session says; several numbers are compared."""
    haystack: (
        Annotated[
            list[HaystackName],
            Field(min_length=1),
            BeforeValidator(many, json_schema_input_type=HaystackName | list[HaystackName]),
        ]
        | Absent
    ) = None
    """How the turns of filler follow each other: coherent (as conversations), shuffled (in any
    order), or both to be compared. coherent unless given."""
    filler: Filler = Field(default_factory=lambda: NamedFiller(name="workday"))
    """The turns between the plants: a name, or a file of real chats."""
    layout: Literal["growing", "grid"] | Absent = None
    """growing: one session a seed, asked as it grows; grid: a fresh session for each fill and
    position. growing unless given."""
    fills: Fills = DEFAULT_CHECKPOINTS
    """How many checkpoints, or a list of fills: 1 is as full as leaves room to answer, above 1 is
    past the ceiling."""
    positions: Annotated[list[Share], Field(min_length=1)] | Absent = None
    """Where plants stand: 0 = first token, 1 = last."""
    script: Annotated[list[StepModel], Field(min_length=1)] | Absent = None
    """The steps of the session in order, in place of a layout."""
    sessions: (
        Annotated[
            list[Annotated[int, Field(ge=2, le=1000)]],
            Field(min_length=1),
            BeforeValidator(many, json_schema_input_type=int | list[int]),
        ]
        | Absent
    ) = None
    """How many sessions the script is grown to: sessions of filler are put between its own, evenly.
    Several numbers are compared. As many as it has unless given."""
    sample: Literal["sessions", "questions"] = "sessions"
    """questions: the script is a real log, and the questions are a sample of what may be asked of
    it. Intervals are then over questions, and what a model answers without the log does not count.
    Else they are over sessions, one a seed."""
    rules: Annotated[list[RuleModel], Field(min_length=1)] | Absent = None
    """Standing constraints, checked on every live reply after they were given."""
    expect: ExpectModel = Field(default_factory=ExpectModel)
    """What is good enough; the gate compares with it."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario file."""
    schema = ScenarioModel.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **_without_nulls(schema)}


def _without_nulls(schema: Any) -> Any:
    """The schema without `default: null`, which says that a key may be null, and it may not."""
    if isinstance(schema, list):
        return [_without_nulls(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_nulls(part)
        for key, part in schema.items()
        if not (key == "default" and part is None)
    }
