"""The study of a run folder, to be gone on with or asked once more."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.study import make_study
from harness.core.errors import UsageError
from harness.models.address import served_here
from harness.models.options import HASHED, MASK

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from harness.core.study import Study


_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s\"',}\]]+")


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
    given = _names(options)
    refuse_addresses(data, given)
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
        "facts": ",".join(data.get("facts", ())) or None,
        "names": tuple(f"{name}={model}" for model, name in data.get("names", {}).items()),
        "options": (*options, *kept),
    }


def _names(options: Sequence[str]) -> set[str]:
    return {pair.partition("=")[0].strip() for pair in options}


def addresses(data: Mapping[str, Any], given: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """The options of a run folder that lead to another machine, and are not given again.

    Args:
        data: What `run.json` holds.
        given: Names of options that the command line gives.
    """
    found = ((name, _address_in(value)) for name, value in data["options"].items())
    return tuple((name, at) for name, at in found if at is not None and name not in given)


def _address_in(value: object) -> str | None:
    """The first address in an option that is not on this machine; options may be nested."""
    text = value if isinstance(value, str) else json.dumps(value)
    hosts = _ADDRESS.findall(text)
    return next((at for at in hosts if not served_here("", at)), None)


def refuse_addresses(data: Mapping[str, Any], given: Collection[str]) -> None:
    """A folder sends nobody's key to a machine that its user does not name.

    Raises:
        UsageError: The run was made against a server elsewhere, which is not given again.
    """
    for name, at in addresses(data, given):
        raise UsageError(
            f"the run folder names an address, {at}: a key is sent there only if you give it again:"
            f" -M {name}=..."
        )
    for model in data["models"]:
        if "://" in model:
            raise UsageError(f"the run folder names an address in '{model}': start a new run")


def why_not_again(folder: Path, options: Sequence[str], *, trusted: bool) -> str | None:
    """Why the sessions of a run folder are not asked once more by a verb that only looks.

    Args:
        folder: The run folder.
        options: Parameters of the calls that are given again, as key=value.
        trusted: Whether the code that it and its scenarios name may be imported.
    """
    from harness.runs.folder.run_json import read_config
    from harness.runs.planning.named_code import named_code

    data = read_config(folder)
    try:
        paths, given = before(data, options)
        code = named_code(make_study(paths, **given))
    except UsageError as error:
        return str(error)
    if code and not trusted:
        return f"it would import {', '.join(map(str, code))}; --trust-code lets it"
    return None


def _given_again(name: str, value: object) -> str:
    """A stored option as the command line gives it.

    Raises:
        UsageError: It holds a secret, which is stored nowhere, or a text of which a hash is stored.
    """
    text = value if isinstance(value, str) else json.dumps(value)
    if MASK in text:
        raise UsageError(f"give -M {name}=... again: secrets are not stored with a run")
    if HASHED in text:
        raise UsageError(f"give -M {name}=... again: a hash of it alone is stored with a run")
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
    from harness.runs.planning.named_code import load_code
    from harness.sessions.materials import Workshop

    data = read_config(folder)
    paths, given = before(data, options)
    study = load_code(make_study(paths, **given))
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
