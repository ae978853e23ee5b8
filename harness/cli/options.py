"""Options that several verbs share, and the study that they add up to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.places import Place
from harness.core.errors import UsageError
from harness.core.study import Study, share, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.core.scenario import Fills, Scenario

_MOST_FILL = 8.0
_FEWEST_FILLS = 4
_MOST_FILLS = 200
"""As in scenario files."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
"""What a variant may be called."""

RESULTS = click.option(
    "--out",
    type=Place(),
    metavar="DIR|URL",
    default=Path("results"),
    show_default=True,
    envvar="HARNESS_OUT",
    help="Folder that holds the runs, or a place that fsspec knows: s3://bucket/folder.",
)

_STUDY = (
    click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
    click.option(
        "-m",
        "--model",
        "models",
        multiple=True,
        envvar="HARNESS_MODEL",
        metavar="M[,M]",
        help="Any litellm name, or reference/<law>?option=value.",
    ),
    click.option(
        "-w",
        "--window",
        "windows",
        default="max",
        show_default=True,
        envvar="HARNESS_WINDOW",
        metavar="W[,W]",
        help="Windows in tokens: 8k, 200000, 1m, or max for the model's own.",
    ),
    click.option(
        "--policy",
        "policies",
        default="send_all",
        show_default=True,
        envvar="HARNESS_POLICY",
        metavar="P[,P]",
        help="What the application does at the ceiling: send_all, drop_oldest, keep_ends, refuse,"
        " summarise, reintroduce.",
    ),
    click.option(
        "--memory",
        "memories",
        default="none",
        show_default=True,
        envvar="HARNESS_MEMORY",
        metavar="M[,M]",
        help="What crosses a session boundary: none, transcript, summary, facts?budget=400,"
        " retrieval?k=3.",
    ),
    click.option(
        "--replies",
        type=click.Choice(["scripted", "live"]),
        default="scripted",
        show_default=True,
        envvar="HARNESS_REPLIES",
        help="Who answers the turns of a session: the script and the filler, or the model itself.",
    ),
    click.option(
        "--seeds",
        type=int,
        default=8,
        show_default=True,
        envvar="HARNESS_SEEDS",
        help="Sessions of each scenario; each says other values in other places.",
    ),
    click.option(
        "--first-seed",
        type=int,
        default=0,
        show_default=True,
        envvar="HARNESS_FIRST_SEED",
        help="The lowest seed: so a large study can be split into several runs.",
    ),
    click.option(
        "--repeats",
        type=int,
        default=1,
        show_default=True,
        envvar="HARNESS_REPEATS",
        help="Times that each question is asked.",
    ),
    click.option(
        "--fills",
        envvar="HARNESS_FILLS",
        metavar="N|F[,F]",
        help="A number of strata, or exact fills such as 0.1,0.5,1.0 (above 1: past the ceiling).",
    ),
    click.option(
        "--positions",
        envvar="HARNESS_POSITIONS",
        metavar="P[,P]",
        help="Where facts stand: 0 = first token of the session, 1 = last.",
    ),
    click.option(
        "--filler",
        envvar="HARNESS_FILLER",
        metavar="NAME|FILE",
        help="Turns between the facts: workday, or a JSON Lines file of your own chats.",
    ),
    click.option(
        "--controls/--no-controls",
        default=True,
        show_default=True,
        envvar="HARNESS_CONTROLS",
        help="Ask without session, without filler, and without the fact, too.",
    ),
    click.option(
        "--system-prompt",
        type=click.Path(path_type=Path),
        envvar="HARNESS_SYSTEM_PROMPT",
        metavar="FILE",
        help="A system prompt in place of the scenarios' own; the variant is named as the file.",
    ),
    click.option(
        "--variant",
        "variants",
        multiple=True,
        metavar="NAME=FILE",
        help="Several times: the same sessions under each prompt; NAME= is the scenarios' own.",
    ),
    click.option(
        "-M",
        "options",
        multiple=True,
        metavar="KEY=VALUE",
        help="A parameter of every call: temperature=0.2, api_base=..., max_tokens=64.",
    ),
)


