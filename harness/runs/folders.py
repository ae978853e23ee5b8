"""Run folders: their names, their `run.json`, and how one is found again."""

from __future__ import annotations

import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.errors import UsageError, nearest
from harness.core.record import RECORD_SCHEMA
from harness.core.trial import FORMAT
from harness.models.options import affecting_answer, convert, masked
from harness.runs.store import CONFIG, RECORDS
from harness.scenarios.variants import without_prompt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from harness.core.scenario import Scenario
    from harness.core.study import Plan
    from harness.sessions.materials import Workshop

RUN_SCHEMA = 1
"""Version of `run.json`."""

_NEEDED = ("scenarios", "models", "windows", "policies", "seeds", "options", "telling", "adaptive")
"""What every reader of `run.json` counts on."""

_PACKAGES = ("session-harness", "litellm", "tiktoken", "polars", "numpy")


def new_folder(out: Path, plan: Plan, now: datetime) -> Path:
    """Make the folder of a new run: `<UTC time>_<slug>_<id>`."""
    names = list(dict.fromkeys(scenario.name for scenario in plan.study.scenarios))
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join(names[:2]).lower()).strip("-")[:40]
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    key = digest([stamp, now.microsecond, os.getpid(), [t.key for t in plan.trials[:1]]], size=3)
    folder = out / f"{stamp}_{slug}_{key}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"cannot make the run folder {folder}: {error.strerror}") from None
    return folder


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
        "options": masked(convert(dict(study.options))),
        "telling": affecting_answer(dict(study.options)),
        "controls": study.controls,
        "prompts": dict(study.prompts),
        "sent": dict(sent),
        "adaptive": None if adaptive is None else dict(adaptive),
        "trials": len(plan.trials) if adaptive is None else None,
    }


def prompt_hash(scenario: Scenario) -> str:
    """Names the system prompt of a scenario: 16 hexadecimal digits."""
    return digest(scenario.system, size=8)


def _filler_path(filler: str | None) -> str | None:
    """A built-in name as it is, a file by its whole path: a run goes on from any folder."""
    return str(Path(filler).resolve()) if filler is not None and Path(filler).exists() else filler


def write_config(folder: Path, data: Mapping[str, Any]) -> None:
    """Write `run.json` whole or not at all."""
    path = folder / CONFIG
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def read_config(folder: Path) -> dict[str, Any]:
    """What `run.json` of a folder holds.

    Raises:
        UsageError: There is none, or it is of another version.
    """
    path = folder / CONFIG
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} is not a run folder: {path.name}: {error}") from None
    if not isinstance(data, dict) or data.get("schema") != RUN_SCHEMA:
        found = data.get("schema") if isinstance(data, dict) else type(data).__name__
        raise UsageError(f"{path} has schema {found!r}; this version reads schema {RUN_SCHEMA}")
    for many, one in (("policies", "policy"), ("memories", "memory")):
        if one in data:  # runs of before several treatments could stand side by side
            data.setdefault(many, [data[one]])
    missing = [name for name in _NEEDED if name not in data]
    if missing:
        raise UsageError(f"{path} is damaged: it lacks {', '.join(missing)}")
    return dict(data)


def runs(out: Path) -> list[Path]:
    """The run folders in a folder, oldest first."""
    if not out.is_dir():
        return []
    return [path.parent for path in sorted(out.glob(f"*/{CONFIG}"), key=_age)]


def _age(path: Path) -> tuple[str, int, str]:
    """What sorts runs by when they began; of two of one second the file itself tells."""
    return path.parent.name.partition("_")[0], path.stat().st_mtime_ns, path.parent.name


def find_run(name: str, out: Path) -> Path:
    """The run folder that a name means: a path, `latest`, or the end or start of a folder's name.

    Raises:
        UsageError: There is none of that name, or several.
    """
    path = out.__class__(name)
    if (path / CONFIG).exists() or (path / RECORDS).exists():
        return path
    known = runs(out)
    if name == "latest" and known:
        return known[-1]
    found = [run for run in known if run.name.startswith(name) or run.name.endswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"'{name}' means {len(found)} runs: {', '.join(r.name for r in found)}")
    hint = nearest(name, [run.name for run in known]) if known else f"there are no runs in {out}"
    raise UsageError(f"unknown run '{name}': {hint}")
