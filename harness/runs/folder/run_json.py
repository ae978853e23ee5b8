"""`run.json`: what a run was asked for, enough to run the same study again."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.errors import UsageError, Where
from harness.core.files import write_in_run, write_whole
from harness.core.record import RECORD_SCHEMA
from harness.core.shapes import conform, parse
from harness.core.trial import FORMAT
from harness.models.call_options import CallOptions
from harness.runs.folder.layout import CONFIG
from harness.scenarios.variants import without_prompt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from harness.core.scenario import Scenario
    from harness.core.study import Plan
    from harness.sessions.materials import Workshop

RUN_SCHEMA = 1
"""Version of `run.json`."""

_NEEDED = ("scenarios", "models", "windows", "policies", "seeds", "options", "telling", "adaptive")
"""What every reader of `run.json` counts on."""

_PACKAGES = ("session-harness", "litellm", "tiktoken", "polars", "numpy")


def config(
    plan: Plan,
    workshop: Workshop,
    now: datetime,
    sent: Mapping[str, object],
    adaptive: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """What `run.json` holds: enough to run the same study again.

    Args:
        plan: The plan.
        workshop: Shared tools; their identities are noted.
        now: When the run began.
        sent: For each model the parameters that really go out, secrets masked.
        adaptive: The aim of an adaptive run, whose trials are not known beforehand.
    """
    study = plan.study
    options = CallOptions(dict(study.options))
    return {
        "schema": RUN_SCHEMA,
        "created": now.isoformat(),
        "record_schema": RECORD_SCHEMA,
        "format": FORMAT,
        "versions": {name: version(name) for name in _PACKAGES}
        | {"python": platform.python_version()},
        "encoding": workshop.counter.encoding,
        "scenarios": [
            {
                "name": scenario.name,
                "path": str(Path(scenario.path).resolve()),
                "hash": scenario.hash,
                "identity": workshop.identity(scenario),
                "source": scenario.source,
                "variant": scenario.variant,
                "prompt": prompt_hash(scenario),
                "body": workshop.identity(without_prompt(scenario)),
            }
            for scenario in study.scenarios
        ],
        "models": list(study.models),
        "windows": list(study.windows),
        "policies": list(study.policies),
        "memories": list(study.memories),
        "replies": study.replies,
        "seeds": study.seeds,
        "first_seed": study.first_seed,
        "repeats": study.repeats,
        "first_repeat": study.first_repeat,
        "fills": None
        if study.fills is None
        else {"count": study.fills.count, "exact": list(study.fills.exact)},
        "positions": list(study.positions),
        "filler": _filler_path(study.filler),
        "options": options.masked,
        "telling": options.affecting_answer,
        "controls": study.controls,
        "prompts": dict(study.prompts),
        "facts": list(study.facts),
        "names": dict(study.names),
        "sent": dict(sent),
        "adaptive": None if adaptive is None else dict(adaptive),
        "trials": plan.n_trials if adaptive is None else None,
    }


def prompt_hash(scenario: Scenario) -> str:
    """Names the system prompt of a scenario: 16 hexadecimal digits."""
    return digest(scenario.system, size=8)


def _filler_path(filler: str | None) -> str | None:
    """A built-in name as it is, a file by its whole path: a run goes on from any folder."""
    return str(Path(filler).resolve()) if filler is not None and Path(filler).exists() else filler


def write_config(folder: Path, data: Mapping[str, Any]) -> None:
    """Write `run.json` whole or not at all.

    Raises:
        OSError: It is the first of this run, and cannot be written: there is nothing to go on with.
        NoRoomError: It cannot be written; the run goes on from what it has.
    """
    path, text = folder / CONFIG, json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    (write_in_run if path.exists() else write_whole)(path, text)


def note_end(folder: Path, missing: int, given_up: Mapping[str, str], stopped: str | None) -> None:
    """Note what was not asked, and why, so that no later report passes over it.

    Args:
        folder: Of the run.
        missing: Trials of the plan that have no record.
        given_up: Why models were given up, by name.
        stopped: Why nothing more was sent; None where that was not so.
    """
    data = read_config(folder)
    ended = {"missing": missing, "given_up": dict(given_up), "stopped": stopped}
    if data.get("ended") != ended:
        write_config(folder, {**data, "ended": ended})


def ends(folders: Iterable[Path]) -> tuple[str, ...]:
    """What runs did not ask, a sentence each; none of those that asked everything."""
    told = []
    for folder in folders:
        data = _noted(folder)
        ended = data.get("ended") or {}
        missing = ended.get("missing", 0)
        if not missing:
            continue
        of = data.get("trials")
        whole = f" of {of:,}" if isinstance(of, int) else ""
        why = [f"{name} was given up: {said}" for name, said in ended["given_up"].items()]
        why += [ended["stopped"]] if ended.get("stopped") else []
        reason = f": {'; '.join(why)}" if why else ""
        told.append(
            f"{missing:,}{whole} trials of {folder.name} were never asked{reason}; go on with:"
            f" harness run --resume {folder.name}"
        )
    return tuple(told)


def note_sent(folder: Path, sent: Mapping[str, object]) -> None:
    """Note what really went out, where the first calls taught that something else has to."""
    data = read_config(folder)
    if data["sent"] != sent:
        write_config(folder, {**data, "sent": dict(sent)})


def model_names(folders: Iterable[Path]) -> dict[str, str]:
    """What the models of runs are called in reports, by model; the last of the folders decides."""
    found: dict[str, str] = {}
    for folder in folders:
        found |= {model: str(name) for model, name in _noted(folder).get("names", {}).items()}
    return found


def _noted(folder: Path) -> dict[str, Any]:
    """What a report takes from `run.json`; nothing where there is none, or another program's.

    Raises:
        UsageError: It is one of ours and damaged.
    """
    path = folder / CONFIG
    if not path.exists():
        return {}
    data = parse(path.read_bytes(), Where(file=str(path)))
    ours = isinstance(data, dict) and not _NOTED.isdisjoint(data)
    return _checked(data, path) if ours else {}


def read_config(folder: Path) -> dict[str, Any]:
    """What `run.json` of a folder holds.

    Raises:
        UsageError: There is none, or it is of another version.
    """
    path = folder / CONFIG
    try:
        data = parse(path.read_bytes(), Where(file=str(path)))
    except OSError as error:
        raise UsageError(f"{folder} is not a run folder: {path.name}: {error}") from None
    return _checked(data, path)


def _checked(data: Any, path: Path) -> dict[str, Any]:
    """What a file holds, if it is the `run.json` of this version.

    Raises:
        UsageError: It is not.
    """
    if not isinstance(data, dict) or data.get("schema") != RUN_SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else type(data).__name__
        raise UsageError(f"{path} has schema {found!r}; this version reads schema {RUN_SCHEMA}")
    for many, one in (("policies", "policy"), ("memories", "memory")):
        if one in data:  # runs of before several treatments could stand side by side
            data.setdefault(many, [data[one]])
    missing = [name for name in _NEEDED if name not in data]
    if missing:
        raise UsageError(f"{path} is damaged: it lacks {', '.join(missing)}")
    conform(data, _SHAPE, Where(file=str(path)), what="the study of a run")
    return dict(data)


_NOTED = frozenset({"names", "ended"})
"""What reports read: a folder without these is reported by its records alone."""
_SHAPE: dict[str, Any] = {
    "created?": str,
    "record_schema?": int,
    "format?": int,
    "versions?": {},
    "encoding?": str,
    "scenarios": [
        {
            "name": str, "path": str, "hash?": str, "identity?": str, "source?": str,
            "variant?": str, "prompt?": str, "body?": str,
        }
    ],
    "models": [str],
    "windows": [str],
    "policies": [str],
    "memories?": [str],
    "replies?": str,
    "seeds": int,
    "first_seed?": int,
    "repeats?": int,
    "first_repeat?": int,
    "fills?": ({"count": (int, None), "exact": [float]}, None),
    "positions?": [float],
    "filler?": (str, None),
    "options": {},
    "telling": {},
    "controls?": bool,
    "prompts?": {},
    "ended?": ({"missing": int, "given_up": {}, "stopped": (str, None)}, None),
    "facts?": [str],
    "names?": {},
    "sent?": {},
    "adaptive": ({}, None),
    "trials?": (int, None),
}  # fmt: skip
"""What `run.json` looks like."""
