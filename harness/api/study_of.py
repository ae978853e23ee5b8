"""A study from what somebody at a prompt has at hand: a scenario, a file, a name; a function.

Its one rule: what is given in a form that would be misread is refused with the form that is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from harness.core.errors import UsageError, nearest
from harness.core.scenario import Fills, Scenario
from harness.core.study import Study
from harness.models.function_model import function_name, names_function

if TYPE_CHECKING:
    from harness.models.function_model import MessageFunction

AnyModel: TypeAlias = "str | MessageFunction"
"""A name such as openai/gpt-4o or reference/perfect, or a function of messages."""
Models: TypeAlias = "AnyModel | Sequence[AnyModel] | Mapping[str, AnyModel]"
"""One model, several, or several by what reports are to call them."""
Asked: TypeAlias = "Study | Scenario | str | Path | Sequence[Scenario | str | Path]"
"""A study; or scenarios, as they were loaded, as files or folders, or by the names of those that
come along."""


class StudyOptions(TypedDict, total=False):
    """What may be said of a study beside its scenarios; the same as the command's options."""

    model: Models
    """Whom to ask; needed."""
    window: str | int | Sequence[str | int]
    """8k, 32_000, max: several are measured side by side. A function needs one in tokens."""
    policy: str | Sequence[str]
    memory: str | Sequence[str]
    replies: str
    """scripted, or live."""
    seeds: int
    first_seed: int
    repeats: int
    fills: int | Sequence[float] | Fills
    """A number of strata, or exact fills."""
    positions: Sequence[float]
    facts: Sequence[str]
    """Only these are asked."""
    options: Mapping[str, object]
    """Parameters of every call, as `-M` gives them: {"temperature": 0}."""
    controls: bool


def study_of(asked: Asked, given: Mapping[str, Any]) -> Study:
    """The study that is meant.

    Args:
        asked: A study, or scenarios.
        given: `StudyOptions`.

    Raises:
        UsageError: Something is misspelt, missing or of a form that would be misread.
        FileError: A scenario file is wrong.
    """
    known = StudyOptions.__annotations__.keys()
    for name in given:
        if name not in known:
            raise UsageError(f"harness.run has no option '{name}'; {nearest(name, known)}")
    if isinstance(asked, Study):
        if given:
            raise UsageError(
                f"a Study says by itself what {', '.join(sorted(given))} is: leave it out, or give"
                " scenarios in place of the Study"
            )
        return asked
    if "model" not in given:
        raise UsageError(
            "no model given: model= takes a name such as openai/gpt-4o or reference/perfect, or a"
            " function of messages"
        )
    models = _models(given["model"])
    windows = tuple(str(one) for one in _several(given.get("window", "max")))
    if models.has_functions and "max" in windows:
        raise UsageError(
            "nobody knows the context window of a function: give window= in tokens, such as"
            " window='32k'"
        )
    several: dict[str, Any] = {
        field: tuple(_several(given[name]))
        for name, field in (("policy", "policies"), ("memory", "memories"))
        if name in given
    }
    same = {f.name for f in fields(Study)} & given.keys() - {"options", "fills"}
    return Study(
        scenarios=_scenarios(asked),
        models=tuple(models.named),
        functions=tuple(
            (name, one) for name, one in models.named.items() if not isinstance(one, str)
        ),
        names=tuple(sorted(models.called.items())),
        windows=windows,
        fills=_fills(given.get("fills")),
        options=tuple(sorted((k, _text(v)) for k, v in given.get("options", {}).items())),
        **several,
        **{name: given[name] for name in same},
    )


@dataclass(frozen=True, slots=True)
class _Models:
    named: Mapping[str, AnyModel]
    """By the name that records give them."""
    called: Mapping[str, str]
    """What reports are to call them, by that name."""

    @property
    def has_functions(self) -> bool:
        return any(not isinstance(one, str) or names_function(one) for one in self.named.values())


def _models(given: Models) -> _Models:
    """The models by name.

    Raises:
        UsageError: One is no model, or two would have one name.
    """
    pairs: list[tuple[str | None, AnyModel]]
    if isinstance(given, Mapping):
        pairs = list(given.items())
    elif isinstance(given, str) or not isinstance(given, Sequence):
        pairs = [(None, given)]
    else:
        pairs = [(None, one) for one in given]
    named: dict[str, AnyModel] = {}
    called: dict[str, str] = {}
    for wanted, one in pairs:
        if not isinstance(one, str) and not callable(one):
            raise UsageError(
                f"model {one!r} is a {type(one).__name__}; expected a name, or a function of"
                " messages"
            )
        name = one if isinstance(one, str) else function_name(one)
        if name in named and wanted is not None and not isinstance(one, str):
            name = f"{name}-{wanted}"
        if name in named:
            raise UsageError(
                f"two models are called '{name}'; name them: model={{'a': ..., 'b': ...}}"
            )
        named[name] = one
        if wanted is not None:
            called[name] = wanted
    return _Models(named, called)


def _scenarios(
    asked: Scenario | str | Path | Sequence[Scenario | str | Path],
) -> tuple[Scenario, ...]:
    from harness.scenarios import load_all
    from harness.scoring import scorers
    from harness.scoring.rules import rules

    given = [asked] if isinstance(asked, Scenario | str | Path) else list(asked)
    loaded: list[Scenario] = []
    for one in given:
        if isinstance(one, Scenario):
            loaded.append(one)
        elif isinstance(one, str | Path):
            loaded += load_all([one], known_scorers=scorers.names(), known_rules=rules.names())
        else:
            raise UsageError(
                f"{one!r} is a {type(one).__name__}; expected a scenario, the path of one, or the"
                " name of one that comes along, such as 'needle'"
            )
    return tuple(loaded)


def _several(given: object) -> Sequence[Any]:
    if isinstance(given, str | int):
        return str(given).split(",")
    assert isinstance(given, Sequence)  # noqa: S101 -- as the types of `StudyOptions` say
    return given


def _fills(given: int | Sequence[float] | Fills | None) -> Fills | None:
    if given is None or isinstance(given, Fills):
        return given
    return Fills(count=given) if isinstance(given, int) else Fills(exact=tuple(map(float, given)))


def _text(value: object) -> str:
    """The value of an option as `-M` would give it."""
    import json

    return value if isinstance(value, str) else json.dumps(value)
