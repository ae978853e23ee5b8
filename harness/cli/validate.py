"""`harness validate`: are the scenario files right? No model is asked, and litellm not imported."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from harness.core.errors import UsageError


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--schema", is_flag=True, help="Print the JSON Schema of scenario files.")
@click.option(
    "--trust-code",
    is_flag=True,
    envvar="HARNESS_TRUST_CODE",
    help="Import what the files name as package.module:Name, and check it too.",
)
def command(paths: tuple[Path, ...], *, schema: bool, trust_code: bool) -> int:
    """Check scenario files; every problem with file:line:column."""
    from harness.cli.study import load_scenarios
    from harness.core.languages import language
    from harness.core.printable import printable
    from harness.runs.planning.named_code import code_of_files, load_code_of
    from harness.scenarios import find_files, json_schema, problems
    from harness.scoring import scorers
    from harness.scoring.rules import rules
    from harness.sessions.fillers import filler_note

    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return 0
    chosen = paths or ((Path("scenarios"),) if Path("scenarios").is_dir() else (Path(),))
    known = {"known_scorers": scorers.names(), "known_rules": rules.names()}
    found = [
        p for file in find_files(chosen) for p in problems(file, **known, trust_code=trust_code)
    ]
    for problem in found:
        click.echo(str(problem), err=True)
    if found:
        return UsageError.exit_code
    scenarios = load_scenarios(paths)
    if trust_code:
        scenarios = tuple(map(load_code_of, scenarios))
    elif code := code_of_files(scenarios):
        named = printable(", ".join(map(str, code)))
        click.echo(
            f"note: code that was not imported, and so not checked: {named}; harness run imports"
            " it, and so does --trust-code",
            err=True,
        )
    for scenario in scenarios:
        counts = Counter(str(question.kind) for question in scenario.questions)
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
        own = {fact.id for fact in scenario.facts}
        asked = ""
        if any(question.id not in own for question in scenario.questions):
            asked = f", {len(scenario.questions)} questions"
        given = len(scenario.rules)
        rest = f", {given} rule{'s' * (given != 1)}" if given else ""
        facts = f"{len(scenario.asked_facts)} facts{asked} ({kinds})"
        spoken = "" if scenario.language == "en" else f", in {language(scenario.language).name}"
        click.echo(f"{scenario.path}: {scenario.name}: {facts}{rest}{spoken}")
        if note := filler_note(scenario):
            click.echo(f"{scenario.path}: {note}", err=True)
    return 0
