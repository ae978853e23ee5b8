"""Every call of a test session, made at once and once.

Its one rule: a study is run by whoever comes first. The others, in this process or in other workers
of pytest-xdist, wait for its records and read them; nothing is paid twice.
"""

from __future__ import annotations

import json
import uuid
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.errors import HarnessError, IncompleteError, UsageError
from harness.core.files import write_whole
from harness.core.record import Record, from_json
from harness.models.catalog import reference_spec
from harness.runs.folder.reader import latest_records

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    import pytest

    from harness.core.study import Study
    from harness.testing.settings import Settings

_KEPT = 20
"""Runs that stay in pytest's cache; older ones go."""

_WAIT_S = 6 * 3600.0


class StoredError(HarnessError):
    """What went wrong in another worker, told again."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc] # of this one error


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run, as an item reads it."""

    folder: Path
    records: tuple[Record, ...]
    """The latest of each trial."""


class Batches:
    """The runs of one pytest session.

    Args:
        settings: What is asked, and who answers.
        config: The session's; tells whether this is a worker.
    """

    def __init__(self, settings: Settings, config: pytest.Config) -> None:
        self.settings = settings
        worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._shared = worker is not None
        name = worker["testrunuid"] if worker is not None else uuid.uuid4().hex
        self._place = settings.marks / f".session-{name}"
        self._at_hand: dict[str, Ran] = {}

    def run(self, study: Study) -> Ran:
        """The records of a study; it is run unless somebody has run it in this session.

        Raises:
            HarnessError: It could not be run; told again to everybody who asks.
        """
        name = _name(study)
        if name not in self._at_hand:
            self._place.mkdir(parents=True, exist_ok=True)
            with self._lock(name):
                self._at_hand[name] = self._read_or_run(name, study)
        return self._at_hand[name]

    def _lock(self, name: str) -> AbstractContextManager[object]:
        """Held by the worker that runs the study; nobody else is there without pytest-xdist.

        Raises:
            UsageError: There are workers and no package to lock a file with.
        """
        if not self._shared:
            return nullcontext()
        try:
            from filelock import FileLock
        except ImportError:
            raise UsageError(
                "with pytest-xdist one worker makes the calls, and the others wait for a lock: pip"
                " install 'session-harness[ci]'"
            ) from None
        return FileLock(str(self._place / f"{name}.lock"), timeout=_WAIT_S)

    def _read_or_run(self, name: str, study: Study) -> Ran:
        told = self._place / f"{name}.json"
        if not told.exists():
            write_whole(told, json.dumps(self._outcome(study)))  # others read it
        outcome = json.loads(told.read_text(encoding="utf-8"))
        if "error" in outcome:
            raise StoredError(outcome["error"], outcome["exit_code"])
        folder = Path(outcome["folder"])
        latest = latest_records(folder)
        return Ran(folder=folder, records=tuple(map(from_json, latest.values())))

    def _outcome(self, study: Study) -> dict[str, object]:
        """Where the records are, or why there are none."""
        try:
            return {"folder": str(self._replayed(study).resolve())}
        except HarnessError as error:
            return {"error": str(error), "exit_code": error.exit_code}

    def _replayed(self, study: Study) -> Path:
        from harness.runs.limits import Limits
        from harness.runs.run import run
        from harness.sessions.tokens import counts_kept

        settings = self.settings
        free = all(reference_spec(model) is not None for model in study.models)
        if not free and not settings.live and settings.cassette is None:
            raise UsageError(
                f"{', '.join(study.models)}: no answers: give the cassette that holds them"
                " (--harness-cassette FILE), or call with --harness-live"
            )
        from_cassette = not free and (settings.record or not settings.live)
        with counts_kept(settings.marks):  # the next session need not load the tokenizer
            result = run(
                study,
                out=settings.out,
                limits=Limits(max_connections=settings.max_connections, rpm=settings.rpm),
                cassette=settings.cassette if from_cassette else None,
                record=settings.record and from_cassette,
            )
        if result.given_up:
            model, why = result.given_up[0]
            raise IncompleteError(f"{model} was given up: {why}")
        return result.folder


def _name(study: Study) -> str:
    """Names a study by everything that can change its records."""
    scenarios = [(s.name, s.variant, s.hash, s.filler.file) for s in study.scenarios]
    rest = asdict(replace(study, scenarios=()))
    return digest([scenarios, rest], size=8)


def merged_study(
    wanted: Iterable[tuple[str, str, str]],
) -> list[tuple[list[str], list[str], list[str]]]:
    """As few products of scenarios, models and windows as cover exactly what is wanted.

    Args:
        wanted: Scenario file, model and window of each item.

    >>> merged_study([("a", "m", "8k"), ("b", "m", "8k"), ("a", "n", "8k"), ("b", "n", "8k")])
    [(['a', 'b'], ['m', 'n'], ['8k'])]
    """
    of_cell: dict[tuple[str, str], list[str]] = {}
    for scenario, model, window in wanted:
        of_cell.setdefault((model, window), []).append(scenario)
    of_model: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for (model, window), scenarios in of_cell.items():
        of_model.setdefault(model, {}).setdefault(tuple(sorted(scenarios)), []).append(window)
    products: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for model, parts in of_model.items():
        for names, windows in parts.items():
            products.setdefault((names, tuple(windows)), []).append(model)
    return [(list(names), models, list(ws)) for (names, ws), models in products.items()]


def prune(out: Path) -> None:
    """Keep the newest runs in pytest's cache, and the marks of this session."""
    import shutil

    from harness.runs.folder.find import runs

    marks = sorted(out.glob(".session-*"), key=lambda path: path.stat().st_mtime)
    for path in (*runs(out)[:-_KEPT], *marks[:-_KEPT]):
        shutil.rmtree(path, ignore_errors=True)
