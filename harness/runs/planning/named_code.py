"""The code of others that a study names by `package.module:Name`, and what it would run of it.

Its one rule: it is known before it is imported. Only a run imports what a scenario names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.core.errors import FileError, UsageError, Where
from harness.core.spec import Spec
from harness.kinds import kinds
from harness.models.catalog import reference_spec
from harness.models.function_model import names_function
from harness.models.reference import laws
from harness.scenarios import with_code
from harness.scoring import scorers
from harness.scoring.rules import rules
from harness.sessions.fillers import fillers
from harness.sessions.memories import memories
from harness.sessions.policies import policies
from harness.sessions.policies.combined import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.core.registry import Registry
    from harness.core.scenario import FillerSpec, Scenario
    from harness.core.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCode:
    """One module that is named somewhere."""

    kind: str
    """As the registry calls it: scorer, kind, rule, filler, policy, memory, reference law."""
    path: str
    """`package.module:Name`, without options."""
    file: str | None
    """The scenario that names it; None where the command line or the run folder does."""

    def __str__(self) -> str:
        return f"{self.path} ({self.kind}{f', named in {self.file}' if self.file else ''})"


def named_code(study: Study) -> tuple[NamedCode, ...]:
    """All of it, each module once for each kind, in the order of the scenarios."""
    return tuple(dict.fromkeys((*_in_files(study.scenarios), *_elsewhere(study))))


def code_of_files(scenarios: Iterable[Scenario]) -> tuple[NamedCode, ...]:
    """What the files themselves name, in their order."""
    return tuple(dict.fromkeys(_in_files(scenarios)))


def refuse_filler(study: Study) -> None:
    """Refuse to build sessions with a filler that is code and that a scenario names.

    Raises:
        FileError: A scenario names one.
    """
    for scenario in study.scenarios:
        filler = scenario.filler
        if filler.where is not None and _is_own_code(filler):
            raise FileError(
                filler.where,
                f"the filler '{filler.name}' is code, and only `harness run` imports what a"
                f" scenario names; name it yourself: --filler {filler.name}",
            )


def load_code(study: Study) -> Study:
    """Import what the scenarios name, before anything is paid for; the study as it then reads.

    Raises:
        UsageError: A module does not load, or is no plug of its kind.
    """
    return replace(study, scenarios=tuple(map(load_code_of, study.scenarios)))


def load_code_of(scenario: Scenario) -> Scenario:
    """Import what one scenario names; the scenario as it then reads.

    Raises:
        FileError: A module does not load, or is no plug of its kind.
    """
    scenario = with_code(scenario)
    filler, where = scenario.filler, Where(file=scenario.path)
    try:
        for question in scenario.questions:
            scorers.resolve(question.score)
        for rule in scenario.rules:
            rules.resolve(rule.check)
        if _is_own_code(filler):
            fillers.resolve(filler.name)
    except FileError:
        raise
    except UsageError as error:
        raise FileError(where, str(error)) from error
    return scenario


def _is_own_code(filler: FillerSpec) -> bool:
    """Whether a scenario itself, and not the command line, names a filler that is code."""
    return filler.where is not None and filler.file is None and fillers.is_code(filler.name)


def _in_files(scenarios: Iterable[Scenario]) -> Iterator[NamedCode]:
    for scenario in scenarios:
        file, filler = scenario.path, scenario.filler
        checks: list[tuple[Registry[Any], Spec]] = [
            (scorers, question.score) for question in scenario.questions
        ]
        checks += [(kinds, question.kind) for question in scenario.questions]
        checks += [(rules, rule.check) for rule in scenario.rules]
        yield from _code(checks, file)
        if filler.file is None:
            yield from _code([(fillers, filler.name)], None if filler.where is None else file)


def _elsewhere(study: Study) -> Iterator[NamedCode]:
    named = [spec for policy in study.policies for spec in policy.split(BETWEEN)]
    yield from _code([(policies, spec) for spec in named], None)
    yield from _code([(memories, spec) for spec in study.memories], None)
    models = filter(None, map(reference_spec, study.models))
    yield from _code([(laws, spec) for spec in models], None)
    for name in study.models:
        if names_function(name) and name not in dict(study.functions):
            yield NamedCode(kind="model", path=name, file=None)


def _code(
    named: Iterable[tuple[Registry[Any], Spec | str]], file: str | None
) -> Iterator[NamedCode]:
    """Those that are code."""
    for registry, spec in named:
        if registry.is_code(spec):
            path = (Spec.parse(spec) if isinstance(spec, str) else spec).name
            yield NamedCode(kind=registry.kind, path=path, file=file)
