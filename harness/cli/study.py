"""The study that the options of a command add up to.

Its one rule: an option that does not say what it should is refused by its name, before any model
is made.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.prompts import read_prompts
from harness.core.errors import UsageError, nearest
from harness.core.printable import printable
from harness.core.study import Study, share, unique

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Fills, Scenario

_MOST_FILL = 8.0
_FEWEST_FILLS = 4
_MOST_FILLS = 200
"""As in scenario files."""


def load_scenarios(paths: Sequence[Path]) -> tuple[Scenario, ...]:
    """The scenarios of the paths; without any, those of `scenarios/` or of this folder."""
    from harness.scenarios import load_all
    from harness.scoring import scorers
    from harness.scoring.rules import rules

    found = tuple(paths) or (Path("scenarios") if Path("scenarios").is_dir() else Path(),)
    return load_all(found, known_scorers=scorers.names(), known_rules=rules.names())


def tell_unchecked(study: Study) -> None:
    """Say of which scenarios no rule will be checked, if of any."""
    ruled = dict.fromkeys(s.name for s in study.scenarios if s.rules)
    if ruled and study.replies == "scripted":
        click.echo(
            f"note: the rules of {', '.join(ruled)} are not checked: the replies are the script's"
            " own; --replies live has the model write them",
            err=True,
        )


def tell_code(study: Study, *, imports: bool) -> None:
    """Say which modules a study names that are not ours, if any."""
    from harness.runs.planning.named_code import named_code

    named = printable(", ".join(str(code) for code in named_code(study)))
    if named and imports:
        click.echo(f"note: this run imports and calls code: {named}", err=True)
    elif named:
        click.echo(f"note: harness run would import and call code: {named}", err=True)


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
    facts: str | None = None,
    names: Sequence[str] = (),
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
    from harness.scenarios.treatments import under_treatments

    asked = unique([name for text in models for name in text.split(",")], "model")
    return Study(
        scenarios=tuple(one for scenario in scenarios for one in under_treatments(scenario)),
        prompts=tuple(prompts.items()),
        models=asked,
        names=tuple(sorted(display_names_of(names, asked).items())),
        facts=unique(facts.split(","), "fact") if facts is not None else (),
        windows=unique(windows.split(","), "window"),
        policies=unique(policies.split(","), "policy"),
        memories=unique(memories.split(","), "memory"),
        fills=_fills(fills),
        positions=_positions(positions),
        filler=filler,
        options=call_options(options),
        **rest,
    )


def display_names_of(texts: Sequence[str], models: Sequence[str]) -> dict[str, str]:
    """What models are called in reports, by model, from NAME=MODEL or, of an only model, NAME.

    Args:
        texts: As the command line gives them.
        models: Those that there are.

    Raises:
        UsageError: A text names no model, or a name or a model comes twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, model = (part.strip() for part in text.partition("="))
        if not equals and len(models) == 1:
            model = models[0]
        if not name or not model:
            raise UsageError(f"--name '{text}': expected NAME=MODEL")
        if model not in models:
            raise UsageError(f"--name '{text}': no model '{model}' here; {nearest(model, models)}")
        if model in found or name in found.values():
            raise UsageError(f"--name '{text}': the model or the name is given twice")
        found[model] = name
    return found


def _with_filler(scenarios: tuple[Scenario, ...], filler: str | None) -> tuple[Scenario, ...]:
    """The scenarios, with another filler where one is asked for."""
    if filler is None:
        return scenarios
    from harness.core.scenario import FillerSpec

    is_file = Path(filler).exists() or Path(filler).suffix in {".jsonl", ".json"}
    spec = FillerSpec(name="file", file=filler) if is_file else FillerSpec(name=filler)
    return tuple(replace(scenario, filler=spec) for scenario in scenarios)


def _fills(text: str | None) -> Fills | None:
    from harness.core.scenario import Fills

    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", text.strip()) and int(text) > 1:
        if not _FEWEST_FILLS <= int(text) <= _MOST_FILLS:
            raise UsageError(
                f"--fills {text}: expected {_FEWEST_FILLS} to {_MOST_FILLS} strata, or exact fills"
                " such as 0.1,0.5,0.9"
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
