"""From YAML files to scenarios: the one place that reads them.

Pydantic and PyYAML are imported when the first file is read, so that importing this room is cheap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import FileError, NothingSelectedError, UsageError, Where, nearest
from harness.kinds import kinds
from harness.scenarios.identity import identity
from harness.scenarios.nouns import scenario_of
from harness.scenarios.shipped import found_by_name, shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.core.scenario import Scenario
    from harness.scenarios.draft import Draft
    from harness.scenarios.questions import FileQuestions
    from harness.scenarios.yaml_nodes import Node

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Names of plugs that only later rooms know; None where they are not to be checked."""

    scorers: Collection[str] | None
    rules: Collection[str] | None
    fillers: Collection[str] | None
    files: bool = True
    """Whether the files that are named have to be there."""
    trust_code: bool = False
    """Whether kinds of question that are code are imported."""


def load(
    path: Path | str,
    *,
    known_scorers: Collection[str] | None = None,
    known_fillers: Collection[str] | None = None,
    known_rules: Collection[str] | None = None,
) -> Scenario:
    """The scenario that a file holds. No code that it names is imported; a run does that.

    Args:
        path: A YAML file.
        known_scorers: Names that `score` may have; None leaves them unchecked.
        known_fillers: Names that `filler` may have; None leaves them unchecked.
        known_rules: Names that the `check` of a rule may have; None leaves them unchecked.

    Raises:
        UsageError: There is no such file.
        FileError: The first problem of the file, at its place.
    """
    known = _Known(scorers=known_scorers, fillers=known_fillers, rules=known_rules)
    draft, asked, found = _examine(Path(path), known)
    if found or draft is None or asked is None:
        raise found[0]
    return scenario_of(draft, asked)


def loads(source: str, path: Path | str) -> Scenario:
    """The scenario that a text holds, such as a run keeps of its files.

    Args:
        source: The text of a YAML file.
        path: Where it stood, for errors; files that it names need not be there any more.

    Raises:
        FileError: The first problem of the text, at its place.
    """
    draft, asked, found = _examined(
        source, Path(path), _Known(scorers=None, rules=None, fillers=None, files=False)
    )
    if found or draft is None or asked is None:
        raise found[0]
    return scenario_of(draft, asked)


def with_code(scenario: Scenario) -> Scenario:
    """The scenario as its file reads once the kinds of question that are code are imported.

    How often a fact is said follows from what is asked about it, so that it is read once more.

    Raises:
        FileError: A kind does not load, or finds that a question makes no sense.
    """
    if not any(kinds.is_code(question.kind) for question in scenario.questions):
        return scenario
    known = _Known(scorers=None, rules=None, fillers=None, files=False, trust_code=True)
    draft, asked, found = _examined(scenario.source, Path(scenario.path), known)
    if found or draft is None or asked is None:
        raise found[0]
    made = scenario_of(draft, asked)
    read = replace(
        scenario, facts=made.facts, questions=made.questions, script=made.script, rules=made.rules
    )
    return replace(read, hash=identity(read))


def problems(
    path: Path | str,
    *,
    known_scorers: Collection[str] | None = None,
    known_fillers: Collection[str] | None = None,
    known_rules: Collection[str] | None = None,
    trust_code: bool = False,
) -> list[FileError]:
    """Every problem of a file, in the order of its lines; empty when it can be loaded.

    Args:
        path: A YAML file.
        known_scorers: As for `load`.
        known_fillers: As for `load`.
        known_rules: As for `load`.
        trust_code: Whether kinds of question that are code are imported, to be checked too.

    Raises:
        UsageError: There is no such file.
    """
    known = _Known(
        scorers=known_scorers, fillers=known_fillers, rules=known_rules, trust_code=trust_code
    )
    return _examine(Path(path), known)[-1]


def load_all(
    paths: Path | str | Sequence[Path | str],
    *,
    known_scorers: Collection[str] | None = None,
    known_fillers: Collection[str] | None = None,
    known_rules: Collection[str] | None = None,
) -> tuple[Scenario, ...]:
    """The scenarios of files and folders, sorted by path.

    Args:
        paths: One or several: files, names of scenarios that come along, and folders to be searched
            for *.yaml and *.yml, hidden ones left out.
        known_scorers: As for `load`.
        known_fillers: As for `load`.
        known_rules: As for `load`.

    Raises:
        UsageError: A path does not exist.
        NothingSelectedError: There is no scenario in any of them.
        FileError: The first problem of the first wrong file, or two scenarios of one name.
    """
    given = [paths] if isinstance(paths, Path | str) else paths
    files = find_files(given)
    if not files:
        searched = ", ".join(str(path) for path in given) or "no path"
        raise NothingSelectedError(f"no scenario (*.yaml) in {searched}")
    scenarios: dict[str, Scenario] = {}
    for file in files:
        scenario = load(
            file,
            known_scorers=known_scorers,
            known_fillers=known_fillers,
            known_rules=known_rules,
        )
        first = scenarios.setdefault(scenario.name, scenario)
        if first is not scenario:
            problem = f"scenario '{scenario.name}' is already in {first.path}; rename one of them"
            raise FileError(_where_of_name(file), problem)
    return tuple(scenarios.values())