def study_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments and options that a study is made of."""
    for option in reversed(_STUDY):
        function = option(function)
    return function


def load_scenarios(paths: Sequence[Path]) -> tuple[Scenario, ...]:
    """The scenarios of the paths; without any, those of `scenarios/` or of this folder."""
    from harness.scenarios import load_all
    from harness.scoring import scorers
    from harness.scoring.rules import rules

    found = tuple(paths) or (Path("scenarios") if Path("scenarios").is_dir() else Path(),)
    return load_all(found, known_scorers=scorers.names(), known_rules=rules.names())


def make_study(
    paths: Sequence[Path],
    *,
    models: Sequence[str],
    windows: str,
    policies: str,
    memories: str,
    fills: str | None,
    positions: str | None,
    filler: str | None,
    options: Sequence[str],
    system_prompt: Path | None = None,
    variants: Sequence[str] = (),
    prompts: Mapping[str, str | None] | None = None,
    **rest: Any,
) -> Study:
    """The study that the command line asks for.

    Raises:
        UsageError: An option does not say what it should.
    """
    if not models:
        raise UsageError(
            "no model given: use -m with a litellm name such as openai/gpt-4o, or a reference"
            " model such as reference/perfect"
        )
    scenarios = _with_filler(load_scenarios(paths), filler)
    if prompts is None:
        prompts = read_prompts(system_prompt, variants)
    if prompts:
        from harness.scenarios.variants import under_prompts

        scenarios = under_prompts(scenarios, prompts)
    return Study(
        scenarios=scenarios,
        prompts=tuple(prompts.items()),
        models=unique([name for text in models for name in text.split(",")], "model"),
        windows=unique(windows.split(","), "window"),
        policies=unique(policies.split(","), "policy"),
        memories=unique(memories.split(","), "memory"),
        fills=_fills(fills),
        positions=_positions(positions),
        filler=filler,
        options=call_options(options),
        **rest,
    )


def _with_filler(scenarios: tuple[Scenario, ...], filler: str | None) -> tuple[Scenario, ...]:
    """The scenarios, with another filler where one is asked for."""
    if filler is None:
        return scenarios
    from harness.core.scenario import FillerSpec

    is_file = Path(filler).exists() or Path(filler).suffix in {".jsonl", ".json"}
    spec = FillerSpec(name="file", file=filler) if is_file else FillerSpec(name=filler)
    return tuple(replace(scenario, filler=spec) for scenario in scenarios)


def read_prompts(system_prompt: Path | None, variants: Sequence[str]) -> dict[str, str | None]:
    """The system prompts by name, in the order given; None is the scenario's own.

    Raises:
        UsageError: A file cannot be read, or a variant is not NAME=FILE, or stands twice.
    """
    if system_prompt is not None:
        if variants:
            raise UsageError("--system-prompt is one prompt; give several as --variant NAME=FILE")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", system_prompt.stem).strip("-") or "prompt"
        return {name: _prompt(system_prompt, "--system-prompt")}
    found: dict[str, str | None] = {}
    for text in variants:
        name, equals, file = text.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise UsageError(
                f"--variant '{text}': expected NAME=FILE, the name of letters, digits, '.', '_'"
                " and '-'"
            )
        if name in found:
            raise UsageError(f"variant '{name}' is given twice")
        found[name] = _prompt(Path(file), f"--variant {name}") if file else None
    return found


def _prompt(file: Path, option: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{option}: {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{option}: {file}: not UTF-8 text: {error.reason}") from None


def _fills(text: str | None) -> Fills | None:
    from harness.core.scenario import Fills

    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", text.strip()) and int(text) > 1:
        if not _FEWEST_FILLS <= int(text) <= _MOST_FILLS:
            raise UsageError(
                f"--fills {text}: expected {_FEWEST_FILLS} to {_MOST_FILLS} strata, or exact fills"
                " such as 0.1,0.5,1.0"
            )
        return Fills(count=int(text))
    exact = tuple(share(part, "fill", most=_MOST_FILL) for part in text.split(","))
    if len(set(exact)) < len(exact):
        raise UsageError(f"--fills {text}: a fill is given twice")
    if 0.0 in exact:
        raise UsageError("fill '0': an empty session holds no fact; use a number above 0")
    return Fills(exact=exact)


def _positions(text: str | None) -> tuple[float, ...]:
    if text is None:
        return ()
    return tuple(share(part, "position", most=1.0) for part in text.split(","))


def call_options(pairs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The parameters that `-M key=value` gives to each call, sorted by name.

    Raises:
        UsageError: One is no key=value, or stands twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"-M '{key}': expected key=value")
        if key.strip() in found:
            raise UsageError(f"-M {key.strip()} is given twice")
        found[key.strip()] = value
    return tuple(sorted(found.items()))
