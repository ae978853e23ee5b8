"""The steps of a script, as a scenario file writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from harness.scenarios.schema_said_in import (
    Arguments,  # noqa: TC001 -- pydantic reads it
)
from harness.scenarios.schema_shapes import Absent, FilePart, Text, Texts, many


def _step_kind(value: object) -> str | None:
    """Which kind of step a mapping is, by the first key that tells."""
    if not isinstance(value, dict):
        return None
    kinds = dict.fromkeys(("user", "assistant", "calls", "tool"), "turn")
    kinds |= {"plant": "plant", "filler": "filler"}
    kinds |= {"probe": "probe", "rule": "rule", "new_session": "boundary"}
    return next((f"({kinds[key]})" for key in value if key in kinds), None)


class CallModel(FilePart):
    """A tool that the assistant calls."""

    name: Text
    """Name of the tool."""
    arguments: Arguments = "{}"
    """What it is called with: JSON, as a model writes it, or keys and values."""
    result: str
    """What it gave back."""


class TurnStep(FilePart):
    """A turn written out."""

    user: Text | Absent = None
    """What the user says. Left out where the assistant goes on after the tools of the turn
    before."""
    assistant: Text | Absent = None
    """What the assistant answers, or says as it calls tools. Without it and without `calls` the
    model under test answers, in runs with `--replies live`."""
    calls: Annotated[list[CallModel], Field(min_length=1)] | Absent = None
    """The tools that the assistant calls at once, each with its result; they end the turn."""
    tool: CallModel | Absent = None
    """The one tool that the assistant calls, in place of `calls`. A step of this alone goes on with
    the turn before it: with what the user said, or with the tools before."""
    says: Texts | Absent = None
    """Ids of facts that this turn says in its own words. Such a fact has one value and no `say`,
    and the script is one session whatever the seed."""


class PlantStep(FilePart):
    """Says a fact."""

    plant: Text
    """Id of the fact."""


class RuleStep(FilePart):
    """Gives a rule."""

    rule: Text
    """Id of the rule."""


class Stretch(FilePart):
    """How much of the filler goes here."""

    weight: Annotated[float, Field(gt=0)]
    """Weight of this stretch among all stretches of the script."""


class FillerStep(FilePart):
    """A stretch of filler that grows to reach the length asked for."""

    filler: Annotated[
        Stretch,
        BeforeValidator(
            lambda value: value if isinstance(value, dict) else {"weight": value},
            json_schema_input_type=Annotated[float, Field(gt=0)] | Stretch,
        ),
    ]
    """Its weight."""


class ProbeStep(FilePart):
    """Puts a question, on a fork of the session."""

    probe: Text
    """Id of the question: that of a fact with an `ask`, or of an entry under `questions`."""


Carried = Literal["system", "memory", "transcript"]


def _usual() -> list[Carried]:
    return ["system", "memory"]


class Boundary(FilePart):
    """What the fresh session begins with."""

    carry: Annotated[
        list[Carried],
        BeforeValidator(
            lambda value: [] if value == "nothing" else many(value),
            json_schema_input_type=Literal["nothing"] | Carried | list[Carried],
        ),
    ] = Field(default_factory=_usual)
    """system: the system prompt, said again; memory: what the memory of the run gives back;
    transcript: the text of the sessions before. Or nothing."""


class BoundaryStep(FilePart):
    """Ends the session; what follows is said in a fresh one."""

    new_session: Boundary
    """What crosses over."""


StepModel = Annotated[
    Annotated[TurnStep, Tag("(turn)")]
    | Annotated[PlantStep, Tag("(plant)")]
    | Annotated[FillerStep, Tag("(filler)")]
    | Annotated[ProbeStep, Tag("(probe)")]
    | Annotated[RuleStep, Tag("(rule)")]
    | Annotated[BoundaryStep, Tag("(boundary)")],
    Discriminator(_step_kind),
]