def find_files(paths: Sequence[Path | str]) -> tuple[Path, ...]:
    """The scenario files that the paths lead to, each once, sorted.

    Raises:
        UsageError: A path does not exist.
    """
    found: dict[Path, Path] = {}
    for path in map(found_by_name, map(Path, paths)):
        if path.is_dir():
            files = [file for file in sorted(path.rglob("*")) if _is_scenario(file, path)]
        elif path.exists():
            files = [path]
        else:
            hint = "" if path.suffix or len(path.parts) > 1 else f"; {_by_name(path)}"
            raise UsageError(f"no such file or folder: {path}{hint}")
        for file in files:
            found.setdefault(file.resolve(), file)
    return tuple(sorted(found.values(), key=lambda file: file.as_posix()))


def _by_name(path: Path) -> str:
    """What may have been meant by a bare name that is neither there nor comes along."""
    return f"scenarios that come along: {nearest(str(path), shipped()).removeprefix('known: ')}"


def _is_scenario(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return file.suffix in SUFFIXES and file.is_file() and not hidden


def _where_of_name(path: Path) -> Where:
    from harness.scenarios.yaml_nodes import parse_yaml

    root, _ = parse_yaml(_read(path), str(path))
    return root.at("name").where


def _read(path: Path) -> str:
    """The text of a file.

    Raises:
        UsageError: It is not there, or cannot be read.
        FileError: It is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = f"is not UTF-8 text (byte 0x{error.object[error.start]:02X}); save it as UTF-8"
        raise FileError(Where(file=str(path), line=line), problem) from None
    except FileNotFoundError:
        raise UsageError(f"no such file or folder: {path}") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _examine(
    path: Path, known: _Known
) -> tuple[Draft | None, FileQuestions | None, list[FileError]]:
    """The checked file and its questions, None where its shape is wrong; all problems by line."""
    try:
        return _examined(_read(path), path, known)
    except FileError as error:
        return None, None, [error]


def _examined(
    source: str, path: Path, known: _Known
) -> tuple[Draft | None, FileQuestions | None, list[FileError]]:
    """The checked text of a file, and all its problems by line."""
    from harness.scenarios.yaml_nodes import parse_yaml

    try:
        root, found = parse_yaml(source, str(path))
    except FileError as error:
        return None, None, [error]
    draft, wrong = _shape(root, str(path), source)
    found += wrong
    asked = None
    if draft is not None:
        asked = _check(draft, known)
        found += draft.problems
    return (
        draft,
        asked,
        sorted(found, key=lambda error: (error.where.line or 0, error.where.column or 0)),
    )


def _shape(root: Node, file: str, source: str) -> tuple[Draft | None, list[FileError]]:
    """What the schema says of a file."""
    from pydantic import ValidationError

    from harness.scenarios.complaints import complaints
    from harness.scenarios.draft import Draft
    from harness.scenarios.schema import ScenarioModel

    if not isinstance(root.data, dict):
        problem = "a scenario is keys and values, beginning with 'schema: 1'"
        return None, [FileError(root.where, problem)]
    try:
        model = ScenarioModel.model_validate(root.data)
    except ValidationError as invalid:
        return None, complaints(root, invalid.errors(include_url=False, include_input=False))
    return Draft(file=file, source=source, root=root, model=model), []


def _check(draft: Draft, known: _Known) -> FileQuestions:
    from harness.scenarios import checks, clashes, questions, rules, said_in, steps, treatments

    asked = questions.read_questions(draft, known.scorers, trust_code=known.trust_code)
    checks.check_facts(draft, asked)
    said_in.check_said_in(draft)
    checks.check_layout(draft)
    treatments.check_script_growth(draft)
    if known.files:
        checks.check_filler_spec(draft, known.fillers)
    rules.check_rules(draft, known.rules)
    steps.check_script(draft, asked)
    clashes.check_clashes(draft)
    return asked
