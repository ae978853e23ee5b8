"""The study of a run folder, to be gone on with or asked once more."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.study import make_study
from harness.core.errors import UsageError
from harness.models.options import MASK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.study import Study


def before(
    data: Mapping[str, Any], options: Sequence[str]
) -> tuple[tuple[Path, ...], dict[str, Any]]:
    """The paths and options that a run was made with, as `make_study` takes them.

    Args:
        data: What `run.json` holds.
        options: Parameters of the calls that are given again, as key=value.

    Raises:
        UsageError: A secret, which is stored nowhere, is not given again.
    """
    fills = data["fills"]
    written = None
    if fills is not None:
        written = str(fills["count"]) if fills["count"] else ",".join(map(str, fills["exact"]))
    given = {pair.partition("=")[0] for pair in options}
    kept = [_given_again(k, v) for k, v in data["options"].items() if k not in given]
    return tuple(Path(s["path"]) for s in data["scenarios"]), {
        "models": tuple(data["models"]),
        "windows": ",".join(data["windows"]),
        "policies": ",".join(data["policies"]),
        "memories": ",".join(data["memories"]),
        "replies": data.get("replies", "scripted"),
        "seeds": data["seeds"],
        "first_seed": data.get("first_seed", 0),
        "repeats": data["repeats"],
        "first_repeat": data.get("first_repeat", 0),
        "fills": written,
        "positions": ",".join(map(str, data["positions"])) or None,
        "filler": data["filler"],
        "controls": data["controls"],
        "prompts": data.get("prompts", {}),
        "options": (*options, *kept),
    }


def _given_again(name: str, value: object) -> str:
    """A stored option as the command line gives it.

    Raises:
        UsageError: It holds a secret, which is stored nowhere.
    """
    text = value if isinstance(value, str) else json.dumps(value)
    if MASK in text:
        raise UsageError(f"give -M {name}=... again: secrets are not stored with a run")
    return f"{name}={text}"


def study_again(
    folder: Path,
    options: Sequence[str],
    *,
    models: Sequence[str],
    scenarios: Sequence[str],
    first_repeat: int,
    repeats: int = 1,
) -> Study:
    """The study of a run, to be asked once more under repeat numbers that no answer has yet.

    Args:
        folder: The run folder.
        options: Parameters that are not stored with a run.
        models: Which of its models.
        scenarios: Names of which of its scenarios.
        first_repeat: The number of the first fresh repeat.
        repeats: How many.

    Raises:
        UsageError: A scenario has changed since, or a secret is not given again.
    """
    from harness.runs.folder.run_json import read_config
    from harness.sessions.materials import Workshop

    data = read_config(folder)
    paths, given = before(data, options)
    study = make_study(paths, **given)
    known = {(s["name"], s.get("variant", "")): s["identity"] for s in data["scenarios"]}
    workshop = Workshop()
    kept = tuple(s for s in study.scenarios if s.name in scenarios)
    for scenario in kept:
        if known.get((scenario.name, scenario.variant)) != workshop.identity(scenario):
            raise UsageError(
                f"scenario '{scenario.name}' has changed since {folder.name}: the same questions"
                " cannot be asked again; bring the file back, or say --no-confirm"
            )
    return replace(
        study,
        scenarios=kept,
        models=tuple(models),
        repeats=repeats,
        first_repeat=first_repeat,
        controls=False,
    )
