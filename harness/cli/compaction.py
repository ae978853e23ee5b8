"""`harness compaction`: what the compactions of other programs keep of a conversation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.onset_options import LEVEL
from harness.cli.options import RESULTS, output_files
from harness.cli.outputs import check_outputs
from harness.core.errors import UsageError
from harness.core.files import whole

if TYPE_CHECKING:
    from harness.core.known_fact import KnownFact
    from harness.core.scenario import Scenario

_FORMS = (".md", ".json", ".txt")
_RENDERED = (".json", ".jsonl", ".md")
_YAML = (".yaml", ".yml")


@click.group("compaction")
def command() -> None:
    """Render sessions for other programs, and score what their compactions kept of them."""


@command.command("score")
@click.argument("session", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--compacted", "compacted", multiple=True, required=True, metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What a compaction left: text, Markdown, or JSON and JSON Lines of a product's log. Given"
    " several times: compactions of the same conversation, one by one.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True,
    help="Whose values a scenario says.",
)  # fmt: skip
@LEVEL
@output_files(".md .json .txt")
def score(
    session: Path,
    *,
    compacted: tuple[Path, ...],
    seed: int,
    level: float,
    outputs: tuple[Path, ...],
) -> int:
    """Say which facts of SESSION a compaction kept, garbled or lost, and where that shows.

    SESSION is what `harness compaction render` wrote, or a scenario: your own log as `harness init
    --from` drafted it, once you have gone over its facts.
    """
    check_outputs(outputs, "score of a compaction", _FORMS)
    from harness.analysis.compacted import score_compactions
    from harness.reports.sections.compacted import (
        compacted_json,
        compacted_markdown,
        compacted_text,
    )
    from harness.scenarios.importers.compactions import compacted_texts

    name, facts = _known(session, seed)
    by_file = [compacted_texts(path) for path in compacted]
    texts = [text for of_file in by_file for text in of_file]
    found = score_compactions(name, facts, texts, chained=len(by_file) == 1, level=level)
    if not outputs:
        click.echo(compacted_text(found), nl=False)
    forms = {".md": compacted_markdown, ".json": compacted_json, ".txt": compacted_text}
    for output in outputs:
        with whole(output) as beside:
            text = forms[output.suffix.lower()](found)
            beside.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        click.echo(str(output))
    return 0


def _known(session: Path, seed: int) -> tuple[str, tuple[KnownFact, ...]]:
    """The name of a conversation and the facts that it is known to have said.

    Raises:
        UsageError: It is neither a rendered session nor a scenario, or has no such fact.
    """
    from harness.sessions.known_facts import known_facts
    from harness.sessions.rendered import is_rendered, read_rendered

    if not session.is_file():
        raise UsageError(f"'{session}' does not exist; expected a rendered session or a scenario")
    if session.suffix.lower() in _YAML:
        from harness.scenarios import load

        scenario = load(session)
        name, facts = f"{scenario.name}/{seed}", known_facts(scenario, seed)
    elif is_rendered(session):
        rendered = read_rendered(session)
        name, facts = rendered.id, rendered.facts
    else:
        raise UsageError(
            f"'{session}' tells no facts: give what `harness compaction render` wrote, or draft a"
            f" scenario of it, go over its facts and give that:\n  harness init --from {session}"
            f" {session.stem}.yaml"
        )
    if not facts:
        raise UsageError(f"'{session}' has no fact whose value a text could hold")
    return name, facts


@command.command("render")
@click.argument("source")
@click.option(
    "-w", "--window", metavar="W",
    help="Length of the session: 32k, 200k.  [default: 32k, or that of the run]",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--scenario", "named", metavar="NAME", help="Which scenario of a run.")
@click.option(
    "-o", "--output", "outputs", multiple=True, required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file: .json has messages and facts, for `compaction score`; .jsonl and .md have the"
    " messages alone, for the product.",
)  # fmt: skip
@RESULTS
def render_session(
    source: str,
    *,
    window: str | None,
    seed: int,
    named: str | None,
    outputs: tuple[Path, ...],
    out: Path,
) -> int:
    """Write the session of a seed with its planted facts, to be fed to another program.

    SOURCE is a scenario or a run.
    """
    check_outputs(outputs, "rendered session", _RENDERED)
    from harness.runs.planning.one_session import one_session
    from harness.sessions.known_facts import facts_of
    from harness.sessions.rendered import rendered_json, rendered_lines, rendered_markdown

    scenario, usual = _source(source, named, out)
    session, materials = one_session(scenario, seed, window or usual)
    facts = facts_of(session, materials)
    messages, tokens = session.messages, session.offsets[-1]
    for output in outputs:
        suffix = output.suffix.lower()
        text = (
            rendered_json(session.id, tokens, messages, facts)
            if suffix == ".json"
            else rendered_lines(messages)
            if suffix == ".jsonl"
            else rendered_markdown(messages)
        )
        with whole(output) as beside:
            beside.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        click.echo(
            f"{output}: {session.id}, {len(messages)} messages, {tokens:,} tokens,"
            f" {len(facts)} facts"
        )
    return 0


def _source(source: str, named: str | None, out: Path) -> tuple[Scenario, str]:
    """The scenario of a file or of a run, and the window that it has unless told.

    Raises:
        UsageError: There is none, or the run has several.
    """
    from harness.scenarios import load, loads

    if Path(source).suffix.lower() in _YAML:
        return load(Path(source)), "32k"
    from harness.runs.folder.find import find_run
    from harness.runs.folder.run_json import read_config

    config = read_config(find_run(source, out))
    known = {one["name"]: one for one in config["scenarios"] if one.get("source")}
    if named is None and len(known) == 1:
        named = next(iter(known))
    if named not in known:
        raise UsageError(
            f"{source} has {len(known)} scenarios: give --scenario {' or '.join(sorted(known))}"
        )
    one = known[named]
    return loads(one["source"], one["path"]), str(config["windows"][0])
