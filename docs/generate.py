"""Writes the generated parts of these pages: keys of a scenario, records, the command, and so on.

Run it with `make docs`. `pages()` is what the tests compare with what is there.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import click

from harness.cli import harness
from harness.core.languages import language
from harness.core.record import Record
from harness.reports.files.json_schema import field_words
from harness.scenarios import json_schema
from harness.scoring.abstention import says_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parent
LABELLED = DOCS.parent / "tests" / "scoring" / "labelled" / "abstentions.txt"
BEGIN, END = "<!-- made by: make docs -->", "<!-- until here -->"

_ORDER = (
    "ScenarioModel", "FactModel", "ResultTool", "CallingTool", "QuestionModel", "Listed",
    "Generate", "NamedFiller", "FileFiller", "TurnStep", "CallModel", "PlantStep", "FillerStep",
    "Stretch", "ProbeStep", "RuleStep", "RuleModel", "ExpectModel",
)  # fmt: skip
"""Which comes first; what is not named here follows in the order of the schema."""
_TITLES = {
    "ScenarioModel": "The file",
    "FactModel": "A fact: `facts:`",
    "ResultTool": "A tool whose result says a fact: `tool_result:`",
    "CallingTool": "A tool that is called with a fact: `tool_call:`",
    "QuestionModel": "A question: `questions:`",
    "Listed": "A value with other spellings: in `values:`",
    "Generate": "Values made by a generator: `values:`",
    "NamedFiller": "A filler by its name: `filler:`",
    "FileFiller": "A file of real chats: `filler:`",
    "TurnStep": "A turn written out: in `script:`",
    "CallModel": "A tool that a turn calls: `calls:` of a step",
    "PlantStep": "A plant: in `script:`",
    "FillerStep": "A stretch of filler: in `script:`",
    "Stretch": "How much filler: `filler:` of a step",
    "ProbeStep": "A probe: in `script:`",
    "RuleModel": "A rule: `rules:`",
    "RuleStep": "A rule given: in `script:`",
    "ExpectModel": "What is good enough: `expect:`",
}


def pages() -> dict[Path, str]:
    """The text of each page that has a generated part, as it should be."""
    scenarios = DOCS / "scenarios.md"
    languages = DOCS / "languages.md"
    return {
        scenarios: _between(scenarios, keys()),
        languages: _between(languages, heard()),
        DOCS / "command.md": command(),
        DOCS / "records.md": _between(DOCS / "records.md", record_fields()),
    }


def _between(page: Path, generated: str) -> str:
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{generated}\n{END}{tail}"


# ------------------------------------------------------------------ abstentions by language


def heard() -> str:
    """A table of how many labelled abstentions are heard, and how many answers taken for one."""
    rows = ["| language | abstentions | heard | answers | taken for abstentions |"]
    rows.append("|---|---:|---:|---:|---:|")
    total = [0, 0, 0, 0]
    for code, lines in _labelled().items():
        said = {mark: [line[2:] for line in lines if line[0] == mark] for mark in "-+"}
        counts = []
        for mark in "-+":
            counts += [len(said[mark]), sum(says_unknown(text, code) for text in said[mark])]
        total = [sum(pair) for pair in zip(total, counts, strict=True)]
        rows.append(f"| {language(code).name} | {' | '.join(map(str, counts))} |")
    rows.append(f"| **all** | {' | '.join(f'**{count}**' for count in total)} |")
    return "\n".join([*rows, ""])


def _labelled() -> dict[str, list[str]]:
    """The labelled replies of each language."""
    found: dict[str, list[str]] = {}
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found[line.strip("[]")] = []
        elif line.startswith(("- ", "+ ")):
            lines.append(line)
    return found


# ------------------------------------------------------------------ the fields of a record


def record_fields() -> str:
    """A table of the fields of a record, from their own words in the source."""
    words = field_words(Record)
    rows = ["| field | type | what it says |", "|---|---|---|"]
    for field in fields(Record):
        kind = str(field.type).replace("|", "\\|")
        rows.append(f"| `{field.name}` | {kind} | {_words(words.get(field.name, ''))} |")
    return "\n".join([*rows, ""])


# ------------------------------------------------------------------ the keys of a scenario


def keys() -> str:
    """A table of keys for everything that a scenario file is made of, from its schema."""
    schema = json_schema()
    models = {"ScenarioModel": schema} | schema["$defs"]
    names = [name for name in _ORDER if name in models]
    names += [name for name in models if name not in _ORDER and "properties" in models[name]]
    return "\n".join(_section(name, models[name]) for name in names)


def _section(name: str, model: dict[str, Any]) -> str:
    required = set(model.get("required", ()))
    lines = [f"### {_TITLES.get(name, name)}", "", _words(model.get("description", "")), ""]
    lines += ["| key | what may stand there | unless given | what it says |", "|---|---|---|---|"]
    for key, field in model.get("properties", {}).items():
        default = "**required**" if key in required else _default(field)
        lines.append(
            f"| `{key}` | {_kind(field)} | {default} | {_words(field.get('description', ''))} |"
        )
    return "\n".join([*lines, ""])


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value in (None, [], {}) else f"`{json.dumps(value).strip(chr(34))}`"


def _words(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _kind(field: dict[str, Any]) -> str:
    """What a part of the schema allows, in a few words."""
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    for several in ("anyOf", "oneOf"):
        if several in field:
            return " or ".join(dict.fromkeys(_kind(part) for part in field[several]))
    if "$ref" in field:
        return "keys and values, see below"
    if field.get("type") == "array":
        return f"a list of: {_kind(field.get('items', {}))}"
    names = {"string": "text", "integer": "a whole number", "number": "a number"}
    names |= {"boolean": "`true` or `false`", "object": "keys and values", "null": "nothing"}
    return names.get(str(field.get("type")), "anything") + _range(field)


def _range(field: dict[str, Any]) -> str:
    signs = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
    bounds = [f"{sign} {field[key]:g}" for key, sign in signs.items() if key in field]
    return f", {', '.join(bounds)}" if bounds else ""


# ------------------------------------------------------------------ the command


def command() -> str:
    """The reference of the command, from its own help."""
    context = click.Context(harness, info_name="harness")
    verbs = harness.list_commands(context)
    parts = [
        "# The command",
        "",
        f"{BEGIN}",
        "",
        _help(harness),
        "",
        " · ".join(f"[{verb}](#harness-{verb})" for verb in verbs),
        "",
    ]
    for verb in verbs:
        found = harness.get_command(context, verb)
        if found is not None:
            parts += _verb(found, click.Context(found, info_name=verb, parent=context))
    return "\n".join([*parts, END, ""])


def _verb(verb: click.Command, context: click.Context) -> Iterator[str]:
    path = context.command_path
    yield from (f"## {path}", "", _help(verb), "", "```text")
    yield from (f"{path} {' '.join(verb.collect_usage_pieces(context))}", "```", "")
    rows = [row for option in verb.params if (row := _option(option, context)) is not None]
    if rows:
        yield from ("| option | what it does |", "|---|---|", *rows, "")
    if isinstance(verb, click.Group):
        for name in verb.list_commands(context):
            found = verb.get_command(context, name)
            if found is not None:
                yield from _verb(found, click.Context(found, info_name=name, parent=context))


def _option(option: click.Parameter, context: click.Context) -> str | None:
    record = option.get_help_record(context)
    if record is None or not record[1]:
        return None
    name, text = (" ".join(part.split()).replace("|", "\\|") for part in record)
    variable = option.envvar if isinstance(option.envvar, str) else ""
    also = f" Also `{variable}`." if variable else ""
    return f"| `{name.replace('`', '')}` | {text}{also} |"


def _help(verb: click.Command) -> str:
    """A help text as Markdown: what it keeps in lines stays in lines."""
    text = (verb.help or "").replace("\f", "").strip()
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text):
        if "\b" in paragraph:
            lines = [line for line in paragraph.replace("\b", "").splitlines() if line.strip()]
            body = dedent("\n".join(lines))
            paragraphs.append(f"```text\n{body}\n```")
        else:
            paragraphs.append(" ".join(paragraph.split()).replace("<", "&lt;"))
    return "\n\n".join(paragraphs)


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
        print(f"{page.relative_to(DOCS.parent)} is written")
